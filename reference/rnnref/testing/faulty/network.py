"""A whole network with the switches of `mistakes` in it: layers, directions, states. NumPy only.

It computes what an implementation that makes those mistakes computes. It shares no code with what
it stands for: the equations are written again beside it, to be read and not to be fast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from rnnref.arrays import Array
from rnnref.layers import GRU, LSTM
from rnnref.testing.cases import Case, Layer, Results
from rnnref.testing.faulty import direction, gru, lstm, parameters, rnn
from rnnref.testing.faulty.direction import Run

Switches = Mapping[str, Any]


@dataclass(frozen=True)
class Faults:
    """What goes wrong between cells; each default is right.

    Attributes:
        x_reshaped: x is taken for (B, T, D) and turned by a reshape.
        y_reshaped: y is computed as (B, T, size) and turned by a reshape.
        initial_ignored: the states (h, c) that start from zero.
        initial_exchanged: h and c are read in each other's place.
        finals_exchanged: h and c are handed back in each other's place.
        initial_of_first_layer: every layer starts from the states of the first.
        states_by_direction: states stand by direction, then by layer.
        reverse_stands_first: the outputs of the reverse direction stand before the others.
        reverse_stands_first_between: the same in what the next layer reads.
        forward_alone_between: the next layer reads zeros in place of the reverse direction.
        reverse_uses_forward_parameters: the parameters of the reverse direction are not used.
        reverse_starts_from_forward: the reverse direction starts from the forward one's last state.
        between_scaled: what the next layer reads is multiplied by 1 - dropout.
        d_end_ignored: the last states (h, c) whose gradient is ignored.
        d_start_left_out: the first states (h, c) whose gradient is zero.
        layers_detached: no gradient reaches the layer below.
        d_x_of_forward_alone: the input's gradient lacks the reverse direction.
        all_gradients_times: the number that multiplies every gradient.
        parameter_gradients_times: the number that multiplies those of the parameters.
    """

    x_reshaped: bool = False
    y_reshaped: bool = False
    initial_ignored: str = ""
    initial_exchanged: bool = False
    finals_exchanged: bool = False
    initial_of_first_layer: bool = False
    states_by_direction: bool = False
    reverse_stands_first: bool = False
    reverse_stands_first_between: bool = False
    forward_alone_between: bool = False
    reverse_uses_forward_parameters: bool = False
    reverse_starts_from_forward: bool = False
    between_scaled: bool = False

    d_end_ignored: str = ""
    d_start_left_out: str = ""
    layers_detached: bool = False
    d_x_of_forward_alone: bool = False
    all_gradients_times: float = 1
    parameter_gradients_times: float = 1


class Wrong(NamedTuple):
    """All switches, by where they belong."""

    network: Faults
    sweep: direction.Faults
    reading: parameters.Faults
    cell: Any


class Cell(NamedTuple):
    """The cell of a layer: its code, its gates and its peepholes in order."""

    code: ModuleType
    gates: str
    peepholes: str


class Pass(NamedTuple):
    """The results of a forward pass, and what its backward pass needs."""

    results: Results
    runs: list[Run]


def cell_of(layer: Layer) -> Cell:
    """The faulty code for a layer's cell."""
    if isinstance(layer, LSTM):
        gates = lstm.COUPLED_GATES if lstm.is_coupled(layer) else lstm.GATES
        return Cell(lstm, gates, lstm.peephole_gates(layer))
    code = gru if isinstance(layer, GRU) else rnn
    return Cell(code, code.GATES, "")


def homes(layer: Layer) -> tuple[type, ...]:
    """The dataclasses that hold the switches for a layer."""
    return Faults, direction.Faults, parameters.Faults, cell_of(layer).code.Faults


def wrong(layer: Layer, switches: Switches) -> Wrong:
    """Each switch in its place; every name belongs to one place."""
    return Wrong(
        *(
            home(**{name: value for name, value in switches.items() if name in fields_of(home)})
            for home in homes(layer)
        )
    )


@cache
def fields_of(home: type) -> frozenset[str]:
    """The names of the switches in a dataclass."""
    return frozenset(field.name for field in fields(home))


def forward(case: Case, switches: Switches) -> Pass:
    """What comes out, with these mistakes."""
    layer, w = case.layer, wrong(case.layer, switches)
    cell, ways = cell_of(layer), _ways(layer)
    T, B = case.x.shape[:2]
    lengths = np.full(B, T) if case.lengths is None else np.asarray(case.lengths)
    starts = _starts(w.network, case)
    ends: list[list[Array]] = []
    runs: list[Run] = []
    x = _reshaped(case.x, w.network.x_reshaped)
    for n in range(layer.num_layers):
        outputs = []
        for way in range(ways):
            k = n * ways + way
            p = _read(case, w, cell, k)
            start = starts[k]
            if way and w.network.reverse_starts_from_forward:
                start = ends[-1]
            at = direction.plan(w.sweep, T, lengths, bool(way))
            y, end, run = direction.forward(layer, cell.code, w.sweep, w.cell, at, p, x, start)
            outputs.append(y)
            ends.append(end)
            runs.append(run)
        x = _joined(w.network, outputs, layer, n)
    order = _order(w.network, layer)
    finals = [np.stack([ends[k][i] for k in order]) for i in range(len(case.state))]
    if w.network.finals_exchanged:
        finals = finals[::-1]
    named = {f"{name}_n": a for name, a in zip(case.state._fields, finals, strict=True)}
    return Pass({"y": _reshaped(x, w.network.y_reshaped)} | named, runs)


def backward(case: Case, switches: Switches, runs: list[Run]) -> Results:
    """The gradients, with these mistakes; ``runs`` are those of the forward pass."""
    layer, w = case.layer, wrong(case.layer, switches)
    cell, ways, net = cell_of(layer), _ways(layer), w.network
    order = _order(net, layer)
    d_ends = [
        a * (name not in net.d_end_ignored)
        for name, a in zip(case.d_state._fields, case.d_state, strict=True)
    ]
    if net.finals_exchanged:
        d_ends = d_ends[::-1]
    end_of = {k: [d[i] for d in d_ends] for i, k in enumerate(order)}
    d_starts: dict[int, list[Array]] = {}
    params: Results = {}
    d_y = _unreshaped(case.d_y, net.y_reshaped)
    for n in reversed(range(layer.num_layers)):
        shares = _shares(net, d_y, layer, n)
        d_xs = []
        for way in reversed(range(ways)):
            k = n * ways + way
            p = parameters.read_in_backward(w.reading, cell.gates, runs[k].parameters)
            swept = direction.backward(
                layer, cell.code, w.sweep, w.cell, p, runs[k], shares[way], end_of[k]
            )
            d_starts[k] = swept.start
            if way and net.reverse_starts_from_forward:
                end_of[k - 1] = [a + b for a, b in zip(end_of[k - 1], swept.start, strict=True)]
                d_starts[k] = [0 * d for d in swept.start]
            if not (way and net.d_x_of_forward_alone):
                d_xs.append(swept.x)
            _add(params, case, w, cell, k, swept.params)
        d_y = sum(d_xs[1:], d_xs[0]) * (not (n and net.layers_detached))
    d_x = _unreshaped(d_y, net.x_reshaped)
    named = {
        f"d_{name}_0": a
        for name, a in zip(case.state._fields, _d_starts(net, case, d_starts), strict=True)
    }
    params = {name: a * net.parameter_gradients_times for name, a in params.items()}
    ordered = {f"d_{name}": params[name] for name in case.params}
    found = {"d_x": d_x} | named | ordered
    return {name: a * net.all_gradients_times for name, a in found.items()}


def run(case: Case, switches: Switches) -> Results:
    """All results of a case, with these mistakes; none of them gives the right results.

    >>> import numpy as np, rnnref
    >>> from rnnref.testing import Case, reference
    >>> layer, rng = rnnref.RNN(3, 5), np.random.default_rng(0)
    >>> x, y, state = np.ones((7, 2, 3)), np.ones((7, 2, 5)), layer.init_state(2)
    >>> case = Case("ones", layer, layer.init_params(rng), x, state, y, state)
    >>> bool(np.allclose(run(case, {})["d_x"], reference(case)["d_x"]))
    True
    """
    done = forward(case, switches)
    return done.results | backward(case, switches, done.runs)


def _ways(layer: Layer) -> int:
    return 2 if layer.bidirectional else 1


def _suffix(layer: Layer, k: int) -> str:
    n, way = divmod(k, _ways(layer))
    return f"_l{n}_reverse" if way else f"_l{n}"


def _given(case: Case, w: Wrong, k: int) -> str:
    """The end of the names of the parameters that a cell uses."""
    suffix = _suffix(case.layer, k)
    return suffix.removesuffix("_reverse") if w.network.reverse_uses_forward_parameters else suffix


def _read(case: Case, w: Wrong, cell: Cell, k: int) -> Any:
    """The parameters of a cell as they are read; biases that the layer lacks are zeros."""
    end = _given(case, w, k)
    mine = {n.removesuffix(end): a for n, a in case.params.items() if n.endswith(end)}
    rows = len(mine["weight_ih"])
    none = np.zeros(rows, mine["weight_ih"].dtype)
    p = dict.fromkeys(parameters.BIASES, none) | mine
    return parameters.read(w.reading, cell.gates, cell.peepholes, p)


def _add(
    params: Results, case: Case, w: Wrong, cell: Cell, k: int, read: parameters.Parameters
) -> None:
    """Add a cell's gradients to those of the parameters that it used."""
    end, own = _given(case, w, k), _suffix(case.layer, k)
    given = parameters.gradients(w.reading, cell.gates, cell.peepholes, read)
    for name, d in given.items():
        if name + own in case.params:
            params[name + own] = params.get(name + own, 0 * d)
            params[name + end] = params.get(name + end, 0 * d) + d


def _starts(net: Faults, case: Case) -> list[list[Array]]:
    """The states before the first step, cell by cell."""
    arrays = [
        a * (name not in net.initial_ignored)
        for name, a in zip(case.state._fields, case.state, strict=True)
    ]
    if net.initial_exchanged:
        arrays = arrays[::-1]
    return [[a[k] for a in arrays] for k in _sources(net, case.layer)]


def _sources(net: Faults, layer: Layer) -> list[int]:
    """Where the first state of each cell is read."""
    ways, order = _ways(layer), _order(net, layer)
    places = [order.index(k) for k in range(len(order))]
    return [places[k % ways if net.initial_of_first_layer else k] for k in range(len(order))]


def _d_starts(net: Faults, case: Case, d: dict[int, list[Array]]) -> list[Array]:
    found = [np.zeros(a.shape, case.x.dtype) for a in case.state]
    for k, source in enumerate(_sources(net, case.layer)):
        for array, value in zip(found[::-1] if net.initial_exchanged else found, d[k], strict=True):
            array[source] += value
    left_out = (*net.initial_ignored, *net.d_start_left_out)
    return [a * (name not in left_out) for name, a in zip(case.state._fields, found, strict=True)]


def _order(net: Faults, layer: Layer) -> list[int]:
    """The cells in the order in which their states stand."""
    cells, ways = range(layer.num_layers * _ways(layer)), _ways(layer)
    return (
        sorted(cells, key=lambda k: (k % ways, k // ways))
        if net.states_by_direction
        else list(cells)
    )


def _joined(net: Faults, outputs: list[Array], layer: Layer, n: int) -> Array:
    """What a layer puts out, or what the next one reads."""
    between = n < layer.num_layers - 1
    if len(outputs) == 2:
        first = net.reverse_stands_first_between if between else net.reverse_stands_first
        alone = between and net.forward_alone_between
        outputs = [outputs[0], 0 * outputs[1]] if alone else outputs
        outputs = outputs[::-1] if first else outputs
    return np.concatenate(outputs, axis=-1) * _scale(net, layer, between)


def _shares(net: Faults, d_y: Array, layer: Layer, n: int) -> list[Array]:
    """The gradient of each direction's output: `_joined` transposed."""
    between = n < layer.num_layers - 1
    shares = np.split(d_y * _scale(net, layer, between), _ways(layer), axis=-1)
    if len(shares) == 2:
        first = net.reverse_stands_first_between if between else net.reverse_stands_first
        shares = shares[::-1] if first else shares
        alone = between and net.forward_alone_between
        shares = [shares[0], 0 * shares[1]] if alone else shares
    return shares


def _scale(net: Faults, layer: Layer, between: bool) -> float:
    return 1 - layer.dropout if between and net.between_scaled else 1.0


def _reshaped(a: Array, wrong: bool) -> Array:
    """(T, B, size) read as if it were (B, T, size), then turned."""
    T, B, size = a.shape
    return np.ascontiguousarray(a.reshape(B, T, size).swapaxes(0, 1)) if wrong else a


def _unreshaped(a: Array, wrong: bool) -> Array:
    return np.ascontiguousarray(a.swapaxes(0, 1)).reshape(a.shape) if wrong else a
