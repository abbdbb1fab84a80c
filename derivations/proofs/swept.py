"""The results of the calculus written in index notation, to be judged.

Imports `derivations.calculus` for its results alone. Every array that a result names is replaced
by its entry, and every product of local derivatives by sums over the indices in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import TypeAlias

import sympy

from derivations.calculus.jacobians import Block, Path
from derivations.calculus.local import Diagonal, Edge, Factor, Identity, Outer, Weight
from derivations.calculus.second import AdjointTangent
from derivations.calculus.sweeps import Adjoint, Tangent
from derivations.notation import Array
from derivations.proofs.indices import Entries, Entry, Index, delta, element, sum_over

At: TypeAlias = Callable[..., sympy.Expr]
"""The entry of an array, by its name and its indices."""


def local(entries: Entries, size: str, factor: Factor, row: Index, *by: Index) -> sympy.Expr:
    """The entry (row, by) of a local derivative of an array of this size."""
    match factor:
        case Diagonal(expression):
            return entries.scalar(expression, row) * delta(size, row, *by)
        case Weight(matrix):
            return entries.element(matrix.name, row, *by)
        case Outer(vector):
            return delta(size, row, by[0]) * entries.entry(vector.name, by[1])
        case Identity():
            return delta(size, row, *by)


def closed_form(entries: Entries, block: Block, row: Index, *by: Index) -> sympy.Expr:
    """``block.paths`` at (row, by)."""
    return sympy.Add(*(_path(entries, block.exit, path, row, *by) for path in block.paths))


def _path(entries: Entries, exit: Array, path: Path, row: Index, *by: Index) -> sympy.Expr:
    names = (f"s{n}" for n in count())

    def rest(size: str, factors: Path, row: Index) -> sympy.Expr:
        factor, *later = factors
        if not later:
            return local(entries, size, factor, row, *by)
        between = factor.matrix.shape[1] if isinstance(factor, Weight) else size

        def term(s: Index) -> sympy.Expr:
            return local(entries, size, factor, row, s) * rest(between, tuple(later), s)

        return sum_over(between, next(names), term)

    return rest(exit.shape[0], path, row)


def recursive_form(
    entries: Entries, blocks: Mapping[str, Block], block: Block, row: Index, *by: Index
) -> sympy.Expr:
    """``block.terms`` at (row, by): for each, the block of the term's array times its factor."""

    def term(edge: Edge) -> sympy.Expr:
        size = edge.out.shape[0]
        if edge.out == block.exit:
            return local(entries, size, edge.factor, row, *by)
        through = blocks[edge.out.name]

        def at(s: Index) -> sympy.Expr:
            before = closed_form(entries, through, row, s)
            return before * local(entries, size, edge.factor, s, *by)

        return sum_over(size, "s", at)

    return sympy.Add(*(term(edge) for edge in block.terms))


def arriving(name: str, size: str, mark: str = "") -> Entry:
    """An adjoint that comes from outside the step: a vector of symbols."""
    return lambda index: element(f"d_{name}{mark}", (size,), index)


def adjoint(
    entries: Entries,
    sweep: Sequence[Adjoint],
    arrive: Mapping[str, Entry],
    of: str,
    *by: Index,
    names: Iterator[str] | None = None,
) -> sympy.Expr:
    """The adjoint that the reverse sweep gives to ``of``, resolved down to what arrives.

    ``names`` are those of the sums, where others stand around them.
    """
    lines = {line.of.name: line for line in sweep}
    names = names or (f"s{entries.mark}_{n}" for n in count())

    def resolve(name: str, *by: Index) -> sympy.Expr:
        line = lines[name]
        arrived = arrive[name](*by) if line.arrives else sympy.S.Zero
        return sympy.Add(arrived, *(term(edge, *by) for edge in line.terms))

    def term(edge: Edge, *by: Index) -> sympy.Expr:
        size = edge.out.shape[0]

        def at(s: Index) -> sympy.Expr:
            return local(entries, size, edge.factor, s, *by) * resolve(edge.out.name, s)

        return sum_over(size, next(names), at)

    return resolve(of, *by)


def tangent(
    entries: Entries,
    sweep: Sequence[Tangent],
    of: str,
    row: Index,
    names: Iterator[str] | None = None,
) -> sympy.Expr:
    """The tangent that the forward sweep gives to ``of``, resolved down to the given tangents.

    A free array moves by itself. ``names`` are those of the sums, where others stand around them.
    """
    lines = {line.out.name: line for line in sweep if line.out.name not in entries.free}
    names = names or (f"s{n}" for n in count())

    def resolve(array: Array, *index: Index) -> sympy.Expr:
        if array.name not in lines:
            return element(f"{array.name}_dot", array.shape, *index)
        return sympy.Add(*(term(edge, *index) for edge in lines[array.name].terms))

    def term(edge: Edge, row: Index, *by: Index) -> sympy.Expr:
        shape = edge.source.shape
        if len(by) < len(shape):
            return sum_over(shape[len(by)], next(names), lambda s: term(edge, row, *by, s))
        return local(entries, edge.out.shape[0], edge.factor, row, *by) * resolve(edge.source, *by)

    return resolve(entries.cell.arrays[of], row)


def adjoint_tangent(
    entries: Entries,
    second: AdjointTangent,
    adjoint: At,
    adjoint_dot: At,
    dot: At,
    names: Iterator[str],
    *by: Index,
) -> sympy.Expr:
    """What one line of the second sweep adds up, but for what arrives from outside.

    ``adjoint``, ``adjoint_dot`` and ``dot`` are the entries of adjoints, of their tangents and of
    the tangents of arrays.
    """

    def back(edge: Edge, local_at: Callable[..., sympy.Expr], of_out: At) -> sympy.Expr:
        size = edge.out.shape[0]

        def at(s: Index) -> sympy.Expr:
            return local_at(size, edge.factor, s, *by) * of_out(edge.out.name, s)

        return sum_over(size, next(names), at)

    still = partial(local, entries)
    moved = partial(_local_tangent, entries, dot)
    return sympy.Add(
        *(back(edge, still, adjoint_dot) for edge in second.line.terms),
        *(back(edge, moved, adjoint) for edge in second.moved),
    )


def _local_tangent(
    entries: Entries, dot: At, size: str, factor: Factor, row: Index, *by: Index
) -> sympy.Expr:
    """The entry (row, by) of the tangent of a local derivative."""
    match factor:
        case Diagonal(expression):
            at = {
                a: dot(name, row)
                if (name := a.name.removesuffix("_dot")) != a.name
                else entries.entry(name, row)
                for a in expression.atoms(sympy.Symbol)
            }
            return expression.xreplace(at) * delta(size, row, *by)
        case Weight(matrix):
            return dot(matrix.name.removesuffix("_dot"), row, *by)
        case Outer(vector):
            return delta(size, row, by[0]) * dot(vector.name.removesuffix("_dot"), by[1])
        case Identity():
            raise ValueError("a constant derivative has no tangent")
