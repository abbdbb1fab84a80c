"""Truncated backpropagation: against PyTorch with detached states, and what it drops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import rnnref
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.agreement import assert_all_close
from oracles.layers import Run
from oracles.networks import MODULES, Case, Network, Results, compose, draw, leaf, networks
from oracles.torch_definition import one_thread
from rnnref.direction import Direction

every_cell = pytest.mark.parametrize("cell", MODULES)
few_or_many = pytest.mark.parametrize("examples", [10, pytest.param(40, marks=pytest.mark.slow)])


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


def detached(
    network: Network, case: Case, steps: int, scales: np.ndarray | None = None, cut: bool = True
) -> list[np.ndarray]:
    """The gradients of a program that detaches all states every ``steps`` steps.

    Each sequence by itself, so that those of different lengths need no care.
    """
    x, states = leaf(case.at.x), [leaf(s) for s in case.at.states]
    params = {name: leaf(p) for name, p in case.at.params.items()}
    d_y, *d_end = [torch.tensor(d) for d in case.upstream]
    losses = []
    for b, length in enumerate(network.lengths or (network.T,) * network.B):
        one = slice(b, b + 1)
        state = [s[:, one] for s in states]
        for start in range(0, length, steps):
            piece = slice(start, min(start + steps, length))
            own = None if scales is None else scales[:, piece, one]
            if cut and start:
                state = [s.detach() for s in state]
            alone = replace(network, lengths=None)
            y, state = compose(alone, x[piece, one], state, params, own)
            losses.append((y * d_y[piece, one]).sum())
        losses += [(s * d[:, one]).sum() for s, d in zip(state, d_end, strict=True)]
    given_to = [x, *states, *params.values()]
    return Results(given_to, [torch.stack(losses).sum()]).gradients([np.array(1.0)])


@every_cell
@few_or_many
def test_agrees_with_torch(cell: str, examples: int) -> None:
    """What is kept, what is dropped, and that both together are all of it."""

    @settings(deadline=None, max_examples=examples)
    @given(network=networks(cell, bidirectional=False), steps=st.integers(1, 7))
    def check(network: Network, steps: int) -> None:
        compare(network, draw(network), steps)

    check()


def compare(network: Network, case: Case, steps: int) -> None:
    run = Run(network, case.at)
    kept, dropped = run.truncated(steps, case.upstream)
    both = [k + d for k, d in zip(kept, dropped, strict=True)]
    assert_all_close(kept, detached(network, case, steps))
    assert_all_close(both, detached(network, case, steps, cut=False))
    assert_all_close(both, run.gradients(case.upstream))
    if steps >= network.T:
        assert not any(d.any() for d in dropped)


def test_dropout_and_truncation() -> None:
    network = Network("lstm", T=6, B=3, D=2, H=5, layers=3, lengths=(6, 2, 5))
    case = draw(network)
    masks = np.random.default_rng(0).random((2, 6, 3, 5)) < 0.5
    kept, dropped = Run(network, case.at, 0.5, masks).truncated(2, case.upstream)
    assert_all_close(kept, detached(network, case, 2, 2.0 * masks))
    full = detached(network, case, 2, 2.0 * masks, cut=False)
    assert_all_close([k + d for k, d in zip(kept, dropped, strict=True)], full)


@every_cell
def test_what_is_dropped_reaches_no_last_piece(cell: str) -> None:
    """Nor is anything kept of the last states' gradients in an earlier piece."""
    network = Network(cell, T=7, B=2, D=3, H=5, layers=2, proj=2 * ("proj" in cell), seed=3)
    case = draw(network)
    late = [np.zeros_like(case.upstream[0]), *case.upstream[1:]]
    kept, dropped = Run(network, case.at).truncated(3, late)
    states = len(case.at.states)
    assert not kept[0][:6].any()
    assert not dropped[0][6:].any()
    assert dropped[0][:6].any()
    assert not any(d.any() for d in kept[1 : 1 + states])
    assert all(d.any() for d in dropped[1 : 1 + states])


def test_a_bidirectional_network_is_refused() -> None:
    network = Network("lstm", T=5, B=2, D=3, H=4, bidirectional=True)
    case = draw(network)
    with pytest.raises(rnnref.ArgumentValueError, match="bidirectional must be False"):
        Run(network, case.at).truncated(2, case.upstream)


# Planted mistakes: each must be seen.


def lost_below(self: Direction, *args: Any) -> Any:
    """What is dropped in a layer is forgotten in those below it."""
    *rest, dropped_d_y = args
    return RIGHT(self, *rest, np.zeros_like(dropped_d_y))


def one_step_late(self: Direction, steps: int, *rest: Any) -> Any:
    return RIGHT(self, steps + 1, *rest)


def never_cut(self: Direction, steps: int, *rest: Any) -> Any:
    return RIGHT(self, 100, *rest)


RIGHT = Direction.truncated_backward


@pytest.mark.parametrize("mistake", [lost_below, one_step_late, never_cut])
def test_planted_mistakes_are_caught(mistake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network("gru_reset_after", T=7, B=3, D=2, H=4, layers=3, lengths=(7, 4, 6), seed=1)
    case = draw(network)
    compare(network, case, 2)
    monkeypatch.setattr(Direction, "truncated_backward", mistake)
    with pytest.raises(AssertionError, match="exceeds"):
        compare(network, case, 2)
