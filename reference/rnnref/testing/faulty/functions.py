"""Activations as the faulty cells use them, and the ways their derivatives go wrong. NumPy only.

Each derivative is written in terms of the function's value, which is how implementations write it,
and why they go wrong: what stands in the formula may be the pre-activation, or a value that is
activated a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

from rnnref.activation import Activation
from rnnref.arrays import Array
from rnnref.curves import FAMILIES
from rnnref.functions import relu, sigmoid
from rnnref.layers import RNN

Slope = Literal[
    "", "of the value", "of the pre-activation", "left out", "tanh", "sigmoid", "relu", "1 - v"
]
"""Which derivative a backward pass multiplies by; the empty string is the right one."""


class Function(NamedTuple):
    """An elementwise function, and its derivative in terms of its value, or of its argument."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    slope_of_argument: bool = False


def _hard_sigmoid(factor: float) -> Function:
    def value(a: Array) -> Array:
        v = factor * a + 0.5
        return np.asarray(np.where(v.real <= 0, 0, np.where(v.real >= 1, 1, v)))

    return Function(value, lambda v: factor * ((v.real > 0) & (v.real < 1)))


FUNCTIONS = {
    "sigmoid": Function(sigmoid, lambda v: v * (1 - v)),
    "tanh": Function(np.tanh, lambda v: 1 - v * v),
    "relu": Function(relu, lambda v: (v.real > 0).astype(v.dtype)),
    "identity": Function(lambda a: a, np.ones_like),
    "softsign": Function(
        lambda a: a / (1 + np.where(a.real < 0, -a, a)),
        lambda v: (1 - np.where(v.real < 0, -v, v)) ** 2,
    ),
    "hard_sigmoid_onnx": _hard_sigmoid(0.2),
    "hard_sigmoid_keras": _hard_sigmoid(1 / 6),
    "tanh of tanh": Function(
        lambda a: np.tanh(np.tanh(a)),
        lambda a: (1 - np.tanh(np.tanh(a)) ** 2) * (1 - np.tanh(a) ** 2),
        slope_of_argument=True,
    ),
}


def function_of(activation: Any) -> Function:
    """The function of a name here, or of an activation, which brings its functions along."""
    name = getattr(activation, "name", activation)
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    chosen = activation if isinstance(activation, Activation) else Activation(activation)
    value, slope, _ = chosen.functions
    return Function(value, slope, slope_of_argument=True)


def activations_of(layer: Any) -> dict[str, Any]:
    """The activations of a layer, by what they are applied to; that of an RNN has no such name."""
    if isinstance(layer, RNN):
        return {"activation": layer.nonlinearity}
    return dict(zip(("gate", "candidate", "output"), layer.activations, strict=False))


USUAL_NUMBERS = "its usual numbers"


def functions_of(own: Mapping[str, Any], wrong: Mapping[str, str]) -> list[Function]:
    """A function for each thing that they are applied to: the layer's, or what is put in its place.

    What is put there is a function by its name, or one of the layer's own by what that is for, or
    the same with ``USUAL_NUMBERS`` for its alpha and beta.

    >>> own = {"gate": "sigmoid", "candidate": "tanh"}
    >>> found = functions_of(own, {"gate": "candidate"})
    >>> found == [FUNCTIONS["tanh"], FUNCTIONS["tanh"]]
    True
    """
    return [_put(own, mine, wrong.get(what, "")) for what, mine in own.items()]


def _put(own: Mapping[str, Any], mine: Any, wrong: str) -> Function:
    if wrong == USUAL_NUMBERS:
        return function_of(_with_usual_numbers(mine))
    return function_of(own.get(wrong, wrong or mine))


def _with_usual_numbers(activation: Any) -> Any:
    """The activation with ONNX's usual numbers; itself if it has none, or if it is a hard sigmoid,
    whose usual numbers are mistakes of their own.
    """
    name = getattr(activation, "name", activation)
    has_some = FAMILIES[name].alpha is not None and name != "hard_sigmoid"
    return name if has_some else activation


def derivative(function: Function, a: Array, v: Array, wrong: Slope) -> Array:
    """The derivative of ``function`` at ``a``, where its value is ``v``; or what is taken for it.

    >>> import numpy as np
    >>> v = np.tanh(np.array([0.5]))
    >>> derivative(FUNCTIONS["tanh"], np.array([0.5]), v, "left out")
    array([1.])
    """
    if wrong == "of the value":
        return function.slope(v if function.slope_of_argument else function.value(v))
    if wrong == "of the pre-activation":
        return function.slope(a)
    if wrong == "left out":
        return np.ones_like(v)
    if wrong == "1 - v":
        return np.asarray(1 - v)
    if wrong:
        return FUNCTIONS[wrong].slope(v)
    return function.slope(a if function.slope_of_argument else v)


def clipped(a: Array, clip: float | None) -> Array:
    """``a`` in [-clip, clip], by its real part; ``a`` itself without a clip."""
    if clip is None:
        return a
    low = np.where(a.real < -clip, -clip, a)
    return np.asarray(np.where(a.real > clip, clip, low))


def inside(a: Array, clip: float | None, everywhere: bool) -> Array | float:
    """The derivative of `clipped`; 1 everywhere if the clip is taken for the identity."""
    return 1.0 if everywhere or clip is None else (np.abs(a.real) <= clip).astype(a.dtype)
