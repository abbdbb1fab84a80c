"""Checks of what losses and clipping alone are handed. Imports NumPy and rnnref."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.checks import Axis, Like, Shape
from rnnref.errors import ArgumentTypeError, ArgumentValueError, DtypeError

IGNORED = -100
"""The class by which PyTorch marks positions that do not count."""


def real(where: str, name: str, value: object, wanted: Shape, like: Like | None = None) -> Array:
    """An array of real numbers."""
    found = checks.array(where, name, value, wanted, like)
    if np.iscomplexobj(found):
        said = f"{name} must be float32, float64 or longdouble, got {found.dtype}"
        checks.fail(DtypeError, where, said, "a loss is a real function of real numbers")
    return found


def gradients(where: str, value: object) -> dict[str, Array]:
    """Real arrays of one dtype and of any shapes, by name, as they are."""
    if not isinstance(value, Mapping):
        said = f"grads must be a dict of numpy.ndarray, got {hints.kind(value)}"
        guess = "its field params is one" if hasattr(value, "params") else ""
        checks.fail(ArgumentTypeError, where, said, guess)
    if not value:
        checks.fail(ArgumentValueError, where, "grads must have an array in it, got an empty dict")
    found: dict[str, Array] = {}
    like = None
    for name, entry in value.items():
        label = f"grads[{name!r}]"
        if not isinstance(entry, np.ndarray):
            said = f"{label} must be a numpy.ndarray, got {hints.kind(entry)}"
            guess = hints.conversion(label, entry, "np.float64")
            checks.fail(ArgumentTypeError, where, said, guess)
        axes = tuple(Axis(str(size), size) for size in entry.shape)
        found[name] = real(where, label, entry, axes, like)
        like = like or Like(label, found[name].dtype)
    return found


def limit(where: str, name: str, value: object, dtype: np.dtype[Any]) -> Any:
    """A finite number above 0, as a scalar of the dtype."""
    if not isinstance(value, int | float | np.integer | np.floating) or isinstance(value, bool):
        said = f"{name} must be a number above 0, got {hints.shown(value)}"
        checks.fail(ArgumentTypeError, where, said)
    with np.errstate(over="ignore"):
        found = dtype.type(value)
    if not np.isfinite(value) or found <= 0:
        reason = f"{dtype} rounds it to 0" if value > 0 and found == 0 else ""
        said = f"{name} must be a finite number above 0, got {value}"
        checks.fail(ArgumentValueError, where, said, reason)
    return found


def mask(where: str, value: object, T: int, B: int) -> Array | None:
    """Which positions count, as a new array; None for all."""
    if value is None:
        return None
    axes = (Axis("T", T), Axis("B", B))
    found = checks.instance(where, "mask", value, axes, "bool")
    if found.dtype != np.bool_:
        said = f"mask must be of bools, True where a position counts, got {found.dtype}"
        checks.fail(DtypeError, where, said, "mask != 0 makes them of numbers")
    checks.shape(where, "mask", found, axes)
    if not found.any():
        said = f"mask must show a position, got {found.size} times False"
        checks.fail(ArgumentValueError, where, said, "True is where a position counts")
    return found.copy()


def classes(where: str, value: object, shown: Array | None, T: int, B: int, K: int) -> Array:
    """The class at each position, -1 where the mask hides, as a new array."""
    axes = (Axis("T", T), Axis("B", B))
    found = checks.instance(where, "targets", value, axes, "np.intp")
    if found.dtype.kind not in "iu":
        said = f"targets must be of an integer dtype, got {found.dtype}"
        one_hot = "np.argmax(targets, axis=-1) if they are one-hot"
        checks.fail(DtypeError, where, said, one_hot if found.ndim == 3 else "give class numbers")
    checks.shape(where, "targets", found, axes, _one_hot)
    counts = np.ones((T, B), bool) if shown is None else shown
    for t, b in np.argwhere(counts & ((found < 0) | (found >= K))):
        said = f"targets must be from 0 to K - 1 = {K - 1}, got {found[t, b]} at [{t}, {b}]"
        ignored = "hide it: mask=targets != -100" if found[t, b] == IGNORED else ""
        checks.fail(ArgumentValueError, where, said, ignored)
    return np.where(counts, found, -1)


def _one_hot(got: tuple[int, ...], wanted: Shape) -> str:
    sizes = tuple(axis.size for axis in wanted)
    return "np.argmax(targets, axis=-1) if they are one-hot" if got[:2] == sizes else ""
