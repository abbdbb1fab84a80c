"""What was measured, as plain data: rows of the comparison, and where it was measured.

Imports the parts that are timed.
"""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from derivations.notation import Cell

from .floor import floor, flops
from .problems import Problem, Size, problem, rnnref
from .pytorch import NAMES, pytorch
from .timing import medians

AGREEMENT = {"float64": 1e-10, "float32": 1e-3}


@dataclass(frozen=True)
class Row:
    """Median seconds of forward and backward of one cell, and of its bare products."""

    cell: str
    size: Size
    dtype: str
    rnnref: float
    pytorch: float
    floor: float
    flops: int

    @property
    def against(self) -> str:
        """What it is compared with: ``nn.LSTM``, or a loop."""
        return NAMES[self.cell]

    @property
    def to_pytorch(self) -> float:
        """How many times as long as PyTorch."""
        return self.rnnref / self.pytorch

    @property
    def to_floor(self) -> float:
        """How many times as long as the bare matrix products."""
        return self.rnnref / self.floor

    def data(self) -> dict[str, Any]:
        """All of it, for JSON."""
        ratios = {"rnnref/pytorch": self.to_pytorch, "rnnref/floor": self.to_floor}
        return asdict(self) | {"against": self.against} | ratios


def measure(cell: Cell, size: Size, dtype: str, rounds: int) -> Row:
    """Let the three that are compared take turns at one problem."""
    p = problem(cell, size, dtype)
    contenders = {"rnnref": rnnref(p), "pytorch": pytorch(p), "floor": floor(p)}
    _check(p, contenders["rnnref"](), contenders["pytorch"]())
    return Row(cell.id, size, dtype, **medians(contenders, rounds), flops=flops(p))


def _check(p: Problem, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Both must have computed the same gradients, or the comparison means nothing."""
    for name, gradient in ours.items():
        other = theirs[name].numpy()
        apart = np.abs(gradient - other).max() / np.abs(other).max()
        if not apart < AGREEMENT[p.dtype]:
            raise ValueError(f"{p.cell.id} {p.size} {p.dtype}: d_{name} differs by {apart:.1e}")


def environment(threads: int, rounds: int) -> dict[str, Any]:
    """What the numbers depend on."""
    libraries = ("numpy", "torch", "sympy")
    return {
        "threads": threads,
        "rounds": rounds,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        **{name: version(name) for name in libraries},
        "blas": sorted({f"{b['internal_api']} {b.get('version')}" for b in threadpool_info()}),
    }
