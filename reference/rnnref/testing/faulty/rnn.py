"""The vanilla network's step, forward and backward, with the ways to get it wrong. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

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
from rnnref.testing.faulty.parameters import Back, Parameters, Shares

GATES = "a"


@dataclass(frozen=True)
class Faults:
    """What goes wrong in a step; each default is right.

    Attributes:
        activation: the function used in place of the layer's, as `functions_of` takes it.
        without_gate_clip: the clip of the pre-activation is left out.
        slope: the derivative used in place of its derivative.
        clip_passes_gradients: the clip is taken for the identity.
        hidden_gradient_reads_h: the gradient of the recurrent weights is formed with h, not h_prev.
    """

    activation: str = ""
    without_gate_clip: bool = False

    slope: Slope = ""
    clip_passes_gradients: bool = False
    hidden_gradient_reads_h: bool = False


class Step(NamedTuple):
    """The arrays of a step, each (B, size)."""

    x: Array
    h_prev: Array
    a: Array
    h: Array


class Ready(NamedTuple):
    """What a step needs besides its inputs."""

    w: Faults
    p: Parameters
    activation: Function
    gate_clip: float | None


def prepare(layer: Any, w: Faults, p: Parameters) -> Ready:
    """The layer's settings, unless a switch says otherwise."""
    clip = None if w.without_gate_clip else layer.gate_clip
    [activation] = functions_of(activations_of(layer), {"activation": w.activation})
    return Ready(w, p, activation, clip)


def step(ready: Ready, first: bool, x: Array, h_prev: Array) -> Step:
    """One step forward; ``first`` is whether it is the first."""
    p = ready.p
    a = x @ p["weight_ih"].T + p["bias_ih"] + h_prev @ p["weight_hh"].T + p["bias_hh"]
    return Step(x, h_prev, a, ready.activation.value(clipped(a, ready.gate_clip)))


def back(ready: Ready, first: bool, s: Step, d_h: Array) -> Back:
    """One step backward."""
    w, p, activation, clip = ready
    d_a = d_h * derivative(activation, clipped(s.a, clip), s.h, w.slope)
    d_a = d_a * inside(s.a, clip, w.clip_passes_gradients)
    read = s.h if w.hidden_gradient_reads_h else s.h_prev
    params: Shares = {
        "weight_ih": [(d_a, s.x)],
        "weight_hh": [(d_a, read)],
        "bias_ih": [(d_a, None)],
        "bias_hh": [(d_a, None)],
    }
    return Back(d_a @ p["weight_ih"], [d_a @ p["weight_hh"]], params)
