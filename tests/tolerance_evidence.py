"""What the tolerances are worth: `make tolerances` writes docs/data/tolerances.json.

Right implementations must stay within them, known mistakes must not. Each run is one case, drawn
anew, given to one implementation. `python tests/tolerance_evidence.py mistakes` measures one part.
"""

from __future__ import annotations

import json
import platform
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import rnnref
import torch
from right import IMPLEMENTATIONS
from rnnref.testing import CATALOGUE, reference
from rnnref.testing.cases import Case, Layer
from rnnref.testing.comparison import compare
from rnnref.testing.drawing import cases
from rnnref.testing.faulty import network
from rnnref.testing.mistakes import mistakes_of
from rnnref.testing.precision import PRECISIONS, Precision
from rnnref.testing.tolerance import (
    LEVEL,
    SAMPLES,
    SAMPLES_WITH_EDGES,
    WITH_EDGES,
    case_tolerance,
    tolerance,
)

OUT = Path(__file__).parent.parent / "docs" / "data" / "tolerances.json"
RUNS = 1000
PLANTED_IN = [(3, 5), (16, 24), (2, 3)]
BEYOND_DOUBT = 100
ORDERS = 6
"""How many random orders of summation each case is computed in."""

LAYER = rnnref.LSTM(3, 5)
SHOWN = ("y", "d_x", "d_weight_hh_l0", "d_bias_ih_l0")
MODEL = {
    "level": LEVEL,
    "samples": SAMPLES,
    "samples_with_edges": SAMPLES_WITH_EDGES,
    "factor_with_edges": WITH_EDGES,
}
SIZES = [(3, 5), (7, 4), (2, 9), (16, 24), (1, 3)]


def layers(D: int, H: int) -> list[Layer]:
    """The cells, and networks of them."""
    return [
        rnnref.RNN(D, H),
        rnnref.RNN(D, H, nonlinearity="relu"),
        rnnref.LSTM(D, H),
        rnnref.GRU(D, H),
        rnnref.GRU(D, H, reset_after=False),
        rnnref.LSTM(D, H, proj_size=H - 1),
        rnnref.RNN(D, H, 2, bidirectional=True),
    ]


def with_options(D: int, H: int) -> list[Layer]:
    """Cells that no other package computes in every precision."""
    clips = {"gate_clip": 2, "cell_clip": 1.5}
    return [
        rnnref.RNN(D, H, nonlinearity="elu", gate_clip=2),
        rnnref.GRU(D, H, activations=("hard_sigmoid", "softsign")),
        rnnref.GRU(D, H, reset_after=False, gate_clip=2),
        rnnref.LSTM(D, H, peepholes=True),
        rnnref.LSTM(D, H, coupled=True),
        rnnref.LSTM(D, H, activations=("hard_sigmoid", "softsign", "tanh"), **clips),
    ]


def drawn(format: Precision) -> Iterator[Case]:
    """Cases without end, all sizes in turn; long ones, which take long, every third time."""
    for seed in count():
        sizes = SIZES[seed % len(SIZES)]
        for layer in (*layers(*sizes), *with_options(*sizes)):
            for case in cases(layer, 1000 * seed, format.name):
                if case.id != "long" or seed % 3 == 0:
                    yield case


def right(format: Precision) -> list[dict[str, Any]]:
    """How close right implementations come to the tolerance."""
    errors: dict[str, list[float]] = defaultdict(list)
    for number, case in enumerate(drawn(format)):
        wanted = reference(case)
        found = [
            (name, run(case, format, seed))
            for name, run in IMPLEMENTATIONS.items()
            for seed in range(ORDERS if "random" in name else 1)
        ]
        got = [(name, results) for name, results in found if results is not None]
        allowed = case_tolerance(case, format, wanted) if got else {}
        for name, results in got:
            largest = max(compare(case, results, wanted, allowed), key=lambda c: c.error)
            errors[name].append(largest.error)
            if not largest.ok:
                print("alarm", format.name, name, case.layer, case.id, number, largest)
        if sum(map(len, errors.values())) >= RUNS:
            break
    return [
        {
            "precision": format.name,
            "implementation": name,
            "runs": len(found),
            "alarms": sum(not error <= 1 for error in found),
            "largest": round(max(found), 3),
        }
        for name, found in errors.items()
    ]


def planted(format: Precision) -> list[dict[str, Any]]:
    """Which mistakes of the catalogue leave the tolerance in a case of `check`.

    The mistaken results are computed in float64: the precision is that of the tolerance and of the
    numbers that go in. The rounding of an implementation in it, which may hide a mistake or show
    it, is as small beside the tolerance as that of right ones.
    """
    found = []
    for seed, sizes in enumerate(PLANTED_IN):
        for layer in (*layers(*sizes), *with_options(*sizes)):
            caught = largest_errors(cases(layer, 1000 * seed, format.name), format)
            missed = {name: error for name, error in caught.items() if not error > 1}
            found.append(
                {
                    "precision": format.name,
                    "layer": str(layer),
                    "planted": len(caught),
                    "caught": len(caught) - len(missed),
                    "missed": sorted(missed),
                    "smallest": float(f"{min(caught.values()):.2g}"),
                }
            )
    return found


def largest_errors(drawn: list[Case], format: Precision) -> dict[str, float]:
    """For each mistake by its id, the largest error in any of the cases, in tolerances.

    What is beyond doubt in one case is not run in those that follow.
    """
    found: dict[str, float] = {}
    for case in drawn:
        mistakes = [m for m in mistakes_of(case) if found.get(m.id, 0) < BEYOND_DOUBT]
        if not mistakes:
            continue
        wanted = reference(case)
        allowed = case_tolerance(case, format, wanted)
        for mistake in mistakes:
            with np.errstate(all="ignore"):
                got = network.run(case, mistake.switches)
            error = max(c.error for c in compare(case, got, wanted, allowed))
            found[mistake.id] = max(found.get(mistake.id, 0), error)
    return found


def sizes_of_tolerances() -> list[dict[str, Any]]:
    """Tolerances of an LSTM, for the page."""
    return [
        {
            "precision": name,
            "T": T,
            **{k: float(f"{tolerance(LAYER, T, 2, name)[k]:.1e}") for k in SHOWN},
        }
        for name in PRECISIONS
        for T in (1, 10, 100)
    ]


PARTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "mistakes": lambda: [row for format in PRECISIONS.values() for row in planted(format)],
    "sizes": sizes_of_tolerances,
    "right": lambda: [row for format in PRECISIONS.values() for row in right(format)],
}
"""What is measured, by its name in the file."""


def main(names: list[str]) -> None:
    """Measure these parts anew, or all; the others stay if they are of the same model."""
    torch.set_num_threads(1)
    found = json.loads(OUT.read_text(encoding="utf-8")) if OUT.exists() else {}
    if found.get("model") != MODEL:
        found = {}
    found |= {"about": "Written by `make tolerances`; do not edit.", "model": MODEL}
    found["versions"] = {"python": platform.python_version()} | {
        name: version(name) for name in ("numpy", "torch")
    }
    for name in names or PARTS:
        found[name] = PARTS[name]()
        if name == "mistakes":
            found["catalogue"] = len(CATALOGUE)
        OUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
