"""`python -m examples.gradient_norms`: how far the state's gradient reaches, beside its bounds.

Norms of dh_T/dh_t and dc_T/dc_t over T - t, for the RNN, the LSTM and the GRU with random weights.
The recurrent weights of each gate have the same σ_max; the LSTM's forget gate has several biases.
What is measured and what bounds it is said in `jacobian_norms`. Imports rnnref.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.table import Table

from . import command
from .jacobian_norms import CELLS, Norms, norms

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """What can be chosen. Each seed draws weights and a batch of sequences of its own."""

    hidden_size: int = 32
    input_size: int = 8
    lags: int = 48
    every: int = 2
    batch: int = 4
    seeds: int = 5
    scales: tuple[float, ...] = (0.5, 1.0, 1.5, 3.0)
    forget_biases: tuple[float, ...] = (0.0, 2.0, 4.0)


FULL = Settings()
QUICK = Settings(
    hidden_size=4, lags=4, every=1, batch=2, seeds=1, scales=(1.0,), forget_biases=(0.0,)
)


def draw(
    cell: str, scale: float, forget_bias: float, settings: Settings, rng: np.random.Generator
) -> tuple[Any, Array]:
    """Parameters with σ_max(W_hg) = ``scale`` for every gate g, and inputs of variance 1."""
    code, H, D = CELLS[cell], settings.hidden_size, settings.input_size
    gates = len(code.GATES)
    W = rng.standard_normal((gates, H, H))
    W *= scale / np.linalg.norm(W, ord=2, axis=(1, 2), keepdims=True)
    bias = np.zeros((gates, H))
    if "f" in code.GATES:
        bias[code.GATES.index("f")] = forget_bias
    weight_ih = rng.standard_normal((gates * H, D)) / np.sqrt(D)
    params = code.Params(weight_ih, W.reshape(-1, H), bias.ravel(), np.zeros(gates * H))
    return params, rng.standard_normal((settings.lags, settings.batch, D))


def compute(settings: Settings, track: command.Track) -> dict[str, Any]:
    """Measure every cell at every scale."""
    lags = list(range(0, settings.lags + 1, settings.every))
    cases = [
        (cell, scale, bias)
        for cell in CELLS
        for bias in (settings.forget_biases if "f" in CELLS[cell].GATES else (0.0,))
        for scale in settings.scales
    ]
    rows = [_curves(*case, lags, settings) for case in track(cases, "cells and scales")]
    return {"lags": lags, "curves": [row for of_case in rows for row in of_case]}


def _curves(
    cell: str, scale: float, bias: float, lags: list[int], settings: Settings
) -> list[dict[str, Any]]:
    runs: list[Norms] = []
    for seed in range(settings.seeds):
        params, x = draw(cell, scale, bias, settings, np.random.default_rng(seed))
        runs.append(norms(cell, params, x, settings.hidden_size))
    rows = []
    for state in runs[0].measured:
        named = {
            name: np.concatenate([getattr(run, name)[state] for run in runs], axis=1)
            for name in Norms._fields
            if state in getattr(runs[0], name)
        }
        about = {"cell": cell, "scale": scale, "forget_bias": bias, "state": state}
        rows.append(about | {name: _spread(values[lags]) for name, values in named.items()})
        if cell == "rnn":
            rows[-1]["weights"] = [scale**lag for lag in lags]
    return rows


def _spread(values: Array) -> dict[str, list[float]]:
    """Geometric mean and extremes over the sequences of all seeds, at each T - t."""
    found = {
        "mean": np.exp(np.log(values).mean(axis=1)),
        "low": values.min(axis=1),
        "high": values.max(axis=1),
    }
    return {name: [float(f"{v:.4g}") for v in of_lags] for name, of_lags in found.items()}


def table(results: dict[str, Any]) -> Table:
    """Geometric means at the largest T - t."""
    names = ("measured", "one_step", "gates", "path")
    shown = Table("cell", "σ_max", "forget bias", "state", *(n.replace("_", " ") for n in names))
    for row in results["curves"]:
        about = (str(row[name]) for name in ("cell", "scale", "forget_bias", "state"))
        ends = (f"{row[name]['mean'][-1]:.1e}" if name in row else "" for name in names)
        shown.add_row(*about, *ends)
    return shown


EXAMPLE = command.Example("gradient_norms", FULL, QUICK, compute, table)

if __name__ == "__main__":
    sys.exit(command.run(EXAMPLE))
