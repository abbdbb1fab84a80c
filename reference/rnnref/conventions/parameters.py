"""Parameters between rnnref's layout and a framework's, and gradients. Imports NumPy and rnnref."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnref import checks
from rnnref.arrays import Array
from rnnref.conventions import biases, places
from rnnref.conventions.forms import Convention
from rnnref.conventions.places import Layer


def ours(
    where: str, layer: Layer, convention: Convention, values: object, gradient: bool
) -> dict[str, Array]:
    """The parameters of rnnref, or their gradients, of those of a framework."""
    form = convention.forms[layer._kind]
    wanted = places.shapes(layer, convention, form)
    found = checks.parameters(where, "values", values, wanted)
    counts = places.places(layer, convention, form)
    size = sum(np.count_nonzero(at >= 0) for at in counts.values())
    row = np.empty(size, next(iter(found.values())).dtype)
    for name, array in found.items():
        read = counts[name] >= 0
        row[counts[name][read]] = array[read]
    return biases.from_terms(where, layer, form, row, gradient)


def theirs(
    where: str, layer: Layer, convention: Convention, values: Mapping[str, Array], gradient: bool
) -> dict[str, Array]:
    """The parameters of a framework, or their gradients, of those of rnnref."""
    form = convention.forms[layer._kind]
    row = biases.to_terms(where, layer, form, values, gradient)
    zero = row.dtype.type(0)
    return {
        name: np.where(at < 0, zero, row[at])
        for name, at in places.places(layer, convention, form).items()
    }
