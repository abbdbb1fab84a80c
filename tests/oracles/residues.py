"""Exact without being written out: sequences at a random point of a prime field.

Every number is a remainder modulo a prime of 61 bits, every value of a function a random one that
belongs to its argument: nothing is rounded. Two polynomials that differ agree at a random point
with a probability below their degree over the prime, 1e-15 here. The oracle carries first and mixed
second derivatives along two directions (hyper-dual numbers), by the rules of the polynomials.

Imports SymPy, NumPy and the notation of cells.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sympy import GF

from derivations.notation import Cell
from oracles.cases import Case, Results, build
from oracles.definition import Interpreter
from oracles.polynomials import RULES, SLOPES

PRIME = 2**61 - 1
FIELD = GF(PRIME)
ZERO, ONE = FIELD(0), FIELD(1)


class Residues:
    """A case at a random point of the field, and functions with random values there."""

    def __init__(self, cell: Cell, sizes: dict[str, int], T: int, B: int, seed: int) -> None:
        self._draw = random.Random(seed)
        self._known: dict[tuple[str, Any], Any] = {}
        self._arguments: dict[Any, Any] = {}

        def make(_: str, of: tuple[int, ...]) -> Any:
            return np.vectorize(lambda _: self._new(), otypes=[object])(np.zeros(of))

        self.case = build(cell, sizes, T, B, make)

    def _new(self) -> Any:
        return FIELD(self._draw.randrange(PRIME))

    def function(self, name: str) -> Callable[[Any], Any]:
        """A function with a random value for each argument; that of relu leads back to it."""

        def value(argument: Any) -> Any:
            argument = FIELD(argument)
            if name == "heaviside":  # relu(a) > 0 just where a > 0
                argument = self._arguments.get(argument, argument)
            if (name, argument) not in self._known:
                self._known[name, argument] = new = self._new()
                self._arguments[new] = argument
            return self._known[name, argument]

        return value

    def over_arrays(self) -> dict[str, Any]:
        """All functions, entry by entry over object arrays, to stand in for those of the code."""
        return {name: np.vectorize(self.function(name), otypes=[object]) for name in RULES}


@dataclass(frozen=True)
class HyperDual:
    """``value + one e + other f + both e f`` where ``e**2 = f**2 = 0``."""

    value: Any
    one: Any = ZERO
    other: Any = ZERO
    both: Any = ZERO

    def __add__(self, right: Any) -> HyperDual:
        """Part by part."""
        r = _dual(right)
        return HyperDual(
            self.value + r.value, self.one + r.one, self.other + r.other, self.both + r.both
        )

    __radd__ = __add__

    def __mul__(self, right: Any) -> HyperDual:
        """The product rule."""
        r = _dual(right)
        return HyperDual(
            self.value * r.value,
            self.one * r.value + self.value * r.one,
            self.other * r.value + self.value * r.other,
            self.both * r.value + self.one * r.other + self.other * r.one + self.value * r.both,
        )

    __rmul__ = __mul__

    def __sub__(self, right: Any) -> HyperDual:
        """Like a sum."""
        return self + -1 * _dual(right)

    def __rsub__(self, left: Any) -> HyperDual:
        """Like a sum."""
        return left + -1 * self

    def __pow__(self, exponent: int) -> HyperDual:
        """A product."""
        return self * self ** (exponent - 1) if exponent > 1 else self


def _dual(number: Any) -> HyperDual:
    return number if isinstance(number, HyperDual) else HyperDual(FIELD(number))


DUAL = np.vectorize(HyperDual, otypes=[object])


class Definition:
    """The cell of some residues, evaluated in hyper-dual numbers."""

    def __init__(self, residues: Residues) -> None:
        self.residues = residues
        functions = {name: self._function(name) for name in RULES}
        self.interpreter = Interpreter(residues.case.cell, functions)

    def _function(self, name: str) -> Callable[[Any], HyperDual]:
        rule = RULES[name]

        def value(argument: Any) -> HyperDual:
            x = _dual(argument)
            s = self.residues.function(name)(x.value)
            of = self._function(SLOPES[name]) if name in SLOPES else None
            along = of(HyperDual(x.value, other=x.other)) if of else None
            slope = _dual(rule(s, along and along.value)).value
            moved = _dual(rule(HyperDual(s, other=slope * x.other), along))
            both = slope * x.both + moved.other * x.one
            return HyperDual(s, slope * x.one, slope * x.other, both)

        return value

    @cached_property
    def case(self) -> Case:
        """The case with the direction on every number that is given or arrives."""
        case = self.residues.case
        at = case.at.join(case.along, lambda a, v: DUAL(a, ZERO, v))
        upstream = {n: DUAL(u, ZERO, case.upstream_dot[n]) for n, u in case.upstream.items()}
        return Case(case.cell, case.T, case.B, at, case.along, upstream, case.upstream_dot)

    def sequence(self) -> Results:
        """What `code.sequence` gives."""
        case, results = self.case, {}
        steps = self.interpreter.sequence(case, case.at)
        for e in case.cell.equations:
            n = e.out.name
            found = np.array([[b[n] for b in now] for now in steps], dtype=object)
            results |= {n: _part(found, "value"), f"{n}_dot": _part(found, "other")}
        for s in case.cell.states:
            results[f"{s.name}_last"] = results[s.name][-1]
            results[f"{s.name}_last_dot"] = results[f"{s.name}_dot"][-1]
        for name, array in case.at.items():
            losses = np.empty_like(array)
            for index in np.ndindex(array.shape):
                still = array[index]
                array[index] = HyperDual(still.value, ONE, still.other)
                steps = self.interpreter.sequence(case, case.at)
                losses[index] = self.interpreter.loss(case, steps)
                array[index] = still
            results |= {f"d_{name}": _part(losses, "one"), f"d_{name}_dot": _part(losses, "both")}
        return results


def _part(numbers: Any, name: str) -> Any:
    return np.vectorize(lambda n: getattr(n, name), otypes=[object])(numbers)
