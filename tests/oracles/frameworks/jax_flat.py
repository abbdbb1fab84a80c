"""JAX's reference of cuDNN's LSTM, on cuDNN's flat array. Imports jax."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jax.experimental import rnn

from oracles.frameworks import Run
from oracles.frameworks.jax_cells import differentiated

VERSIONS = ("jax",)
KINDS = {"lstm": rnn.lstm_ref}


def run(layer: Any, kind: str, params: Any, x: Any, state: Any, d_y: Any, d_state: Any) -> Run:
    """Forward and backward."""
    sizes = layer.input_size, layer.hidden_size, layer.num_layers
    lengths = jnp.full(x.shape[0], x.shape[1], jnp.int32)

    def forward(params: Any, x: Any, state: Any) -> Any:
        weights = rnn.unpack_lstm_weights(params["weights"], *sizes, layer.bidirectional)
        y, h, c = rnn.lstm_ref(x, *state, *weights, lengths, *sizes, 0.0, layer.bidirectional)
        return y, (h, c)

    return differentiated(forward, params, x, state, d_y, d_state)
