"""The polynomials of `derivations.calculus.counts` are what the generated code does, exactly."""

from __future__ import annotations

import math

import pytest
import rnnref
import torch
from claims.costs import config, number, predicted
from oracles import code, counting

from derivations.calculus import counts
from derivations.cells import CELLS
from derivations.notation import Cell

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


@every_cell
@pytest.mark.parametrize("seed", range(5))
def test_operations(cell: Cell, seed: int) -> None:
    drawn = config(cell, seed)
    forward, backward = counting.sequence(code.text_of(cell.id), drawn.sequence())
    assert forward == predicted(counts.forward(cell), drawn), drawn
    assert backward == predicted(counts.backward(cell), drawn), drawn


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("o[t] * s[t]", "o[t] * s[t] * 1"),
        ("d_f * f[t] * (1 - f[t])", "d_f * f[t]"),
        ("total(d_from_h_prev)", "total(d_from_h_prev) + 0"),
        ("s[t] = tanh(c[t])", "s[t] = c[t]"),
    ],
)
def test_one_operation_more_or_less_is_seen(now: str, then: str) -> None:
    cell, text = CELLS["lstm"], code.text_of("lstm")
    assert now in text
    drawn = config(cell, 0)
    forward, backward = counting.sequence(text.replace(now, then), drawn.sequence())
    right = predicted(counts.forward(cell), drawn), predicted(counts.backward(cell), drawn)
    assert (forward, backward) != right


@every_cell
@pytest.mark.parametrize("seed", range(3))
def test_numbers_on_the_tape(cell: Cell, seed: int) -> None:
    drawn = config(cell, seed)
    kept = counting.kept(code.text_of(cell.id), drawn.sequence())
    assert kept == number(counts.tape(cell), drawn)


@every_cell
def test_parameters(cell: Cell) -> None:
    drawn = config(cell, 0)
    at = drawn.sequence().at
    assert number(counts.parameters(cell), drawn) == sum(a.size for a in at.params.values())


NETWORKS = {
    "rnn_tanh": (torch.nn.RNN, rnnref.RNN, {}),
    "rnn_relu": (torch.nn.RNN, rnnref.RNN, {"nonlinearity": "relu"}),
    "lstm": (torch.nn.LSTM, rnnref.LSTM, {}),
    "lstm_projected": (torch.nn.LSTM, rnnref.LSTM, {"proj_size": 2}),
    "gru_reset_after": (torch.nn.GRU, rnnref.GRU, {}),
}
SIZES = {"D": 3, "H": 5, "P": 2}


@pytest.mark.parametrize("id", NETWORKS)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("directions", [1, 2])
def test_parameters_of_networks(id: str, layers: int, directions: int, bias: bool) -> None:
    theirs, ours, settings = NETWORKS[id]
    settings = {**settings, "bias": bias, "bidirectional": directions == 2}
    wanted = sum(p.numel() for p in theirs(3, 5, layers, **settings).parameters())
    shapes = ours(3, 5, layers, **settings).parameter_shapes
    assert sum(math.prod(shape) for shape in shapes.values()) == wanted
    found = counts.network_parameters(CELLS[id], layers, directions, bias)
    assert found.subs({counts.SIZE[name]: size for name, size in SIZES.items()}) == wanted
