"""Which number stands where in the arrays of a framework. Imports NumPy and rnnref.

The numbers of a network are counted through, cell by cell and term by term. An array of a
framework is then an array of such counts: numbers only move, and those of a gradient move like
those of the parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import numpy as np

from rnnref.architecture import Architecture
from rnnref.arrays import Array
from rnnref.checks import Axis, Shape
from rnnref.conventions.axes import arrange, groups
from rnnref.conventions.forms import GATES, SOME_GATES, TERMS, Convention, Form, Part

Layer = Architecture[Any]
Key = tuple[str, str]
"""A cell, as the end of the names of its parameters, and a term."""


class Unit(NamedTuple):
    """One object of a framework: the end of the names of its arrays, and the cells in it."""

    end: str
    cells: tuple[str, ...]


def units(layer: Layer, size: str, always_named: bool = False) -> list[Unit]:
    """How a network is made up of cells, of layers, or of itself."""
    cells = layer._cells
    count = {"cell": 1, "layer": 1 + layer.bidirectional, "network": len(cells)}[size]
    several = always_named or len(cells) > count
    split = [tuple(cells[n : n + count]) for n in range(0, len(cells), count)]
    return [Unit(some[0] if several else "", some) for some in split]


def terms(layer: Layer, form: Form) -> list[str]:
    """What a form holds of the parameters of a layer."""
    return [term for term in TERMS if term in form.holds and _has(layer, term)]


def all_gates(layer: Layer, term: str) -> str:
    """The gates of a term, in rnnref's order; none for a term without an axis of them."""
    return SOME_GATES.get(term, GATES[layer._kind]) if "g" in TERMS[term] else ""


def own_gates(layer: Layer, term: str) -> str:
    """Those gates that this layer has."""
    return "".join(gate for gate in all_gates(layer, term) if gate in layer._code.GATES)


def numbered(layer: Layer, form: Form) -> dict[Key, Array]:
    """A count for each number of a network; by cell and term, gates in rnnref's order."""
    found: dict[Key, Array] = {}
    start = 0
    for cell in layer._cells:
        for term in terms(layer, form):
            gates = Axis("gates", len(own_gates(layer, term)))
            known = _axes(layer, cell) | {"g": gates}
            shape = [known[letter].size or 0 for letter in TERMS[term]]
            found[cell, term] = np.arange(start, start + prod(shape)).reshape(shape)
            start += prod(shape)
    return found


def places(layer: Layer, convention: Convention, form: Form) -> dict[str, Array]:
    """For each array of a framework, the counts of the numbers in it; -1 where none is read."""
    found = {name: counts for name, _, _, counts in _arrays(layer, convention, form)}
    if not convention.packed:
        return found
    order = [(cell, name) for some in convention.packed for cell in layer._cells for name in some]
    return {"weights": np.concatenate([found[name + cell].ravel() for cell, name in order])}


def shapes(layer: Layer, convention: Convention, form: Form) -> dict[str, Shape]:
    """The shape of each array of a framework, its axes by name."""
    if convention.packed:
        (counts,) = places(layer, convention, form).values()
        return {"weights": (Axis("all of them", counts.size),)}
    return {
        name: tuple(
            Axis(_title(layer, cell, part, group, size), size)
            for group, size in zip(groups(part.axes), counts.shape, strict=True)
        )
        for name, part, cell, counts in _arrays(layer, convention, form)
    }


def _arrays(
    layer: Layer, convention: Convention, form: Form
) -> Iterator[tuple[str, Part, str, Array]]:
    """The name of each array, what it is, its first cell, and the counts in it."""
    counts = numbered(layer, form)
    for unit in units(layer, convention.arrays_for, convention.always_named):
        for part in form.parts:
            if all(_has(layer, term) for term in part.holds):
                for name, gates in _names(layer, form, part):
                    cells = [_joined(layer, form, part, gates, counts, cell) for cell in unit.cells]
                    letters = "v" + "s" * (part.join == "s") + TERMS[part.holds[0]]
                    found = arrange(np.stack(cells), letters, part.axes)
                    yield name + unit.end, part, unit.cells[0], found


def _names(layer: Layer, form: Form, part: Part) -> list[tuple[str, str]]:
    """The name of an array and its gates; of one array a gate where the name asks for it."""
    gates = part.gates or form.gates
    if "{gate}" not in part.name:
        return [(part.name, gates)]
    own = own_gates(layer, part.holds[0])
    return [(part.name.format(gate=gate), gate) for gate in gates if gate in own]


def _joined(
    layer: Layer, form: Form, part: Part, gates: str, counts: dict[Key, Array], cell: str
) -> Array:
    """What an array has of one cell: its gates in their order, its terms one after the other."""
    pieces = []
    for term in part.holds:
        piece = counts[cell, term]
        if "g" in TERMS[term]:
            own, every = own_gates(layer, term), all_gates(layer, term)
            unread = np.full_like(piece[0], -1)
            piece = np.stack(
                [
                    piece[own.index(gate)] if gate in own else unread
                    for gate in gates
                    if gate in own or (gate in every and gate in form.unread)
                ]
            )
        pieces.append(piece)
    if part.join == "s":
        return np.stack(pieces)
    axis = TERMS[part.holds[0]].index(part.join) if part.join else 0
    return np.concatenate(pieces, axis)


def _has(layer: Layer, term: str) -> bool:
    return ("bias_ih" if term.startswith("bias") else term) in layer._fields


def _inputs(layer: Layer, cell: str) -> Axis:
    first = cell.startswith("_l0")
    return Axis("input_size", layer.input_size) if first else layer._features


def _axes(layer: Layer, cell: str) -> dict[str, Axis]:
    """The axes of the terms of a cell, but for that of the gates."""
    return {"h": layer._hidden, "d": _inputs(layer, cell), "k": layer._output}


def _title(layer: Layer, cell: str, part: Part, group: str, size: int) -> str:
    """What to call an axis in a message."""
    names = {letter: axis.name for letter, axis in _axes(layer, cell).items()}
    names |= {"g": "gates", "v": "directions", "s": "2", "": "1"}
    if group == part.join == "d":
        return f"{names['d']} + {names['k']}"
    if group.endswith("h"):
        times = size // layer.hidden_size
        return names["h"] if times == 1 else f"{times}·{names['h']}"
    return names[group]
