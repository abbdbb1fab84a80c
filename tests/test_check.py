"""`rnnref.testing.check`: right implementations pass, wrong ones fail and are told why."""

from __future__ import annotations

import numpy as np
import pytest
import rnnref
import torch
from right import IMPLEMENTATIONS
from rnnref.testing import Case, CheckFailedError, check
from rnnref.testing.drawing import cases
from rnnref.testing.precision import PRECISIONS
from textbook_lstm import FORWARD, GRADIENTS, LSTM, Own, checked, worst, wrong

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


def test_what_explains_a_later_case_is_not_said_of_the_first():
    """At T = 1 the first state is that before the last step; at T = 6 it is not."""

    def forward(params, x, state):
        return Own().forward(params, x, state)[0], state

    report = check(LSTM, forward=forward)
    assert report.diagnosed == ("one step",)
    said = "instead in one step (not explained: few steps, one sequence, long):"
    assert said in str(report)


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
