"""Second order: forward over reverse through whole networks, against PyTorch's double backward."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.agreement import assert_all_close
from oracles.layers import Run
from oracles.networks import (
    MODULES,
    Arrays,
    Case,
    Network,
    Results,
    by_composition,
    draw,
    networks,
    oracle,
)
from oracles.torch_definition import one_thread

every_cell = pytest.mark.parametrize("cell", MODULES)
few_or_many = pytest.mark.parametrize("examples", [10, pytest.param(50, marks=pytest.mark.slow)])
NETWORK = Network("lstm", T=6, B=3, D=2, H=5, layers=2, bidirectional=True, lengths=(6, 2, 4))


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


def hessian_product(run: Run, case: Case) -> list[np.ndarray]:
    """Of L = sum of w v**3 / 6 over all that comes out.

    Its gradient is w v**2 / 2, which moves by w v v_dot. The weights w are those that the case has
    for gradients from outside.
    """
    dots = run.tangents(case.along)
    d = [w * v**2 / 2 for w, v in zip(case.upstream, run.gave, strict=True)]
    d_dot = [w * v * dot for w, v, dot in zip(case.upstream, run.gave, dots, strict=True)]
    return run.gradient_tangents(d, case.along, d_dot)


def cubes(want: Results, case: Case) -> torch.Tensor:
    pairs = zip(want.gave, case.upstream, strict=True)
    return torch.stack([(torch.tensor(w) * v**3).sum() / 6 for v, w in pairs]).sum()


@every_cell
@few_or_many
def test_hessian_vector_product_agrees_with_torch(cell: str, examples: int) -> None:
    """Of a loss of all outputs and last states, by the input, the states and all parameters."""

    @settings(deadline=None, max_examples=examples)
    @given(network=networks(cell))
    def check(network: Network) -> None:
        case = draw(network)
        want = oracle(network, case.at)
        product = want.hessian_product(cubes(want, case), case.along.flat())
        assert_all_close(hessian_product(Run(network, case.at), case), product)

    check()


@every_cell
@few_or_many
def test_the_tangent_of_the_gradients_agrees_with_torch(cell: str, examples: int) -> None:
    """For gradients from outside that move by themselves, and no loss behind them."""

    @settings(deadline=None, max_examples=examples)
    @given(network=networks(cell))
    def check(network: Network) -> None:
        case = draw(network)
        want = oracle(network, case.at)
        run = Run(network, case.at)
        got = run.gradient_tangents(case.upstream, case.along, case.upstream_dot)
        paired = torch.stack(
            [(torch.tensor(d) * v).sum() for d, v in zip(case.upstream, want.gave, strict=True)]
        ).sum()
        along = want.hessian_product(paired, case.along.flat())
        moved = want.gradients(case.upstream_dot)
        assert_all_close(got, [a + m for a, m in zip(along, moved, strict=True)])

    check()


@every_cell
def test_with_dropout(cell: str) -> None:
    network = replace(NETWORK, cell=cell, proj=2 * ("proj" in cell), layers=3)
    case = draw(network)
    masks = np.random.default_rng(0).random((2, 6, 3, 2 * network.output)) < 0.5
    want = by_composition(network, case.at, 2.0 * masks)
    product = want.hessian_product(cubes(want, case), case.along.flat())
    assert_all_close(hessian_product(Run(network, case.at, 0.5, masks), case), product)


@every_cell
@settings(deadline=None, max_examples=5)
@given(data=st.data())
def test_the_hessian_is_symmetric(cell: str, data: st.DataObject) -> None:
    """<u, H v> = <v, H u>."""
    network = data.draw(networks(cell))
    case = draw(network)
    run, other = Run(network, case.at), draw(replace(network, seed=network.seed + 1)).along
    by_v = hessian_product(run, case)
    by_u = hessian_product(run, case._replace(along=other))
    one = [(u * h).sum() for u, h in zip(other.flat(), by_v, strict=True)]
    two = [(v * h).sum() for v, h in zip(case.along.flat(), by_u, strict=True)]
    size = sum(np.abs(u * h).sum() for u, h in zip(other.flat(), by_v, strict=True))
    assert abs(sum(one) - sum(two)) <= 1e-12 * max(size, 1)


def test_what_is_left_out_is_zeros() -> None:
    case = draw(NETWORK)
    run = Run(NETWORK, case.at)
    ref, zero = run.layer, [np.zeros_like(d) for d in case.upstream]
    still = Arrays(
        np.zeros_like(case.at.x),
        [np.zeros_like(s) for s in case.at.states],
        {name: np.zeros_like(p) for name, p in case.at.params.items()},
    )
    d_y, *d_end = case.upstream
    end = run.State(*d_end)
    for got, want in (
        (
            ref.backward_jvp(run.tape, d_y, x_dot=case.along.x),
            run.gradient_tangents([d_y, *zero[1:]], still._replace(x=case.along.x), zero),
        ),
        (
            ref.backward_jvp(run.tape, None, end, params_dot=case.along.params),
            run.gradient_tangents(
                [zero[0], *d_end], still._replace(params=case.along.params), zero
            ),
        ),
        (ref.backward_jvp(run.tape, d_y_dot=d_y), ref.backward(run.tape, d_y)),
        (ref.backward_jvp(run.tape, d_state_dot=end), ref.backward(run.tape, None, end)),
    ):
        flat = want if isinstance(want, list) else run.flat(want)
        assert_all_close(run.flat(got), flat, 0)
