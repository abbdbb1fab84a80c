"""How much rounding can do to a sequence at worst, to first order: a running error analysis.

A number carries its derivatives: along one direction, along each entry of what is given, and the
mixed ones of second order. For each of them it carries the largest error that roundings of one unit
each can have left, in units of the last place of the format (u = eps/2, relative). Each operation
adds its own rounding to what its operands bring, always as if all pointed the same way. Imports
NumPy and the notation of cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import repeat
from math import exp, tanh
from typing import Any

import numpy as np

from derivations.notation import Cell
from oracles.cases import Case, Results
from oracles.definition import Interpreter

LIBRARY = 8.0
"""NumPy promises its exp and tanh to 4 units of eps; sigmoid adds a sum and a division."""

UNDERFLOW = 2.0**-102
"""A product or a function may also be off by the smallest normal number: 2**-126 in float32, this
many of its units u = 2**-24, and far less in wider formats."""


@dataclass(frozen=True)
class Parts:
    """A value ``v``, its tangent, its derivatives along entries, and the tangents of these.

    ``d`` and ``d_dot`` are arrays with a number for each entry, or a number that stands for all.
    """

    v: Any
    dot: Any = 0.0
    d: Any = 0.0
    d_dot: Any = 0.0

    def __add__(self, other: Parts) -> Parts:
        """Part by part."""
        return Parts(
            self.v + other.v, self.dot + other.dot, self.d + other.d, self.d_dot + other.d_dot
        )

    def __neg__(self) -> Parts:
        """Part by part."""
        return Parts(-self.v, -self.dot, -self.d, -self.d_dot)

    def __abs__(self) -> Parts:
        """Part by part."""
        return Parts(abs(self.v), abs(self.dot), abs(self.d), abs(self.d_dot))

    def __mul__(self, other: Parts) -> Parts:
        """The product rule, to second order."""
        a, b = self, other
        return Parts(
            a.v * b.v,
            a.dot * b.v + a.v * b.dot,
            a.d * b.v + a.v * b.d,
            a.d_dot * b.v + a.dot * b.d + a.d * b.dot + a.v * b.d_dot,
        )

    def scaled(self, v: float, first: float, second: float) -> Parts:
        """Each part so many times, those of first order alike."""
        return Parts(v * self.v, first * self.dot, first * self.d, second * self.d_dot)

    def through(self, value: float, slope: float, bend: float) -> Parts:
        """The chain rule, to second order, for a function with this slope and second derivative."""
        return Parts(
            value,
            slope * self.dot,
            slope * self.d,
            bend * self.dot * self.d + slope * self.d_dot,
        )


FLOOR = Parts(*[UNDERFLOW] * 4)


@dataclass(frozen=True)
class Running:
    """What a number is, and how far off each part of it may be."""

    at: Parts
    error: Parts = Parts(0.0)

    def __add__(self, other: Any) -> Running:
        """Errors add, and the sum is rounded."""
        o = _running(other)
        at = self.at + o.at
        return Running(at, self.error + o.error + abs(at))

    __radd__ = __add__

    def __neg__(self) -> Running:
        """No rounding."""
        return Running(-self.at, self.error)

    def __sub__(self, other: Any) -> Running:
        """Like a sum."""
        return self + (-_running(other))

    def __rsub__(self, other: Any) -> Running:
        """Like a sum."""
        return (-self) + other

    def __mul__(self, other: Any) -> Running:
        """Each error times the other factor.

        The value is one product, a derivative the sum of two, one of second order that of four: a
        term has a rounding of its own and those of the sums that it goes through.
        """
        o = _running(other)
        brought = abs(self.at) * o.error + self.error * abs(o.at)
        rounded = (abs(self.at) * abs(o.at)).scaled(1, 2, 4)
        return Running(self.at * o.at, brought + rounded + FLOOR)

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Running:
        """A product."""
        return self * self ** (exponent - 1) if exponent > 1 else self

    def through(self, f: tuple[float, ...], own: tuple[float, float, float]) -> Running:
        """A function of this number: its value and first three derivatives here.

        ``own`` is what value, slope and second derivative lose when they are worked out. The slope
        is multiplied once; the second derivative three times, and added.
        """
        x, (value, slope, bend, third) = abs(self.at), map(abs, f)
        brought = x.through(slope, bend, third) * self.error
        lost = x.through(*(e + UNDERFLOW for e in own))
        rounded = x.through(value, slope, bend).scaled(0, 1, 4)
        return Running(self.at.through(*f[:3]), brought + lost + rounded)


def _running(number: Any) -> Running:
    return number if isinstance(number, Running) else Running(Parts(float(number)))


def _sigmoid(x: Running) -> Running:
    """The slope is ``s (1 - s)``, its derivative the slope times ``1 - 2 s``."""
    s = exp(min(x.at.v, 0.0)) / (exp(min(x.at.v, 0.0)) + exp(min(-x.at.v, 0.0)))
    own = (LIBRARY + 2) * s
    slope = s * (1 - s)
    bend, third = slope * (1 - 2 * s), slope * (1 - 6 * slope)
    lost = abs(1 - 2 * s) * own + 2 * s
    lost_bend = abs(1 - 6 * slope) * own + 2 * s * abs(1 - 2 * s) + 2 * abs(bend)
    return x.through((s, slope, bend, third), (own, lost, lost_bend))


def _tanh(x: Running) -> Running:
    """The slope is ``1 - t**2``, its derivative ``-2 t`` times the slope."""
    t = tanh(x.at.v)
    own = LIBRARY * abs(t)
    slope = 1 - t * t
    bend, third = -2 * t * slope, slope * (6 * t * t - 2)
    lost = 2 * abs(t) * own + t * t + slope
    lost_bend = abs(6 * t * t - 2) * own + 2 * abs(t) * (t * t + slope) + abs(bend)
    return x.through((t, slope, bend, third), (own, lost, lost_bend))


def _relu(x: Running) -> Running:
    return x if x.at.v > 0 else _running(0)


FUNCTIONS: dict[str, Callable[[Running], Running]] = {
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": _relu,
    "heaviside": lambda x: _running(x.at.v > 0),
    "phi_f": _sigmoid,
    "phi_g": _tanh,
    "phi_h": _tanh,
    "kappa": lambda x: x,
}


class Rounding:
    """One cell with the errors that it may have, each array in units of u."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.interpreter = Interpreter(cell, FUNCTIONS)

    def sequence(self, case: Case) -> Results:
        """A bound for each entry of what `code.sequence` gives.

        A gradient is bounded as the derivative of the loss along each entry: the same products
        along the same paths, summed in another order. So is its tangent.
        """
        case = case.map(lambda a: a.astype(float))
        rows = iter(np.eye(sum(a.size for _, a in case.at.items())))
        point = case.at.join(case.along, lambda a, v: _running_array(a, v, rows))
        upstream = {
            n: _running_array(u, case.upstream_dot[n], repeat(0.0))
            for n, u in case.upstream.items()
        }
        steps = self.interpreter.sequence(case, point)
        results: Results = {}
        for e in self.cell.equations:
            entries = [[b[e.out.name] for b in now] for now in steps]
            results[e.out.name] = _VALUE_ERROR(entries)
            results[f"{e.out.name}_dot"] = _DOT_ERROR(entries)
        for s in self.cell.states:
            results[f"{s.name}_last"] = results[s.name][-1]
            results[f"{s.name}_last_dot"] = results[f"{s.name}_dot"][-1]
        error = self.interpreter.loss(replace(case, upstream=upstream), steps).error
        first = 0
        for name, array in case.at.items():
            own = slice(first, first := first + array.size)
            results[f"d_{name}"] = error.d[own].reshape(array.shape)
            results[f"d_{name}_dot"] = error.d_dot[own].reshape(array.shape)
        return results


_VALUE_ERROR = np.vectorize(lambda x: x.error.v, otypes=[float])
_DOT_ERROR = np.vectorize(lambda x: x.error.dot, otypes=[float])


def _running_array(at: Any, along: Any, d: Iterator[Any]) -> Any:
    """An array of numbers; each takes its derivatives along entries from ``d``."""
    found = np.empty(at.shape, dtype=object)
    for index in np.ndindex(at.shape):
        found[index] = Running(Parts(float(at[index]), float(along[index]), next(d)))
    return found
