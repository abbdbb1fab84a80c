"""Show what was timed: a table in the terminal, Markdown, JSON and a plot in `build/bench/`.

Imports rich and matplotlib.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from rich.table import Table

mpl.use("Agg")
from matplotlib import pyplot as plt

FOLDER = Path(__file__).parent.parent / "build" / "bench"
HEAD = ("cell", "T·B·D·H", "dtype", "rnnref", "PyTorch", "floor", "to PyTorch", "to floor")


@dataclass(frozen=True)
class Row:
    """Median seconds of forward and backward, side by side."""

    cell: str
    size: str
    dtype: str
    rnnref: float
    pytorch: float
    floor: float

    @property
    def to_pytorch(self) -> float:
        """Time over PyTorch's."""
        return self.rnnref / self.pytorch

    @property
    def to_floor(self) -> float:
        """Time over that of the bare matrix products."""
        return self.rnnref / self.floor

    def cells(self) -> list[str]:
        """The row as text, milliseconds and ratios."""
        times = [f"{1e3 * s:.2f}" for s in (self.rnnref, self.pytorch, self.floor)]
        return [self.cell, self.size, self.dtype, *times, *map(_ratio, self._ratios())]

    def _ratios(self) -> tuple[float, float]:
        return self.to_pytorch, self.to_floor


def _ratio(value: float) -> str:
    return f"{value:.2f}"


def table(rows: Sequence[Row], title: str) -> Table:
    """All rows for the terminal."""
    shown = Table(*HEAD, title=title, caption="milliseconds, medians; ratios: less is better")
    for row in rows:
        shown.add_row(*row.cells())
    return shown


def growth_table(rows: Sequence[Any]) -> Table:
    """How the phases of a derivation grow."""
    phases = list(rows[0].seconds)
    shown = Table("gates", "equations", *phases, title="Seconds by number of equations")
    for row in rows:
        shown.add_row(
            str(row.gates), str(row.equations), *(f"{row.seconds[p]:.2f}" for p in phases)
        )
    return shown


def write(rows: Sequence[Row], growth: Sequence[Any], about: dict[str, Any]) -> list[Path]:
    """Write the results; returns the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    record = about | {"rows": [asdict(r) for r in rows], "growth": [asdict(g) for g in growth]}
    (FOLDER / "bench.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    lines = [HEAD, ["---"] * len(HEAD), *(r.cells() for r in rows)]
    markdown = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    (FOLDER / "bench.md").write_text(markdown + "\n", encoding="utf-8")
    _plot(rows)
    return [FOLDER / name for name in ("bench.json", "bench.md", "bench.svg")]


def _plot(rows: Sequence[Row]) -> None:
    dtypes = list(dict.fromkeys(r.dtype for r in rows))
    sizes = list(dict.fromkeys(r.size for r in rows))
    figure, axes = plt.subplots(
        1, len(dtypes), figsize=(6 * len(dtypes), 4), sharey=True, squeeze=False
    )
    for ax, dtype in zip(axes[0], dtypes, strict=True):
        for cell in dict.fromkeys(r.cell for r in rows):
            ratios = [r.to_pytorch for r in rows if (r.cell, r.dtype) == (cell, dtype)]
            (line,) = ax.plot(range(len(ratios)), ratios, marker="o", ms=3)
            ax.annotate(
                cell, (len(ratios) - 1, ratios[-1]), (4, 0), textcoords="offset points",
                color=line.get_color(), va="center", fontsize=8,
            )  # fmt: skip
        ax.axhline(1, color="gray", lw=0.8)
        ax.set(title=dtype, yscale="log", xlim=(-0.2, len(sizes) - 0.2), xlabel="T·B·D·H")
        ax.set_xticks(range(len(sizes)), sizes)
    axes[0][0].set_ylabel("time of forward and backward over PyTorch's")
    figure.tight_layout()
    figure.savefig(FOLDER / "bench.svg")
    plt.close(figure)
