"""The vanilla network's step, forward and backward, with the ways to get it wrong. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from rnnref.arrays import Array
from rnnref.testing.cases import Layer
from rnnref.testing.faulty.functions import FUNCTIONS, Slope, derivative
from rnnref.testing.faulty.parameters import Back, Parameters, outer

GATES = "a"


@dataclass(frozen=True)
class Faults:
    """What goes wrong in a step; each default is right.

    Attributes:
        activation: the function used in place of the layer's.
        slope: the derivative used in place of its derivative.
        hidden_gradient_reads_h: the gradient of the recurrent weights is formed with h, not h_prev.
    """

    activation: str = ""
    slope: Slope = ""
    hidden_gradient_reads_h: bool = False


class Step(NamedTuple):
    """The arrays of a step, each (B, size)."""

    x: Array
    h_prev: Array
    a: Array
    h: Array


def step(layer: Layer, w: Faults, p: Parameters, first: bool, x: Array, h_prev: Array) -> Step:
    """One step forward."""
    a = x @ p["weight_ih"].T + p["bias_ih"] + h_prev @ p["weight_hh"].T + p["bias_hh"]
    return Step(x, h_prev, a, FUNCTIONS[_activation(layer, w)].value(a))


def back(layer: Layer, w: Faults, p: Parameters, first: bool, s: Step, d_h: Array) -> Back:
    """One step backward, by the formulas of a sequence alone."""
    d_a = d_h * derivative(FUNCTIONS[_activation(layer, w)], s.a, s.h, w.slope)
    read = s.h if w.hidden_gradient_reads_h else s.h_prev
    params = {
        "weight_ih": outer(d_a, s.x),
        "weight_hh": outer(d_a, read),
        "bias_ih": d_a,
        "bias_hh": d_a,
    }
    return Back(d_a @ p["weight_ih"], [d_a @ p["weight_hh"]], params)


def _activation(layer: Any, w: Faults) -> str:
    return w.activation or str(layer.nonlinearity)
