"""The two sweeps over a cell's equations: forward (JVP) and reverse (VJP, Jacobian rows).

Imports notation and local derivatives. A sweep does no calculus of its own: it only says, for
each array, which local derivatives meet there and in which order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derivations.calculus.local import Edge, edges
from derivations.notation import Array, Cell


@dataclass(frozen=True)
class Tangent:
    """Forward: the tangent of ``out`` is the sum of ``factor * tangent(source)`` over ``terms``."""

    out: Array
    terms: tuple[Edge, ...]


@dataclass(frozen=True)
class Adjoint:
    """Reverse: the adjoint of ``of`` is the sum of ``factor^T * adjoint(out)`` over ``terms``.

    ``arrives`` says that an adjoint also arrives from after the step, because the step hands
    ``of`` on.
    """

    of: Array
    arrives: bool
    terms: tuple[Edge, ...]


def forward_sweep(cell: Cell) -> tuple[Tangent, ...]:
    """The JVP of a step: one line for each equation, in order."""
    local = edges(cell)
    return tuple(
        Tangent(equation.out, tuple(e for e in local if e.out == equation.out))
        for equation in cell.equations
    )


def reverse_sweep(cell: Cell) -> tuple[Adjoint, ...]:
    """The VJP of a step: the intermediates last to first, then the sources, then the parameters."""
    intermediates = [e.out for e in reversed(cell.equations)]
    return tuple(_adjoints(cell, (*intermediates, *cell.sources, *cell.parameters)))


def _adjoints(cell: Cell, order: tuple[Array, ...]) -> Iterator[Adjoint]:
    local = edges(cell)
    for array in order:
        terms = tuple(e for e in local if e.source == array)
        yield Adjoint(array, array in cell.exits, terms)
