"""Cells of JAX libraries, scanned over time, differentiated by JAX in float64. Imports jax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from oracles.frameworks import Run, ends, own

jax.config.update("jax_enable_x64", True)

Cell = Callable[[dict[str, Any], Any, tuple[Any, ...]], tuple[Any, ...]]
"""Takes the arrays of an object, the input (B, D) and the state in its order; gives the next."""


def scan(cell: Cell, params: Any, x: Any, state: Any, reverse: bool, h: int) -> tuple[Any, Any]:
    """The states h (B, T, H) in the order of the input, and the last state."""

    def step(carry: Any, v: Any) -> Any:
        carry = cell(params, v, carry)
        return carry, carry[h]

    last, outputs = jax.lax.scan(step, state, x.swapaxes(0, 1), reverse=reverse)
    return outputs.swapaxes(0, 1), last


def network(cell: Cell, layer: Any, together: bool, h: int) -> Callable[..., Any]:
    """All layers and directions; ``h`` is where the state has it."""
    names, ways = ends(layer), 1 + layer.bidirectional

    def forward(params: Any, x: Any, state: Any) -> tuple[Any, Any]:
        count, finals, outputs = len(state) // len(names), [], []
        for n, end in enumerate(names):
            mine = tuple(state[n * count : (n + 1) * count])
            y, last = scan(cell, own(params, end), x, mine, n % ways == 1, h)
            outputs.append(y)
            finals += last
            if len(outputs) == ways and n + 1 < len(names):
                x, outputs = jnp.concatenate(outputs, -1), []
        if ways == 1:
            return outputs[0], tuple(finals)
        return jnp.concatenate(outputs, -1) if together else tuple(outputs), tuple(finals)

    return forward


def differentiated(
    forward: Callable[..., Any], params: Any, x: Any, state: Any, d_y: Any, d_state: Any
) -> Run:
    """What it computes, and its gradients."""
    (y, finals), pull = jax.vjp(forward, params, x, tuple(state))
    wanted = jax.tree.map(jnp.asarray, (d_y, tuple(d_state)))
    found = jax.tree.map(np.asarray, (y, finals, *pull(wanted)))
    return Run(*found)
