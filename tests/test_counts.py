"""The polynomials of `derivations.calculus.counts` are what the generated code does, exactly."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import sympy
import torch
from oracles import code, counting
from oracles.cases import Config, size_names

from derivations.calculus import counts
from derivations.cells import CELLS
from derivations.notation import Cell

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def config(cell: Cell, seed: int) -> Config:
    """Sizes between 1 and 6, drawn independently of each other."""
    names = [*size_names(cell), "T", "B"]
    drawn = np.random.default_rng(seed).integers(1, 7, len(names)).tolist()
    sizes = dict(zip(names, drawn, strict=True))
    T, B = sizes.pop("T"), sizes.pop("B")
    return Config(cell.id, sizes, T, B, seed)


def numbers(polynomial: sympy.Expr, of: Config) -> int:
    values = {counts.T: of.T, counts.B: of.B, **{counts.SIZE[n]: v for n, v in of.sizes.items()}}
    number = sympy.sympify(polynomial).subs(values)
    assert number.is_Integer
    return int(number)


def predicted(operations: counts.Operations, of: Config) -> Counter[str]:
    return Counter({kind: numbers(p, of) for kind, p in operations.items()})


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
    assert kept == numbers(counts.tape(cell), drawn)


@every_cell
def test_parameters(cell: Cell) -> None:
    drawn = config(cell, 0)
    at = drawn.sequence().at
    assert numbers(counts.parameters(cell), drawn) == sum(a.size for a in at.params.values())


MODULES = {"rnn_tanh": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru_reset_after": torch.nn.GRU}


@pytest.mark.parametrize("id", MODULES)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("directions", [1, 2])
def test_parameters_of_networks(id: str, layers: int, directions: int, bias: bool) -> None:
    theirs = MODULES[id](3, 5, layers, bias=bias, bidirectional=directions == 2)
    ours = counts.network_parameters(CELLS[id], layers, directions, bias)
    found = ours.subs({counts.SIZE["D"]: 3, counts.SIZE["H"]: 5})
    assert found == sum(p.numel() for p in theirs.parameters())
