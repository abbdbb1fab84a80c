"""States, inputs and outputs between rnnref's layout and a framework's. Imports NumPy and rnnref.

Numbers only move, so that the same functions serve values and gradients.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.checks import Axis, Like, Shape
from rnnref.conventions.axes import arrange, groups, restore
from rnnref.conventions.forms import Convention
from rnnref.conventions.places import Layer, Unit, units
from rnnref.errors import ArgumentTypeError


def x_in(where: str, layer: Layer, convention: Convention, value: object) -> Array:
    """An input (T, B, input_size), of a framework's."""
    names = {"d": Axis("input_size", layer.input_size)}
    array = checks.array(where, "x", value, _shape(convention.x, names))
    return restore(array, "tbd", convention.x, {})


def x_out(layer: Layer, convention: Convention, x: Array) -> Array:
    """A framework's input, of one (T, B, input_size)."""
    return arrange(x, "tbd", convention.x)


def y_in(where: str, layer: Layer, convention: Convention, value: object) -> Array:
    """An output (T, B, size of all directions), of a framework's, an array or one a direction."""
    ways = 1 + layer.bidirectional
    together = "v" in convention.y
    arrays = _arrays(where, "y", value, 1 if together else ways)
    names = {"v": Axis("directions", ways), "k": layer._output, "vk": layer._features}
    wanted = _shape(convention.y, names)
    checked = _alike(where, [("y", wanted)] * len(arrays), arrays)
    sizes = {"v": ways if together else 1, "k": layer._output.size or 0}
    parts = [restore(array, "tbvk", convention.y, sizes) for array in checked]
    found = parts[0] if together else np.concatenate(parts, axis=2)
    return _turned(layer, convention, found).reshape(*found.shape[:2], -1)


def y_out(layer: Layer, convention: Convention, y: Array) -> Array | tuple[Array, ...]:
    """A framework's output, of one (T, B, size of all directions)."""
    ways = 1 + layer.bidirectional
    found = _turned(layer, convention, y.reshape(*y.shape[:2], ways, -1))
    if "v" in convention.y:
        return arrange(found, "tbvk", convention.y)
    apart = tuple(arrange(found[:, :, v : v + 1], "tbvk", convention.y) for v in range(ways))
    return apart if ways > 1 else apart[0]


def state_in(where: str, layer: Layer, convention: Convention, value: object) -> Any:
    """A state of rnnref, of the arrays of a framework's in its order."""
    order = _order(layer, convention)
    arrays = _arrays(where, "state", value, len(order))
    wanted = []
    for unit, field in order:
        names = {"v": Axis("directions", len(unit.cells)), "h": _last(layer, field)}
        wanted.append((f"state.{field}{unit.end}", _shape(convention.state, names)))
    found: dict[str, list[Array]] = {field: [] for field in layer._state._fields}
    for (unit, field), array in zip(order, _alike(where, wanted, arrays), strict=True):
        sizes = {"v": len(unit.cells)}
        found[field].append(restore(array, "vbh", convention.state, sizes))
    return layer._states(np.concatenate(parts) for parts in found.values())


def state_out(layer: Layer, convention: Convention, state: Any) -> tuple[Array, ...]:
    """The arrays of a framework's state in its order, of a state of rnnref."""
    return tuple(
        arrange(
            getattr(state, field)[[layer._cells.index(cell) for cell in unit.cells]],
            "vbh",
            convention.state,
        )
        for unit, field in _order(layer, convention)
    )


def _order(layer: Layer, convention: Convention) -> list[tuple[Unit, str]]:
    """Whose array comes when."""
    fields = [field for field in convention.state_order if field in layer._state._fields]
    return [(unit, f) for unit in units(layer, convention.states_for) for f in fields]


def _last(layer: Layer, field: str) -> Axis:
    return layer._output if field == "h" else layer._hidden


def _turned(layer: Layer, convention: Convention, y: Array) -> Array:
    """An output (T, B, directions, size) whose reverse direction is turned round if it must be."""
    if convention.reverse_in_input_time or not layer.bidirectional:
        return y
    return np.stack([y[:, :, 0], y[::-1, :, 1]], axis=2)


def _arrays(where: str, name: str, value: object, count: int) -> Sequence[object]:
    """So many arrays; one need not be in a tuple."""
    found = value if isinstance(value, tuple | list) else (value,)
    if len(found) != count:
        got = len(found) if isinstance(value, tuple | list) else hints.kind(value)
        said = f"{name} must be a tuple of {count} arrays, got {got}"
        checks.fail(ArgumentTypeError, where, said)
    return found


def _alike(
    where: str, wanted: Sequence[tuple[str, Shape]], arrays: Sequence[object]
) -> list[Array]:
    """Arrays of the shapes wanted, of one dtype."""
    found: list[Array] = []
    for (name, shape), value in zip(wanted, arrays, strict=True):
        like = Like(wanted[0][0], found[0].dtype) if found else None
        found.append(checks.array(where, name, value, shape, like))
    return found


def _shape(axes: str, names: dict[str, Axis]) -> Shape:
    """The shape of a pattern, time and batch of any size."""
    known = {"t": Axis("T"), "b": Axis("B"), "": Axis("1", 1)} | names
    return tuple(known[group] for group in groups(axes))
