"""Dropout between layers: with masks that are given, and with masks that are drawn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.agreement import assert_all_close
from oracles.layers import Run, layer
from oracles.networks import MODULES, Network, arrays, by_composition, draw, networks
from oracles.torch_definition import one_thread

every_cell = pytest.mark.parametrize("cell", MODULES)
few_or_many = pytest.mark.parametrize("examples", [10, pytest.param(40, marks=pytest.mark.slow)])
NETWORK = Network("lstm", T=6, B=3, D=2, H=5, layers=3, bidirectional=True, lengths=(6, 2, 4))


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


def masks_for(network: Network, seed: int = 0, kept: float = 0.6) -> np.ndarray:
    size = network.output * network.directions
    rng = np.random.default_rng(seed)
    return rng.random((network.layers - 1, network.T, network.B, size)) < kept


def everything(run: Run) -> list[np.ndarray]:
    case = draw(run.network)
    return [*run.gave, *run.gradients(case.upstream), *run.tangents(case.along)]


def equal(one: Run, other: Run) -> bool:
    pairs = zip(everything(one), everything(other), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


@every_cell
@few_or_many
def test_agrees_with_layers_of_torch(cell: str, examples: int) -> None:
    """One-layer networks of PyTorch, the masks multiplied in between them, scaled."""

    @settings(deadline=None, max_examples=examples)
    @given(data=st.data(), p=st.sampled_from([0.1, 0.25, 0.5, 0.9]))
    def check(data: st.DataObject, p: float) -> None:
        network = data.draw(networks(cell, layers=data.draw(st.integers(2, 3))))
        case = draw(network)
        masks = masks_for(network, network.seed, 1 - p)
        run = Run(network, case.at, p, masks)
        want = by_composition(network, case.at, masks / (1 - p))
        assert_all_close(run.gave, arrays(want.gave))
        assert_all_close(run.gradients(case.upstream), want.gradients(case.upstream))
        assert_all_close(run.tangents(case.along), want.tangents(case.along.flat()))

    check()


def test_masks_that_drop_nothing_are_no_dropout_but_for_the_scale() -> None:
    """With dropout 1/2 the outputs between layers are doubled, as if the weights there were."""
    case = draw(NETWORK)
    read = {"weight_ih_l1", "weight_ih_l2", "weight_ih_l1_reverse", "weight_ih_l2_reverse"}
    doubled = {name: 2 * p if name in read else p for name, p in case.at.params.items()}
    all_kept = Run(NETWORK, case.at, 0.5, np.ones_like(masks_for(NETWORK)))
    plain = Run(NETWORK, case.at._replace(params=doubled))
    assert_all_close(all_kept.gave, plain.gave, 1e-14)


def test_without_masks_and_rng_nothing_is_dropped() -> None:
    case = draw(NETWORK)
    run = Run(NETWORK, case.at, 0.5)
    assert run.tape.masks is None
    assert equal(run, Run(NETWORK, case.at))


def test_drawn_masks_are_on_the_tape_and_make_the_run_again() -> None:
    case = draw(NETWORK)
    drawn = Run(NETWORK, case.at, 0.3, rng=np.random.default_rng(5))
    assert drawn.tape.masks.shape == masks_for(NETWORK).shape
    assert drawn.tape.masks.dtype == bool
    assert equal(drawn, Run(NETWORK, case.at, 0.3, drawn.tape.masks))


def test_the_same_seed_draws_the_same_masks_in_every_dtype() -> None:
    case = draw(NETWORK)

    def masks(seed: int, dtype: str) -> np.ndarray:
        ref = layer(NETWORK, 0.3)
        params = {name: p.astype(dtype) for name, p in case.at.params.items()}
        x = case.at.x.astype(dtype)
        return ref.forward(params, x, rng=np.random.default_rng(seed))[2].masks

    assert np.array_equal(masks(1, "float64"), masks(1, "float64"))
    assert np.array_equal(masks(1, "float64"), masks(1, "float32"))
    assert not np.array_equal(masks(1, "float64"), masks(2, "float64"))


def test_one_generator_draws_new_masks_at_each_call() -> None:
    case, rng = draw(NETWORK), np.random.default_rng(0)
    one, two = (Run(NETWORK, case.at, 0.3, rng=rng) for _ in range(2))
    assert not np.array_equal(one.tape.masks, two.tape.masks)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_as_many_are_dropped_as_said(p: float) -> None:
    """Within six standard deviations of the share of n independent draws, and each by itself."""
    network = Network("rnn_tanh", T=100, B=20, D=1, H=20, layers=3)
    run = Run(network, draw(network).at, p, rng=np.random.default_rng(3))
    kept = run.tape.masks
    deviation = np.sqrt(p * (1 - p))
    assert abs(kept.mean() - (1 - p)) < 6 * deviation / np.sqrt(kept.size)
    for axis in range(4):
        one, other = np.moveaxis(kept, axis, 0)[:-1], np.moveaxis(kept, axis, 0)[1:]
        covariance = np.mean((one - (1 - p)) * (other - (1 - p)))
        assert abs(covariance) < 6 * deviation**2 / np.sqrt(one.size)


def test_dropout_of_one_leaves_nothing() -> None:
    """The second layer reads zeros, as in PyTorch, and the first gets no gradient from it."""
    network = Network("gru_reset_after", T=4, B=2, D=3, H=5, layers=2)
    case = draw(network)
    run = Run(network, case.at, 1.0, rng=np.random.default_rng(0))
    assert not run.tape.masks.any()
    assert not run.tape.layers[1].x.any()
    grads = run.gradients([case.upstream[0], np.zeros_like(case.upstream[1])])
    assert not grads[0].any()
    module = network.module()
    module.dropout = 1.0
    state = {name: torch.tensor(p) for name, p in case.at.params.items()}
    module.load_state_dict(state)
    y, _ = module.train()(torch.tensor(case.at.x), torch.tensor(case.at.states[0]))
    assert_all_close(run.gave[:1], arrays([y]))


def test_masks_given_are_copied() -> None:
    case, masks = draw(NETWORK), masks_for(NETWORK)
    run = Run(NETWORK, case.at, 0.4, masks)
    before = run.gradients(case.upstream)
    masks[:] = False
    assert_all_close(run.gradients(case.upstream), before, 0)
    assert not run.tape.masks.flags.writeable
