"""Whole networks against PyTorch's modules, in float64: values, gradients, tangents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.agreement import assert_all_close
from oracles.layers import Run, layer
from oracles.networks import (
    LACKING,
    MODULES,
    Case,
    Network,
    arrays,
    by_composition,
    by_module,
    draw,
    networks,
    oracle,
)
from oracles.torch_definition import one_thread
from rnnref import architecture, direction, stack
from rnnref.spans import spans

from derivations.cells import CELLS

every_cell = pytest.mark.parametrize("cell", MODULES)
few_or_many = pytest.mark.parametrize("examples", [10, pytest.param(100, marks=pytest.mark.slow)])


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


def test_every_cell_with_states_is_compared() -> None:
    assert set(MODULES) == {name for name, cell in CELLS.items() if cell.states}


@every_cell
@few_or_many
def test_agrees_with_torch(cell: str, examples: int) -> None:
    """Outputs, last states, all gradients, tangents, for a loss that sees all that comes out."""

    @settings(deadline=None, max_examples=examples)
    @given(network=networks(cell))
    def check(network: Network) -> None:
        case = draw(network)
        compare(Run(network, case.at), case, network)

    check()


def compare(run: Run, case: Case, network: Network) -> None:
    want = oracle(network, case.at)
    assert_all_close(run.gave, arrays(want.gave))
    assert_all_close(run.gradients(case.upstream), want.gradients(case.upstream))
    assert_all_close(run.tangents(case.along), want.tangents(case.along.flat()))


@pytest.mark.parametrize("cell", [cell for cell in MODULES if cell not in LACKING])
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_without_a_state_it_starts_from_zeros(cell: str, data: st.DataObject) -> None:
    network = data.draw(networks(cell))
    case = draw(network)
    run, want = Run(network, case.at, given=[]), by_module(network, case.at, states=False)
    assert_all_close(run.gave, arrays(want.gave))
    assert_all_close(run.gradients(case.upstream), want.gradients(case.upstream))


@pytest.mark.parametrize("cell", [cell for cell in MODULES if cell not in LACKING])
@settings(deadline=None, max_examples=5)
@given(data=st.data())
def test_the_composition_is_the_module(cell: str, data: st.DataObject) -> None:
    """The oracle for what PyTorch lacks agrees with PyTorch on all that it has."""
    network = data.draw(networks(cell))
    case = draw(network)
    one, other = by_composition(network, case.at), by_module(network, case.at)
    assert_all_close(arrays(one.gave), arrays(other.gave))
    assert_all_close(one.gradients(case.upstream), other.gradients(case.upstream))


DEEP = Network("lstm", T=6, B=2, D=3, H=5, layers=3, bidirectional=True, seed=1)


@every_cell
def test_parameters_are_those_of_torch(cell: str) -> None:
    """The names, their order, the shapes."""
    proj = 2 if cell == "lstm_projected" else 0
    for bias in (True, False):
        for bidirectional in (True, False):
            network = replace(DEEP, cell=cell, proj=proj, bias=bias, bidirectional=bidirectional)
            shapes = network.parameter_shapes()
            assert list(layer(network).parameter_shapes.items()) == list(shapes.items())
            params = layer(network).init_params(np.random.default_rng(0))
            assert {name: p.shape for name, p in params.items()} == shapes
            assert max(np.abs(p).max() for p in params.values()) <= 1 / np.sqrt(network.H)


def test_a_reversed_input_swaps_the_directions() -> None:
    """With the directions' parameters swapped as well, outputs and states are the same, turned."""
    case = draw(replace(DEEP, layers=1))
    y, h, c = Run(replace(DEEP, layers=1), case.at).gave
    names = list(case.at.params)
    half = len(names) // 2
    swapped = dict(
        zip(names, [case.at.params[n] for n in names[half:] + names[:half]], strict=True)
    )
    states = [s[::-1] for s in case.at.states]
    turned = case.at._replace(x=case.at.x[::-1], states=states, params=swapped)
    y_turned, h_turned, c_turned = Run(replace(DEEP, layers=1), turned).gave
    one, other = np.split(y_turned[::-1], 2, axis=2)
    assert_all_close(
        [np.concatenate([other, one], axis=2), h_turned[::-1], c_turned[::-1]], [y, h, c]
    )


def test_the_tape_has_a_part_for_each_layer_and_direction() -> None:
    """In the time of the input; the reverse direction comes from t + 1."""
    case = draw(DEEP)
    run = Run(DEEP, case.at)
    y, h, _ = run.gave
    cells = run.tape.layers
    assert len(cells) == len(h) == 6
    assert np.array_equal(np.concatenate([cells[4].h, cells[5].h], axis=2), y)
    for k, cell in enumerate(cells):
        start, end = case.at.states[0][k], h[k]
        turn = slice(None, None, -1 if k % 2 else 1)
        assert np.array_equal(cell.h_prev[turn][0], start)
        assert np.array_equal(cell.h[turn][-1], end)
        assert np.array_equal(cell.h_prev[turn][1:], cell.h[turn][:-1])
    for below, above in zip(cells[:4:2], cells[2::2], strict=True):
        assert np.array_equal(above.x[..., :5], below.h)


# Planted mistakes: each must be seen.


def first(_: object, arrays: Iterable[np.ndarray]) -> np.ndarray:
    return next(iter(arrays))


MISTAKES: dict[str, tuple[ModuleType, str, Callable[..., Any]]] = {
    "the reverse direction runs forwards": (architecture, "backwards", tuple),
    "lengths are forgotten": (architecture, "spans", lambda T, lengths, every: spans(T)),
    "each cell gets the state of the first": (stack, "_of", lambda s, k: [a[0] for a in s]),
    "the gradient of one direction is lost": (stack, "reduce", first),
    "the gradient of one span is lost": (direction, "reduce", first),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_planted_mistakes_are_caught(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network = replace(DEEP, lengths=(3, 6))
    case = draw(network)
    compare(Run(network, case.at), case, network)
    monkeypatch.setattr(*MISTAKES[mistake])
    with pytest.raises(AssertionError, match="exceeds"):
        compare(Run(network, case.at), case, network)
