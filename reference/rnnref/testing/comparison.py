"""What was computed held against what is right. Imports NumPy and rnnref."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnref.arrays import Array
from rnnref.testing.cases import Case, Results
from rnnref.testing.tolerance import blocks, scale


@dataclass(frozen=True)
class Comparison:
    """One quantity of one case, or the part of it that belongs to one gate.

    Attributes:
        quantity: its name in `rnnref.testing.Results`.
        gate: the gate whose rows of a gradient these are; "" for a whole quantity.
        error: the largest error, as a multiple of the tolerance; infinite if an entry is not
            finite.
        steps: the time steps at which ``y`` or ``d_x`` leaves its tolerance, first to last.
    """

    quantity: str
    gate: str
    error: float
    steps: tuple[int, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it is within its tolerance."""
        return self.error <= 1


def compare(
    case: Case, got: Results, right: Results, tolerance: Mapping[str, float]
) -> list[Comparison]:
    """Every quantity that was computed, part by part, in the order of ``right``.

    Args:
        case: what was asked for.
        got: what came; quantities may be missing.
        right: what is right.
        tolerance: of each quantity, as `rnnref.testing.tolerance` gives it.
    """
    return [
        _compared(name, gate, got[name][rows], right[name][rows], tolerance[name])
        for name in right
        if name in got
        for gate, rows in blocks(case.layer, name)
    ]


def _compared(name: str, gate: str, got: Array, right: Array, tolerance: float) -> Comparison:
    allowed = tolerance * scale(right)
    difference = np.where(np.isfinite(got), np.abs(got - right), np.inf)
    with np.errstate(divide="ignore"):  # nothing is allowed where nothing is ever rounded
        errors = np.divide(difference, allowed, out=np.zeros_like(right), where=difference > 0)
    steps: tuple[int, ...] = ()
    if name in ("y", "d_x"):
        steps = tuple(int(t) for t in np.flatnonzero((errors > 1).any(axis=(1, 2))))
    return Comparison(name, gate, float(errors.max()), steps)
