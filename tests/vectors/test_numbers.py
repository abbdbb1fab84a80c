"""The numbers in the test vectors, by routes that share no code with what wrote them."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
import rnnref
import torch
from oracles.agreement import FLOAT64, relative_error
from oracles.cases import Case, Point
from oracles.digits import Digits
from rnnref.errors import ArgumentValueError
from rnnref.testing import reference, vectors
from rnnref.testing.vectors import Vector

from derivations.cells import CELLS

ALL = list(chain.from_iterable(vectors.load(cell) for cell in vectors.CELLS))
every_vector = pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector.case.id)
every_cell = pytest.mark.parametrize("cell", vectors.CELLS)

SIGMOID, TANH = (0.5, 0.48), (0.0, 0.998)
"""Middle and reach of values that are not saturated: arguments below 3.9, or 3.4 in tanh."""
BENT = dict.fromkeys("ifozr", SIGMOID) | dict.fromkeys("gns", TANH)


@every_vector
def test_the_package_agrees(vector: Vector) -> None:
    got = reference(vector.case)
    assert list(got) == list(vector.results)
    for name, want in vector.results.items():
        assert got[name].shape == want.shape
        assert relative_error(got[name], want) <= FLOAT64, name


def as_oracle(vector: Vector, cell: str) -> Case:
    """What the 80-digit oracle reads: one direction, all sequences of one length."""
    case = vector.case
    T, B, _ = case.x.shape
    params = {name.removesuffix("_l0"): a for name, a in case.params.items()}
    states = {name: a[0] for name, a in case.state._asdict().items()}
    at = Point(params, {"x": case.x}, states)
    upstream = {"y": case.d_y} | {name: a[0] for name, a in case.d_state._asdict().items()}
    still = {name: np.zeros_like(a) for name, a in upstream.items()}
    return Case(CELLS[cell], T, B, at, at.map(np.zeros_like), upstream, still)


@every_cell
@pytest.mark.parametrize("name", ["plain", "saturated"])
def test_each_number_is_the_double_nearest_to_the_80_digit_oracle(cell: str, name: str) -> None:
    found = [v for v in vectors.load(cell) if v.case.id == f"{cell}.{name}"]
    for vector in found:
        oracle = Digits(CELLS[cell]).sequence(as_oracle(vector, cell))
        for key, want in vector.results.items():
            if key == "y":
                exact = oracle[CELLS[cell].output.name]
            elif key.endswith("_n"):
                exact = oracle[f"{key[0]}_last"][None]
            elif key.endswith("_0"):
                exact = oracle[key.replace("_0", "_prev")][None]
            else:
                exact = oracle[key.removesuffix("_l0")]
            assert np.array_equal(exact.astype(float), want), key


TORCH = {
    "rnn_tanh": torch.nn.RNN,
    "rnn_relu": torch.nn.RNN,
    "lstm": torch.nn.LSTM,
    "lstm_projected": torch.nn.LSTM,
    "gru_reset_after": torch.nn.GRU,
}


@pytest.mark.parametrize("cell", TORCH)
def test_pytorch_agrees(cell: str) -> None:
    """Outputs, last states and all gradients, lengths and both directions included."""
    for vector in vectors.load(cell):
        case, layer = vector.case, vector.case.layer
        settings = {"num_layers": layer.num_layers, "bias": layer.bias}
        settings |= {"bidirectional": layer.bidirectional}
        for name in ("nonlinearity", "proj_size"):
            settings |= {name: getattr(layer, name)} if hasattr(layer, name) else {}
        theirs = TORCH[cell](layer.input_size, layer.hidden_size, dtype=torch.float64, **settings)
        theirs.load_state_dict({n: torch.tensor(p) for n, p in case.params.items()})
        x = torch.tensor(case.x, requires_grad=True)
        start = [torch.tensor(s, requires_grad=True) for s in case.state]
        fed = x
        if case.lengths is not None:
            fed = torch.nn.utils.rnn.pack_padded_sequence(x, case.lengths, enforce_sorted=False)
        y, end = theirs(fed, tuple(start) if len(start) == 2 else start[0])
        if case.lengths is not None:
            y, _ = torch.nn.utils.rnn.pad_packed_sequence(y)
        ends = end if len(start) == 2 else (end,)
        loss = (y * torch.tensor(case.d_y)).sum()
        loss = loss + sum(
            (e * torch.tensor(d)).sum() for e, d in zip(ends, case.d_state, strict=True)
        )
        loss.backward()
        letters = type(case.state)._fields
        got = {"y": y, "d_x": x.grad}
        got |= {f"{n}_n": e for n, e in zip(letters, ends, strict=True)}
        got |= {f"d_{n}_0": s.grad for n, s in zip(letters, start, strict=True)}
        got |= {f"d_{n}": p.grad for n, p in theirs.named_parameters()}
        assert got.keys() == vector.results.keys()
        for name, want in vector.results.items():
            error = relative_error(got[name].detach().numpy(), want)
            assert error <= FLOAT64, f"{case.id}: {name}"


@pytest.mark.parametrize(
    "vector", [v for v in ALL if "rnn_relu" not in v.case.id], ids=lambda vector: vector.case.id
)
def test_gates_are_saturated_where_it_says_so(vector: Vector) -> None:
    case = vector.case
    _, _, tape = case.layer.forward(case.params, case.x, case.state, lengths=case.lengths)
    exists = rnnref.length_mask(case.lengths, len(case.x)) if case.lengths is not None else ...
    bounds = BENT if any(hasattr(run, n) for run in tape.layers for n in BENT) else {"h": TANH}
    straight = [
        bool((np.abs(getattr(run, name)[exists] - middle) < half).all())
        for run in tape.layers
        for name, (middle, half) in bounds.items()
        if hasattr(run, name)
    ]
    assert straight
    assert all(straight) != ("saturated" in vector.flags)


@every_vector
def test_exp_overflows_where_it_says_so(vector: Vector) -> None:
    """A part of the pre-activations, plain in NumPy."""
    case = vector.case
    if "overflow" in vector.flags:
        a = case.x @ case.params["weight_ih_l0"].T + case.params["bias_ih_l0"]
        with np.errstate(over="ignore"):
            assert np.isinf(np.exp(a)).any()
            assert np.isinf(np.exp(-a)).any()


@every_vector
def test_what_a_mistake_gives_is_far_from_what_is_right(vector: Vector) -> None:
    for id, results in vector.instead.items():
        assert results, id
        for name, wrong in results.items():
            assert relative_error(wrong, vector.results[name]) > 1e-3, f"{id}: {name}"


def test_kink_is_at_zero_and_on_both_sides() -> None:
    (vector,) = (v for v in vectors.load("rnn_relu") if "kink" in v.flags)
    p, case = vector.case.params, vector.case
    a = p["weight_ih_l0"] @ case.x[0, 0] + p["weight_hh_l0"] @ case.state.h[0, 0]
    a = a + p["bias_ih_l0"] + p["bias_hh_l0"]
    assert a.tolist() == [-(2.0**-14), 0.0, 2.0**-14]


def test_an_unknown_cell_is_refused_with_a_near_one() -> None:
    with pytest.raises(ArgumentValueError, match=r"cell must be one of .*did you mean 'lstm'\?"):
        vectors.load("lstn")
