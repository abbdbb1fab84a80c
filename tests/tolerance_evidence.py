"""What the tolerances are worth: `make tolerances` writes docs/data/tolerances.json.

Right implementations must stay within them, known mistakes must not. Each run is one case, drawn
anew, given to one implementation.
"""

from __future__ import annotations

import json
import platform
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import rnnref
import torch
from right import IMPLEMENTATIONS
from rnnref.testing import cases, reference
from rnnref.testing.cases import Case, Layer
from rnnref.testing.comparison import compare
from rnnref.testing.precision import PRECISIONS, Precision
from rnnref.testing.tolerance import LEVEL, SAMPLES, SAMPLES_WITH_EDGES, case_tolerance

OUT = Path(__file__).parent.parent / "docs" / "data" / "tolerances.json"
RUNS = 1000
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
        rnnref.GRU(D, H, 2, bidirectional=True),
    ]


def drawn(format: Precision) -> Iterator[Case]:
    """Cases without end, all sizes in turn."""
    seed = 0
    while True:
        for layer in layers(*SIZES[seed % len(SIZES)]):
            yield from cases(layer, 1000 * seed, format.name)
        seed += 1


def right(format: Precision) -> list[dict[str, Any]]:
    """How close right implementations come to the tolerance."""
    errors: dict[str, list[float]] = defaultdict(list)
    for number, case in enumerate(drawn(format)):
        wanted = reference(case)
        tolerance = case_tolerance(case, format, wanted)
        for name, run in IMPLEMENTATIONS.items():
            got = run(case, format, number)
            if got is not None:
                largest = max(compare(case, got, wanted, tolerance), key=lambda c: c.error)
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


def main() -> None:
    """Measure everything anew."""
    torch.set_num_threads(1)
    found = {
        "about": "Written by `make tolerances`; do not edit.",
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "torch")},
        "model": {"level": LEVEL, "samples": SAMPLES, "samples with edges": SAMPLES_WITH_EDGES},
        "right": [row for format in PRECISIONS.values() for row in right(format)],
    }
    OUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for row in found["right"]:
        print(row)


if __name__ == "__main__":
    sys.exit(main())
