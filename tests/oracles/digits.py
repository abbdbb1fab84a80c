"""A definition in 80 digits, and gradients by central differences that are right to 50.

Imports mpmath, NumPy and the notation of cells.
"""

from __future__ import annotations

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
}


def exact(number: Any) -> mpmath.mpf:
    """The number that a float of any width is; wider than a double, it is taken in two halves."""
    fraction, exponent = np.frexp(number)
    high = float(fraction)
    with mpmath.workdps(DIGITS):
        halves = mpmath.mpf(high) + mpmath.mpf(float(fraction - type(fraction)(high)))
        return mpmath.ldexp(halves, int(exponent))


over_entries = np.vectorize(exact, otypes=[object])


class Digits:
    """One cell in 80 digits."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.interpreter = Interpreter(cell, FUNCTIONS)

    def sequence(self, case: Case) -> Results:
        """What `code.sequence` gives, entries of mpmath."""
        case = case.map(over_entries)
        with mpmath.workdps(DIGITS):
            results = self._arrays(case, case.at)
            dots = self._tangents(case)
            return results | self._gradients(case) | {f"{n}_dot": v for n, v in dots.items()}

    def _arrays(self, case: Case, point: Point) -> Results:
        steps = self.interpreter.sequence(case, point)
        names = [e.out.name for e in self.cell.equations]
        results = {n: np.array([[b[n] for b in now] for now in steps]) for n in names}
        return results | {f"{s.name}_last": results[s.name][-1] for s in self.cell.states}

    def _tangents(self, case: Case) -> Results:
        ahead, behind = (
            self._arrays(case, case.at.join(case.along, lambda a, v, h=h: a + h * v))
            for h in (STEP, -STEP)
        )
        return {n: (ahead[n] - behind[n]) / (2 * STEP) for n in ahead}

    def _gradients(self, case: Case) -> Results:
        """Each entry of what is given is moved in its turn."""
        results: Results = {}
        for name, array in case.at.items():
            gradient = results[f"d_{name}"] = np.empty_like(array)
            for index in np.ndindex(array.shape):
                value, losses = array[index], []
                for h in (STEP, -STEP):
                    array[index] = value + h
                    steps = self.interpreter.sequence(case, case.at)
                    losses.append(self.interpreter.loss(case, steps))
                array[index] = value
                gradient[index] = (losses[0] - losses[1]) / (2 * STEP)
        return results
