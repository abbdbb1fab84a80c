"""How much rounding can do to a sequence at worst, to first order: a running error analysis.

A number carries its tangent along one direction and, for both, the largest error that roundings of
one unit each can have left, in units of the last place of the format (u = eps/2, relative). Each
operation adds its own rounding to what its operands bring, always as if all pointed the same way.
Imports NumPy and the notation of cells.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
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
class Running:
    """A value and a tangent with the errors that they may have."""

    value: float
    dot: float = 0.0
    error: float = 0.0
    dot_error: float = 0.0

    def __add__(self, other: Any) -> Running:
        """Errors add, and the sum is rounded."""
        o = _running(other)
        value, dot = self.value + o.value, self.dot + o.dot
        return Running(
            value,
            dot,
            self.error + o.error + abs(value),
            self.dot_error + o.dot_error + abs(dot),
        )

    __radd__ = __add__

    def __neg__(self) -> Running:
        """No rounding."""
        return Running(-self.value, -self.dot, self.error, self.dot_error)

    def __sub__(self, other: Any) -> Running:
        """Like a sum."""
        return self + (-_running(other))

    def __rsub__(self, other: Any) -> Running:
        """Like a sum."""
        return (-self) + other

    def __mul__(self, other: Any) -> Running:
        """Each error times the other factor; the tangent is a sum of two products."""
        o = _running(other)
        value = self.value * o.value
        left, right = self.dot * o.value, self.value * o.dot
        return Running(
            value,
            left + right,
            abs(self.value) * o.error + abs(o.value) * self.error + abs(value) + UNDERFLOW,
            abs(self.dot) * o.error
            + abs(o.value) * self.dot_error
            + abs(o.dot) * self.error
            + abs(self.value) * o.dot_error
            + 2 * (abs(left) + abs(right))
            + UNDERFLOW,
        )

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Running:
        """A product."""
        return math.prod([self] * exponent, start=Running(1.0))

    def through(self, value: float, slope: float, bend: float, slope_error: float) -> Running:
        """A function of this number: its value, slope and second derivative here.

        ``slope_error`` is what the slope loses when it is worked out from the value.
        """
        error = abs(slope) * self.error + (LIBRARY + 2) * abs(value) + UNDERFLOW
        lost = abs(bend) * self.error + slope_error + UNDERFLOW
        dot = slope * self.dot
        return Running(
            value, dot, error, lost * abs(self.dot) + abs(slope) * self.dot_error + abs(dot)
        )


def _running(number: Any) -> Running:
    return number if isinstance(number, Running) else Running(float(number))


def _sigmoid(x: Running) -> Running:
    s = math.exp(min(x.value, 0.0)) / (math.exp(min(x.value, 0.0)) + math.exp(min(-x.value, 0.0)))
    own = (LIBRARY + 2) * s  # of s itself, before s (1 - s) is worked out from it
    slope = s * (1 - s)
    return x.through(s, slope, slope * (1 - 2 * s), abs(1 - 2 * s) * own + 2 * s)


def _tanh(x: Running) -> Running:
    t = math.tanh(x.value)
    own = LIBRARY * abs(t)
    slope = 1 - t * t
    return x.through(t, slope, 2 * t * slope, 2 * abs(t) * own + t * t + slope)


def _relu(x: Running) -> Running:
    return x if x.value > 0 else Running(0.0)


FUNCTIONS: dict[str, Callable[[Running], Running]] = {
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": _relu,
    "heaviside": lambda x: Running(float(x.value > 0)),
}


RUNNING = np.vectorize(Running, otypes=[object])
VALUE = np.vectorize(lambda r: r.value, otypes=[float])


class Rounding:
    """One cell with the errors that it may have, each array in units of u."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.interpreter = Interpreter(cell, FUNCTIONS)

    def sequence(self, case: Case) -> Results:
        """A bound for each entry of what `code.sequence` gives.

        A gradient is bounded as the derivative of the loss along one entry at a time: the same
        products along the same paths, summed in another order.
        """
        case = case.map(lambda a: RUNNING(a.astype(float)))
        point = case.at.join(case.along, lambda a, v: RUNNING(VALUE(a), VALUE(v)))
        steps = self.interpreter.sequence(case, point)
        results: Results = {}
        for e in self.cell.equations:
            n = e.out.name
            entries = np.array([[b[n] for b in now] for now in steps], dtype=object)
            results[n] = np.vectorize(lambda r: r.error, otypes=[float])(entries)
            results[f"{n}_dot"] = np.vectorize(lambda r: r.dot_error, otypes=[float])(entries)
        for s in self.cell.states:
            results[f"{s.name}_last"] = results[s.name][-1]
            results[f"{s.name}_last_dot"] = results[f"{s.name}_dot"][-1]
        return results | self._gradients(case)

    def _gradients(self, case: Case) -> Results:
        results: Results = {}
        for name, array in case.at.items():
            bound = results[f"d_{name}"] = np.empty(array.shape)
            for index in np.ndindex(array.shape):
                still = array[index]
                array[index] = Running(still.value, 1.0)
                loss = self.interpreter.loss(case, self.interpreter.sequence(case, case.at))
                bound[index] = loss.dot_error
                array[index] = still
        return results
