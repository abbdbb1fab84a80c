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
from rnnref.generated import gru_general, gru_general_before, lstm_general, rnn_general
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


ONE, LINE = Activation("affine", 0.0, 1.0), Activation("affine", 1.0, 0.0)
NONE = Activation("affine", 0.0, 0.0)
CLIPPED = {
    "rnn": rnnref.RNN(1, 1, bias=False, nonlinearity=LINE, gate_clip=0.5),
    "lstm, gates": rnnref.LSTM(1, 1, bias=False, activations=(ONE, LINE, LINE), gate_clip=0.5),
    "lstm, cell": rnnref.LSTM(1, 1, bias=False, activations=(ONE, LINE, LINE), cell_clip=0.5),
    "gru, after": rnnref.GRU(1, 1, bias=False, activations=(NONE, LINE), gate_clip=0.5),
    "gru, before": rnnref.GRU(
        1, 1, bias=False, activations=(NONE, LINE), gate_clip=0.5, reset_after=False
    ),
}
"""With h = x but for the clip: gates are constant, nothing else acts on x."""


@pytest.mark.parametrize("name", CLIPPED)
def test_a_layer_takes_the_derivative_at_the_threshold(name: str) -> None:
    """The number that is clipped is x; it stands below, at and above 0.5."""
    layer = CLIPPED[name]
    shapes = layer.parameter_shapes
    params = {"weight_ih_l0": np.ones(shapes["weight_ih_l0"])}
    params["weight_hh_l0"] = np.zeros(shapes["weight_hh_l0"])
    x = np.array([[[0.25], [0.5], [0.75]]])
    y, _, tape = layer.forward(params, x)
    assert y.ravel().tolist() == [0.25, 0.5, 0.5]
    grads = layer.backward(tape, np.ones_like(y))
    assert grads.x.ravel().tolist() == [1, 1, 0]


USUAL = tuple(map(Activation, ("sigmoid", "tanh", "tanh")))
PLAIN: dict[str, tuple[Any, Any, tuple[Activation, ...]]] = {
    "tanh": (rnnref.RNN(3, 5), rnn_general, USUAL[1:2]),
    "relu": (rnnref.RNN(3, 5, nonlinearity="relu"), rnn_general, (Activation("relu"),)),
    "lstm": (rnnref.LSTM(3, 5, peepholes=True), lstm_general, USUAL),
    "gru": (rnnref.GRU(3, 5), gru_general, USUAL[:2]),
    "gru before": (rnnref.GRU(3, 5, reset_after=False), gru_general_before, USUAL[:2]),
}


@pytest.mark.parametrize("name", PLAIN)
def test_general_code_with_the_usual_functions_is_the_plain_code(name: str) -> None:
    """Forward to the last bit; backward the derivative is written another way."""
    layer, code, usual = PLAIN[name]
    general, plain = specialised(code, usual, None), layer._code
    assert plain is not code
    rng = np.random.default_rng(0)
    params = list(layer.init_params(rng).values())
    states = [rng.normal(size=(2, 5)) for _ in layer.init_state(2)]
    given, d_y = (rng.normal(size=(4, 2, 3)), *states), rng.normal(size=(4, 2, 5))
    found, wanted = (m.forward(m.Params(*params), *given) for m in (general, plain))
    np.testing.assert_array_equal(found.h, wanted.h)
    one, other = (
        m.backward(m.Params(*params), tape, d_y, *states)
        for m, tape in ((general, found), (plain, wanted))
    )
    for got, want in zip(one.params, other.params, strict=True):
        assert relative_error(got, want) <= FLOAT64


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ("tanh", "tanh"),
        ("elu", "elu"),
        (Activation("relu"), "relu"),
        (Activation("hard_sigmoid", 0.2, 0.5), "hard_sigmoid"),
        (Activation("hard_sigmoid", KERAS_3, 0.5), Activation("hard_sigmoid", KERAS_3, 0.5)),
        (Activation("affine", 1.0, 0.0), Activation("affine", 1.0, 0.0)),
    ],
)
def test_a_nonlinearity_is_held_as_its_name_where_that_says_all(given: Any, held: Any) -> None:
    layer = rnnref.RNN(3, 5, nonlinearity=given)
    assert layer.nonlinearity == held
    assert eval(repr(layer), {"RNN": rnnref.RNN, "Activation": Activation}) == layer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (rnnref.RNN(3, 5), rnnref.RNN(3, 5, nonlinearity=Activation("tanh"))),
        (rnnref.GRU(3, 5), rnnref.GRU(3, 5, activations=[Activation("sigmoid"), "tanh"])),
    ],
)
def test_what_is_asked_for_in_another_way_is_the_plain_layer(one: Any, other: Any) -> None:
    assert one == other
    assert other._code is one._code


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
