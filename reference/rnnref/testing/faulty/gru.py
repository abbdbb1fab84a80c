"""The gated recurrent unit's step, forward and backward, with the ways to get it wrong. NumPy only.

The forward mistakes come first; the backward pass is that of the mistaken forward one, and goes
wrong only by the switches in the second half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from rnnref.arrays import Array
from rnnref.testing.faulty.functions import (
    Function,
    Slope,
    activations_of,
    clipped,
    derivative,
    functions_of,
    inside,
)
from rnnref.testing.faulty.parameters import Back, Parameters, Shares, blocks

GATES = "rzn"

Placement = Literal["", "after", "before", "after, bias outside", "on everything"]


@dataclass(frozen=True)
class Faults:
    """What goes wrong in a step; each default is right.

    Attributes:
        gate, candidate: the functions used for r and z and for n in place of the layer's, as
            `functions_of` takes them.
        placement: where r acts: after or before the product, after it without the bias, on all of
            the pre-activation.
        without_reset: r is 1.
        z_takes_new: z multiplies n, and 1 - z the old state.
        keeps_reset_state: z multiplies r h_prev, not h_prev.
        first_step_without_hidden_bias: the biases of the hidden side are left out at the first
            step.
        without_gate_clip: the clip of the pre-activations is left out.
        clip_of_n: that of n's pre-activation is left out, or what r multiplies is clipped in its
            place.
        gate_slope: the derivative used for r and z.
        candidate_slope: the derivative used for n.
        clip_passes_gradients: the clip is taken for the identity.
        no_gradient_through_r: r is taken for a constant.
        no_gradient_through_z: z is taken for a constant.
        no_direct_path: the gradient of h_prev lacks the path that z multiplies.
        no_path_through_n: the gradient of h_prev lacks the path through n.
        candidate_scaled_by_z: the gradient of n is multiplied by z, not by 1 - z.
        d_z: a term of the gradient of z is missing, or its sign is the opposite.
        d_r_reads_h: the gradient of r is formed with h_prev, not with the product.
        d_n_weights_without_r: the gradient of n's recurrent weights lacks r.
        d_h_without_r: the gradient of h_prev through n lacks r.
        d_hidden_part_without_r: what r multiplies has the gradient of a_n, without r.
        hidden_gradient_reads_h: the gradient of the recurrent weights is formed with h, not h_prev.
    """

    gate: str = ""
    candidate: str = ""
    placement: Placement = ""
    without_reset: bool = False
    z_takes_new: bool = False
    keeps_reset_state: bool = False
    first_step_without_hidden_bias: bool = False
    without_gate_clip: bool = False
    clip_of_n: Literal["", "left out", "of the recurrent part"] = ""

    gate_slope: Slope = ""
    candidate_slope: Slope = ""
    clip_passes_gradients: bool = False
    no_gradient_through_r: bool = False
    no_gradient_through_z: bool = False
    no_direct_path: bool = False
    no_path_through_n: bool = False
    candidate_scaled_by_z: bool = False
    d_z: Literal["", "without h_prev", "without n", "negated"] = ""
    d_r_reads_h: bool = False
    d_n_weights_without_r: bool = False
    d_h_without_r: bool = False
    d_hidden_part_without_r: bool = False
    hidden_gradient_reads_h: bool = False


class Step(NamedTuple):
    """The arrays of a step, each (B, size); v is what r multiplies."""

    x: Array
    h_prev: Array
    a_r: Array
    a_z: Array
    a_n: Array
    r: Array
    z: Array
    n: Array
    v: Array
    h: Array


class Ready(NamedTuple):
    """What a step needs besides its inputs."""

    w: Faults
    p: Parameters
    hidden: list[Array]
    placement: str
    gate: Function
    candidate: Function
    clip: float | None
    clip_n: float | None
    clip_v: float | None


def prepare(layer: Any, w: Faults, p: Parameters) -> Ready:
    """The layer's settings, unless a switch says otherwise; W_hr, W_hz, W_hn."""
    placement = w.placement or ("after" if layer.reset_after else "before")
    put = {"gate": w.gate, "candidate": w.candidate}
    gate, candidate = functions_of(activations_of(layer), put)
    clip = None if w.without_gate_clip else layer.gate_clip
    return Ready(
        w,
        p,
        np.split(p["weight_hh"], 3),
        placement,
        gate,
        candidate,
        clip,
        None if w.clip_of_n else clip,
        clip if w.clip_of_n == "of the recurrent part" and placement != "before" else None,
    )


def step(ready: Ready, first: bool, x: Array, h_prev: Array) -> Step:
    """One step forward; ``first`` is whether it is the first."""
    w, p, (W_hr, W_hz, W_hn), where, gate, candidate, clip, clip_n, clip_v = ready
    x_r, x_z, x_n = blocks(x @ p["weight_ih"].T + p["bias_ih"], 3)
    b_hr, b_hz, b_hn = blocks(p["bias_hh"] * _counts_bias(w, first), 3)
    a_r = x_r + h_prev @ W_hr.T + b_hr
    a_z = x_z + h_prev @ W_hz.T + b_hz
    r, z = gate.value(clipped(a_r, clip)), gate.value(clipped(a_z, clip))
    if w.without_reset:
        r = np.ones_like(r)
    if where == "before":
        v = h_prev
        a_n = x_n + (r * v) @ W_hn.T + b_hn
    elif where == "after, bias outside":
        v = h_prev @ W_hn.T
        a_n = x_n + r * clipped(v, clip_v) + b_hn
    elif where == "on everything":
        v = x_n + h_prev @ W_hn.T + b_hn
        a_n = r * clipped(v, clip_v)
    else:
        v = h_prev @ W_hn.T + b_hn
        a_n = x_n + r * clipped(v, clip_v)
    n = candidate.value(clipped(a_n, clip_n))
    kept = r * h_prev if w.keeps_reset_state else h_prev
    h = z * n + (1 - z) * kept if w.z_takes_new else (1 - z) * n + z * kept
    return Step(x, h_prev, a_r, a_z, a_n, r, z, n, v, h)


def back(ready: Ready, first: bool, s: Step, d_h: Array) -> Back:
    """One step backward."""
    w, p, (W_hr, W_hz, W_hn), where, gate, candidate, clip, clip_n, clip_v = ready
    kept = s.r * s.h_prev if w.keeps_reset_state else s.h_prev
    keeps, takes = (1 - s.z, s.z) if w.z_takes_new else (s.z, 1 - s.z)

    def through(
        f: Function, d: Array, a: Array, v: Array, slope: Slope, clip: float | None = clip
    ) -> Array:
        d = d * derivative(f, clipped(a, clip), v, slope)
        return d * inside(a, clip, w.clip_passes_gradients)

    d_n = d_h * (s.z if w.candidate_scaled_by_z else takes)
    d_a_n = through(candidate, d_n, s.a_n, s.n, w.candidate_slope, clip_n)
    through_r = d_a_n @ W_hn if where == "before" else d_a_n
    d_r = through_r * (s.h_prev if w.d_r_reads_h else clipped(s.v, clip_v))
    unclipped = inside(s.v, clip_v, w.clip_passes_gradients)
    r_back = np.ones_like(s.r) if w.d_hidden_part_without_r else s.r
    d_v = (through_r if w.d_h_without_r else through_r * r_back) * unclipped

    d_keep = d_h * keeps
    if w.keeps_reset_state:
        d_r, d_keep = d_r + d_keep * s.h_prev, d_keep * s.r
    d_z = _d_z(w, d_h, kept, s.n)
    d_z = -d_z if w.z_takes_new else d_z
    r_counts = not (w.no_gradient_through_r or w.without_reset)
    d_a_r = through(gate, d_r, s.a_r, s.r, w.gate_slope) * r_counts
    d_a_z = through(gate, d_z, s.a_z, s.z, w.gate_slope) * (not w.no_gradient_through_z)

    d_h_prev = d_a_r @ W_hr + d_a_z @ W_hz + d_keep * (not w.no_direct_path)
    d_h_prev = d_h_prev + (d_v if where == "before" else d_v @ W_hn) * (not w.no_path_through_n)
    d_x_n = d_a_n * s.r * unclipped if where == "on everything" else d_a_n
    d_from_x = np.concatenate([d_a_r, d_a_z, d_x_n], axis=1)

    read = s.h if w.hidden_gradient_reads_h else s.h_prev
    r = np.ones_like(s.r) if w.d_n_weights_without_r else r_back
    d_W_hn = (d_a_n, r * read) if where == "before" else (d_a_n * r * unclipped, read)
    d_b_hn = d_a_n if where in ("before", "after, bias outside") else d_a_n * r_back * unclipped
    d_bias_hh = np.concatenate([d_a_r, d_a_z, d_b_hn], axis=1)
    params: Shares = {
        "weight_ih": [(d_from_x, s.x)],
        "weight_hh": [(d_a_r, read), (d_a_z, read), d_W_hn],
        "bias_ih": [(d_from_x, None)],
        "bias_hh": [(d_bias_hh * _counts_bias(w, first), None)],
    }
    return Back(d_from_x @ p["weight_ih"], [d_h_prev], params)


def _counts_bias(w: Faults, first: bool) -> bool:
    return not (first and w.first_step_without_hidden_bias)


def _d_z(w: Faults, d_h: Array, kept: Array, n: Array) -> Array:
    read: dict[str, Array] = {
        "": kept - n,
        "without h_prev": -n,
        "without n": kept,
        "negated": n - kept,
    }
    return np.asarray(d_h * read[w.d_z])
