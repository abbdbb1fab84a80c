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
        An array of the shape and dtype of ``x``.

    >>> sigmoid(np.array([-800.0, -40.0, 0.0, 800.0]))
    array([0.00000000e+00, 4.24835426e-18, 5.00000000e-01, 1.00000000e+00])
    """
    positive = np.real(x) >= 0
    small = np.exp(np.where(positive, -x, x))
    return np.asarray(np.where(positive, 1, small) / (1 + small))


def relu(x: Array) -> Array:
    """max(x, 0), for complex numbers by the sign of the real part."""
    return np.where(np.real(x) > 0, x, 0 * x)


def heaviside(x: Array) -> Array:
    """The derivative of relu: 1 where x > 0, else 0, at 0 too; in the dtype of ``x``."""
    return (np.real(x) > 0).astype(x.dtype)
