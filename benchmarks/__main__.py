"""`python -m benchmarks`: measure, show tables, and keep them in build/bench."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from derivations.cells import CELLS

from . import growth, plots, results, tables
from .problems import DTYPES, GRID
from .timing import settle, threads

BUILD = Path(__file__).parent.parent / "build" / "bench"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the whole comparison, or a quick part of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smallest and largest size, 3 rounds")
    parser.add_argument("--cells", nargs="+", choices=CELLS, default=list(CELLS), metavar="CELL")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="for both libraries")
    parser.add_argument("--rounds", type=int, default=11, help="turns that each contender has")
    options = parser.parse_args(arguments)
    sizes = (GRID[0], GRID[-1]) if options.quick else GRID
    rounds = 3 if options.quick else options.rounds
    console = Console(width=None if sys.stdout.isatty() else 100)
    if os.getloadavg()[0] > 0.3 * (os.cpu_count() or 1):
        console.print("[yellow]other processes are running: these timings will be rough")
    problems = [
        (CELLS[c], size, dtype) for c in options.cells for dtype in DTYPES for size in sizes
    ]
    settle()
    with threads(options.threads), _progress(console) as progress:
        environment = results.environment(options.threads, rounds)
        rows = []
        task = progress.add_task("", total=len(problems))
        for cell, size, dtype in problems:
            progress.update(task, description=f"{cell.id} {size} {dtype}")
            rows.append(results.measure(cell, size, dtype, rounds))
            progress.advance(task)
        sizes_of_cells = [] if options.quick else growth.GATES
        grown = list(progress.track(map(growth.grown, sizes_of_cells), description="growth"))
        phases = growth.phases()
    console.print(tables.comparison(rows))
    for table in tables.derivation(phases, grown):
        console.print(table)
    BUILD.mkdir(parents=True, exist_ok=True)
    data = {
        "environment": environment,
        "rows": [r.data() for r in rows],
        "phases": phases,
        "growth": grown,
    }
    _write("bench.json", json.dumps(data, indent=1) + "\n")
    _write("bench.md", tables.markdown(rows, phases, grown, environment))
    plots.ratios(rows, BUILD / "ratios.svg")
    if grown:
        plots.growth(grown, BUILD / "growth.svg")
    console.print("kept in build/bench")
    return 0


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True)


def _write(name: str, text: str) -> None:
    (BUILD / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
