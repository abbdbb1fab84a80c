"""The elementwise functions of the cells, accurate over the whole range. Imports NumPy only."""

from __future__ import annotations

import numpy as np

from rnnref.arrays import Array

tanh = np.tanh


def sigmoid(x: Array) -> Array:
    """1/(1 + exp(-x)), accurate in both tails and silent where ``exp`` would overflow.

    Args:
        x: array of any shape, real or complex.

    Returns:
        An array of the shape and dtype of ``x``; for real ``x`` accurate to a few units in the last
        place down to the smallest normal number, below which it may be 0.

    >>> sigmoid(np.array([-800.0, -40.0, 0.0, 800.0]))
    array([0.00000000e+00, 4.24835426e-18, 5.00000000e-01, 1.00000000e+00])
    """
    if np.iscomplexobj(x):
        return _complex_sigmoid(x)
    with np.errstate(over="ignore"):  # exp(-x) is inf only where the answer is 0
        return np.asanyarray(1 / (1 + np.exp(-x)))


def _complex_sigmoid(x: Array) -> Array:
    """The same by the side on which ``exp`` does not overflow: inf/inf would be nan here."""
    positive = x.real >= 0
    small = np.exp(np.where(positive, -x, x))
    return np.asanyarray(np.where(positive, 1, small) / (1 + small))


def relu(x: Array) -> Array:
    """max(x, 0), for complex numbers by the sign of the real part."""
    if np.iscomplexobj(x):
        return np.where(x.real > 0, x, 0)
    return np.asanyarray(np.maximum(x, 0))


def heaviside(x: Array) -> Array:
    """The derivative of relu: 1 where x > 0, else 0, at 0 too; in the dtype of ``x``."""
    return (np.real(x) > 0).astype(x.dtype)


def sigmoid_1(x: Array) -> Array:
    """The derivative of sigmoid."""
    s = sigmoid(x)
    return np.asanyarray(s * (1 - s))


def sigmoid_2(x: Array) -> Array:
    """The second derivative of sigmoid."""
    s = sigmoid(x)
    return np.asanyarray(s * (1 - s) * (1 - 2 * s))


def tanh_1(x: Array) -> Array:
    """The derivative of tanh."""
    return np.asanyarray(1 - tanh(x) ** 2)


def tanh_2(x: Array) -> Array:
    """The second derivative of tanh."""
    t = tanh(x)
    return np.asanyarray(-2 * t * (1 - t**2))


def identity(x: Array) -> Array:
    """The argument itself."""
    return x


# The functions of the general cells, unless a layer puts others in their place.
phi_f, phi_f_1, phi_f_2 = sigmoid, sigmoid_1, sigmoid_2
phi_g, phi_g_1, phi_g_2 = tanh, tanh_1, tanh_2
phi_h, phi_h_1, phi_h_2 = phi_g, phi_g_1, phi_g_2
kappa, kappa_1 = identity, np.ones_like
