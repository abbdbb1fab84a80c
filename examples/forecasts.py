"""Forecasts of a series that need no network: the baselines of `sunspots`. Imports NumPy.

Each gives, for every origin t in ``origins``, forecasts of x[t + 1] ... x[t + steps] that know
x[0] ... x[t] alone, as an array (origins, steps).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def last_value(x: Array, origins: Sequence[int], steps: int) -> Array:
    """x[t], for every year ahead."""
    return np.stack([np.full(steps, x[t]) for t in origins])


def a_period_ago(x: Array, origins: Sequence[int], steps: int, period: int) -> Array:
    """What was ``period`` years before the year that is forecast; needs steps <= period."""
    return np.stack([x[t + 1 - period : t + 1 - period + steps] for t in origins])


def fit_autoregression(x: Array, order: int) -> Array:
    """Least squares of x[t] on 1, x[t - 1], ..., x[t - order]: the order + 1 coefficients."""
    lags = [x[order - k : len(x) - k] for k in range(1, order + 1)]
    design = np.stack([np.ones(len(x) - order), *lags], axis=1)
    return np.linalg.lstsq(design, x[order:])[0]


def autoregression(x: Array, origins: Sequence[int], steps: int, coefficients: Array) -> Array:
    """The fitted equation, fed with its own forecasts."""
    order = len(coefficients) - 1
    known = np.stack([x[t + 1 - order : t + 1] for t in origins])
    for _ in range(steps):
        ahead = coefficients[0] + known[:, -1 : -order - 1 : -1] @ coefficients[1:]
        known = np.concatenate([known, ahead[:, None]], axis=1)
    return known[:, order:]
