"""The measurements as tables: in the terminal by rich, in a file as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table

from .results import Row

HEAD = ("cell", "T·B·D·H", "dtype", "rnnref", "PyTorch", "floor", "/PyTorch", "/floor")
CAPTION = (
    "median ms of forward and backward; floor: the bare matrix products of both; "
    "gru_reset_before: against a loop in PyTorch, which has no such layer"
)


def comparison(rows: Sequence[Row]) -> Table:
    """All rows, with medians in milliseconds and their ratios."""
    table = Table(box=box.SIMPLE_HEAD, caption=CAPTION, padding=(0, 1, 0, 0), pad_edge=False)
    for name in HEAD:
        table.add_column(name, justify="left" if name in HEAD[:3] else "right", no_wrap=True)
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        last = after is None or (after.cell, after.dtype) != (row.cell, row.dtype)
        table.add_row(*_texts(row), end_section=last)
    return table


def derivation(phases: Mapping[str, float], growth: Sequence[Mapping[str, float]]) -> list[Table]:
    """Seconds of each phase, and how they grow."""
    first = Table("phase", box=box.SIMPLE_HEAD, title="python -m derivations")
    first.add_column("seconds", justify="right")
    for name, seconds in phases.items():
        first.add_row(name, f"{seconds:.2f}")
    if not growth:
        return [first]
    second = Table(box=box.SIMPLE_HEAD, title="cells of n gates, seconds")
    for name in growth[0]:
        second.add_column(name, justify="right")
    for row in growth:
        second.add_row(*(_number(row.get(name)) for name in growth[0]))
    return [first, second]


def markdown(
    rows: Sequence[Row],
    phases: Mapping[str, float],
    growth: Sequence[Mapping[str, float]],
    environment: Mapping[str, Any],
) -> str:
    """Everything as a page."""
    where = ", ".join(f"{name} {value}" for name, value in environment.items())
    parts = [
        f"{CAPTION[0].upper()}{CAPTION[1:]}. {where}.",
        "\n".join(_grid(HEAD, [_texts(r) for r in rows])),
        "Seconds of `python -m derivations`, and of cells with n gates.",
        "\n".join(_grid(("phase", "seconds"), [(n, f"{s:.2f}") for n, s in phases.items()])),
    ]
    if growth:
        head = tuple(growth[0])
        parts.append("\n".join(_grid(head, [[_number(g.get(n)) for n in head] for g in growth])))
    return "\n\n".join(parts) + "\n"


def _texts(row: Row) -> tuple[str, ...]:
    times = (f"{1e3 * t:.{3 if t < 0.1 else 1}f}" for t in (row.rnnref, row.pytorch, row.floor))
    ratios = (f"{r:.2f}" for r in (row.to_pytorch, row.to_floor))
    return (row.cell, str(row.size), row.dtype, *times, *ratios)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
