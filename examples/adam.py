"""Adam, on dicts of arrays. Imports NumPy.

Source: D. P. Kingma and J. Ba, Adam: a method for stochastic optimization, ICLR (2015),
algorithm 1; the settings are those of ``torch.optim.Adam``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[np.float64]]

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


class Moments(NamedTuple):
    """The number of steps so far, and the decaying means of the gradients and of their squares."""

    t: int
    m: Arrays
    v: Arrays


def start(params: Arrays) -> Moments:
    """The moments before the first step: zeros."""
    zeros = {name: np.zeros_like(p) for name, p in params.items()}
    return Moments(0, zeros, zeros)


def step(params: Arrays, grads: Arrays, moments: Moments, rate: float) -> tuple[Arrays, Moments]:
    """The parameters and the moments after one step; all are new arrays."""
    t = moments.t + 1
    m = {n: BETA_1 * moments.m[n] + (1 - BETA_1) * g for n, g in grads.items()}
    v = {n: BETA_2 * moments.v[n] + (1 - BETA_2) * g**2 for n, g in grads.items()}
    m_hat = {n: a / (1 - BETA_1**t) for n, a in m.items()}
    v_hat = {n: a / (1 - BETA_2**t) for n, a in v.items()}
    moved = {n: p - rate * m_hat[n] / (np.sqrt(v_hat[n]) + EPSILON) for n, p in params.items()}
    return moved, Moments(t, m, v)
