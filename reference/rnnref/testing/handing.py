"""What an implementation is handed: new arrays in the layout of its convention.

It gets copies, so that it can damage nothing. Imports NumPy and rnnref.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from rnnref.arrays import Array
from rnnref.conventions.conversion import convert, converted
from rnnref.testing.cases import Case
from rnnref.testing.precision import Precision

OURS = ("pytorch", "rnnref")
"""The conventions that need no conversion; PyTorch's serves for cells that PyTorch lacks too."""


def fitted(case: Case, convention: str, format: Precision) -> Case:
    """The case with parameters that the convention can hold in that format.

    Where a framework has one bias, it is the sum of two here, rounded again; what the framework
    then holds, and nothing else, is what the reference computes with.

    Raises:
        ConversionError: if the convention cannot hold the layer.
        ArgumentValueError: if the convention is not known.
    """
    if convention in OURS:
        return case
    theirs = converted("check", case.layer, case.params, "rnnref", convention, "params")
    held = {name: format.nearest(value) for name, value in theirs.items()}
    return replace(case, params=convert(case.layer, held, convention, "rnnref"))


def arguments(
    case: Case, convention: str, format: Precision
) -> tuple[dict[str, Array], Array, Any]:
    """Parameters, input and state for a forward function; new arrays."""
    given = (("params", case.params), ("x", case.x), ("state", case.state))
    params, x, state = (_theirs(case, convention, format, *pair) for pair in given)
    return params, x, state


def cotangents(case: Case, convention: str, format: Precision) -> tuple[Array, Any]:
    """The gradients that a backward function starts from; new arrays."""
    given = (("y", case.d_y), ("state", case.d_state))
    d_y, d_state = (_theirs(case, convention, format, *pair) for pair in given)
    return d_y, d_state


def _theirs(case: Case, convention: str, format: Precision, what: str, value: Any) -> Any:
    """Arrays of ours in the layout of the convention, as the format's NumPy dtype."""
    if convention not in OURS:
        value = convert(case.layer, value, "rnnref", convention, what)
    return each(value, lambda array: array.astype(format.carrier))


def each(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same dicts and tuples with each array changed."""
    if isinstance(value, Mapping):
        return {name: each(part, change) for name, part in value.items()}
    if isinstance(value, tuple | list):
        parts = [each(part, change) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return change(value)


def copied(value: Any) -> Any:
    """Arguments as they are now, in new arrays."""
    return each(value, np.copy)


def same(now: Any, before: Any) -> bool:
    """Whether arguments still hold what `copied` kept of them."""
    if isinstance(before, np.ndarray):
        return bool(np.array_equal(now, before, equal_nan=True))
    if isinstance(before, Mapping):
        return list(now) == list(before) and all(same(now[k], before[k]) for k in before)
    return all(map(same, now, before))
