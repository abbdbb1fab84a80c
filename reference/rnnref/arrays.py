"""The few array operations that generated code is written in. Imports NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def linear(v: Array, weight: Array) -> Array:
    """``v @ weight.T`` for every leading axis of ``v``, as one matrix product."""
    product = v.reshape(-1, v.shape[-1]) @ weight.T
    return product.reshape(*v.shape[:-1], len(weight))


def affine(v: Array, weight: Array, bias: Array) -> Array:
    """``v @ weight.T + bias`` for every leading axis of ``v``, as one matrix product."""
    out = linear(v, weight)
    out += bias
    return out


def sum_outer(d: Array, v: Array) -> Array:
    """The sum of ``outer(d[t, b], v[t, b])`` over time and batch, as one matrix product."""
    return d.reshape(-1, d.shape[-1]).T @ v.reshape(-1, v.shape[-1])


def total(d: Array) -> Array:
    """The sum over time and batch."""
    return np.asanyarray(d.sum(axis=(0, 1)))


def trajectory(T: int, initial: Array) -> tuple[Array, Array]:
    """Two views on T + 1 states of which the first is ``initial``: those before and after a step.

    Writing ``after[t]`` fills ``before[t + 1]``.
    """
    states = np.empty((T + 1, *initial.shape), initial.dtype)
    states[0] = initial
    return states[:-1], states[1:]


def diag(v: Array) -> Array:
    """The diagonal matrices (B, H, H) whose diagonals are the rows of ``v`` (B, H)."""
    return np.asanyarray(v[:, :, None] * np.eye(v.shape[1], dtype=v.dtype))


def as_batch(array: Array) -> Array:
    """Join time and batch of (T, B, ...) into one axis."""
    return array.reshape(-1, *array.shape[2:])


def over_time(T: int, array: Array) -> Array:
    """Split the leading axis of (T·B, ...) into time and batch."""
    return array.reshape(T, len(array) // T, *array.shape[1:])
