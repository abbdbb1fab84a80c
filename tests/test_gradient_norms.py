"""What `examples.gradient_norms` measures, against PyTorch; and that its bounds are bounds."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from examples import gradient_norms, jacobian_norms
from examples.jacobian_norms import CELLS

SETTINGS = replace(gradient_norms.FULL, hidden_size=6, input_size=3, lags=9, batch=3)
ROUNDING = 1 + 1e-12
"""A product of nine matrices rounds to a few parts in 1e15; the bounds may be attained."""

every_cell = pytest.mark.parametrize("cell", CELLS)


def case(cell: str, seed: int, scale: float) -> tuple[Any, Any]:
    """Random weights and inputs, with biases of random size in every gate."""
    rng = np.random.default_rng(seed)
    params, x = gradient_norms.draw(cell, scale, rng.normal(0, 2), SETTINGS, rng)
    biases = {name: rng.normal(size=params.bias_hh.shape) for name in ("bias_ih", "bias_hh")}
    return params._replace(**biases), x


@every_cell
def test_against_autograd(cell: str) -> None:
    """Each block of the Jacobian of torch.nn's last state by the state at each time before."""
    params, x = case(cell, seed=0, scale=1.5)
    measured = jacobian_norms.norms(cell, params, x, 6).measured
    module = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[cell](3, 6).double()
    named = params._asdict().items()
    module.load_state_dict({f"{n}_l0": torch.tensor(p) for n, p in named})
    names = jacobian_norms.states(cell)
    for b in range(3):
        states = [tuple(torch.zeros(1, 1, 6, dtype=torch.double) for _ in names)]
        inputs = torch.tensor(x[:, b : b + 1])
        for t in range(9):
            states.append(last(module, inputs[t : t + 1], states[-1]))
        for t in range(9):
            rest = inputs[t:]
            blocks = torch.autograd.functional.jacobian(
                lambda *s, rest=rest: last(module, rest, s), states[t]
            )
            for i, name in enumerate(names):
                want = torch.linalg.matrix_norm(blocks[i][i].reshape(6, 6), ord=2).item()
                assert measured[name][9 - t, b] == pytest.approx(want, rel=1e-10)
            assert len(blocks) == len(names)


def last(module: nn.Module, x: torch.Tensor, state: tuple[torch.Tensor, ...]) -> Any:
    """The last state, always a tuple."""
    _, end = module(x, state if isinstance(module, nn.LSTM) else state[0])
    return end if isinstance(end, tuple) else (end,)


@every_cell
@pytest.mark.parametrize("seed", range(8))
def test_bounds_hold(cell: str, seed: int) -> None:
    """For each sequence and each T - t: measured <= one-step norms <= gates."""
    for scale in (0.3, 1.0, 4.0):
        params, x = case(cell, seed, scale)
        found = jacobian_norms.norms(cell, params, x, 6)
        for name in jacobian_norms.states(cell):
            measured, one_step, gates = (of[name] for of in found[:3])
            assert measured.shape == (10, 3)
            assert (measured[0] == 1).all()
            assert (measured <= one_step * ROUNDING).all(), (scale, name)
            assert (one_step <= gates * ROUNDING).all(), (scale, name)
            if cell == "rnn":
                assert (gates <= scale ** np.arange(10.0)[:, None] * ROUNDING).all()


@every_cell
def test_how_a_step_reads_the_hidden_state(cell: str) -> None:
    """The equation on which the bound by the gates rests, with the GRU's z of its own."""
    params, x = case(cell, seed=1, scale=2.0)
    code = CELLS[cell]
    start = np.random.default_rng(2).normal(size=(len(jacobian_norms.states(cell)), 3, 6))
    step = code.step_forward(params, x[0], *start)
    found = code.step_jacobians(params, step)
    for name in jacobian_norms.states(cell):
        direct = getattr(found, f"{name}_D_h_prev")
        through = getattr(found, f"{name}_D_bias_hh") @ params.weight_hh
        past = step.z[:, :, None] * np.eye(6) if cell == "gru" else 0.0
        np.testing.assert_allclose(through + past, direct, rtol=0, atol=1e-13)


def test_bounds_are_attained() -> None:
    """By the RNN without input whose weights are a multiple of a rotation: nothing is lost."""
    code = CELLS["rnn"]
    W = 0.5 * np.array([[0.6, -0.8], [0.8, 0.6]])
    params = code.Params(np.zeros((2, 1)), W, np.zeros(2), np.zeros(2))
    found = jacobian_norms.norms("rnn", params, np.zeros((7, 1, 1)), 2)
    for values in (found.measured, found.one_step, found.gates):
        np.testing.assert_allclose(values["h"][:, 0], 0.5 ** np.arange(8), rtol=1e-13)


def test_the_path_is_a_summand_alone() -> None:
    """Without recurrent weights it is all of dc_T/dc_t and of the GRU's dh_T/dh_t; else it is not,
    and it bounds them from neither side."""
    below = above = 0
    for cell, (state, _) in jacobian_norms.PATHS.items():
        for seed in range(6):
            params, x = case(cell, seed, 4.0)
            found = jacobian_norms.norms(cell, params, x, 6)
            below += int((found.measured[state] < found.path[state] / ROUNDING).sum())
            above += int((found.measured[state] > found.path[state] * ROUNDING).sum())
            alone = params._replace(weight_hh=np.zeros_like(params.weight_hh))
            found = jacobian_norms.norms(cell, alone, x, 6)
            np.testing.assert_allclose(found.measured[state], found.path[state], rtol=1e-12)
    assert below > 0
    assert above > 0


@every_cell
def test_weights_have_the_norm_that_is_asked_for(cell: str) -> None:
    params, x = gradient_norms.draw(cell, 1.5, 2.0, SETTINGS, np.random.default_rng(0))
    gates = CELLS[cell].GATES
    for gate, W in zip(gates, np.split(params.weight_hh, len(gates)), strict=True):
        assert np.linalg.svd(W, compute_uv=False)[0] == pytest.approx(1.5, rel=1e-12), gate
    biases = np.split(params.bias_ih + params.bias_hh, len(gates))
    for gate, bias in zip(gates, biases, strict=True):
        np.testing.assert_array_equal(bias, 2.0 if gate == "f" else 0.0)
    assert x.shape == (9, 3, 3)


# Planted mistakes: each bound without one of its terms is exceeded somewhere.


def exceeded(cell: str) -> bool:
    cases = [case(cell, seed, scale) for seed in range(8) for scale in (0.3, 1.0, 4.0)]
    found = [jacobian_norms.norms(cell, *drawn, 6) for drawn in cases]
    return any((f.measured[s] > f.gates[s] * ROUNDING).any() for f in found for s in f.gates)


@pytest.mark.parametrize("gate", ["r", "z", "n"])
def test_a_gate_lost_from_the_bound(gate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Jacobian by the recurrent biases that does not see one gate."""
    code = CELLS["gru"]

    def blind(params: Any, step: Any) -> Any:
        found = code.step_jacobians(params, step)
        slopes = np.split(found.h_D_bias_hh, 3, axis=-1)
        slopes[code.GATES.index(gate)] = np.zeros((3, 6, 6))
        return found._replace(h_D_bias_hh=np.concatenate(slopes, axis=-1))

    monkeypatch.setitem(CELLS, "gru", SimpleNamespace(**vars(code) | {"step_jacobians": blind}))
    with pytest.raises(AssertionError):
        test_how_a_step_reads_the_hidden_state("gru")


def test_the_direct_part_lost_from_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small weights and z near 1: nearly all of the norm is the part that is left out."""
    whole = jacobian_norms.gate_bound

    def without(cell: str, params: Any, step: Any) -> Any:
        return whole(cell, params, step) - step.z.max(axis=-1)[:, None, None]

    assert not exceeded("gru")
    monkeypatch.setattr(jacobian_norms, "gate_bound", without)
    assert exceeded("gru")
