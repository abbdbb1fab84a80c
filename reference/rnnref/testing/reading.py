"""How what an implementation hands back is read. Imports NumPy and rnnref.

Whatever cannot be compared is a problem, in words that say what was wanted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.checks import Axis, Shape
from rnnref.conventions.conversion import convert, converted
from rnnref.errors import ArgumentTypeError, RnnrefError
from rnnref.testing.cases import Case, Results
from rnnref.testing.handing import OURS


@dataclass
class Returned:
    """What one call handed back, quantity by quantity, in rnnref's layout.

    Attributes:
        where: which function, for messages.
        results: the arrays, as float64.
        dtypes: the dtype in which each came.
        problems: what could not be read, and why.
        left_out: quantities in whose place was None.
        refused: the parts of what came that could not be taken out of their layout.
    """

    where: str
    results: Results = field(default_factory=dict)
    dtypes: dict[str, np.dtype[Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def read(self, name: str, label: str, value: object, wanted: Shape) -> None:
        """Take one quantity; ``label`` is what the caller calls it."""
        if value is None:
            self.leave_out(label, name)
            return
        try:
            array = as_array(self.where, label, value)
            checks.shape(self.where, label, array, wanted)
        except RnnrefError as error:
            self.problems.append(str(error))
            return
        self.dtypes[name] = array.dtype
        self.results[name] = array.astype(np.float64)

    def leave_out(self, label: str, *names: str) -> None:
        """Note that quantities were not computed, unless what came for them is a problem."""
        if label not in self.refused:
            self.left_out.extend(names)

    def problem(self, said: str, hint: str = "") -> None:
        """Note what is wrong with the form of what came."""
        self.problems.append(f"{self.where}: {said}; {hint}" if hint else f"{self.where}: {said}")


def as_array(where: str, label: str, value: object) -> Array:
    """Anything that NumPy can read as an array of real numbers; of a torch tensor its values.

    Raises:
        ArgumentTypeError: if it cannot; the message says how to make it one.
    """
    if value is None or isinstance(value, Mapping):
        got = "None" if value is None else "a dict"
        checks.fail(ArgumentTypeError, where, f"{label} must be an array, got {got}")
    if hints.package(value) == "torch" and hasattr(value, "detach"):
        value = value.detach()
    try:
        array = np.asarray(value)
    except Exception as error:
        said = f"{label} cannot be read as a NumPy array, got {hints.kind(value)} ({error})"
        raise ArgumentTypeError(f"{where}: {said}{_conversion(label, value)}") from error
    if not np.can_cast(array.dtype, np.float64, "same_kind") or array.dtype.kind == "b":
        said = f"{label} must hold real numbers, got an array of {array.dtype}"
        checks.fail(ArgumentTypeError, where, said)
    return array


def _conversion(label: str, value: object) -> str:
    """How to make a NumPy array of ``value``, after a semicolon."""
    guess = hints.conversion(label, value, "np.float64")
    if guess and "bfloat16" in str(getattr(value, "dtype", "")):
        guess = guess.replace(".cpu()", ".cpu().float()")
    return f"; {guess}" if guess else ""


def read_forward(case: Case, convention: str, value: object) -> Returned:
    """``(y, state)`` as a forward function hands it back."""
    found = Returned("forward")
    if not isinstance(value, tuple | list) or len(value) != 2:
        parts = ", ".join(case.state._fields)
        flat = isinstance(value, tuple | list) and len(value) == 1 + len(case.state._fields)
        hint = f"put the state together: (y, ({parts}))" if flat else ""
        found.problem(f"must return (y, state), got {_form(value)}", hint)
        return found
    if value[0] is None:
        found.problem("y must be an array, got None")
        found.refused.append("y")
    y = _ours(found, case, convention, "y", "y", value[0])
    state = _ours(found, case, convention, "state", "state", value[1])
    found.read("y", "y", y, _time(case, case.layer._features))
    names = [f"{name}_n" for name in case.state._fields]
    _read_state(found, case, "state", names, state)
    return found


def read_backward(case: Case, convention: str, value: object) -> Returned:
    """Gradients as a backward function hands them back.

    ``(d_x, d_state, d_params)``, of which `rnnref.Gradients` is one; or, in rnnref's layout, a dict
    by the names of `rnnref.testing.Results`.
    """
    found = Returned("backward")
    names = [f"d_{name}_0" for name in case.state._fields]
    if isinstance(value, Mapping) and convention in OURS:
        wanted = ["d_x", *names, *(f"d_{name}" for name in case.params)]
        if not _same_keys(found, "gradients", value, wanted):
            return found
        d_x, d_state = value["d_x"], [value[name] for name in names]
        d_params: object = {name: value[f"d_{name}"] for name in case.params}
    elif isinstance(value, tuple | list) and len(value) == 3:
        whats = (("x", "d_x"), ("state", "d_state"), ("gradients", "d_params"))
        d_x, d_state, d_params = (
            _ours(found, case, convention, *what, value[k]) for k, what in enumerate(whats)
        )
    else:
        parts = ", ".join(f"d_{name}" for name in case.state._fields)
        flat = isinstance(value, tuple | list) and len(value) == 2 + len(names)
        hint = f"put the state together: (d_x, ({parts}), d_params)" if flat else ""
        found.problem(f"must return (d_x, d_state, d_params) or a dict, got {_form(value)}", hint)
        return found
    found.read("d_x", "d_x", d_x, _time(case, Axis("input_size", case.layer.input_size)))
    _read_state(found, case, "d_state", names, d_state)
    if d_params is None:
        found.leave_out("d_params", *(f"d_{name}" for name in case.params))
    elif not isinstance(d_params, Mapping):
        found.problem(f"d_params must be a dict by the parameters' names, got {_form(d_params)}")
    elif _same_keys(found, "d_params", d_params, list(case.params)):
        for name, axes in case.layer._wanted.items():
            found.read(f"d_{name}", f"d_params[{name!r}]", d_params[name], axes)
    return found


def _read_state(
    found: Returned, case: Case, label: str, names: Sequence[str], value: object
) -> None:
    """The arrays of a state, or of its gradient."""
    fields = case.state._fields
    if value is None:
        found.leave_out(label, *names)
        return
    if isinstance(value, Mapping) and set(value) == set(fields):
        value = [value[field] for field in fields]
    if not isinstance(value, tuple | list):
        value = [value]
    if len(value) != len(fields):
        wanted = ", ".join(fields)
        found.problem(f"{label} must be ({wanted}), {len(fields)} in number, got {_form(value)}")
        return
    shapes = case.layer._state_shapes(case.x.shape[1])
    for name, key, part, axes in zip(names, fields, value, shapes, strict=True):
        found.read(name, f"{label}.{key}", part, axes)


def _same_keys(
    found: Returned, label: str, value: Mapping[Any, object], wanted: Sequence[str]
) -> bool:
    missing = [name for name in wanted if name not in value]
    extra = [key for key in value if key not in wanted]
    if missing or extra:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has {', '.join(map(repr, extra))}"] if extra else []
        found.problem(
            f"{label} must have {', '.join(wanted)}; it {' and '.join(parts)}",
            hints.names(wanted, missing, extra),
        )
    return not missing and not extra


def _time(case: Case, last: Axis) -> Shape:
    T, B = case.x.shape[:2]
    return (Axis("T", T), Axis("B", B), last)


def _form(value: object) -> str:
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    return hints.kind(value)


def _ours(found: Returned, case: Case, convention: str, what: str, label: str, value: Any) -> Any:
    """What came in the layout of the convention, in ours; None if it cannot be read."""
    if convention in OURS or value is None:
        return value
    where = found.where if label == what else f"{found.where}: {label}"
    alike: Any = {"x": case.x, "y": case.d_y, "state": case.state, "params": case.params}
    form = "params" if what == "gradients" else what
    try:
        wanted = convert(case.layer, alike[form], "rnnref", convention, form)
        arrays = _like(found.where, label, value, wanted)
        return converted(where, case.layer, arrays, convention, "rnnref", what)
    except RnnrefError as error:
        found.problems.append(str(error))
        found.refused.append(label)
        return None


def _like(where: str, label: str, value: Any, wanted: Any) -> Any:
    """What came as float64 arrays of the shapes wanted; with other parts than wanted, as it is."""
    if isinstance(wanted, Mapping) and isinstance(value, Mapping):
        return {
            name: _like(where, f"{label}[{name!r}]", part, wanted.get(name))
            for name, part in value.items()
        }
    if isinstance(wanted, tuple) and isinstance(value, tuple | list) and len(value) == len(wanted):
        pairs = enumerate(zip(value, wanted, strict=True))
        return tuple(_like(where, f"{label}[{k}]", *pair) for k, pair in pairs)
    if isinstance(wanted, tuple) and len(wanted) == 1:
        (wanted,) = wanted
    if not isinstance(wanted, np.ndarray):
        return value
    array = as_array(where, label, value).astype(np.float64)
    shape = tuple(Axis(str(size), size) for size in wanted.shape)
    checks.shape(where, label, array, shape, _swapped)
    return array


def _swapped(got: tuple[int, ...], wanted: Shape) -> str:
    """Whether time and batch are in each other's place, whichever comes first there."""
    first, second, *rest = (axis.size for axis in wanted) if len(wanted) > 1 else (0, 0)
    return "are its first two axes swapped?" if got == (second, first, *rest) else ""
