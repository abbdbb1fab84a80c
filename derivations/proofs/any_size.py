"""Any size: the calculus of a step against direct derivatives, D, H and K being symbols.

Imports the definitions, SymPy, and `derivations.calculus` for the results to be judged. The direct
derivative is SymPy's ``diff`` of the substituted equations by one entry of an array.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.calculus.jacobians import Block, jacobian_blocks
from derivations.calculus.sweeps import Adjoint, Tangent, forward_sweep, reverse_sweep
from derivations.notation import Array, Cell
from derivations.proofs import swept
from derivations.proofs.indices import Entries, J, indices, inner
from derivations.proofs.normal import normal, residual
from derivations.proofs.results import Checked

_EPSILON = sympy.Symbol("epsilon")


def closed_blocks(cell: Cell) -> list[Checked]:
    """Every Jacobian block in closed form is the direct derivative."""
    return [closed_block(cell, b) for exit in cell.exits for b in jacobian_blocks(cell, exit)]


def closed_block(cell: Cell, block: Block) -> Checked:
    """One Jacobian block in closed form against the direct derivative."""
    entries = varying(cell, block.by)
    direct = _derivative(entries, block.exit, block.by)
    form = swept.closed_form(entries, block, J, *indices(block.by))
    return Checked(f"{cell.id}.{block.name}", residual(form, direct))


def recursive_blocks(cell: Cell) -> list[Checked]:
    """Every Jacobian block by recursion, as the code computes it, is its closed form."""
    found = []
    for exit in cell.exits:
        blocks = {block.by.name: block for block in jacobian_blocks(cell, exit)}
        found += [recursive_block(cell, block, blocks) for block in blocks.values()]
    return found


def recursive_block(cell: Cell, block: Block, blocks: Mapping[str, Block]) -> Checked:
    """One Jacobian block by recursion against its closed form.

    If it is said to be diagonal, whatever it has off the diagonal is added to the residual.
    """
    entries, by = varying(cell, block.by), indices(block.by)
    closed = swept.closed_form(entries, block, J, *by)
    recursive = swept.recursive_form(entries, blocks, block, J, *by)
    difference = residual(recursive, closed)
    if block.diagonal:
        difference += normal(closed).replace(sympy.KroneckerDelta, lambda *_: sympy.S.Zero)
    return Checked(f"{cell.id}.{block.name}", difference)


def absent_blocks(cell: Cell) -> list[Checked]:
    """Where the calculus has no block of an exit and an array, the derivative is zero."""
    found = []
    for exit in cell.exits:
        present = {block.by.name for block in jacobian_blocks(cell, exit)} | {exit.name}
        absent = [array for name, array in cell.arrays.items() if name not in present]
        found += [absent_block(cell, exit, by) for by in absent]
    return found


def absent_block(cell: Cell, exit: Array, by: Array) -> Checked:
    """The direct derivative of an exit with respect to an array that it does not depend on."""
    direct = _derivative(varying(cell, by), exit, by)
    return Checked(f"{cell.id}.{exit.name}_D_{by.name}", normal(direct))


def adjoints(cell: Cell) -> list[Checked]:
    """Every line of the reverse sweep is the direct derivative of ``sum_exit <d_exit, exit>``."""
    sweep = reverse_sweep(cell)
    return [adjoint(cell, sweep, line.of) for line in sweep]


def adjoint(cell: Cell, sweep: Sequence[Adjoint], of: Array) -> Checked:
    """The adjoint of one array, resolved down to what arrives, against the direct derivative."""
    entries, by = varying(cell, of), indices(of)
    arrive = {exit.name: swept.arriving(exit.name, exit.shape[0]) for exit in cell.exits}
    form = swept.adjoint(entries, sweep, arrive, of.name, *by)
    return Checked(f"{cell.id}.d_{of.name}", residual(form, gradient(entries, of)))


def gradient(entries: Entries, of: Array) -> sympy.Expr:
    """The direct derivative of ``sum_exit <d_exit, exit>`` with respect to an entry of an array."""
    exits = entries.cell.exits
    arrive = {exit.name: swept.arriving(exit.name, exit.shape[0]) for exit in exits}
    paired = sympy.Add(
        *(inner(e.shape[0], arrive[e.name], partial(entries.entry, e.name)) for e in exits)
    )
    return paired.diff(entries.element(of.name, *indices(of)))


def tangents(cell: Cell) -> list[Checked]:
    """Every line of the forward sweep is the derivative along the given tangents."""
    sweep = forward_sweep(cell)
    return [tangent(cell, sweep, line.out) for line in sweep]


def tangent(cell: Cell, sweep: Sequence[Tangent], of: Array) -> Checked:
    """The tangent of one array against d/d epsilon, at 0, of its entry at ``p + epsilon p_dot``."""
    entries = Entries(cell)
    direct = directional(entries.entry(of.name, J))
    form = swept.tangent(entries, sweep, of.name, J)
    return Checked(f"{cell.id}.{of.name}_dot", residual(form, direct))


def directional(expression: sympy.Expr) -> sympy.Expr:
    """The derivative of an expression along the tangent ``v_dot`` of every array v that it has."""
    moved = expression.replace(MatrixElement, _moved)
    return moved.diff(_EPSILON).xreplace({_EPSILON: sympy.S.Zero})


def _moved(matrix: sympy.MatrixSymbol, *index: sympy.Expr) -> sympy.Expr:
    dot = sympy.MatrixSymbol(f"{matrix.name}_dot", *matrix.shape)
    return matrix[index] + _EPSILON * dot[index]


def _derivative(entries: Entries, of: Array, by: Array) -> sympy.Expr:
    return entries.entry(of.name, J).diff(entries.element(by.name, *indices(by)))


def varying(cell: Cell, by: Array) -> Entries:
    """An intermediate by which is differentiated is not expanded but varies by itself."""
    return Entries(cell, frozenset({by.name} & {e.out.name for e in cell.equations}))
