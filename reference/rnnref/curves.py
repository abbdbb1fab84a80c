"""The functions that a layer can be given, with first and second derivatives. Imports NumPy only.

Each is ONNX's of the same name, with its numbers alpha and beta. At a kink or a jump the derivative
is the one from that side that the docstring names; of complex numbers the real part decides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnnref import functions
from rnnref.arrays import Array

Curve = Callable[[Array, float, float], Array]


class Family(NamedTuple):
    """A function with its derivatives; ``alpha`` and ``beta`` if left out, None for must be given.

    ``takes`` says which of the two it has.
    """

    value: Curve
    slope: Curve
    bend: Curve
    takes: str = ""
    alpha: float | None = None
    beta: float | None = None


def _real(x: Array) -> Array:
    return x.real  # of the same class, so that a subclass sees the comparisons


def _flat(x: Array, alpha: float, beta: float) -> Array:
    """The second derivative of what is linear on each side of its kinks."""
    return np.zeros_like(x)


def _where(condition: Array, one: Array, other: Array) -> Array:
    return np.asanyarray(np.where(condition, one, other))


def leaky_relu(x: Array, alpha: float, beta: float) -> Array:
    """``x`` where it is positive, else ``alpha x``; the slope at 0 is alpha."""
    return _where(_real(x) > 0, x, alpha * x)


def _leaky_relu_1(x: Array, alpha: float, beta: float) -> Array:
    return _where(_real(x) > 0, np.ones_like(x), alpha * np.ones_like(x))


def thresholded_relu(x: Array, alpha: float, beta: float) -> Array:
    """``x`` where it is above alpha, else 0; there and at alpha the slope is 0."""
    return _where(_real(x) > alpha, x, np.zeros_like(x))


def _thresholded_relu_1(x: Array, alpha: float, beta: float) -> Array:
    return (_real(x) > alpha).astype(x.dtype)


def hard_sigmoid(x: Array, alpha: float, beta: float) -> Array:
    """``alpha x + beta`` between 0 and 1, else the nearer of the two; at both kinks the slope is 0.

    ONNX and Keras 2 have 0.2 and 0.5, Keras 3 and PyTorch 1/6 and 0.5.
    """
    line = alpha * x + beta
    above = _where(_real(line) > 0, line, np.zeros_like(x))
    return _where(_real(line) < 1, above, np.ones_like(x))


def _hard_sigmoid_1(x: Array, alpha: float, beta: float) -> Array:
    line = _real(alpha * x + beta)
    return alpha * ((line > 0) & (line < 1)).astype(x.dtype)


def elu(x: Array, alpha: float, beta: float) -> Array:
    """``x`` where it is positive, else ``alpha (exp(x) - 1)``; at 0 the derivatives are alpha."""
    return _where(_real(x) > 0, x, alpha * np.expm1(_below(x)))


def _elu_1(x: Array, alpha: float, beta: float) -> Array:
    return _where(_real(x) > 0, np.ones_like(x), alpha * np.exp(_below(x)))


def _elu_2(x: Array, alpha: float, beta: float) -> Array:
    return _where(_real(x) > 0, np.zeros_like(x), alpha * np.exp(_below(x)))


def _below(x: Array) -> Array:
    """Positive numbers replaced by 0, so that no exponential overflows."""
    return _where(_real(x) > 0, np.zeros_like(x), x)


def softsign(x: Array, alpha: float, beta: float) -> Array:
    """``x / (1 + |x|)``; its second derivative at 0, where it jumps from 2 to -2, is 0."""
    return np.asanyarray(x / (1 + _size(x)))


def _softsign_1(x: Array, alpha: float, beta: float) -> Array:
    return np.asanyarray((1 + _size(x)) ** -2)


def _softsign_2(x: Array, alpha: float, beta: float) -> Array:
    return np.asanyarray(-2 * np.sign(_real(x)) * (1 + _size(x)) ** -3)


def _size(x: Array) -> Array:
    """``|x|``."""
    return np.sign(_real(x)) * x


def softplus(x: Array, alpha: float, beta: float) -> Array:
    """``log(1 + exp(x))``."""
    return _where(_real(x) > 0, x, np.zeros_like(x)) + np.log1p(np.exp(-_size(x)))


def affine(x: Array, alpha: float, beta: float) -> Array:
    """``alpha x + beta``."""
    return alpha * x + beta


def scaled_tanh(x: Array, alpha: float, beta: float) -> Array:
    """``alpha tanh(beta x)``."""
    return alpha * functions.tanh(beta * x)


def _scaled_tanh_1(x: Array, alpha: float, beta: float) -> Array:
    return alpha * beta * functions.tanh_1(beta * x)


def _scaled_tanh_2(x: Array, alpha: float, beta: float) -> Array:
    return alpha * beta**2 * functions.tanh_2(beta * x)


FAMILIES: dict[str, Family] = {
    "sigmoid": Family(
        lambda x, a, b: functions.sigmoid(x),
        lambda x, a, b: functions.sigmoid_1(x),
        lambda x, a, b: functions.sigmoid_2(x),
    ),
    "tanh": Family(
        lambda x, a, b: functions.tanh(x),
        lambda x, a, b: functions.tanh_1(x),
        lambda x, a, b: functions.tanh_2(x),
    ),
    "relu": Family(
        lambda x, a, b: functions.relu(x), lambda x, a, b: functions.heaviside(x), _flat
    ),
    "affine": Family(affine, lambda x, a, b: np.full_like(x, a), _flat, "alpha beta"),
    "leaky_relu": Family(leaky_relu, _leaky_relu_1, _flat, "alpha", 0.01),
    "thresholded_relu": Family(thresholded_relu, _thresholded_relu_1, _flat, "alpha", 1.0),
    "scaled_tanh": Family(scaled_tanh, _scaled_tanh_1, _scaled_tanh_2, "alpha beta"),
    "hard_sigmoid": Family(hard_sigmoid, _hard_sigmoid_1, _flat, "alpha beta", 0.2, 0.5),
    "elu": Family(elu, _elu_1, _elu_2, "alpha", 1.0),
    "softsign": Family(softsign, _softsign_1, _softsign_2),
    "softplus": Family(
        softplus, lambda x, a, b: functions.sigmoid(x), lambda x, a, b: functions.sigmoid_1(x)
    ),
}
"""By name. An affine function and a scaled tanh must be given their numbers."""


def clip(x: Array, threshold: float) -> Array:
    """The nearest number in [-threshold, threshold]."""
    low, high = np.full_like(x, -threshold), np.full_like(x, threshold)
    return _where(_real(x) > threshold, high, _where(_real(x) < -threshold, low, x))


def clip_1(x: Array, threshold: float) -> Array:
    """Its derivative: 1 up to the threshold and there, 0 beyond."""
    return (np.abs(_real(x)) <= threshold).astype(x.dtype)
