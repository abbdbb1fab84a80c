"""Gradient clipping: by value, by norm, and by PyTorch's rule. Imports NumPy and rnnref.

Clipping by norm keeps the direction of the whole gradient and makes it no longer than a threshold.
Clipping by value does neither: it moves each entry for itself, which turns the gradient, though
never by 90 degrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from rnnref import loss_checks
from rnnref.arrays import Array

EPSILON = 1e-6
"""What ``torch.nn.utils.clip_grad_norm_`` adds to the norm before it divides by it."""


class Norm(NamedTuple):
    """A norm as a product, so that no square overflows or underflows on the way to it."""

    largest: Any
    relative: Any

    @property
    def value(self) -> Any:
        """The norm itself; infinite if the dtype cannot hold it."""
        with np.errstate(over="ignore"):
            return self.largest * self.relative


def clip_by_value(grads: Mapping[str, Array], threshold: float) -> dict[str, Array]:
    """Move each entry into [-threshold, threshold].

    The gradient keeps its direction only if no entry is clipped, or if all entries that are not 0
    have the same magnitude. Same as ``torch.nn.utils.clip_grad_value_``.

    Args:
        grads: arrays by name, such as ``grads.params``; of one dtype: float32, float64 or
            longdouble.
        threshold: a number greater than 0.

    Returns:
        A dict of new arrays; ``grads`` stays as it is.

    Raises:
        ArgumentTypeError: if ``grads`` is no dict of arrays, or ``threshold`` no number.
        ArgumentValueError: if ``grads`` is empty, or ``threshold`` not finite or not above 0.
        DtypeError: if an array has another dtype than these or than the others.
        NonFiniteError: if an array holds NaN or infinity.

    >>> import numpy as np, rnnref
    >>> rnnref.clip_by_value({"weight": np.array([3.0, -1.0, 0.5])}, threshold=1.0)
    {'weight': array([ 1. , -1. ,  0.5])}
    """
    own, limit = _checked("clip_by_value", grads, "threshold", threshold)
    return {name: np.asarray(np.clip(array, -limit, limit)) for name, array in own.items()}


def clip_by_norm(grads: Mapping[str, Array], threshold: float) -> tuple[dict[str, Array], Any]:
    """Scale all arrays together so that their norm is at most the threshold.

    The norm is the Euclidean norm of all entries of all arrays. The factor is
    ``threshold / norm`` where the norm is greater than the threshold, else 1.

    Args:
        grads: arrays by name, as in `clip_by_value`.
        threshold: a number greater than 0.

    Returns:
        A dict of new arrays, and the norm before clipping, a scalar of their dtype; infinite if the
        dtype cannot hold it, which does not disturb the arrays.

    Raises:
        ArgumentTypeError, ArgumentValueError, DtypeError, NonFiniteError: as in `clip_by_value`.

    Source: R. Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural
    networks, ICML (2013), algorithm 1.

    >>> import numpy as np, rnnref
    >>> clipped, norm = rnnref.clip_by_norm({"weight": np.array([3.0, 4.0])}, threshold=1.0)
    >>> clipped["weight"], float(norm)
    (array([0.6, 0.8]), 5.0)
    """
    own, limit = _checked("clip_by_norm", grads, "threshold", threshold)
    norm = _norm(own)
    if norm.value <= limit:
        return {name: array.copy() for name, array in own.items()}, norm.value
    return _scaled(own, norm, limit), norm.value


def clip_grad_norm(grads: Mapping[str, Array], max_norm: float) -> tuple[dict[str, Array], Any]:
    """The rule of ``torch.nn.utils.clip_grad_norm_``: the factor min(1, max_norm / (norm + 1e-6)).

    It differs from `clip_by_norm` in two ways: a gradient that is clipped is shorter than
    ``max_norm``, by less than 1e-6 / norm of it; and a gradient whose norm is at most ``max_norm``
    is still shortened if ``max_norm < norm + 1e-6``.

    Args:
        grads: arrays by name, as in `clip_by_value`.
        max_norm: a number greater than 0.

    Returns:
        A dict of new arrays and the norm before clipping, as in `clip_by_norm`.

    Raises:
        ArgumentTypeError, ArgumentValueError, DtypeError, NonFiniteError: as in `clip_by_value`.

    >>> import numpy as np, rnnref
    >>> clipped, norm = rnnref.clip_grad_norm({"weight": np.array([3.0, 4.0])}, max_norm=5.0)
    >>> bool(np.hypot(*clipped["weight"]) < norm == 5.0)
    True
    """
    own, limit = _checked("clip_grad_norm", grads, "max_norm", max_norm)
    norm = _norm(own)
    if np.isinf(norm.value):  # next to such a norm 1e-6 is less than rounding
        return _scaled(own, norm, limit), norm.value
    factor = min(limit / (norm.value + limit.dtype.type(EPSILON)), limit.dtype.type(1))
    return {name: np.asarray(array * factor) for name, array in own.items()}, norm.value


def _norm(arrays: Mapping[str, Array]) -> Norm:
    entries = np.concatenate([np.abs(array).ravel() for array in arrays.values()])
    largest = entries.max()
    if largest == 0:
        return Norm(largest, largest)
    return Norm(largest, np.sqrt(np.sum((entries / largest) ** 2)))


def _scaled(arrays: Mapping[str, Array], norm: Norm, limit: Any) -> dict[str, Array]:
    """The arrays times ``limit / norm``, also where the norm itself is infinite."""
    factor = limit / norm.relative
    return {name: np.asarray(array / norm.largest * factor) for name, array in arrays.items()}


def _checked(where: str, grads: object, name: str, limit: object) -> tuple[dict[str, Array], Any]:
    """The arrays as they are, and the limit in their dtype."""
    own = loss_checks.gradients(where, grads)
    dtype = next(iter(own.values())).dtype
    return own, loss_checks.limit(where, name, limit, dtype)
