"""Products of one-step state Jacobians along a trajectory, and bounds on them. Imports rnnref.

The state s is h for the RNN and the GRU and (h, c) for the LSTM. J_k is the Jacobian of s_k by
s_(k-1), and ds_T/ds_t = J_T J_(T-1) ... J_(t+1). Its diagonal blocks are dh_T/dh_t, with c_t held
fixed, and dc_T/dc_t, with h_t held fixed; both are total derivatives through all later steps.

**Bounds.** Norms are spectral. Let n(A) be the matrix of the norms of the blocks of A. By the
triangle inequality and ‖XY‖ ≤ ‖X‖ ‖Y‖, n(AB) ≤ n(A) n(B) entry by entry, and as these matrices have
no negative entries, by induction

    n(ds_T/ds_t) ≤ n(J_T) n(J_(T-1)) ... n(J_(t+1)).

A block is no larger than the whole either, so that ‖J_T‖ ... ‖J_(t+1)‖ bounds each of them. Neither
of the two is always the smaller; taken is the smaller one.                        (one-step norms)

An equation reads h_(k-1) through the pre-activations W_hg h_(k-1) + b_hg of its gates g, and the
GRU's also as z h_(k-1). So with e = h or c

    de/dh_(k-1) = sum over g of (de/db_hg) W_hg  [+ diag(z) for the GRU],

where de/db_hg = diag(v_eg) since no gate mixes units after the product. As ‖diag(v)‖ = max |v|,

    ‖de/dh_(k-1)‖ ≤ sum over g of max |v_eg| σ_max(W_hg)  [+ max z],                (gates)

and de/dc_(k-1) is diagonal: its norm is the largest entry. For the RNN v = 1 - h², which is at
most 1, so that ‖dh_T/dh_t‖ ≤ σ_max(W_hh)^(T-t) whatever the input does.             (weights)

The part of dc_T/dc_t that runs along the cell alone is diag(f_T ... f_(t+1)), and the GRU's
diag(z_T ... z_(t+1)): a summand of the total derivative, neither equal to it nor a bound.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from rnnref.generated import gru_reset_after, lstm, rnn_tanh

Array = npt.NDArray[np.float64]

CELLS: dict[str, ModuleType] = {"rnn": rnn_tanh, "lstm": lstm, "gru": gru_reset_after}

# The gate whose product is the path along one state, and that state.
PATHS = {"lstm": ("c", "f"), "gru": ("h", "z")}


class Norms(NamedTuple):
    """By state, over T - t = 0 ... T and the sequences of the batch: each (T + 1, B)."""

    measured: dict[str, Array]
    one_step: dict[str, Array]
    gates: dict[str, Array]
    path: dict[str, Array]


def norms(cell: str, params: Any, x: Array, hidden_size: int) -> Norms:
    """Run over x (T, B, D) from a state of zeros and measure each block beside its bounds."""
    steps = _steps(cell, params, x, hidden_size)
    jacobians = [_blocks(cell, params, step) for step in steps]
    names = states(cell)
    whole = _products([_joined(J) for J in jacobians])
    by_blocks = _products([_norm(J) for J in jacobians])
    by_wholes = _products([_norm(_joined(J))[:, None, None] for J in jacobians])
    one_step = np.minimum(by_blocks, by_wholes)
    gates = _products([gate_bound(cell, params, step) for step in steps])
    parts = {s: slice(i * hidden_size, (i + 1) * hidden_size) for i, s in enumerate(names)}
    return Norms(
        {s: _norm(whole[:, :, part, part]) for s, part in parts.items()},
        {s: one_step[:, :, i, i] for i, s in enumerate(names)},
        {s: gates[:, :, i, i] for i, s in enumerate(names)},
        _path(cell, steps),
    )


def states(cell: str) -> tuple[str, ...]:
    """The names of the states of a cell."""
    return tuple(s for s in ("h", "c") if s in CELLS[cell].Gradients._fields)


def gate_bound(cell: str, params: Any, step: Any) -> Array:
    """The bounds of one step that the gates and σ_max(W_hg) give, (B, states, states)."""
    code = CELLS[cell]
    found = code.step_jacobians(params, step)
    sigma = [_norm(W) for W in np.split(params.weight_hh, len(code.GATES))]
    rows = []
    for exit in states(cell):
        slopes = np.split(getattr(found, f"{exit}_D_bias_hh"), len(code.GATES), axis=-1)
        through_gates = sum(_largest(v) * s for v, s in zip(slopes, sigma, strict=True))
        past_gates = step.z.max(axis=-1) if cell == "gru" else 0.0
        row = [through_gates + past_gates]
        if "c" in states(cell):
            row.append(_largest(getattr(found, f"{exit}_D_c_prev")))
        rows.append(np.stack(row, axis=-1))
    return np.stack(rows, axis=-2)


def _steps(cell: str, params: Any, x: Array, hidden_size: int) -> list[Any]:
    state = [np.zeros((x.shape[1], hidden_size)) for _ in states(cell)]
    steps = []
    for x_t in x:
        steps.append(CELLS[cell].step_forward(params, x_t, *state))
        state = [getattr(steps[-1], s) for s in states(cell)]
    return steps


def _blocks(cell: str, params: Any, step: Any) -> Array:
    """J of one step as blocks, (B, states, states, H, H)."""
    found, names = CELLS[cell].step_jacobians(params, step), states(cell)
    rows = [np.stack([getattr(found, f"{a}_D_{s}_prev") for s in names], axis=1) for a in names]
    return np.stack(rows, axis=1)


def _joined(blocks: Array) -> Array:
    B, k, _, H, _ = blocks.shape
    return blocks.transpose(0, 1, 3, 2, 4).reshape(B, k * H, k * H)


def _products(factors: list[Array]) -> Array:
    """1, J_T, J_T J_(T-1), ... down to the product of all."""
    products = [np.broadcast_to(np.eye(factors[0].shape[-1]), factors[0].shape)]
    for factor in reversed(factors):
        products.append(products[-1] @ factor)
    return np.stack(products)


def _path(cell: str, steps: list[Any]) -> dict[str, Array]:
    if cell not in PATHS:
        return {}
    state, gate = PATHS[cell]
    gates = np.stack([np.ones_like(steps[0].h), *(getattr(s, gate) for s in reversed(steps))])
    return {state: np.cumprod(gates, axis=0).max(axis=-1)}


def _norm(matrices: Array) -> Array:
    return np.linalg.norm(matrices, ord=2, axis=(-2, -1))


def _largest(matrices: Array) -> Array:
    """The largest absolute entry: the spectral norm of a diagonal matrix."""
    return np.abs(matrices).max(axis=(-2, -1))
