"""`python -m benchmarks`: forward and backward against PyTorch and against the bare products.

Imports the other modules here. Asserts nothing about time; it does check that what is timed
computes the same.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version

import numpy as np
from rich.console import Console
from rich.progress import Progress

from derivations.cells import CELLS

from . import report
from .floor import floor
from .growth import growth
from .problems import DTYPES, GRID, Problem, problem, rnnref
from .pytorch import pytorch
from .timing import medians, threads

console = Console()


def main(arguments: Sequence[str] | None = None) -> int:
    """Time everything asked for, show it and write it down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--cells", nargs="+", choices=CELLS, default=list(CELLS))
    parser.add_argument("--quick", action="store_true", help="smallest and largest size, 3 rounds")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    sizes = (GRID[0], GRID[-1]) if options.quick else GRID
    rounds = 3 if options.quick else options.rounds
    problems = [problem(CELLS[c], s, d) for c in options.cells for d in DTYPES for s in sizes]
    with threads(options.threads), Progress(console=console) as bar:
        task = bar.add_task("timing", total=len(problems))
        rows = []
        for p in problems:
            bar.update(task, description=f"{p.cell.id} {p.size} {p.dtype}")
            rows.append(_timed(p, rounds))
            bar.advance(task)
    console.print(report.table(rows, f"Forward and backward, {options.threads} threads"))
    grown = list(growth())
    console.print(report.growth_table(grown))
    derive = _derive_seconds()
    console.print(f"`python -m derivations` in all: {derive:.1f} s")
    about = {"threads": options.threads, "rounds": rounds, "derive_seconds": derive}
    for path in report.write(rows, grown, about | {"versions": dict(_versions())}):
        console.print(path)
    return 0


def _timed(p: Problem, rounds: int) -> report.Row:
    ours, theirs = rnnref(p), pytorch(p)
    _agree(p, ours(), theirs())
    seconds = medians({"rnnref": ours, "pytorch": theirs, "floor": floor(p)}, rounds)
    return report.Row(p.cell.id, str(p.size), p.dtype, **seconds)


def _agree(p: Problem, ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> None:
    bound = 1e-10 if p.dtype == "float64" else 1e-3
    for name, gradient in ours.items():
        other = np.asarray(theirs[name])
        error = np.abs(gradient - other).max() / np.abs(other).max()
        if not error < bound:
            raise SystemExit(f"{p.cell.id} {p.size} {p.dtype}: d_{name} differs by {error:.1e}")


def _derive_seconds() -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "derivations"], check=True, capture_output=True)
    return time.perf_counter() - start


def _versions() -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    for package in ("numpy", "torch", "sympy"):
        yield package, version(package)


if __name__ == "__main__":
    sys.exit(main())
