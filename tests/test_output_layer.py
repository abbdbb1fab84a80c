"""The output layer against PyTorch's linear layer, and the laws it must keep."""

from __future__ import annotations

import numpy as np
import pytest
import rnnref
import torch
from hypothesis import given, settings
from layer_cases import DTYPES, SEEDS, SIZES, Sizes, close, flat, normal


@settings(deadline=None, max_examples=60)
@given(n=SIZES, seed=SEEDS)
def test_agrees_with_torch(n: Sizes, seed: int) -> None:
    torch.manual_seed(seed)
    module = torch.nn.Linear(n.H, n.D, dtype=torch.float64)
    params = {k: v.numpy() for k, v in module.state_dict().items()}
    h = torch.randn(n.T, n.B, n.H, dtype=torch.float64, requires_grad=True)
    d_y = torch.randn(n.T, n.B, n.D, dtype=torch.float64)
    layer = rnnref.Output(n.H, n.D)
    y, tape = layer.forward(params, h.detach().numpy())
    grads = layer.backward(tape, d_y.numpy())
    y_torch = module(h)
    close([y], [y_torch.detach().numpy()])
    found = torch.autograd.grad(y_torch, [h, *module.parameters()], d_y)
    close(grads, [d.numpy() for d in found])


def test_parameters_are_those_of_torch() -> None:
    module = torch.nn.Linear(5, 3)
    shapes = {k: tuple(v.shape) for k, v in module.state_dict().items()}
    assert rnnref.Output(5, 3).parameter_shapes == shapes


def test_jvp_is_the_complex_step() -> None:
    layer, rng = rnnref.Output(5, 3), np.random.default_rng(0)
    params, h, h_dot = layer.init_params(rng), normal(rng, (6, 2, 5)), normal(rng, (6, 2, 5))
    params_dot = {k: normal(rng, v.shape) for k, v in params.items()}
    got = layer.jvp(layer.forward(params, h)[1], h_dot, params_dot)
    moved = {k: v + 1e-30j * params_dot[k] for k, v in params.items()}
    close([got], [layer.forward(moved, h + 1e-30j * h_dot)[0].imag / 1e-30])


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype_in_is_dtype_out(dtype: str) -> None:
    layer, rng = rnnref.Output(5, 3), np.random.default_rng(0)
    params, h, d_y = (
        layer.init_params(rng, dtype),
        normal(rng, (6, 2, 5), dtype),
        normal(rng, (6, 2, 3), dtype),
    )
    y, tape = layer.forward(params, h)
    arrays = flat([params, y, tape, layer.backward(tape, d_y), layer.jvp(tape, h, params)])
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


def test_nothing_is_shared() -> None:
    layer, rng = rnnref.Output(5, 3), np.random.default_rng(0)
    params, h, d_y = layer.init_params(rng), normal(rng, (6, 2, 5)), normal(rng, (6, 2, 3))
    y, tape = layer.forward(params, h)
    grads = layer.backward(tape, d_y)
    apart = flat([params, h, d_y, y, grads, layer.jvp(tape, h, params)])
    for i, array in enumerate(apart):
        assert not any(np.shares_memory(array, other) for other in apart[:i] + flat(tape))
    assert not any(array.flags.writeable for array in flat(tape))
