"""Checks of what networks alone are handed: settings, lengths, masks. Imports NumPy and rnnref."""

from __future__ import annotations

import numpy as np

from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.checks import Axis, Shape
from rnnref.errors import ArgumentTypeError, ArgumentValueError, DtypeError


def flag(where: str, name: str, value: object) -> None:
    """A choice between two."""
    if not isinstance(value, bool):
        said = f"{name} must be True or False, got {hints.shown(value)}"
        checks.fail(ArgumentTypeError, where, said)


def projection(where: str, value: object, hidden_size: int) -> int:
    """The size of a projection, less than that of what is projected; 0 for none."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and value == 0:
        return 0
    found = checks.size(where, "proj_size", value)
    if found >= hidden_size:
        said = f"proj_size must be less than hidden_size = {hidden_size}, got {found}"
        checks.fail(ArgumentValueError, where, said, "0 is for no projection")
    return found


def dropout(where: str, value: object, num_layers: int) -> float:
    """A probability, and only between layers."""
    if not isinstance(value, int | float | np.integer | np.floating) or isinstance(value, bool):
        said = f"dropout must be a number from 0 to 1, got {hints.shown(value)}"
        checks.fail(ArgumentTypeError, where, said)
    if not 0 <= value <= 1:
        guess = f"is it a percentage? write {value / 100:g}" if 2 <= value <= 100 else ""
        said = f"dropout must be a number from 0 to 1, got {value}"
        checks.fail(ArgumentValueError, where, said, guess)
    if value > 0 and num_layers == 1:
        said = f"dropout must be 0 where num_layers is 1, got {value}"
        reason = "it acts between layers, never on the output of the last"
        checks.fail(ArgumentValueError, where, said, reason)
    return float(value)


def lengths(where: str, value: object, T: int, B: int | None) -> Array:
    """The lengths of B sequences, or of any number, each in 1..T, as a new array."""
    axes = (Axis("B", B),)
    if isinstance(value, list | tuple):
        array = np.array([_integer(where, n) for n in value], dtype=object)
    else:
        array = checks.instance(where, "lengths", value, axes, "np.intp")
        if array.dtype.kind not in "iu":
            said = f"lengths must be of an integer dtype, got {array.dtype}"
            checks.fail(DtypeError, where, said, "nothing is cast in silence")
    checks.shape(where, "lengths", array, axes)
    for b in np.flatnonzero((array < 1) | (array > T)):
        said = f"lengths must be from 1 to T = {T}, got {array[b]} at [{b}]"
        checks.fail(ArgumentValueError, where, said)
    return array.astype(np.intp)


def _integer(where: str, value: object) -> int:
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        said = f"lengths must be of ints, got {hints.shown(value)} among them"
        checks.fail(ArgumentTypeError, where, said)
    return int(value)


def masks(where: str, value: object, wanted: Shape) -> Array:
    """The masks of dropout, as a new array."""
    array = checks.instance(where, "masks", value, wanted, "bool")
    if array.dtype != np.bool_:
        said = f"masks must be of bools, True where kept, got {array.dtype}"
        checks.fail(DtypeError, where, said, "they are not scaled: masks > 0 if they were")
    checks.shape(where, "masks", array, wanted)
    return array.copy()
