"""A cell in index notation: the entry of any of its arrays, for symbolic sizes D, H and K.

Imports notation and SymPy only. Vectors and matrices are MatrixSymbols, a product ``W v`` is a
Sum with a symbolic bound; nothing is differentiated here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import sympy
from sympy import KroneckerDelta, MatrixSymbol, Symbol

from derivations.notation import SIZES, Affine, Array, Cell, Product

Index: TypeAlias = sympy.Expr
Entry: TypeAlias = Callable[[Index], sympy.Expr]

LENGTH = {size: Symbol(size, integer=True, positive=True) for size in SIZES}
J, K, L = (Symbol(name) for name in "jkl")
"""The free indices of ``d v_j / d w_k`` and ``d v_j / d W_kl``."""


class Total(sympy.Sum):
    """A Sum over one index that knows its free symbols, of a summand without Piecewise.

    Left to itself, SymPy looks through the whole summand for a Piecewise whenever a sum is made,
    and rebuilds the sum each time that ``diff`` asks for its free symbols or wonders whether it is
    a number: most of the time of a derivative.
    """

    is_number = False

    def __new__(cls, summand: sympy.Expr, limit: sympy.Tuple) -> Total:
        """The sum of ``summand`` over ``limit``, which is (index, first, last)."""
        made: Total = sympy.Expr.__new__(cls, summand, limit)
        made.is_commutative = True
        return made

    @cached_property
    def free_symbols(self) -> set[sympy.Basic]:
        """Symbols and MatrixSymbols, the bound index left out."""
        ((index, _, last),) = self.limits
        found: set[sympy.Basic] = self.function.free_symbols - {index} | last.free_symbols
        return found


def symbol(name: str, shape: tuple[str, ...]) -> MatrixSymbol:
    """The MatrixSymbol of an array; a vector is a matrix with one column."""
    sizes = [LENGTH[size] for size in shape]
    return MatrixSymbol(name, *sizes, *[1] * (2 - len(sizes)))


def element(name: str, shape: tuple[str, ...], *index: Index) -> sympy.Expr:
    """The entry ``index`` of an array that stands for itself."""
    return symbol(name, shape)[*index, *[0] * (2 - len(index))]


def delta(size: str, row: Index, column: Index) -> sympy.Expr:
    """The Kronecker delta over the indices of an array of this size."""
    return KroneckerDelta(row, column, (0, LENGTH[size] - 1))


def sum_over(size: str, name: str, term: Entry) -> sympy.Expr:
    """The sum of ``term`` over an index called ``name``."""
    index = Symbol(name)
    return Total(term(index), sympy.Tuple(index, 0, LENGTH[size] - 1))


def inner(size: str, left: Entry, right: Entry) -> sympy.Expr:
    """The inner product of two vectors."""
    return sum_over(size, "m", lambda m: left(m) * right(m))


def indices(array: Array) -> tuple[Symbol, ...]:
    """The free indices of an array by which is differentiated: ``k``, or ``k, l``."""
    return (K, L)[: len(array.shape)]


@dataclass(frozen=True)
class Entries:
    """The arrays of one step. ``free`` names arrays that are not expanded but vary by themselves.

    In a sequence, ``mark`` tells this step's own sources from those of other steps, and the
    states that enter it are those that the step ``before`` leaves.
    """

    cell: Cell
    free: frozenset[str] = frozenset()
    mark: str = ""
    before: Entries | None = None
    _known: dict[tuple[str, Index, int], sympy.Expr] = field(
        default_factory=dict, compare=False, repr=False
    )

    def element(self, name: str, *index: Index) -> sympy.Expr:
        """The entry of a source, a parameter or a free array."""
        array = self.cell.arrays[name]
        own = self.mark if array.time is not None else ""
        return element(name + own, array.shape, *index)

    def entry(self, name: str, index: Index, depth: int = 0) -> sympy.Expr:
        """The entry of a vector, expanded down to sources, parameters and free arrays.

        ``depth`` counts the sums around it, so that no two nested ones share an index.
        """
        key = (name, index, depth)
        if key not in self._known:
            self._known[key] = self._entry(*key)
        return self._known[key]

    def _entry(self, name: str, index: Index, depth: int) -> sympy.Expr:
        carried = {s.previous.name: s.name for s in self.cell.states}
        if name in self.free:
            return self.element(name, index)
        if self.before and name in carried:
            return self.before.entry(carried[name], index, depth)
        if name not in {e.out.name for e in self.cell.equations}:
            return self.element(name, index)
        right = self.cell.equation(name).right
        if isinstance(right, Affine):
            return sympy.Add(*(self._product(p, index, depth) for p in right.products))
        return self.scalar(right.expression, index, depth)

    def _product(self, p: Product, index: Index, depth: int) -> sympy.Expr:
        def term(n: Index) -> sympy.Expr:
            return self.element(p.weight.name, index, n) * self.entry(p.vector.name, n, depth + 1)

        product = sum_over(p.vector.shape[0], f"n{depth}", term)
        return product + self.element(p.bias.name, index) if p.bias else product

    def scalar(self, expression: sympy.Expr, index: Index, depth: int = 0) -> sympy.Expr:
        """An elementwise expression at one index, its arrays expanded."""
        arrays = expression.atoms(Symbol)
        return expression.xreplace({a: self.entry(a.name, index, depth) for a in arrays})


def entry(cell: Cell, name: str, index: Index, free: Iterable[str] = ()) -> sympy.Expr:
    """The entry of one of a cell's vectors, expanded down to sources, parameters and ``free``."""
    return Entries(cell, frozenset(free)).entry(name, index)


def unrolled(cell: Cell, steps: int, free: Iterable[str] = ()) -> list[Entries]:
    """The steps of a sequence, each expanded into those before it; step t is marked ``_t``."""
    sequence: list[Entries] = []
    for t in range(1, steps + 1):
        before = sequence[-1] if sequence else None
        sequence.append(Entries(cell, frozenset(free), f"_{t}", before))
    return sequence
