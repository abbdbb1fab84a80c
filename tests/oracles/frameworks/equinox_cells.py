"""The cells of Equinox, over a batch by vmap. Imports equinox and jax."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from oracles.frameworks import Run
from oracles.frameworks.jax_cells import differentiated, network

VERSIONS = ("equinox", "jax")
KINDS = {"lstm": eqx.nn.LSTMCell, "gru_reset_after": eqx.nn.GRUCell}


def run(layer: Any, kind: str, params: Any, x: Any, state: Any, d_y: Any, d_state: Any) -> Run:
    """Forward and backward."""

    def step(params: Any, v: Any, carry: Any) -> Any:
        cell = KINDS[kind](
            v.shape[1],
            layer.hidden_size,
            use_bias=layer.bias,
            dtype=jnp.float64,
            key=jax.random.key(0),
        )
        names = list(params)
        cell = eqx.tree_at(lambda c: [getattr(c, n) for n in names], cell, list(params.values()))
        if kind == "lstm":
            return jax.vmap(cell)(v, carry)
        return (jax.vmap(cell)(v, carry[0]),)

    forward = network(step, layer, together=False, h=0)
    return differentiated(forward, params, x, state, d_y, d_state)
