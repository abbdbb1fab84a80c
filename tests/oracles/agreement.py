"""How far two results are apart, and how far they may be. Imports NumPy and the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from evidence import record

from derivations.notation import Cell
from oracles.cases import Results

FLOAT64 = 1e-12
"""Each entry is a sum of some hundred products, a few steps deep, whose roundings of 1.1e-16 each
may all point the same way: 1e-12 of the largest entry leaves room for that and for terms that
cancel, and is a million times smaller than the effect of any wrong term."""

FLOAT32 = FLOAT64 * float(np.finfo(np.float32).eps / np.finfo(np.float64).eps)
"""The same operations round in the same places, 2**29 times as much."""

BOUNDS = {"float64": FLOAT64, "float32": FLOAT32}

LEAST = 0.1
"""All numbers drawn are of order one: where the largest entry of an array is smaller than this,
terms cancel in every one of its entries, and rounding is as large as it is for their terms."""


def relative_error(got: Any, want: Any) -> float:
    """The largest difference relative to the largest magnitude of what is wanted.

    Relative to the array and not to each entry: an entry that is small because its terms cancel
    carries the rounding of the terms. The same holds for an array that is small as a whole. Where
    nothing but zeros is wanted, nothing else will do.
    """
    largest = float(np.max(np.abs(want), initial=0.0))
    apart = float(np.max(np.abs(got - want), initial=0.0))
    if largest == 0.0:
        return 0.0 if apart == 0.0 else float("inf")
    return apart / max(largest, LEAST)


def assert_all_close(got: Sequence[Any], want: Sequence[Any], bound: float = FLOAT64) -> None:
    """Every array is as wanted; the message says which one is not, counted from 0."""
    assert len(got) == len(want)
    for n, (g, w) in enumerate(zip(got, want, strict=True)):
        assert g.shape == w.shape, f"array {n}: shape {g.shape}, not {w.shape}"
        error = relative_error(g, w)
        assert error <= bound, f"array {n}: error {error:.3g} exceeds {bound:.3g}"


@dataclass
class Agreement:
    """The comparisons of one cell by one route, gathered so that each formula is noted once."""

    route: str
    cell: Cell
    errors: dict[str, float] = field(default_factory=dict)
    bounds: dict[str, float] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)

    def check(self, got: Results, want: Results, names: Iterable[str], bound: float) -> None:
        """Compare the arrays of these names, each of which both sides must have."""
        for name in sorted(names):
            g, w = got[name], want[name]
            formula = f"{self.cell.id}.{name}"
            assert g.shape == w.shape, f"{formula}: shape {g.shape}, not {w.shape}"
            error = relative_error(g, w)
            assert error <= bound, f"{formula}: error {error:.3g} exceeds {bound:.3g}"
            self.note(name, error, bound)

    def note(self, name: str, error: float, bound: float, cases: int = 1) -> None:
        """Remember one error and what it could have been."""
        self.errors[name] = max(self.errors.get(name, 0.0), error)
        self.bounds[name] = max(self.bounds.get(name, 0.0), bound)
        self.cases[name] = self.cases.get(name, 0) + cases

    def summary(self, whole: str) -> dict[str, tuple[float, int, float]]:
        """For each formula its largest error, how many cases there were, and the bound.

        Every array also counts for the formula that stands for the whole: a gradient for
        ``whole``, which is ``vjp`` for a step and ``bptt`` for a sequence, its tangent for
        ``hvp`` or ``bptt_dot``. The gradient of a stacked parameter is a sum over time, about
        which a step says nothing.
        """
        groups: dict[str, list[str]] = {}
        stacks = self.cell.stacks if self.cell.states else ()
        sums = {f"d_{stack.name}{dot}" for stack in stacks for dot in ("", "_dot")}
        for name in self.errors:
            if whole != "vjp" or name not in sums:
                groups.setdefault(f"{self.cell.id}.{name.replace('_last', '')}", []).append(name)
            groups.setdefault(self._group(name, whole), []).append(name)
        return {
            formula: (
                max(self.errors[n] for n in names),
                max(self.cases[n] for n in names),
                max(self.bounds[n] for n in names),
            )
            for formula, names in groups.items()
        }

    def record(self, whole: str) -> None:
        """Hand the summary to the evidence."""
        for formula, found in self.summary(whole).items():
            record(self.route, formula, *found)

    def _group(self, name: str, whole: str) -> str:
        whole = whole if self.cell.states else "vjp"
        if name.startswith("d_") and name.endswith("_dot"):
            return f"{self.cell.id}.{'hvp' if whole == 'vjp' else f'{whole}_dot'}"
        if name.endswith("_dot"):
            return f"{self.cell.id}.jvp"
        if name.startswith("d_") or "_D_" in name:
            return f"{self.cell.id}.{whole}"
        return self.cell.id
