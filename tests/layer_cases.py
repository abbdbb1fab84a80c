"""Layers of every kind with arrays that fit them, for the tests of what layers must keep.

Imports NumPy, hypothesis and rnnref.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import rnnref
from hypothesis import strategies as st

DTYPES = ["float32", "float64", "longdouble", "complex64", "complex128", "clongdouble"]


class Sizes(NamedTuple):
    """The sizes of a case; all different, so that no transpose can hide."""

    T: int
    B: int
    D: int
    H: int


SIZES = st.lists(st.integers(2, 8), min_size=4, max_size=4, unique=True).map(lambda n: Sizes(*n))
SEEDS = st.integers(0, 2**32 - 1)
FIXED = Sizes(T=6, B=2, D=3, H=5)

LAYERS: dict[str, Callable[[Sizes], Any]] = {
    "rnn_tanh": lambda n: rnnref.RNN(n.D, n.H),
    "rnn_relu": lambda n: rnnref.RNN(n.D, n.H, nonlinearity="relu"),
    "rnn_general": lambda n: rnnref.RNN(n.D, n.H, nonlinearity="softsign", gate_clip=1.5),
    "lstm": lambda n: rnnref.LSTM(n.D, n.H),
    "lstm_projected": lambda n: rnnref.LSTM(n.D, n.H, proj_size=n.H - 1),
    "lstm_peephole": lambda n: rnnref.LSTM(n.D, n.H, peepholes=True),
    "lstm_coupled": lambda n: rnnref.LSTM(n.D, n.H, coupled=True),
    "lstm_peephole_coupled": lambda n: rnnref.LSTM(n.D, n.H, peepholes=True, coupled=True),
    "lstm_general": lambda n: rnnref.LSTM(
        n.D, n.H, activations=("hard_sigmoid", "elu", "softsign"), gate_clip=1.5, cell_clip=0.8
    ),
    "gru_reset_after": lambda n: rnnref.GRU(n.D, n.H),
    "gru_reset_before": lambda n: rnnref.GRU(n.D, n.H, reset_after=False),
    "gru_general": lambda n: rnnref.GRU(
        n.D, n.H, activations=("hard_sigmoid", "elu"), gate_clip=1.5
    ),
    "gru_general_before": lambda n: rnnref.GRU(
        n.D, n.H, reset_after=False, activations=("hard_sigmoid", "softsign"), gate_clip=1.5
    ),
}


NETWORKS: dict[str, Callable[[Sizes], Any]] = {
    "two layers": lambda n: rnnref.GRU(n.D, n.H, 2, bias=False),
    "both directions": lambda n: rnnref.RNN(n.D, n.H, bidirectional=True),
    "all that there is": lambda n: rnnref.LSTM(
        n.D, n.H, 3, bidirectional=True, dropout=0.3, proj_size=n.H - 1
    ),
}
"""Run over sequences of different lengths, with masks where there is dropout."""

EVERYTHING = LAYERS | NETWORKS


class Case(NamedTuple):
    """A layer with everything that can be handed to it; ``options`` are those of ``forward``."""

    layer: Any
    params: dict[str, np.ndarray]
    x: np.ndarray
    state: Any
    d_y: np.ndarray
    d_state: Any
    options: dict[str, np.ndarray]

    def forward(self) -> tuple[np.ndarray, Any, rnnref.Tape]:
        return self.layer.forward(self.params, self.x, self.state, **self.options)


def normal(rng, shape, dtype="float64"):
    """Normal numbers, complex where the dtype is."""
    draw = rng.normal(size=shape)
    if np.dtype(dtype).kind == "c":
        draw = draw + 1j * rng.normal(size=shape)
    return draw.astype(dtype)


def make(name: str, n: Sizes = FIXED, seed: int = 0, dtype: str = "float64") -> Case:
    layer = EVERYTHING[name](n)
    rng = np.random.default_rng(seed)
    zeros = layer.init_state(n.B, dtype)
    some = [type(zeros)(*(normal(rng, s.shape, dtype) for s in zeros)) for _ in range(2)]
    width = zeros.h.shape[2] * (2 if layer.bidirectional else 1)
    x, d_y = normal(rng, (n.T, n.B, n.D), dtype), normal(rng, (n.T, n.B, width), dtype)
    options = {}
    if name in NETWORKS:
        options["lengths"] = rng.integers(1, n.T + 1, n.B)
    if layer.dropout:
        options["masks"] = rng.random((layer.num_layers - 1, n.T, n.B, width)) >= layer.dropout
    return Case(layer, layer.init_params(rng, dtype), x, some[0], d_y, some[1], options)


def tangents(case: Case, seed: int = 1) -> tuple[np.ndarray, Any, dict[str, np.ndarray]]:
    """A direction for everything that went in."""
    rng = np.random.default_rng(seed)
    dtype = case.x.dtype.name
    return (
        normal(rng, case.x.shape, dtype),
        type(case.state)(*(normal(rng, s.shape, dtype) for s in case.state)),
        {k: normal(rng, v.shape, dtype) for k, v in case.params.items()},
    )


def flat(value: Any) -> list[np.ndarray]:
    """All arrays in nested tuples and dicts, in order."""
    if isinstance(value, np.ndarray):
        return [value]
    if value is None:
        return []
    if isinstance(value, rnnref.Tape):
        return flat((value.params, value.layers, value.lengths, value.masks))
    parts = value.values() if isinstance(value, Mapping) else value
    return [array for part in parts for array in flat(part)]


def close(got: Any, wanted: Any, tolerance: float = 1e-12) -> None:
    """Every array is as wanted, relative to its largest entry."""
    pairs = list(zip(flat(got), flat(wanted), strict=True))
    assert pairs
    for g, w in pairs:
        assert g.shape == w.shape
        assert np.abs(g - w).max() <= tolerance * max(np.abs(w).max(), 1e-3)


def scaled(value: Any, a: float) -> Any:
    return type(value)(*(a * array for array in value))


def added(one: Any, other: Any) -> Any:
    return type(one)(*(a + b for a, b in zip(one, other, strict=True)))
