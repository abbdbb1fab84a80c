"""The functions that a layer can be given: against PyTorch's, at kinks too, and in layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import rnnref
import torch
from oracles.agreement import FLOAT64, relative_error
from rnnref import Activation, curves
from rnnref.activation import specialised
from rnnref.curves import FAMILIES
from rnnref.generated import lstm_general
from torch import Tensor
from torch.nn import functional as F

KERAS_3 = 1 / 6

THEIRS: dict[Activation, Callable[[Tensor], Tensor]] = {
    Activation("sigmoid"): torch.sigmoid,
    Activation("tanh"): torch.tanh,
    Activation("relu"): torch.relu,
    Activation("affine", 0.7, -0.3): lambda x: 0.7 * x - 0.3,
    Activation("leaky_relu"): F.leaky_relu,
    Activation("leaky_relu", 0.3): partial(F.leaky_relu, negative_slope=0.3),
    Activation("thresholded_relu"): lambda x: F.threshold(x, 1.0, 0.0),
    Activation("scaled_tanh", 1.7, 0.6): lambda x: 1.7 * torch.tanh(0.6 * x),
    Activation("hard_sigmoid"): lambda x: (0.2 * x + 0.5).clamp(0, 1),
    Activation("hard_sigmoid", KERAS_3, 0.5): lambda x: F.relu6(x + 3) / 6,
    Activation("elu"): F.elu,
    Activation("elu", 0.4): partial(F.elu, alpha=0.4),
    Activation("softsign"): F.softsign,
    Activation("softplus"): partial(F.softplus, threshold=1000),  # or it is x from 20 on
}
KINKS = {"relu": [0.0], "leaky_relu": [0.0], "elu": [0.0], "thresholded_relu": [1.0]}
every = pytest.mark.parametrize("activation", THEIRS, ids=str)


def derivatives(function: Callable[[Tensor], Tensor], points: Any) -> list[Any]:
    """A function, its first and its second derivative by autograd."""
    x = torch.tensor(points, requires_grad=True)
    y = function(x)
    (slope,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    if not slope.requires_grad:
        return [y.detach().numpy(), slope.numpy(), np.zeros_like(points)]
    (bend,) = torch.autograd.grad(slope.sum(), x, materialize_grads=True, allow_unused=True)
    return [np.asarray(a.detach()) for a in (y, slope, bend)]


def test_every_function_is_compared() -> None:
    assert {a.name for a in THEIRS} == set(FAMILIES)


@every
def test_values_and_derivatives_are_those_of_torch(activation: Activation) -> None:
    points = np.concatenate([np.random.default_rng(0).normal(0, 3, 400), np.linspace(-40, 40, 7)])
    points = points[points != 0]
    wanted = derivatives(THEIRS[activation], points)
    for function, want in zip(activation.functions, wanted, strict=True):
        assert relative_error(function(points), want) <= FLOAT64


@pytest.mark.parametrize("name", KINKS)
def test_the_derivative_at_a_kink_is_that_of_torch(name: str) -> None:
    activation = Activation(name)
    points = np.array(KINKS[name])
    value, slope, _ = derivatives(THEIRS[activation], points)
    np.testing.assert_array_equal(activation.functions[0](points), value)
    np.testing.assert_array_equal(activation.functions[1](points), slope)


def test_at_both_kinks_of_the_hard_sigmoid_the_slope_is_0() -> None:
    hard, points = Activation("hard_sigmoid", KERAS_3, 0.5), np.array([-3.0, 3.0])
    assert hard.functions[0](points).tolist() == [0, 1]
    assert hard.functions[1](points).tolist() == [0, 0]
    x = torch.tensor(points, requires_grad=True)
    F.hardsigmoid(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [0, 0]


def test_the_two_hard_sigmoids_differ() -> None:
    """ONNX and Keras 2 against Keras 3."""
    one, other = Activation("hard_sigmoid"), Activation("hard_sigmoid", KERAS_3, 0.5)
    x = np.array([-2.75, 1.0])
    np.testing.assert_allclose(one.functions[0](x), [0, 0.7], atol=1e-15)
    np.testing.assert_allclose(other.functions[0](x), [0.25 / 6, 4 / 6], atol=1e-15)


def test_the_second_derivative_of_softsign_at_0_is_0() -> None:
    assert Activation("softsign").functions[2](np.zeros(1)).tolist() == [0]


@every
def test_derivatives_agree_with_a_complex_step(activation: Activation) -> None:
    x = np.random.default_rng(1).normal(0, 2, 200)
    value, slope, bend = activation.functions
    for function, derivative in ((value, slope), (slope, bend)):
        step = function(x + 1e-30j).imag / 1e-30
        assert relative_error(derivative(x), step) <= FLOAT64


@every
@pytest.mark.parametrize("dtype", ["float32", "float64", "longdouble", "complex64"])
def test_dtype_in_is_dtype_out(activation: Activation, dtype: str) -> None:
    x = np.linspace(-900, 900, 11).astype(dtype)
    for function in activation.functions:
        found = function(x)
        assert found.dtype == x.dtype
        assert found.shape == x.shape
        assert np.isfinite(found).all()


@pytest.mark.parametrize("at", [-1.0, -0.5, 0.0, 0.5, 1.0])
def test_the_clip_is_that_of_torch(at: float) -> None:
    """At the threshold its derivative is 1."""
    x = np.array([at])
    value, slope, _ = derivatives(lambda x: x.clamp(-0.5, 0.5), x)
    assert curves.clip(x, 0.5) == value
    assert curves.clip_1(x, 0.5) == slope


@pytest.mark.parametrize(("clips", "slope"), [({"gate_clip": 0.5}, 1), ({"cell_clip": 0.5}, 1)])
def test_a_layer_takes_the_derivative_at_the_threshold(clips: Any, slope: float) -> None:
    """With h = c = x the number that is clipped is x; it stands below, at and above 0.5."""
    one, line = Activation("affine", 0.0, 1.0), Activation("affine", 1.0, 0.0)
    layer = rnnref.LSTM(1, 1, bias=False, activations=(one, line, line), **clips)
    params = {"weight_ih_l0": np.ones((4, 1)), "weight_hh_l0": np.zeros((4, 1))}
    x = np.array([[[0.25], [0.5], [0.75]]])
    y, _, tape = layer.forward(params, x)
    assert y.ravel().tolist() == [0.25, 0.5, 0.5]
    grads = layer.backward(tape, np.ones_like(y))
    assert grads.x.ravel().tolist() == [1, slope, 0]


def test_general_code_with_the_usual_functions_is_the_plain_code() -> None:
    usual = tuple(map(Activation, ("sigmoid", "tanh", "tanh")))
    general = specialised(lstm_general, usual, None)
    layer = rnnref.LSTM(3, 5, peepholes=True)
    rng = np.random.default_rng(0)
    params = list(layer.init_params(rng).values())
    given = rng.normal(size=(4, 2, 3)), rng.normal(size=(2, 5)), rng.normal(size=(2, 5))
    tape = general.forward(general.Params(*params), *given)
    code = layer._code
    assert code is not lstm_general
    np.testing.assert_array_equal(tape.h, code.forward(code.Params(*params), *given).h)


def test_binding_functions_leaves_the_module_as_it_is() -> None:
    before = dict(vars(lstm_general))
    relus = (Activation("relu"),) * 3
    found = specialised(lstm_general, relus, 1.0, 1.0)
    assert vars(lstm_general) == before
    assert found.forward is not lstm_general.forward
    assert found.Tape is lstm_general.Tape


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (("Tanh",), rnnref.ArgumentValueError, "name must be one of sigmoid, .*; got 'Tanh'"),
        ((1,), rnnref.ArgumentTypeError, "name must be the name of a function, got 1"),
        (("affine", 1.0), rnnref.ArgumentValueError, "beta must be given where name is 'affine'"),
        (("elu", 1.0, 0.5), rnnref.ArgumentValueError, "beta must be left out .* 'elu', got 0.5"),
        (("elu", "1"), rnnref.ArgumentTypeError, "alpha must be a number, got '1'"),
        (("elu", np.inf), rnnref.ArgumentValueError, "alpha must be finite, got inf"),
    ],
)
def test_what_is_no_activation_is_refused(given: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"Activation: {words}"):
        Activation(*given)
