"""The measurements as pictures. Imports matplotlib; each line is labelled where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from .problems import DTYPES
from .results import Row

Lines = dict[str, list[tuple[float, float]]]

COLOURS = ("#4269d0", "#c2570c", "#2f8f5b", "#a463b0", "#d6336c", "#6b6b6b")
STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#e5e5e5",
    "svg.hashsalt": "rnnref",
}
RATIOS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)


def ratios(rows: Sequence[Row], path: Path) -> None:
    """Time relative to PyTorch, and to the bare products, over size."""
    sizes = list(dict.fromkeys(str(r.size) for r in rows))
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(2, len(DTYPES), figsize=(11, 7.5), sharey="row", squeeze=False)
        for column, dtype in enumerate(DTYPES):
            for line, what in enumerate(("to_pytorch", "to_floor")):
                chosen = [r for r in rows if r.dtype == dtype]
                lines: Lines = {}
                for r in chosen:
                    point = (sizes.index(str(r.size)), getattr(r, what))
                    lines.setdefault(r.cell, []).append(point)
                ax = axes[line, column]
                _draw(ax, lines, RATIOS, [getattr(r, what) for r in rows])
                ax.axhline(1, color="black", linewidth=0.8)
                ax.set_xticks(range(len(sizes)), sizes)
                ax.set_xlim(-0.15, len(sizes) - 1 + 1.05)
                above = "PyTorch" if what == "to_pytorch" else "the bare matrix products"
                ax.set_title(f"{dtype}: time / time of {above}", loc="left", fontsize=10)
        for ax in axes[-1]:
            ax.set_xlabel("T·B·D·H")
        _save(figure, path)


def growth(rows: Sequence[dict[str, float]], path: Path) -> None:
    """Seconds to derive a cell over the number of its equations."""
    lines: Lines = {}
    for row in rows:
        for name in ("code", "formulas with their steps", "proofs"):
            if name in row:
                lines.setdefault(name, []).append((row["equations"], row[name]))
    with plt.rc_context(STYLE):
        figure, ax = plt.subplots(figsize=(7.5, 4.5))
        _draw(ax, lines, [10.0**k for k in range(-2, 3)], [0.01, 10])
        ax.set_xscale("log")
        ticks = [row["equations"] for row in rows]
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xticks(ticks, [f"{t:.0f}" for t in ticks])
        ax.set_xlim(ticks[0] * 0.9, ticks[-1] * 3.2)
        ax.set_xlabel("equations of the cell")
        ax.set_title("seconds to derive", loc="left", fontsize=10)
        _save(figure, path)


def _draw(ax: Axes, lines: Lines, ticks: Sequence[float], between: Sequence[float]) -> None:
    ax.set_yscale("log")
    for (_, points), colour in zip(lines.items(), COLOURS, strict=False):
        x, y = zip(*points, strict=True)
        ax.plot(x, y, marker="o", markersize=3.5, color=colour, linewidth=1.4)
    ends = {name: points[-1][1] for name, points in lines.items()}
    gap = (max(between) / min(between)) ** 0.06
    for (name, y), colour in zip(_apart(ends, gap).items(), COLOURS, strict=False):
        x = lines[name][-1][0]
        label = name.replace("_", " ")
        ax.annotate(label, (x, y), (7, 0), textcoords="offset points", va="center", color=colour)
    ax.yaxis.set_major_locator(FixedLocator(list(ticks)))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _apart(ends: dict[str, float], gap: float) -> dict[str, float]:
    """The heights of labels, each at least a factor ``gap`` above the one below."""
    moved: dict[str, float] = {}
    low = 0.0
    for name, y in sorted(ends.items(), key=lambda item: item[1]):
        low = moved[name] = max(y, low * gap)
    return {name: moved[name] for name in ends}


def _save(figure: plt.Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)
