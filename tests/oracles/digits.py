"""A definition in 80 digits: values, gradients, and tangents of both that are right to 40.

Gradients come from the sum and product rules alone, from the loss backwards, number by number;
slopes of functions are mpmath's own. Tangents are central differences of values and gradients, as
all that is given moves along the direction. Imports mpmath, NumPy and the notation of cells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import mpmath
import numpy as np

from derivations.notation import Cell
from oracles.cases import Case, Point, Results
from oracles.definition import Interpreter

DIGITS = 80
STEP = mpmath.mpf(10) ** -26

FUNCTIONS = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "heaviside": lambda x: mpmath.mpf(x > 0),
    "kappa": lambda x: x,
}
FUNCTIONS |= {"phi_f": FUNCTIONS["sigmoid"], "phi_g": mpmath.tanh, "phi_h": mpmath.tanh}


def exact(number: Any) -> mpmath.mpf:
    """The number that a float of any width is; wider than a double, it is taken in two halves."""
    fraction, exponent = np.frexp(number)
    high = float(fraction)
    with mpmath.workdps(DIGITS):
        halves = mpmath.mpf(high) + mpmath.mpf(float(fraction - type(fraction)(high)))
        return mpmath.ldexp(halves, int(exponent))


over_entries = np.vectorize(exact, otypes=[object])


@dataclass(eq=False, repr=False)
class Number:
    """A value, and the numbers it was worked out from, each with the slope along it.

    ``made`` holds all numbers of a run in the order in which they were made; ``d`` is for the
    derivative of the last of them by this one.
    """

    value: mpmath.mpf
    made: list[Number]
    sources: tuple[tuple[Number, Any], ...] = ()
    d: Any = 0

    def __post_init__(self) -> None:
        """Remember the order."""
        self.made.append(self)

    def __add__(self, other: Any) -> Number:
        """The slopes of a sum are 1."""
        o = self._number(other)
        return Number(self.value + o.value, self.made, ((self, 1), (o, 1)))

    def __mul__(self, other: Any) -> Number:
        """The slope of a product along one factor is the other."""
        o = self._number(other)
        return Number(self.value * o.value, self.made, ((self, o.value), (o, self.value)))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Number:
        """A product."""
        return self * -1

    def __sub__(self, other: Any) -> Number:
        """A sum."""
        return self + (-self._number(other))

    def __rsub__(self, other: Any) -> Number:
        """A sum."""
        return (-self) + other

    def __pow__(self, exponent: int) -> Number:
        """A product."""
        return self * self ** (exponent - 1) if exponent > 1 else self

    def _number(self, other: Any) -> Number:
        return other if isinstance(other, Number) else Number(mpmath.mpf(other), self.made)


def _of_numbers(function: Callable[[Any], Any]) -> Callable[[Number], Number]:
    return lambda x: Number(function(x.value), x.made, ((x, mpmath.diff(function, x.value)),))


def _derive(made: list[Number]) -> None:
    """Work out the derivatives of the last number."""
    made[-1].d = mpmath.mpf(1)
    for number in reversed(made):
        for source, slope in number.sources:
            source.d += number.d * slope


VALUE = np.vectorize(lambda number: number.value, otypes=[object])
DERIVATIVE = np.vectorize(lambda number: number.d, otypes=[object])


class Digits:
    """One cell in 80 digits."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.interpreter = Interpreter(cell, {n: _of_numbers(f) for n, f in FUNCTIONS.items()})

    def sequence(self, case: Case) -> Results:
        """What `code.sequence` gives, entries of mpmath."""
        case = case.map(over_entries)
        with mpmath.workdps(DIGITS):
            here, ahead, behind = (self._results(_moved(case, h)) for h in (0, STEP, -STEP))
            dots = {f"{n}_dot": (ahead[n] - behind[n]) / (2 * STEP) for n in here}
        return here | dots

    def loss(self, case: Case) -> mpmath.mpf:
        """The number whose gradients `sequence` gives, of a case in mpmath."""
        point = _numbers(case, [])
        return self.interpreter.loss(case, self.interpreter.sequence(case, point)).value

    def _results(self, case: Case) -> Results:
        """Values and gradients."""
        made: list[Number] = []
        point = _numbers(case, made)
        steps = self.interpreter.sequence(case, point)
        names = [e.out.name for e in self.cell.equations]
        results = {n: VALUE([[b[n] for b in now] for now in steps]) for n in names}
        results |= {f"{s.name}_last": results[s.name][-1] for s in self.cell.states}
        self.interpreter.loss(case, steps)
        _derive(made)
        return results | {f"d_{name}": DERIVATIVE(array) for name, array in point.items()}


def _numbers(case: Case, made: list[Number]) -> Point:
    return case.at.map(np.vectorize(lambda a: Number(a, made), otypes=[object]))


def _moved(case: Case, h: Any) -> Case:
    """The case with all that is given and all that arrives moved along its direction."""
    return replace(
        case,
        at=case.at.join(case.along, lambda a, v: a + h * v),
        upstream={n: u + h * case.upstream_dot[n] for n, u in case.upstream.items()},
    )
