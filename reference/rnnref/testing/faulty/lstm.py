"""The LSTM's step, forward and backward, with the ways to get it wrong. NumPy only.

The forward mistakes come first; the backward pass is that of the mistaken forward one, and goes
wrong only by the switches in the second half. Peepholes that a layer lacks are zeros here.
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

GATES = "ifgo"
COUPLED_GATES = "igo"

Tie = Literal["", "f = 1 - i", "i = 1 - f", "f = i, i = 1 - i", "f = 1", "i = 1", "o = 1"]


@dataclass(frozen=True)
class Faults:
    """What goes wrong in a step; each default is right.

    Attributes:
        gate, candidate, output: the functions used for i, f, o, for g and of c in place of the
            layer's, as `functions_of` takes them.
        tie: gates that are tied or missing; in a coupled layer f = 1 - i is right.
        forget_bias: what is added to the forget gate's pre-activation.
        h_reads_c_prev: h is formed with c_prev, not with c.
        hands_on_s: tanh(c), not c, is handed to the next step.
        without_gate_clip: the clip of the pre-activations is left out.
        gate_clip_of_c: h is formed with c clipped as the pre-activations are.
        without_cell_clip: the clip of the cell state is left out.
        h_reads_unclipped: h is formed with c before the clip.
        hands_on_unclipped: c before the clip is handed to the next step.
        without_peepholes: the gates whose peepholes are left out.
        peepholes_read_tanh: the peepholes of i and f read tanh(c_prev).
        input_peephole_reads_forgotten: that of i reads f c_prev, the state half updated.
        output_peephole_reads: what that of o reads in place of c.
        gate_slope: the derivative used for i, f, o.
        candidate_slope: the derivative used for g.
        output_slope: the derivative used for the function of c.
        d_c_set_not_added: what arrives at c from the next step, or as d_c_n, is dropped.
        d_c_from_h_left_out: what arrives at c from h is dropped.
        d_c_without_f: the gradient of c_prev is not multiplied by f.
        d_f_reads_c: the gradient of f is formed with c, not with c_prev.
        d_i_d_g_exchanged: the gradient of i is formed with i and that of g with g.
        d_o_reads_c: the gradient of o is formed with c, not with tanh(c).
        constant_gates: the gates that are taken for constants.
        peephole_paths_left_out: the gates whose peepholes do not reach the gradient of c.
        d_peepholes_read: the peepholes' gradients are formed with the other one of c and c_prev.
        d_projection_reads_s: the gradient of the projection is formed with tanh(c), not o tanh(c).
        f_constant_in_coupling: the gradient of i lacks the part through f = 1 - i.
        clip_passes_gradients: the clip of the pre-activations is taken for the identity.
        cell_clip_passes_gradients: the clip of the cell state is taken for the identity.
        hidden_gradient_reads_h: the gradient of the recurrent weights is formed with h, not h_prev.
    """

    gate: str = ""
    candidate: str = ""
    output: str = ""
    tie: Tie = ""
    forget_bias: float = 0
    h_reads_c_prev: bool = False
    hands_on_s: bool = False
    without_gate_clip: bool = False
    gate_clip_of_c: bool = False
    without_cell_clip: bool = False
    h_reads_unclipped: bool = False
    hands_on_unclipped: bool = False
    without_peepholes: str = ""
    peepholes_read_tanh: bool = False
    input_peephole_reads_forgotten: bool = False
    output_peephole_reads: Literal["c", "c_prev", "tanh(c)"] = "c"

    gate_slope: Slope = ""
    candidate_slope: Slope = ""
    output_slope: Slope = ""
    d_c_set_not_added: bool = False
    d_c_from_h_left_out: bool = False
    d_c_without_f: bool = False
    d_f_reads_c: bool = False
    d_i_d_g_exchanged: bool = False
    d_o_reads_c: bool = False
    constant_gates: str = ""
    peephole_paths_left_out: str = ""
    d_peepholes_read: str = ""
    d_projection_reads_s: bool = False
    f_constant_in_coupling: bool = False
    clip_passes_gradients: bool = False
    cell_clip_passes_gradients: bool = False
    hidden_gradient_reads_h: bool = False


class Step(NamedTuple):
    """The arrays of a step, each (B, size)."""

    x: Array
    h_prev: Array
    c_prev: Array
    a_i: Array
    a_f: Array
    a_g: Array
    a_o: Array
    i: Array
    f: Array
    g: Array
    o: Array
    raw: Array
    """c before it is clipped."""
    c: Array
    s: Array
    m: Array
    h: Array
    c_next: Array


class Ready(NamedTuple):
    """What a step needs besides its inputs: what the layer asks for, or what is done instead."""

    w: Faults
    p: Parameters
    gate: Function
    candidate: Function
    output: Function
    coupled: bool
    tie: str
    gate_clip: float | None
    clip_of_c: float | None
    cell_clip: float | None
    peepholes: dict[str, Array]


def peephole_gates(layer: Any) -> str:
    """The gates that have peepholes, in the order of the stacked parameter."""
    return "io" if is_coupled(layer) else "ifo"


def is_coupled(layer: Any) -> bool:
    """Whether the forget gate is 1 - i."""
    return bool(getattr(layer, "coupled", False))


def prepare(layer: Any, w: Faults, p: Parameters) -> Ready:
    """The layer's settings, unless a switch says otherwise."""
    put = {"gate": w.gate, "candidate": w.candidate, "output": w.output}
    gate, candidate, output = functions_of(activations_of(layer), put)
    coupled = is_coupled(layer)
    gate_clip = layer.gate_clip
    return Ready(
        w,
        p,
        gate,
        candidate,
        output,
        coupled,
        w.tie or ("f = 1 - i" if coupled else ""),
        None if w.without_gate_clip else gate_clip,
        gate_clip if w.gate_clip_of_c else None,
        None if w.without_cell_clip else layer.cell_clip,
        _peepholes(layer, w, p),
    )


def step(ready: Ready, first: bool, x: Array, h_prev: Array, c_prev: Array) -> Step:
    """One step forward; ``first`` is whether it is the first."""
    w, p, peep = ready.w, ready.p, ready.peepholes
    gate, candidate, output = ready.gate.value, ready.candidate.value, ready.output.value
    a = x @ p["weight_ih"].T + p["bias_ih"] + h_prev @ p["weight_hh"].T + p["bias_hh"]
    a_i, a_f, a_g, a_o = _split(ready.coupled, a)

    read = np.tanh(c_prev) if w.peepholes_read_tanh else c_prev
    a_f = a_f + peep["f"] * read + w.forget_bias
    f = gate(clipped(a_f, ready.gate_clip))
    a_i = a_i + peep["i"] * (f * c_prev if w.input_peephole_reads_forgotten else read)
    i = gate(clipped(a_i, ready.gate_clip))
    i, f = _tied(ready.tie, i, f)

    g = candidate(clipped(a_g, ready.gate_clip))
    raw = f * c_prev + i * g
    c = clipped(raw, ready.cell_clip)
    s = output(clipped(_read_by_h(w, raw, c, c_prev), ready.clip_of_c))
    a_o = a_o + peep["o"] * _read_by_o(w, c, c_prev)
    o = np.ones_like(s) if ready.tie == "o = 1" else gate(clipped(a_o, ready.gate_clip))
    m = o * s
    h = m @ p["weight_hr"].T if "weight_hr" in p else m
    c_next = s if w.hands_on_s else raw if w.hands_on_unclipped else c
    return Step(x, h_prev, c_prev, a_i, a_f, a_g, a_o, i, f, g, o, raw, c, s, m, h, c_next)


def back(ready: Ready, first: bool, s: Step, d_h: Array, d_c: Array) -> Back:
    """One step backward; d_c arrives from the next step."""
    w, p = ready.w, ready.p
    left_out = w.peephole_paths_left_out
    paths = {gate: a * (gate not in left_out) for gate, a in ready.peepholes.items()}

    def through_gate(d: Array, a: Array, v: Array, name: str, tied: str) -> Array:
        d = d * (name not in w.constant_gates and tied != ready.tie)
        slope = derivative(ready.gate, clipped(a, ready.gate_clip), v, w.gate_slope)
        return d * slope * inside(a, ready.gate_clip, w.clip_passes_gradients)

    d_c = d_c * (not w.d_c_set_not_added)
    d_m = d_h @ p["weight_hr"] if "weight_hr" in p else d_h
    d_s = d_m * s.o
    if w.hands_on_s:
        d_s, d_c = d_s + d_c, 0 * d_c
    read = _read_by_h(w, s.raw, s.c, s.c_prev)
    d_read = d_s * derivative(ready.output, clipped(read, ready.clip_of_c), s.s, w.output_slope)
    d_read = d_read * (not w.d_c_from_h_left_out) * inside(read, ready.clip_of_c, False)
    d_a_o = through_gate(d_m * (s.c if w.d_o_reads_c else s.s), s.a_o, s.o, "o", "o = 1")
    d_c_prev = d_raw = np.zeros_like(d_c)
    if w.hands_on_unclipped:
        d_raw, d_c = d_c, d_raw
    if w.h_reads_c_prev:
        d_c_prev = d_c_prev + d_read
    elif w.h_reads_unclipped:
        d_raw = d_raw + d_read
    else:
        d_c = d_c + d_read
    if w.output_peephole_reads == "c_prev":
        d_c_prev = d_c_prev + d_a_o * paths["o"]
    else:
        slope = 1 - np.tanh(s.c) ** 2 if w.output_peephole_reads == "tanh(c)" else 1
        d_c = d_c + d_a_o * paths["o"] * slope
    d_c = d_raw + d_c * inside(s.raw, ready.cell_clip, w.cell_clip_passes_gradients)

    d_i, d_g = d_c * s.g, d_c * s.i
    if w.d_i_d_g_exchanged:
        d_i, d_g = d_g, d_i
    d_f = d_c * (s.c if w.d_f_reads_c else s.c_prev)
    d_c_prev = d_c_prev + (d_c if w.d_c_without_f else d_c * s.f)
    if ready.tie == "f = 1 - i":
        d_i, d_f = d_i - d_f * (not w.f_constant_in_coupling), 0 * d_f
    if ready.tie == "i = 1 - f":
        d_i, d_f = 0 * d_i, d_f - d_i
    if ready.tie == "f = i, i = 1 - i":
        d_i, d_f = d_f - d_i, 0 * d_f
    d_a_g = d_g * derivative(
        ready.candidate, clipped(s.a_g, ready.gate_clip), s.g, w.candidate_slope
    )
    d_a_g = d_a_g * ("g" not in w.constant_gates)
    d_a_g = d_a_g * inside(s.a_g, ready.gate_clip, w.clip_passes_gradients)
    i = s.f if ready.tie == "f = i, i = 1 - i" else s.i
    d_a_i = through_gate(d_i, s.a_i, i, "i", "i = 1")
    if w.input_peephole_reads_forgotten:
        d_f = d_f + d_a_i * paths["i"] * s.c_prev
        d_c_prev = d_c_prev + d_a_i * paths["i"] * s.f
    d_a_f = through_gate(d_f, s.a_f, s.f, "f", "f = 1")
    slope = 1 - np.tanh(s.c_prev) ** 2 if w.peepholes_read_tanh else 1
    d_c_prev = d_c_prev + d_a_f * paths["f"] * slope
    if not w.input_peephole_reads_forgotten:
        d_c_prev = d_c_prev + d_a_i * paths["i"] * slope

    d_a = np.concatenate(_join(ready.coupled, d_a_i, d_a_f, d_a_g, d_a_o), axis=1)
    params: Shares = {
        "weight_ih": [(d_a, s.x)],
        "weight_hh": [(d_a, s.h if w.hidden_gradient_reads_h else s.h_prev)],
        "bias_ih": [(d_a, None)],
        "bias_hh": [(d_a, None)],
    }
    if "weight_ch" in p:
        d_p = _d_peepholes(ready, s, {"i": d_a_i, "f": d_a_f, "o": d_a_o})
        params["weight_ch"] = [(d_p, None)]
    if "weight_hr" in p:
        params["weight_hr"] = [(d_h, s.s if w.d_projection_reads_s else s.m)]
    return Back(d_a @ p["weight_ih"], [d_a @ p["weight_hh"], d_c_prev], params)


def _peepholes(layer: Any, w: Faults, p: Parameters) -> dict[str, Array]:
    gates = peephole_gates(layer)
    zeros = np.zeros(len(gates) * layer.hidden_size, p["weight_ih"].dtype)
    found = dict.fromkeys("ifo", zeros[: layer.hidden_size])
    blocks = zip(gates, np.split(p.get("weight_ch", zeros), len(gates)), strict=True)
    return found | {gate: a * (gate not in w.without_peepholes) for gate, a in blocks}


def _d_peepholes(ready: Ready, s: Step, d_a: dict[str, Array]) -> Array:
    """The peepholes' gradients by sequence, from those of the pre-activations."""
    w = ready.w
    old = np.tanh(s.c_prev) if w.peepholes_read_tanh else s.c_prev
    reads = {
        "i": s.f * s.c_prev if w.input_peephole_reads_forgotten else old,
        "f": old,
        "o": _read_by_o(w, s.c, s.c_prev),
    }
    wrong = {"i": s.c, "f": s.c, "o": s.c_prev}
    reads |= {gate: wrong[gate] for gate in w.d_peepholes_read}
    gates = "io" if ready.coupled else "ifo"
    return np.concatenate(
        [d_a[k] * reads[k] * (k not in w.without_peepholes) for k in gates], axis=1
    )


def _split(coupled: bool, a: Array) -> list[Array]:
    """The pre-activations of i, f, g, o; in a coupled layer i and f have one."""
    if coupled:
        a_i, a_g, a_o = blocks(a, 3)
        return [a_i, a_i, a_g, a_o]
    return blocks(a, 4)


def _read_by_h(w: Faults, raw: Array, c: Array, c_prev: Array) -> Array:
    """The cell state that h is formed with."""
    if w.h_reads_c_prev:
        return c_prev
    return raw if w.h_reads_unclipped else c


def _read_by_o(w: Faults, c: Array, c_prev: Array) -> Array:
    """What the output gate's peephole reads."""
    if w.output_peephole_reads == "tanh(c)":
        return np.tanh(c)
    return c_prev if w.output_peephole_reads == "c_prev" else c


def _tied(tie: str, i: Array, f: Array) -> tuple[Array, Array]:
    """The gates i and f from those that were computed."""
    found = {
        "f = 1 - i": (i, 1 - i),
        "i = 1 - f": (1 - f, f),
        "f = i, i = 1 - i": (1 - i, i),
        "f = 1": (i, np.ones_like(f)),
        "i = 1": (np.ones_like(i), f),
    }
    return found.get(tie, (i, f))


def _join(coupled: bool, d_a_i: Array, d_a_f: Array, d_a_g: Array, d_a_o: Array) -> list[Array]:
    return [d_a_i + d_a_f, d_a_g, d_a_o] if coupled else [d_a_i, d_a_f, d_a_g, d_a_o]
