"""Any size, second order: the second sweep equals second derivatives, and a mistake does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy
from evidence import record

from derivations.calculus.local import Diagonal, Edge, Outer, Weight
from derivations.calculus.second import AdjointTangent, adjoint_tangents, tangent_of
from derivations.cells import CELLS
from derivations.notation import Cell
from derivations.proofs import forward_over_reverse, swept
from derivations.proofs.results import Checked

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def proved(cell: Cell, found: list[Checked]) -> None:
    """Every residual is 0, and there is one for each array; this says it for the whole, too."""
    assert {c.formula for c in found} == {f"{cell.id}.d_{name}_dot" for name in cell.arrays}
    for checked in found:
        assert checked.residual == 0, checked.formula
    for checked in found:
        record("any_size", checked.formula, error=0, cases=1)
    record("any_size", f"{cell.id}.hvp", error=0, cases=1)


@every_cell
def test_line_by_line(cell: Cell) -> None:
    proved(cell, forward_over_reverse.lines(cell))


LINE_BY_LINE = {id for id in CELLS if "peephole" in id or "general" in id}
"""Substituted, the second derivatives of these take minutes each, for the same rules again."""


@pytest.mark.slow
@pytest.mark.parametrize("id", sorted(CELLS.keys() - LINE_BY_LINE))
def test_second_derivatives_of_the_substituted_equations(id: str) -> None:
    proved(CELLS[id], forward_over_reverse.resolved(CELLS[id]))


# Planted mistakes: each must leave a residual.

Change = Callable[[Cell, Edge], Edge | None]


def lost(cell: Cell, edge: Edge) -> None:
    return None


def scaled(by: sympy.Expr) -> Change:
    def change(cell: Cell, edge: Edge) -> Edge:
        if isinstance(edge.factor, Diagonal):
            return replace(edge, factor=Diagonal(by * edge.factor.expression))
        return edge

    return change


def of_another(cell: Cell, edge: Edge) -> Edge:
    """The tangent of another weight or vector of the same shape, where there is one."""
    match edge.factor:
        case Weight(array) | Outer(array):
            known = [tangent_of(a) for a in (*cell.parameters, *cell.sources)]
            others = [a for a in known if a.shape == array.shape and a.name != array.name]
            return replace(edge, factor=type(edge.factor)(others[0])) if others else edge
    return edge


CHANGES: dict[str, Change] = {
    "lost": lost,
    "sign": scaled(sympy.Integer(-1)),
    "factor 2": scaled(sympy.Integer(2)),
    "another's": of_another,
}


def with_mistakes(cell: Cell, change: Change) -> list[AdjointTangent]:
    """Each line with each of its moved factors changed, one at a time."""
    return [
        replace(second, moved=tuple(e for e in moved if e is not None))
        for second in adjoint_tangents(cell)
        for k, edge in enumerate(second.moved)
        if (moved := (*second.moved[:k], change(cell, edge), *second.moved[k + 1 :]))
        != second.moved
    ]


@every_cell
@pytest.mark.parametrize("what", CHANGES)
def test_mistakes_in_a_line(cell: Cell, what: str) -> None:
    wrong = with_mistakes(cell, CHANGES[what])
    diagonal = any(isinstance(e.factor, Diagonal) for s in adjoint_tangents(cell) for e in s.moved)
    assert wrong or what == "another's" or not diagonal
    for line in wrong:
        assert not forward_over_reverse.line(cell, line).holds, line.line.of.name


@pytest.mark.parametrize(
    ("id", "name", "seen"), [("rnn_tanh", "a", "x"), ("rnn_tanh", "a", "W_hh"), ("lstm", "c", "f")]
)
def test_mistakes_in_the_second_sweep(id: str, name: str, seen: str) -> None:
    """A line without its moved factors, seen from a later line of the sweep."""
    cell = CELLS[id]
    sweep = {second.line.of.name: second for second in adjoint_tangents(cell)}
    sweep[name] = replace(sweep[name], moved=())
    wrong, of = tuple(sweep.values()), cell.arrays[seen]
    assert not forward_over_reverse.second_derivative(cell, wrong, of).holds


def test_a_missing_transpose(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = CELLS["rnn_tanh"]
    second = next(s for s in adjoint_tangents(cell) if s.line.of.name == "h_prev")
    assert forward_over_reverse.line(cell, second).holds
    local = swept._local_tangent

    def transposed(entries, dot, size, factor, row, *by):
        if isinstance(factor, Weight):
            return dot(factor.matrix.name.removesuffix("_dot"), *by, row)
        return local(entries, dot, size, factor, row, *by)

    monkeypatch.setattr(swept, "_local_tangent", transposed)
    assert not forward_over_reverse.line(cell, second).holds
