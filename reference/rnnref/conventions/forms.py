"""What a convention is made of: plain data, no conversion. Imports the standard library.

Patterns name axes by letters, and parentheses join axes into one: ``d (g h)`` is a matrix of as
many rows as inputs, whose columns are all units of the first gate, then those of the second, ...

======  ===================================================
letter  axis
======  ===================================================
g       gates, in the order of the form
h       units of a gate: hidden_size
d       features of the input of a cell
k       features of the output of a cell: hidden_size, or proj_size
s       the two biases: that of the input, that of the state
v       directions of a layer, forward first; of a state also layers
t, b    time, batch
1       an axis of length 1
======  ===================================================

What stands in an array is named as in PyTorch: ``weight_ih``, ``weight_hh``, ``bias_ih``,
``bias_hh``, ``weight_hr`` (the projection), ``weight_ch`` (the peepholes). Beyond that ``bias`` is
``bias_ih + bias_hh``, and ``bias_hn`` the second bias of the candidate of a GRU that resets after
the product, which cannot be added to the first; then ``bias`` has ``b_in`` alone for that gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TERMS = {
    "weight_ih": "ghd",
    "weight_hh": "ghk",
    "bias_ih": "gh",
    "bias_hh": "gh",
    "bias": "gh",
    "bias_hn": "gh",
    "weight_ch": "gh",
    "weight_hr": "kh",
}
"""What can stand in an array, and its axes."""

GATES = {"lstm": "ifgo", "rnn": "h", "gru_reset_after": "rzn", "gru_reset_before": "rzn"}
"""The gates of each kind of cell, in the order of rnnref."""

SOME_GATES = {"bias_hn": "n", "weight_ch": "ifo"}
"""Which gates have a term, where not all have it; in the order of rnnref."""


@dataclass(frozen=True)
class Part:
    """One array of a framework, or with ``{gate}`` in its name one for each gate.

    Attributes:
        name: what the framework calls it.
        holds: the terms in it.
        axes: how their axes are arranged.
        gates: the gates in it and their order; those of the form if left out.
        join: the axis along which several terms stand one after the other.
    """

    name: str
    holds: tuple[str, ...]
    axes: str
    gates: str = ""
    join: str = ""


@dataclass(frozen=True)
class Form:
    """How a framework stores one kind of cell.

    Attributes:
        gates: the order of the gates, in rnnref's letters: i, f, g, o; r, z, n; h for an RNN.
        parts: its arrays.
        negated: gates whose rows have the opposite sign: z, where it multiplies the candidate.
        added: what the framework adds to the bias of a gate while it runs.
        options: settings that the framework has and that no array shows: coupled, activations,
            nonlinearity (other than tanh and relu), gate_clip, cell_clip.
        unread: gates that keep their rows, without effect, where a layer has no such gate.
    """

    gates: str
    parts: tuple[Part, ...]
    negated: str = ""
    added: Mapping[str, float] = field(default_factory=dict)
    options: frozenset[str] = frozenset()
    unread: str = ""

    @property
    def holds(self) -> set[str]:
        """All terms that it has a place for."""
        return {term for part in self.parts for term in part.holds}


@dataclass(frozen=True)
class Convention:
    """How a framework stores the parameters, states, inputs and outputs of its cells.

    Attributes:
        title: what people call it.
        forms: for each kind of cell that it has (rnn, lstm, gru_reset_after, gru_reset_before) how
            its parameters are stored.
        arrays_for: whether one of its objects is a ``"cell"`` (one layer in one direction) or a
            ``"layer"`` (with both directions).
        states_for: whether an array of a state is that of a ``"cell"``, a ``"layer"`` or the
            ``"network"``.
        x: the axes of an input.
        y: the axes of an output; without v there is one array for each direction.
        state: the axes of an array of a state.
        state_order: which array of a state comes first.
        reverse_in_input_time: whether the outputs of the reverse direction stand in the order of
            the input; otherwise in that of the computation, last step first.
        always_named: whether names end in ``_l0`` and so on even where there is one object only.
        always_biased: whether there is no network without biases.
        packed: groups of parts that stand flat in one array called ``weights``: the first group
            cell by cell, then the second, ...
    """

    title: str
    forms: Mapping[str, Form]
    arrays_for: str
    states_for: str
    x: str
    y: str
    state: str
    state_order: str = "hc"
    reverse_in_input_time: bool = True
    always_named: bool = False
    always_biased: bool = False
    packed: tuple[tuple[str, ...], ...] = ()
