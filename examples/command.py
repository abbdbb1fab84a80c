"""What the command lines of the examples share. Imports rich and threadpoolctl."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from threadpoolctl import threadpool_limits

from . import records

T = TypeVar("T")

BUILD = records.HERE.parent / "build" / "examples"


class Track(Protocol):
    """Goes through something and shows how far it is."""

    def __call__(self, sequence: Sequence[T], description: str) -> Iterable[T]:
        """The same elements."""


@dataclass(frozen=True)
class Example:
    """What an example is to its command line."""

    name: str
    full: Any
    quick: Any
    compute: Callable[[Any, Track], dict[str, Any]]
    table: Callable[[dict[str, Any]], Table]


def run(example: Example, arguments: Sequence[str] | None = None) -> int:
    """Compute, show a table and keep the record."""
    parser = argparse.ArgumentParser(prog=f"python -m examples.{example.name}")
    said = "a run of seconds whose results mean nothing; kept in build/examples"
    parser.add_argument("--quick", action="store_true", help=said)
    quick = parser.parse_args(arguments).quick
    settings = example.quick if quick else example.full
    console = Console()
    begin, worked = time.perf_counter(), time.process_time()
    # The products are too small for threads to gain anything.
    with threadpool_limits(1), _progress(console) as progress:

        def track(sequence: Sequence[T], description: str) -> Iterable[T]:
            return progress.track(sequence, description=description)

        results = example.compute(settings, track)
    seconds, worked = time.perf_counter() - begin, time.process_time() - worked
    console.print(example.table(results))
    path = (BUILD if quick else records.KEPT) / f"{example.name}.json"
    records.write(path, records.record(example.name, settings, worked, results))
    spent = f"{seconds:.0f} s, of which {worked:.0f} s of the processor"
    console.print(f"{spent}; kept in {_short(path)}")
    return 0


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True)


def _short(path: Path) -> str:
    return path.relative_to(records.HERE.parent).as_posix()
