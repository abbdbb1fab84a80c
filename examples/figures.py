"""The records of the examples as pictures, in English and in Chinese. Imports matplotlib.

``python -m examples.figures`` draws all of them from docs/data/examples. Nothing in them depends on
when or where they are drawn. Text stays text, in the fonts of who looks at it; it is drawn in
English, and `WORDS` turns it into Chinese. Transparent, in colours for light and dark pages.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import records

KEPT = records.HERE.parent / "docs" / "assets" / "examples"

WORDS = {
    "bits per character": "每字符比特数",
    "epoch": "训练轮数",
    "training": "训练集",
    "validation": "验证集",
    "unigram": "一元",
    "bigram": "二元",
    "trigram": "三元",
    "held out, exactly right": "留出集完全正确率",
    "training steps": "训练步数",
    "h and c": "h 与 c",
    "h alone": "仅 h",
    "c alone": "仅 c",
    "sunspot number": "太阳黑子数",
    "one year ahead": "预测下一年",
    "RMSE": "均方根误差",
    "years ahead": "预测年数",
    "last value": "取最近一年",
    "11 years ago": "取十一年前",
    "autoregression": "自回归",
    "observed": "观测值",
    "measured": "实测",
    "one-step norms": "逐步范数之积",
    "gates": "由门给出的界",
    "path": "沿状态的通路",
}
"""Every word of the pictures; the site's terms of both languages."""

BLUE, ORANGE, GREEN, PURPLE, GREY = "#5b84e0", "#d9772b", "#3d9e68", "#b176c2", "#84898c"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE)
OFFSET = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "grid.alpha": 0.25,
    "axes.grid": True,
    "svg.hashsalt": "rnnref",
    "svg.fonttype": "none",
    "legend.frameon": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    **{f"{what}.color": GREY for what in ("text", "xtick", "ytick", "grid")},
    **{f"axes.{what}color": GREY for what in ("edge", "label", "title")},
    "lines.linewidth": 1.4,
}


def language_model(found: dict[str, Any]) -> Figure:
    """Bits over epochs, with the n-grams as lines."""
    figure, ax = plt.subplots(figsize=(6.4, 3.6))
    epochs = range(1, len(found["curve"]) + 1)
    for name, label, colour in (("train", "training", BLUE), ("validation", "validation", ORANGE)):
        ax.plot(epochs, [row[name] for row in found["curve"]], color=colour, label=label)
    named = {1: "unigram", 2: "bigram", 3: "trigram", 5: "$n = 5$"}
    for row in found["ngrams"]:
        if row["n"] in named:
            height = row["validation"]
            ax.axhline(height, color=GREY, linewidth=0.8, linestyle="--")
            ax.annotate(named[row["n"]], (1, height), (0, 3), ha="right", **OFFSET)
    ax.set(xlabel="epoch", ylabel="bits per character")
    ax.legend(loc=(0.45, 0.68))
    return figure


def encoder_decoder(found: dict[str, Any]) -> Figure:
    """Exact matches over the steps of training: the mean of the seeds, and all of them."""
    figure, ax = plt.subplots(figsize=(6.4, 3.6))
    names = list(dict.fromkeys(run["handed_over"] for run in found["runs"]))
    for name, colour in zip(names, COLOURS, strict=False):
        curves = [run["curve"] for run in found["runs"] if run["handed_over"] == name]
        step = [row["step"] for row in curves[0]]
        _band(ax, step, [[row["held_out"] for row in curve] for curve in curves], colour, name)
    ax.set(xlabel="training steps", ylabel="held out, exactly right", ylim=(-0.02, 1.02))
    ax.legend()
    return figure


def sunspots(found: dict[str, Any]) -> Figure:
    """Forecasts of the test years one year ahead; errors over the years ahead."""
    figure, (above, below) = plt.subplots(2, figsize=(6.4, 6))
    task, series = found["next_year"], found["series"]
    years = np.array(task["origins"]["test"]) + 1
    values = dict(zip(series["years"], series["values"], strict=True))
    above.plot(years, [values[y] for y in years], color=GREY, label="observed", marker=".")
    given = task["forecasts"]
    above.plot(years, given["autoregression"], color=ORANGE, label="autoregression")
    _band(above, years, given["gru"], BLUE, "GRU")
    above.set(ylabel="sunspot number", title="one year ahead")
    far = found["years_ahead"]
    baselines = far["baselines"].items()
    for (name, errors), colour in zip(baselines, (PURPLE, GREEN, ORANGE), strict=True):
        rmse = errors["test"]["rmse"]
        below.plot(range(1, len(rmse) + 1), rmse, color=colour, label=name)
    rmses = [errors["test"]["rmse"] for errors in far["gru"]]
    _band(below, range(1, len(rmses[0]) + 1), rmses, BLUE, "GRU")
    below.set(xlabel="years ahead", ylabel="RMSE")
    for ax in (above, below):
        ax.legend()
    return figure


def gradient_norms(found: dict[str, Any]) -> Figure:
    """Norms over T - t, a panel for each cell, state and forget bias, a colour for each scale."""
    panels: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(found["curves"], key=lambda row: row["cell"] == "lstm"):
        panels.setdefault(_title(row), []).append(row)
    rows = -(-len(panels) // 2)
    size = (7.4, 2.6 * rows)
    figure, axes = plt.subplots(rows, 2, figsize=size, sharex=True, sharey=True, squeeze=False)
    for ax, (title, curves) in zip(axes.flat, panels.items(), strict=False):
        for row, colour in zip(curves, COLOURS, strict=False):
            _norms(ax, found["lags"], row, colour)
        ax.set(yscale="log", ylim=(1e-16, 1e8), title=title)
    for ax in axes[-1]:
        ax.set_xlabel("$T - t$")
    axes.flat[0].legend(fontsize=7)
    lines = [plt.Line2D([], [], color=GREY, linestyle=style) for style in NORMS.values()]
    axes.flat[1].legend(lines, NORMS, fontsize=7)
    for ax in axes.flat[len(panels) :]:
        ax.remove()
    return figure


NORMS = {"measured": "-", "one-step norms": "--", "gates": ":", "path": "-."}


def _title(row: dict[str, Any]) -> str:
    bias = f", $b_f = {row['forget_bias']:g}$" if row["cell"] == "lstm" else ""
    state = row["state"]
    return rf"{row['cell'].upper()}{bias}:  $\|\partial {state}_T / \partial {state}_t\|$"


def _norms(ax: Axes, lags: list[int], row: dict[str, Any], colour: str) -> None:
    """Measured: mean and extremes. Bounds: the largest, since they hold for each sequence."""
    measured, label = row["measured"], rf"$\sigma_{{\max}} = {row['scale']:g}$"
    ax.plot(lags, measured["mean"], color=colour, label=label)
    ax.fill_between(lags, measured["low"], measured["high"], color=colour, alpha=0.2, linewidth=0)
    for name, style in (("one_step", "--"), ("gates", ":")):
        ax.plot(lags, row[name]["high"], color=colour, linestyle=style, linewidth=0.9)
    if "path" in row:
        ax.plot(lags, row["path"]["mean"], color=colour, linestyle="-.", linewidth=0.6)


DRAWN: dict[str, Callable[[dict[str, Any]], Figure]] = {
    "language_model": language_model,
    "encoder_decoder": encoder_decoder,
    "sunspots": sunspots,
    "gradient_norms": gradient_norms,
}


def draw(name: str, data: Path, pictures: Path) -> list[Path]:
    """Draw a record in both languages."""
    pictures.mkdir(parents=True, exist_ok=True)
    paths = [pictures / f"{name}.{language}.svg" for language in ("en", "zh")]
    with plt.rc_context(STYLE):
        figure = DRAWN[name](records.read(data / f"{name}.json")["results"])
        figure.tight_layout()
        figure.savefig(paths[0], metadata={"Date": None})
        plt.close(figure)
    paths[1].write_text(chinese(paths[0].read_text("utf-8")), encoding="utf-8")
    return paths


def chinese(svg: str) -> str:
    """The same picture with its words in Chinese."""
    return re.sub(r">([^<>]+)</text>", lambda m: f">{WORDS.get(m[1], m[1])}</text>", svg)


def _band(
    ax: Axes, x: Sequence[float], curves: Sequence[Sequence[float]], colour: str, label: str
) -> None:
    """The mean of several curves, and all that lies between them."""
    y = np.array(curves)
    ax.plot(x, y.mean(axis=0), color=colour, label=label)
    ax.fill_between(x, y.min(axis=0), y.max(axis=0), color=colour, alpha=0.2, linewidth=0)


if __name__ == "__main__":
    for drawn in DRAWN:
        draw(drawn, records.KEPT, KEPT)
    sys.exit(0)
