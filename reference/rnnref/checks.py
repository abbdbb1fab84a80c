"""Checks of what a caller hands in; each raises an error that says what to do. Imports NumPy.

``where`` is the function that was called, as the message names it (``"LSTM.forward"``). Nothing
here casts, copies or changes an array.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from rnnref import hints
from rnnref.arrays import Array
from rnnref.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    NonFiniteError,
    ParameterNameError,
    RnnrefError,
    ShapeError,
)
from rnnref.records import LSTMState, State

DTYPES = tuple(
    np.dtype(t)
    for t in (np.float32, np.float64, np.longdouble, np.complex64, np.complex128, np.clongdouble)
)
DTYPE_NAMES = "float32, float64, longdouble, complex64, complex128 or clongdouble"


class Axis(NamedTuple):
    """One axis of a wanted shape: what it is called, and its size where that is known."""

    name: str
    size: int | None = None


Shape = tuple[Axis, ...]
Hint = Callable[[tuple[int, ...], Shape], str]


def no_hint(got: tuple[int, ...], wanted: Shape) -> str:
    """Nothing can be told."""
    return ""


def time_axes(sizes: tuple[int, ...], last: str) -> Shape:
    """The shape of an array (T, B, size) that is known, whose size is called ``last``."""
    return tuple(Axis(*pair) for pair in zip(("T", "B", last), sizes, strict=True))


def sizes(known: Shape) -> tuple[int, ...]:
    """A shape that is known, in numbers."""
    return tuple(axis.size for axis in known if axis.size is not None)


class Like(NamedTuple):
    """The array whose dtype the others must have, and its name."""

    name: str
    dtype: np.dtype[Any]


def fail(error: type[RnnrefError], where: str, said: str, hint: str = "") -> NoReturn:
    """Raise ``error`` with the message in the form that all of them have."""
    raise error(f"{where}: {said}; {hint}" if hint else f"{where}: {said}")


def size(where: str, name: str, value: object) -> int:
    """A number of things, as an int of at least 1."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        said = f"{name} must be an int of at least 1, got {hints.shown(value)}"
        fail(ArgumentTypeError, where, said)
    if value < 1:
        fail(ArgumentValueError, where, f"{name} must be an int of at least 1, got {value}")
    return operator.index(value)


def number(where: str, name: str, value: object) -> float:
    """A finite number, as a float."""
    real = int | float | np.integer | np.floating
    if not isinstance(value, real) or isinstance(value, bool):
        said = f"{name} must be a number, got {hints.shown(value)}"
        fail(ArgumentTypeError, where, said)
    if not np.isfinite(value):
        fail(ArgumentValueError, where, f"{name} must be finite, got {value}")
    return float(value)


def generator(where: str, value: object) -> np.random.Generator:
    """A source of random numbers."""
    if not isinstance(value, np.random.Generator):
        said = f"rng must be a numpy.random.Generator, got {hints.kind(value)}"
        seed = value if isinstance(value, int) else 0
        fail(ArgumentTypeError, where, said, f"np.random.default_rng({seed}) makes one")
    return value


def dtype(where: str, value: npt.DTypeLike | None) -> np.dtype[Any]:
    """A dtype that the layers compute in."""
    try:
        found = None if value is None else np.dtype(value)
    except TypeError:
        found = None
    if found is None or found not in DTYPES:
        got = f"{value!r}" if found is None else f"{found}"
        fail(DtypeError, where, f"dtype must be {DTYPE_NAMES}, got {got}", "np.float64 is usual")
    return found


def array(
    where: str,
    name: str,
    value: object,
    wanted: Shape,
    like: Like | None = None,
    hint: Hint = no_hint,
) -> Array:
    """A finite floating-point array of the shape wanted, of the dtype of ``like``.

    ``hint`` may guess from the shape that came, and the one wanted, what is the matter.
    """
    value = instance(where, name, value, wanted)
    if value.dtype not in DTYPES:
        said = f"{name} must be {DTYPE_NAMES}, got {value.dtype}"
        fail(DtypeError, where, said, f"convert it: {name}.astype(np.float64)")
    shape(where, name, value, wanted, hint)
    if like is not None and value.dtype != like.dtype:
        said = f"{name} must be {like.dtype} as {like.name} is, got {value.dtype}"
        both = np.result_type(value.dtype, like.dtype)
        fail(DtypeError, where, said, f"nothing is cast in silence: give all arrays as {both}")
    finite(where, name, value)
    return value


def instance(
    where: str, name: str, value: object, wanted: Shape, dtype: str = "np.float64"
) -> Array:
    """An array of NumPy's, of no kind that changes what operations do; ``dtype`` is for a hint."""
    if not isinstance(value, np.ndarray) or isinstance(value, np.matrix | np.ma.MaskedArray):
        said = f"{name} must be a numpy.ndarray {describe(wanted)}, got {hints.kind(value)}"
        fail(ArgumentTypeError, where, said, hints.conversion(name, value, dtype))
    return np.asarray(value)


def shape(where: str, name: str, value: Array, wanted: Shape, hint: Hint = no_hint) -> None:
    """An array of the shape wanted, and not empty."""
    described, known = describe(wanted), tuple(axis.size for axis in wanted)
    if value.ndim != len(known) or any(
        s not in (None, n) for n, s in zip(value.shape, known, strict=True)
    ):
        guess = hint(value.shape, wanted) or hints.shape(name, value.shape, known)
        fail(ShapeError, where, f"{name} must be {described}, got {value.shape}", guess)
    if value.size == 0:
        free = " and ".join(axis.name for axis in wanted if axis.size is None)
        said = f"{name} must be {described} with {free} of at least 1, got {value.shape}"
        fail(ShapeError, where, said)


def describe(wanted: Shape) -> str:
    """A shape by name and, where they say more, in numbers: ``(T, B, input_size) = (T, B, 3)``."""
    named = _tuple([axis.name for axis in wanted])
    numbers = _tuple([axis.name if axis.size is None else str(axis.size) for axis in wanted])
    return named if named == numbers else f"{named} = {numbers}"


def finite(where: str, name: str, value: Array) -> None:
    """No NaN and no infinity."""
    wrong = ~np.isfinite(value)
    if wrong.any():
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        count = f"{np.count_nonzero(wrong)} of {wrong.size} entries are NaN or infinite"
        said = f"{name} must be finite, got {value[first]} at {list(first)}"
        fail(NonFiniteError, where, said, count)


def parameters(
    where: str,
    argument: str,
    value: object,
    wanted: Mapping[str, Shape],
    like: Like | None = None,
    hint: Hint = no_hint,
) -> dict[str, Array]:
    """Exactly the parameters wanted, all of one dtype, in the order of ``wanted``."""
    if not isinstance(value, Mapping):
        said = f"{argument} must be a dict of numpy.ndarray, got {hints.kind(value)}"
        fail(ArgumentTypeError, where, said, hints.mapping(argument, wanted, value))
    _names(where, argument, value, wanted)
    homes = {hints.package(value[name]) for name in wanted}
    if len(homes) == 1 and (guess := hints.dict_conversion(argument, *homes)):
        first = next(iter(wanted))
        said = f"{argument} must be a dict of numpy.ndarray, got {hints.kind(value[first])} in it"
        fail(ArgumentTypeError, where, said, guess)
    checked: dict[str, Array] = {}
    for name, axes in wanted.items():
        label = name if argument == "params" else f"{argument}[{name!r}]"
        checked[name] = array(where, label, value[name], axes, like, hint)
        like = like or Like(label, checked[name].dtype)
    return checked


def state(
    where: str,
    name: str,
    value: object,
    kind: type[State] | type[LSTMState],
    wanted: Sequence[Shape],
    like: Like,
    hint: Hint,
) -> list[Array]:
    """The arrays of a state, its gradient or tangent, of the shapes wanted one by one."""
    if not isinstance(value, kind):
        fields = ", ".join(f"{field}=..." for field in kind._fields)
        said = f"{name} must be a rnnref.{kind.__name__}, got {hints.kind(value)}"
        known = isinstance(value, State | LSTMState)
        guess = "is it another layer's?" if known else f"write rnnref.{kind.__name__}({fields})"
        fail(ArgumentTypeError, where, said, guess)
    return [
        array(where, f"{name}.{field}", part, axes, like, hint)
        for field, part, axes in zip(kind._fields, value, wanted, strict=True)
    ]


def _names(
    where: str, argument: str, value: Mapping[Any, object], wanted: Mapping[str, Shape]
) -> None:
    missing = [name for name in wanted if name not in value]
    extra = [key for key in value if key not in wanted]
    if missing or extra:
        faults = [f"lacks {', '.join(missing)}"] if missing else []
        if len(missing) == len(wanted):
            faults = ["lacks all of them"]
        if extra:
            more = ", ..." if len(extra) > 4 else ""
            faults.append(f"has {', '.join(map(repr, extra[:4]))}{more}")
        said = f"{argument} must have {', '.join(wanted)} and no more; it {' and '.join(faults)}"
        fail(ParameterNameError, where, said, hints.names(wanted, missing, extra))


def _tuple(parts: Sequence[str]) -> str:
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
