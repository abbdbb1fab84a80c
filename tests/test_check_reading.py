"""What `check` makes of what an implementation hands back: forms, layouts, casts."""

from __future__ import annotations

import numpy as np
import pytest
import rnnref
import torch
from rnnref.conventions import convert
from rnnref.testing import check
from textbook_lstm import FORWARD, LSTM, Own, checked, sigmoid, worst, wrong


class OnDevice:
    """Raises as a torch tensor on a GPU does when NumPy asks for its numbers."""

    shape, device = (6, 2, 5), "cuda:0"

    def __array__(self, dtype=None, copy=None):
        raise TypeError(
            "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor "
            "to host memory first."
        )


OnDevice.__module__ = "torch"

BAD_FORWARD = {
    "y alone": (lambda y, h, c: y, ["must return (y, state), got numpy.ndarray"]),
    "batch first": (
        lambda y, h, c: (y.swapaxes(0, 1), (h, c)),
        ["y must be (T, B, hidden_size) = (6, 2, 5), got (2, 6, 5)", "batch first"],
    ),
    "no axis of cells": (
        lambda y, h, c: (y, (h[0], c)),
        ["state.h must be (1, B, hidden_size) = (1, 2, 5), got (2, 5)", "state.h[None]"],
    ),
    "h alone": (lambda y, h, c: (y, h), ["state must be (h, c), 2 in number, got a list of 1"]),
    "a dict": (lambda y, h, c: ({"y": y}, (h, c)), ["y must be an array, got a dict"]),
    "complex": (lambda y, h, c: (y + 0j, (h, c)), ["real numbers, got an array of complex128"]),
    "on a GPU": (
        lambda y, h, c: (OnDevice(), (h, c)),
        ["got torch.OnDevice on cuda:0", "y.detach().cpu().numpy()"],
    ),
    "nothing": (lambda y, h, c: (None, None), ["y must be an array, got None"]),
    "flat": (lambda y, h, c: (y, h, c), ["got a tuple of 3", "(y, (h, c))"]),
    "torch bfloat16": (
        lambda y, h, c: (torch.tensor(y, dtype=torch.bfloat16), (h, c)),
        ["y.detach().cpu().float().numpy()"],
    ),
}


@pytest.mark.parametrize("name", BAD_FORWARD)
def test_what_cannot_be_read_is_said(name):
    change, said = BAD_FORWARD[name]

    def forward(params, x, state):
        y, (h, c) = Own().forward(params, x, state)
        return change(y, h, c)

    report = check(LSTM, forward=forward)
    assert not report.ok
    assert report.cases[0].problems[0].startswith("forward: ")
    for words in said:
        assert words in report.cases[0].problems[0]


def test_torch_tensors_that_require_gradients_are_read():
    def forward(params, x, state):
        y, (h, c) = Own().forward(params, x, state)
        return torch.tensor(y, requires_grad=True), (torch.nn.Parameter(torch.tensor(h)), c)

    assert check(LSTM, forward=forward).ok


def test_what_cannot_be_read_of_gradients_is_said():
    class Wrong(Own):
        def backward(self, *arguments):
            d_x, d_state, sums = super().backward(*arguments)
            sums["weight_hh_l0"] = sums["weight_hh_l0"].T
            return d_x, d_state, sums

    class Renamed(Own):
        def backward(self, *arguments):
            d_x, d_state, sums = super().backward(*arguments)
            return d_x, d_state, {f"rnn.{name}": value for name, value in sums.items()}

    class Flat(Own):
        def backward(self, *arguments):
            d_x, (d_h, d_c), sums = super().backward(*arguments)
            return d_x, d_h, d_c, sums

    (problem,) = checked(Flat()).cases[0].problems
    assert "(d_x, (d_h, d_c), d_params)" in problem
    (problem,) = checked(Wrong()).cases[0].problems
    assert "weight_hh_l0" in problem
    assert "is it transposed?" in problem
    (problem,) = checked(Renamed()).cases[0].problems
    assert "take the prefix off" in problem


def test_gradients_may_be_left_out_and_the_report_says_so():
    class Partial(Own):
        def backward(self, *arguments):
            d_x, _, sums = super().backward(*arguments)
            return d_x, None, sums

    report = checked(Partial())
    assert report.ok
    assert "not computed, so not checked: d_h_0, d_c_0" in str(report)


def test_nan_is_no_small_error():
    class Wrong(Own):
        def forward(self, params, x, state):
            y, end = super().forward(params, x, state)
            y[-1, 0, 0] = np.nan
            return y, end

    report = checked(Wrong())
    assert worst(report)["y"] == np.inf
    assert not report.ok
    assert "forward returns NaN or infinity in y" in report.notes
    assert "called again" not in str(report)


def test_a_cast_is_noticed():
    def forward(params, x, state):
        y, end = Own().forward(params, x, state)
        return y.astype(np.float32), end

    report = check(LSTM, forward=forward)
    assert wrong(report) == {"y"}
    assert "returns float32 where float64 went in" in str(report)


def in_onnx(order):
    """An LSTM as ONNX lays it out, that reads its rows in some order."""

    def forward(params, x, state):
        W, R, (b,) = params["W"][0], params["R"][0], params["B"]
        (h,), (c,), ys = *state, []
        for x_t in x:
            a = x_t @ W.T + h @ R.T + b[:20] + b[20:]
            gates = dict(zip(order, np.split(a, 4, axis=1), strict=True))
            i, f, o = (sigmoid(gates[k]) for k in "ifo")
            c = f * c + i * np.tanh(gates["g"])
            h = o * np.tanh(c)
            ys.append(h[None])
        return np.stack(ys), (h[None], c[None])

    return forward


def test_another_convention():
    assert check(LSTM, forward=in_onnx("iofg"), convention="onnx", dtype="float32")
    report = check(LSTM, forward=in_onnx("ifgo"), convention="onnx", dtype="float32")
    assert wrong(report) == FORWARD
    with pytest.raises(rnnref.RnnrefError, match="TensorFlow 1 has no GRU that resets after"):
        check(rnnref.GRU(3, 5), forward=in_onnx("ifgo"), convention="tf1")


def through(layer, convention):
    """Our functions behind the converter, which `tests/test_conventions.py` tests by itself."""
    kind = type(layer.init_state(1))

    def ours(values, what):
        return convert(layer, values, convention, "rnnref", what)

    def theirs(values, what):
        return convert(layer, values, "rnnref", convention, what)

    def run(params, x, state):
        start = kind(*ours(state, "state"))
        return layer.forward(ours(params, "params"), ours(x, "x"), start)

    def forward(params, x, state):
        y, end, _ = run(params, x, state)
        return theirs(y, "y"), theirs(end, "state")

    def backward(params, x, state, d_y, d_state):
        tape = run(params, x, state)[2]
        grads = layer.backward(tape, ours(d_y, "y"), kind(*ours(d_state, "state")))
        pairs = ((grads.x, "x"), (grads.state, "state"), (grads.params, "gradients"))
        return tuple(theirs(*pair) for pair in pairs)

    return forward, backward


@pytest.mark.parametrize("convention", ["keras", "flax", "equinox", "cudnn", "onednn", "webnn"])
def test_gradients_in_another_convention(convention):
    """Two biases that are one there have one gradient; shapes, orders and signs are theirs."""
    layer = rnnref.GRU(3, 5, bidirectional=True)
    forward, backward = through(layer, convention)
    report = check(
        layer, forward=forward, backward=backward, convention=convention, dtype="float32"
    )
    report.raise_if_failed()
    assert {f"d_{name}" for name in layer.parameter_shapes} < set(worst(report))


def test_what_cannot_be_read_in_another_convention_is_said():
    def forward(params, x, state):
        y, end = in_onnx("iofg")(params, x, state)
        return y[:, 0], end

    report = check(LSTM, forward=forward, convention="onnx")
    assert report.cases[0].problems[0].startswith("forward: y must be (6, 1, 2, 5), got (6, 2, 5)")
    assert "y" not in worst(report)
    assert "not computed" not in str(report)
    assert not report.ok


def test_swapped_axes_are_said_as_the_convention_has_them():
    def forward(params, x, state):
        theirs = convert(LSTM, params, "keras", "rnnref"), x.swapaxes(0, 1)
        start = rnnref.LSTMState(*convert(LSTM, state, "keras", "rnnref", "state"))
        y, end, _ = LSTM.forward(*theirs, start)
        return y, (end.h[0], None)

    y, state = check(LSTM, forward=forward, convention="keras").cases[0].problems
    assert y == "forward: y must be (2, 6, 5), got (6, 2, 5); are its first two axes swapped?"
    assert state == "forward: state[1] must be an array, got None"


def test_lists_are_read_in_another_convention():
    def forward(params, x, state):
        y, (h, c) = in_onnx("iofg")(params, x, state)
        return np.asarray(y).tolist(), [np.asarray(h).tolist(), np.asarray(c).tolist()]

    assert check(LSTM, forward=forward, convention="onnx").ok


def test_wrong_order_is_said_as_the_convention_has_it():
    report = check(LSTM, forward=in_onnx("ifgo"), convention="onnx")
    says = "gates are read as i, f, g, o (the order of PyTorch), not as i, o, f, g"
    assert says in str(report)
