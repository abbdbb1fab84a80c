"""The cells of Flax. Imports flax and jax."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from flax import linen, traverse_util

from oracles.frameworks import Run
from oracles.frameworks.jax_cells import differentiated, network

VERSIONS = ("flax", "jax")
KINDS = {
    "rnn": linen.SimpleCell,
    "lstm": linen.OptimizedLSTMCell,
    "gru_reset_after": linen.GRUCell,
}


def run(layer: Any, kind: str, params: Any, x: Any, state: Any, d_y: Any, d_state: Any) -> Run:
    """Forward and backward; the carry of an LSTM is (c, h), the others' is h alone."""
    cell = KINDS[kind](layer.hidden_size, param_dtype=jnp.float64)

    def step(params: Any, v: Any, carry: Any) -> Any:
        nested = {"params": traverse_util.unflatten_dict(params, sep="/")}
        after, _ = cell.apply(nested, carry if kind == "lstm" else carry[0], v)
        return after if kind == "lstm" else (after,)

    forward = network(step, layer, together=True, h=1 if kind == "lstm" else 0)
    return differentiated(forward, params, x, state, d_y, d_state)
