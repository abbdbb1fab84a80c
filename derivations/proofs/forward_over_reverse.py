"""Any size: the second sweep against directional derivatives of the first, D, H, K being symbols.

Imports the definitions, SymPy, and `derivations.calculus` for the results to be judged. A line of
the reverse sweep is moved along a tangent of everything that it reads; what it gives is either
compared line by line, or resolved down to what the step was given and compared with SymPy's second
derivative of the substituted equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import count

import sympy

from derivations.calculus.local import Edge
from derivations.calculus.second import AdjointTangent, adjoint_tangents
from derivations.calculus.sweeps import forward_sweep
from derivations.notation import Array, Cell
from derivations.proofs import swept
from derivations.proofs.any_size import directional, gradient, varying
from derivations.proofs.indices import Entries, Index, element, indices, sum_over
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked


def lines(cell: Cell) -> list[Checked]:
    """Every line is the derivative of its adjoint's line along the tangents of what it reads."""
    return [line(cell, second) for second in adjoint_tangents(cell)]


def line(cell: Cell, second: AdjointTangent) -> Checked:
    """One line; arrays, adjoints and tangents all vary by themselves."""
    entries = Entries(cell, frozenset(e.out.name for e in cell.equations))
    of, by = second.line.of, indices(second.line.of)
    names = (f"s{n}" for n in count())

    def back(s: Index, edge: Edge) -> sympy.Expr:
        size = edge.out.shape[0]
        return swept.local(entries, size, edge.factor, s, *by) * _adjoint(cell, edge.out.name, s)

    first = sympy.Add(
        *(
            sum_over(edge.out.shape[0], next(names), partial(back, edge=edge))
            for edge in second.line.terms
        )
    )
    form = swept.adjoint_tangent(
        entries,
        second,
        partial(_adjoint, cell),
        partial(_adjoint, cell, dot="_dot"),
        partial(_dot, cell),
        names,
        *by,
    )
    return Checked(f"{cell.id}.d_{of.name}_dot", residual(form, directional(first)))


def resolved(cell: Cell) -> list[Checked]:
    """Every line, down to what the step was given, is a second derivative of the equations."""
    sweep = adjoint_tangents(cell)
    return [second_derivative(cell, sweep, second.line.of) for second in sweep]


def second_derivative(cell: Cell, sweep: Sequence[AdjointTangent], of: Array) -> Checked:
    """One array: ``diff`` by it, then along the direction, against the sweep."""
    entries, by = varying(cell, of), indices(of)
    seconds = {second.line.of.name: second for second in sweep}
    forward, names = forward_sweep(cell), (f"s{n}" for n in count())
    exits = {exit.name for exit in cell.exits}

    def adjoint(name: str, *index: Index) -> sympy.Expr:
        arrive = {exit: partial(_adjoint, cell, exit) for exit in exits}
        first = [second.line for second in sweep]
        return swept.adjoint(entries, first, arrive, name, *index, names=names)

    def adjoint_dot(name: str, *index: Index) -> sympy.Expr:
        arrived = _adjoint(cell, name, *index, dot="_dot") if name in exits else sympy.S.Zero
        return arrived + swept.adjoint_tangent(
            entries, seconds[name], adjoint, adjoint_dot, dot, names, *index
        )

    def dot(name: str, *index: Index) -> sympy.Expr:
        if len(index) > 1:
            return _dot(cell, name, *index)
        (row,) = index
        return swept.tangent(entries, forward, name, row, names)

    direct = directional(gradient(entries, of))
    return Checked(f"{cell.id}.d_{of.name}_dot", residual(adjoint_dot(of.name, *by), direct))


def _adjoint(cell: Cell, name: str, *index: Index, dot: str = "") -> sympy.Expr:
    return element(f"d_{name}{dot}", cell.arrays[name].shape, *index)


def _dot(cell: Cell, name: str, *index: Index) -> sympy.Expr:
    return element(f"{name}_dot", cell.arrays[name].shape, *index)
