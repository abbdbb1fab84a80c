"""`rnnref.testing.check`: right implementations pass, wrong ones fail and are told why."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rnnref
import torch
from right import IMPLEMENTATIONS
from rnnref.conventions import convert
from rnnref.testing import Case, CheckFailedError, check
from rnnref.testing.drawing import cases
from rnnref.testing.precision import PRECISIONS

LSTM = rnnref.LSTM(3, 5)
LAYERS = {
    "rnn": rnnref.RNN(3, 5),
    "rnn relu": rnnref.RNN(3, 5, nonlinearity="relu"),
    "lstm": LSTM,
    "gru": rnnref.GRU(3, 5),
    "gru reset before": rnnref.GRU(3, 5, reset_after=False),
    "network": rnnref.LSTM(3, 5, 2, bidirectional=True, proj_size=4),
}
IN_TORCH = ("float64", "float32", "float16", "bfloat16")


def implementation(layer, dtype, name):
    """Forward and backward functions of a right implementation that is not ours."""
    format = PRECISIONS[dtype]

    def results(params, x, state, d_y, d_state, lengths):
        case = Case("given", layer, params, x, state, d_y, d_state, lengths)
        found = IMPLEMENTATIONS[name](case, format, 0)
        assert found is not None
        return found

    def backward(params, x, state, d_y, d_state, lengths=None):
        found = results(params, x, state, d_y, d_state, lengths)
        return {key: value for key, value in found.items() if key.startswith("d_")}

    def forward(params, x, state, lengths=None):
        width = layer._features.size
        zeros = np.zeros((*x.shape[:2], width), x.dtype), type(state)(*map(np.zeros_like, state))
        found = results(params, x, state, *zeros, lengths)
        return found["y"], [found[f"{field}_n"] for field in state._fields]

    return forward, backward


def without_lengths(function):
    return lambda *arguments: function(*arguments)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize("dtype", IN_TORCH)
@pytest.mark.parametrize("name", LAYERS)
def test_pytorch_passes_in_every_precision_that_it_has(name, dtype):
    layer = LAYERS[name]
    other = name == "gru reset before"
    functions = implementation(layer, dtype, "torch, equation by equation" if other else "torch.nn")
    forward, backward = map(without_lengths, functions) if other else functions
    report = check(layer, forward=forward, backward=backward, dtype=dtype, seed=7)
    report.raise_if_failed()
    assert [bool(case.skipped) for case in report.cases] == [False] * 4 + [other]
    seen = {c.quantity for c in report.cases[0].comparisons}
    states = layer.init_state(1)._fields
    assert len(seen) == 2 + 2 * len(states) + len(layer.parameter_shapes)


def test_tf32_passes_as_tf32_and_not_as_float32():
    functions = map(without_lengths, implementation(LSTM, "tf32", "NumPy, sums in order"))
    forward, backward = functions
    assert check(LSTM, forward=forward, backward=backward, dtype="tf32")
    assert not check(LSTM, forward=forward, backward=backward, dtype="float32")


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


class Own:
    """A textbook LSTM whose parts can be got wrong by overriding them."""

    order = "ifgo"

    def gates(self, params, x, h):
        a = x @ params["weight_ih_l0"].T + params["bias_ih_l0"]
        a = a + h @ params["weight_hh_l0"].T + params["bias_hh_l0"]
        found = dict(zip(self.order, np.split(a, 4, axis=1), strict=True))
        return {k: np.tanh(v) if k == "g" else sigmoid(v) for k, v in found.items()}

    def run(self, params, x, state):
        h, c, steps = state.h[0], state.c[0], []
        for x_t in x:
            step = self.gates(params, x_t, h) | {"x": x_t, "h_prev": h, "c_prev": c}
            c = step["f"] * c + step["i"] * step["g"]
            h = step["o"] * np.tanh(c)
            steps.append(step | {"c": c, "h": h})
        return steps

    def forward(self, params, x, state):
        steps = self.run(params, x, state)
        return np.stack([s["h"] for s in steps]), (steps[-1]["h"][None], steps[-1]["c"][None])

    def carried(self, step, d_c):
        return d_c * step["f"]

    def slopes(self, d, step):
        return [
            d[k] * (1 - step[k] ** 2) if k == "g" else d[k] * step[k] * (1 - step[k])
            for k in self.order
        ]

    def backward(self, params, x, state, d_y, d_state):
        d_h, d_c, d_x = d_state.h[0], d_state.c[0], np.zeros_like(x)
        sums = {name: np.zeros_like(value) for name, value in params.items()}
        steps = self.run(params, x, state)
        for t in reversed(range(len(x))):
            s = steps[t]
            d_h = d_h + d_y[t]
            d_c = d_c + d_h * s["o"] * (1 - np.tanh(s["c"]) ** 2)
            d = {"i": d_c * s["g"], "f": d_c * s["c_prev"], "g": d_c * s["i"]}
            d["o"] = d_h * np.tanh(s["c"])
            d_a = np.concatenate(self.slopes(d, s), axis=1)
            d_x[t], d_h = d_a @ params["weight_ih_l0"], d_a @ params["weight_hh_l0"]
            d_c = self.carried(s, d_c)
            sums["weight_ih_l0"] += d_a.T @ s["x"]
            sums["weight_hh_l0"] += d_a.T @ s["h_prev"]
            sums["bias_ih_l0"] += d_a.sum(axis=0)
            sums["bias_hh_l0"] += d_a.sum(axis=0)
        return d_x, rnnref.LSTMState(d_h[None], d_c[None]), sums


def checked(own, **options):
    return check(LSTM, forward=own.forward, backward=own.backward, **options)


def worst(report, case=0):
    """The largest error of each quantity in one case."""
    found: dict[str, float] = {}
    for c in report.cases[case].comparisons:
        found[c.quantity] = max(found.get(c.quantity, 0), c.error)
    return found


def wrong(report, case=0):
    return {name for name, error in worst(report, case).items() if error > 1}


FORWARD = {"y", "h_n", "c_n"}
GRADIENTS = {"d_x", "d_h_0", "d_c_0", *(f"d_{name}" for name in LSTM.parameter_shapes)}


def test_own_code_passes():
    for dtype in ("float64", "float32"):
        checked(Own(), dtype=dtype).raise_if_failed()


def test_wrong_order_of_gates_fails_everywhere():
    class Wrong(Own):
        order = "ifog"

    report = checked(Wrong())
    assert wrong(report) == FORWARD | GRADIENTS
    with pytest.raises(CheckFailedError, match="wrong in 4 of 4 cases") as failure:
        report.raise_if_failed()
    assert str(failure.value) == str(report)
    assert isinstance(failure.value, AssertionError)


def test_cell_state_not_carried_back_shows_where_it_begins():
    class Wrong(Own):
        def carried(self, step, d_c):
            return np.zeros_like(d_c)

    report = checked(Wrong())
    assert wrong(report) == GRADIENTS
    assert worst(report)["y"] < 1
    T = report.cases[0].T
    (d_x,) = (c for c in report.cases[0].comparisons if c.quantity == "d_x")
    assert d_x.steps == tuple(range(T - 1))  # the last step is right
    assert f"few steps: steps 0-{T - 2}" in str(report)
    assert wrong(report, 1) == {"d_c_0"}  # one step: nothing else has it


def test_wrong_gradient_of_one_gate_is_found_at_that_gate():
    class Wrong(Own):
        def backward(self, *arguments):
            d_x, d_state, sums = super().backward(*arguments)
            sums["weight_hh_l0"][5:10] *= 1.001
            return d_x, d_state, sums

    report = checked(Wrong())
    assert wrong(report) == {"d_weight_hh_l0"}
    bad = {c.gate for c in report.cases[0].comparisons if not c.ok}
    assert bad == {"f"}
    assert "few steps: gates f" in str(report)


def test_planted_in_pytorch():
    """One bias of a torch module is dropped, as where a format has one bias alone."""

    def forward(params, x, state):
        module = torch.nn.GRU(3, 5, dtype=torch.float64)
        with torch.no_grad():
            for name, p in module.named_parameters():
                p.copy_(torch.tensor(params[name]) * (name != "bias_hh_l0"))
            y, h = module(torch.tensor(x), torch.tensor(state.h))
        return y, h

    report = check(rnnref.GRU(3, 5), forward=forward)
    assert wrong(report) == {"y", "h_n"}
    assert not any(c.error < 1 for case in report.cases for c in case.comparisons)


def test_forward_alone():
    report = check(LSTM, forward=Own().forward)
    assert report.ok
    assert set(worst(report)) == FORWARD


def test_report_says_what_was_checked():
    text = str(check(LSTM, forward=Own().forward, dtype=np.float32, seed=3))
    assert text.startswith(
        "LSTM(input_size=3, hidden_size=5), float32, convention pytorch, seed 3: right"
    )
    for case in cases(LSTM)[:4]:
        assert f"T={case.x.shape[0]} B={case.x.shape[1]}" in text
    assert "leaves its tolerance" not in text
    assert "instead" not in text
    assert "different lengths were not given: forward without a keyword 'lengths'" in text


def test_report_is_true_if_right():
    assert check(LSTM, forward=Own().forward)
    assert not check(LSTM, forward=lambda params, x, state: (x, state))


def test_lengths_are_given_where_they_are_taken():
    seen = []

    def forward(params, x, state, *, lengths=None):
        seen.append(lengths)
        return LSTM.forward(params, x, state, lengths=lengths)[:2]

    def padding_counts(params, x, state, lengths=None):
        return LSTM.forward(params, x, state)[:2]

    assert check(LSTM, forward=forward)
    given = [lengths for lengths in seen if lengths is not None]
    assert len(given) == 1
    assert 1 in given[0]
    assert list(given[0]) != sorted(given[0], reverse=True)
    report = check(LSTM, forward=padding_counts)
    assert [case.id for case in report.cases if not case.ok] == ["lengths"]


def test_an_implementation_can_damage_nothing():
    class Careless(Own):
        def forward(self, params, x, state):
            found = super().forward(params, x, state)
            x[:] = 0
            params.clear()
            return found

    report = checked(Careless())
    assert report.ok
    assert "note: forward writes to its argument x" in str(report)
    assert "note: forward writes to its argument params" in str(report)


def test_gradients_left_over_from_an_earlier_call_are_noticed():
    class Adding(Own):
        kept: dict[str, np.ndarray] = {}  # noqa: RUF012

        def backward(self, *arguments):
            d_x, d_state, sums = super().backward(*arguments)
            for name, value in sums.items():
                self.kept[name] = self.kept.get(name, 0) + value
            return d_x, d_state, {name: value.copy() for name, value in self.kept.items()}

    report = checked(Adding())
    assert [case.ok for case in report.cases[:2]] == [True, False]
    assert "does it add to what an earlier call has left?" in str(report)


def test_an_exception_is_shown_with_its_case_and_place():
    def forward(params, x, state):
        if len(x) == 1:
            raise IndexError("no second step")
        return Own().forward(params, x, state)

    report = check(LSTM, forward=forward)
    assert [case.id for case in report.cases if not case.ok] == ["one step"]
    text = str(report)
    assert "forward raised IndexError: no second step" in text
    assert "test_check.py" in text
    assert "in: one step" in text
    with pytest.raises(CheckFailedError) as failure:
        report.raise_if_failed()
    assert isinstance(failure.value.__cause__, IndexError)


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


def test_what_explains_a_later_case_is_not_said_of_the_first():
    """At T = 1 the first state is that before the last step; at T = 6 it is not."""

    def forward(params, x, state):
        return Own().forward(params, x, state)[0], state

    report = check(LSTM, forward=forward)
    assert report.diagnosed == "one step"
    assert "instead in the case one step; for few steps no mistake is known:" in str(report)


def test_a_function_that_takes_other_arguments():
    report = check(LSTM, forward=lambda params, x: None)
    assert "it is called with (params, x, state)" in report.cases[0].problems[0]
    assert "checking.py" not in str(report)


@pytest.mark.parametrize(
    ("own", "says", "fix"),
    [
        ({"order": "iofg"}, "gates are read as i, o, f, g (the order of ONNX)", "reorder the rows"),
        (
            {"carried": lambda self, step, d_c: d_c},
            "the gradient handed to c_{t-1} is not multiplied by f",
            "d_c f",
        ),
    ],
)
def test_mistakes_are_named_in_every_precision_that_shows_them(own, says, fix):
    for dtype in ("float64", "float32", "bfloat16"):
        report = checked(type("Wrong", (Own,), own)(), dtype=dtype)
        assert any(says in d.says and fix in d.fix for d in report.diagnoses), dtype
        assert says in str(report)


BAD_CALLS = [
    ({"layer": 3}, rnnref.ArgumentTypeError, "layer must be a rnnref.RNN, LSTM or GRU, got int"),
    ({"forward": None}, rnnref.ArgumentTypeError, "forward must be a function, got None"),
    ({"backward": 1}, rnnref.ArgumentTypeError, "backward must be a function, got int"),
    ({"dtype": "fp8"}, rnnref.DtypeError, "dtype must be float64, float32, tf32"),
    ({"dtype": np.int64}, rnnref.DtypeError, "dtype must be"),
    ({"convention": "mine"}, rnnref.RnnrefError, "convention"),
    ({"convention": ["onnx"]}, rnnref.ArgumentValueError, "convention must be one of"),
    ({"seed": "1"}, rnnref.ArgumentTypeError, "seed must be an int of at least 0, got '1'"),
    ({"seed": -1}, rnnref.ArgumentValueError, "seed must be an int of at least 0, got -1"),
]


@pytest.mark.parametrize(("options", "error", "message"), BAD_CALLS)
def test_wrong_calls_are_refused(options, error, message):
    given = {"layer": LSTM, "forward": Own().forward} | options
    with pytest.raises(error, match=message):
        check(given.pop("layer"), **given)


MODULE = """
import rnnref
layer = rnnref.GRU(4, 6, bidirectional=True)
def right(params, x, state, lengths=None):
    return layer.forward(params, x, state, lengths=lengths)[:2]
def wrong(params, x, state):
    y, end, _ = layer.forward(params, x, state)
    return y + 1e-3, end
"""


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "mine.py").write_text(MODULE, encoding="utf-8")
    (folder / "raises.py").write_text("raise ValueError('no such thing')", encoding="utf-8")
    (folder / "unfinished.py").write_text("def right(", encoding="utf-8")
    options = ("--layer", "gru", "--input-size", "4", "--hidden-size", "6")
    return subprocess.run(
        [sys.executable, "-m", "rnnref", "check", *words, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("mine:right", "--option", "bidirectional=True"), 0, "float64"),
        (("mine:wrong", "--option", "bidirectional=True", "--dtype", "float32"), 1, "wrong in 4"),
        (("mine:other",), 2, "cannot get mine:other"),
        (("mine",), 2, "module:function"),
        (("mine.py:right",), 2, "a module must be named as import does"),
        (("./mine:right",), 2, "a module must be named as import does"),
        (("raises:right",), 2, "cannot import raises: ValueError: no such thing, at"),
        (("unfinished:right",), 2, "cannot import unfinished: SyntaxError"),
        (("mine:right", "--option", "layers=2"), 2, "must be name=value with one of input_size"),
        (("mine:right", "--option", "num_layers=0"), 2, "num_layers must be an int of at least 1"),
        (("mine:right", "--dtype", "fp8"), 2, "invalid choice"),
    ],
)
def test_command_line(tmp_path, words, code, said):
    done = command(tmp_path, *words)
    assert done.returncode == code, done.stderr
    assert said in (done.stderr if code == 2 else done.stdout)
