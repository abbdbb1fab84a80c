"""Between the parameters of rnnref and what a form holds: what is computed. Imports NumPy, rnnref.

Three things are not mere moves: two biases become one, rows change their sign where z has the
other sense, and a framework may add a constant to a bias. Let ``P`` be the map from the
parameters of one side to those of the other. A gradient comes back by the transpose of ``P``:

- ``b = b_ih + b_hh``: both biases get the gradient of b. Back, where one is split into
  ``b_ih = b`` and ``b_hh`` a constant, b gets that of ``b_ih``; that of ``b_hh`` is the same.
- rows that change their sign: so do those of the gradient.
- a constant that is added: the gradient stays.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnref import checks
from rnnref.arrays import Array
from rnnref.conventions.forms import Form
from rnnref.conventions.places import Layer, numbered, own_gates, terms
from rnnref.errors import ConversionError

Terms = dict[str, Array]
"""Arrays of one cell by what they hold, each with an axis for its gates."""

APART = (
    "in a GRU that resets after the product b_hn is multiplied by r and b_in is not: one unit at "
    "h = 0 with b_in = 1, b_hn = 0 gives 0.381, with b_in = 0, b_hn = 1 it gives 0.231"
)


def to_terms(
    where: str, layer: Layer, form: Form, params: Mapping[str, Array], gradient: bool
) -> Array:
    """All numbers of a form in one row, of the parameters of rnnref or of their gradients."""
    rows = []
    for cell in layer._cells:
        own = {field: _by_gate(layer, field, params[field + cell]) for field in layer._fields}
        own = {field: _signed(layer, form, field, array) for field, array in own.items()}
        if _merges(layer, form):
            merge = _merged_gradient if gradient else _merged
            own |= merge(where, layer, form, own["bias_ih"], own["bias_hh"])
        rows += [own[term].ravel() for term in terms(layer, form)]
    return np.concatenate(rows)


def from_terms(
    where: str, layer: Layer, form: Form, row: Array, gradient: bool
) -> dict[str, Array]:
    """The parameters of rnnref, or their gradients, of all numbers of a form in one row."""
    counts = numbered(layer, form)
    params: dict[str, Array] = {}
    for cell in layer._cells:
        own = {term: row[counts[cell, term]] for term in terms(layer, form)}
        if _merges(layer, form):
            split = _split_gradient if gradient else _split
            own |= split(where, layer, form, own)
        for field in layer._fields:
            array = _signed(layer, form, field, own[field])
            params[field + cell] = array.reshape(layer.parameter_shapes[field + cell])
    return params


def _by_gate(layer: Layer, field: str, array: Array) -> Array:
    """An array with an axis for its gates."""
    gates = own_gates(layer, field)
    return array.reshape(len(gates), -1, *array.shape[1:]) if gates else array


def _signed(layer: Layer, form: Form, field: str, array: Array) -> Array:
    """An array by gates, those negated whose sense is the opposite; its own inverse."""
    flipped = [g in form.negated for g in own_gates(layer, field)]
    array = array.copy()
    array[flipped] *= -1
    return array


def _merges(layer: Layer, form: Form) -> bool:
    return "bias" in terms(layer, form)


def _apart(layer: Layer) -> list[int]:
    """The gates whose biases cannot be added up, counted from 0."""
    return [own_gates(layer, "bias").index("n")] if layer._kind == "gru_reset_after" else []


def _added(layer: Layer, form: Form, like: Array) -> Array:
    """What the framework adds to the bias of each gate."""
    added = np.zeros_like(like)
    for n, gate in enumerate(own_gates(layer, "bias")):
        added[n] = form.added.get(gate, 0)
    return added


def _merged(where: str, layer: Layer, form: Form, b_i: Array, b_h: Array) -> Terms:
    """One bias of two, so that ``b_h`` is not felt where it is what `_split` makes of it."""
    bias, apart = b_i + (b_h - _added(layer, form, b_h)), _apart(layer)
    bias[apart] = b_i[apart]
    if apart and "bias_hn" not in form.holds and b_h[apart].any():
        said = "bias_ih and bias_hh of the candidate cannot become one, and bias_hh is not 0"
        checks.fail(ConversionError, where, said, APART)
    return {"bias": bias, "bias_hn": b_h[apart]}


def _split(where: str, layer: Layer, form: Form, own: Terms) -> Terms:
    """Two biases of one: it and what the framework adds, or the candidate's second one."""
    second, apart = _added(layer, form, own["bias"]), _apart(layer)
    if "bias_hn" in own:
        second[apart] = own["bias_hn"]
    return {"bias_ih": own["bias"], "bias_hh": second}


def _merged_gradient(where: str, layer: Layer, form: Form, d_i: Array, d_h: Array) -> Terms:
    """The gradient of one bias, of those by two: both are the same."""
    apart = _apart(layer)
    differ = np.abs(d_i - d_h)
    differ[apart] = 0
    allowed = np.sqrt(np.finfo(d_i.dtype).eps) * max(np.abs(d_i).max(), np.abs(d_h).max())
    if differ.max() > allowed:
        said = (
            f"the gradients of bias_ih and bias_hh must be equal, they differ by {differ.max():g}"
        )
        reason = "they enter a sum, so one of the two is wrong and their common bias has none"
        checks.fail(ConversionError, where, said, reason)
    return {"bias": d_i, "bias_hn": d_h[apart]}


def _split_gradient(where: str, layer: Layer, form: Form, own: Terms) -> Terms:
    """The gradients of two biases, of that by one."""
    second, apart = own["bias"].copy(), _apart(layer)
    if apart and "bias_hn" not in own:
        said = "the gradient of bias_hh of the candidate is not that of any bias there"
        checks.fail(ConversionError, where, said, APART)
    if apart:
        second[apart] = own["bias_hn"]
    return {"bias_ih": own["bias"], "bias_hh": second}
