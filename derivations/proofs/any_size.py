"""Any size: the calculus of a step against direct derivatives, D, H and K being symbols.

Imports the definitions, SymPy, and `derivations.calculus` for the results to be judged. The direct
derivative is SymPy's ``diff`` of the substituted equations by one entry of an array. (``doit`` on
the result would try to evaluate every sum in closed form, for minutes; only the Kronecker deltas
are contracted, by SymPy too.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.calculus.jacobians import Block, jacobian_blocks
from derivations.calculus.sweeps import Adjoint, Tangent, forward_sweep, reverse_sweep
from derivations.notation import Array, Cell
from derivations.proofs import swept
from derivations.proofs.indices import Entries, J, indices, sum_over, symbol
from derivations.proofs.normal import normal, residual
from derivations.proofs.results import Checked

_EPS = sympy.Symbol("epsilon")


def closed_blocks(cell: Cell) -> list[Checked]:
    """Every Jacobian block in closed form is the direct derivative."""
    return [
        closed_block(cell, block) for exit in cell.exits for block in jacobian_blocks(cell, exit)
    ]


def closed_block(cell: Cell, block: Block) -> Checked:
    """One Jacobian block in closed form against the direct derivative."""
    entries = Entries(cell, _freed(cell, block.by))
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
    """One Jacobian block by recursion against its closed form; a diagonal one has no other part."""
    entries = Entries(cell, _freed(cell, block.by))
    by = indices(block.by)
    form = swept.closed_form(entries, block, J, *by)
    recursion = swept.recursive_form(entries, blocks, block, J, *by)
    difference = residual(recursion, form)
    if block.diagonal:
        difference += normal(form).replace(sympy.KroneckerDelta, lambda *_: sympy.S.Zero)
    return Checked(f"{cell.id}.{block.name}", difference)


def absent_blocks(cell: Cell) -> list[Checked]:
    """The derivative of an exit by an array is zero wherever the calculus has no block for it."""
    found = []
    for exit in cell.exits:
        present = {block.by.name for block in jacobian_blocks(cell, exit)} | {exit.name}
        for array in cell.arrays.values():
            if array.name not in present:
                direct = _derivative(Entries(cell, _freed(cell, array)), exit, array)
                found.append(Checked(f"{cell.id}.{exit.name}_D_{array.name}", normal(direct)))
    return found


def adjoints(cell: Cell, sweep: Sequence[Adjoint] | None = None) -> list[Checked]:
    """Every line of the reverse sweep is the direct derivative of ``sum_exit <d_exit, exit>``."""
    sweep = reverse_sweep(cell) if sweep is None else sweep
    return [adjoint(cell, sweep, line.of) for line in sweep]


def adjoint(cell: Cell, sweep: Sequence[Adjoint], of: Array) -> Checked:
    """The adjoint of one array, resolved down to what arrives, against the direct derivative."""
    entries = Entries(cell, _freed(cell, of))
    arrive = {exit.name: swept.arriving(exit.name, exit.shape[0]) for exit in cell.exits}
    paired = sympy.Add(
        *(
            sum_over(
                exit.shape[0],
                "m",
                lambda m, exit=exit: arrive[exit.name](m) * entries.entry(exit.name, m),  # type: ignore[misc]
            )
            for exit in cell.exits
        )
    )
    by = indices(of)
    direct = paired.diff(entries.element(of.name, *by))
    form = swept.adjoint(entries, sweep, arrive, of.name, *by)
    return Checked(f"{cell.id}.d_{of.name}", residual(form, direct))


def tangents(cell: Cell, sweep: Sequence[Tangent] | None = None) -> list[Checked]:
    """Every line of the forward sweep is the derivative along the given tangents."""
    sweep = forward_sweep(cell) if sweep is None else sweep
    return [tangent(cell, sweep, line.out) for line in sweep]


def tangent(cell: Cell, sweep: Sequence[Tangent], of: Array) -> Checked:
    """The tangent of one array against d/d epsilon of its entry at ``p + epsilon p_dot``."""
    entries = Entries(cell)
    moved = entries.entry(of.name, J).replace(MatrixElement, _moved)
    direct = moved.diff(_EPS).xreplace({_EPS: sympy.S.Zero})
    form = swept.tangent(entries, sweep, of.name, J)
    return Checked(f"{cell.id}.{of.name}_dot", residual(form, direct))


def _moved(matrix: sympy.MatrixSymbol, *index: sympy.Expr) -> sympy.Expr:
    dot = sympy.MatrixSymbol(f"{matrix.name}_dot", *matrix.shape)
    return matrix[index] + _EPS * dot[index]


def _derivative(entries: Entries, of: Array, by: Array) -> sympy.Expr:
    return entries.entry(of.name, J).diff(entries.element(by.name, *indices(by)))


def _freed(cell: Cell, by: Array) -> frozenset[str]:
    """An intermediate by which is differentiated varies by itself."""
    return frozenset({by.name} & {e.out.name for e in cell.equations})
