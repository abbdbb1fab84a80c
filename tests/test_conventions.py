"""Conventions of frameworks: laws over the whole registry, and what is refused.

Arrays of whole numbers are used where a law is exact, so that it can be tested exactly.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import rnnref
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import KINDS
from rnnref.conventions import CONVENTIONS, convert
from rnnref.conventions.places import numbered, places

PAIRS = [(name, kind) for name, c in CONVENTIONS.items() for kind in c.forms]
every_pair = pytest.mark.parametrize(("name", "kind"), PAIRS)
few = settings(max_examples=10, deadline=None)
SIZES = st.lists(st.integers(2, 6), min_size=4, max_size=4, unique=True)


OF_GRU = {"activations": ("relu", "softsign"), "gate_clip": 2.0}
FUNCTIONS: dict[str, dict[str, Any]] = {
    "rnn": {"nonlinearity": "softsign", "gate_clip": 2.0},
    "lstm": {},
    "gru_reset_after": OF_GRU,
    "gru_reset_before": OF_GRU,
}
"""Settings that no array shows."""


@st.composite
def layers(draw: st.DrawFn, name: str, kind: str) -> Any:
    """A layer of that kind that the convention can hold."""
    D, H = draw(SIZES)[:2]
    options = {"bidirectional": draw(st.booleans())}
    if not CONVENTIONS[name].always_biased:
        options["bias"] = draw(st.booleans())
    if (
        kind == "lstm"
        and "weight_hr" in CONVENTIONS[name].forms[kind].holds
        and draw(st.booleans())
    ):
        options["proj_size"] = H - 1
    elif kind == "lstm":
        form = CONVENTIONS[name].forms[kind]
        options["peepholes"] = "weight_ch" in form.holds and draw(st.booleans())
        options["coupled"] = "coupled" in form.options and draw(st.booleans())
    options |= {
        option: value
        for option, value in FUNCTIONS[kind].items()
        if option in CONVENTIONS[name].forms[kind].options and draw(st.booleans())
    }
    return KINDS[kind](D, H, draw(st.integers(1, 3)), **options)


def whole(rng: np.random.Generator, shapes: dict[str, Any]) -> dict[str, np.ndarray]:
    return {name: rng.integers(-9, 10, shape).astype(float) for name, shape in shapes.items()}


def shapes_of(layer: Any, name: str) -> dict[str, Any]:
    form = CONVENTIONS[name].forms[layer._kind]
    return {k: at.shape for k, at in places(layer, CONVENTIONS[name], form).items()}


def values_of(layer: Any, name: str, draw: Any) -> dict[str, np.ndarray]:
    """Numbers for each array of a framework, zeros where it reads none."""
    form = CONVENTIONS[name].forms[layer._kind]
    there = places(layer, CONVENTIONS[name], form)
    return {k: np.where(at < 0, 0.0, draw(at.shape)) for k, at in there.items()}


def same(one: Any, other: Any) -> None:
    """Equal to the last bit, and not the same memory."""
    if isinstance(one, dict):
        assert list(one) == list(other)
        one, other = tuple(one.values()), tuple(other.values())
    for a, b in zip(one, other, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
        assert not np.shares_memory(a, b)


def inner(one: dict[str, Any], other: dict[str, Any]) -> float:
    return sum(float(np.sum(one[k] * other[k])) for k in one)


@every_pair
@few
@given(data=st.data())
def test_every_number_has_one_place(name: str, kind: str, data: Any) -> None:
    layer = data.draw(layers(name, kind))
    form = CONVENTIONS[name].forms[kind]
    there = np.concatenate([a.ravel() for a in places(layer, CONVENTIONS[name], form).values()])
    count = sum(a.size for a in numbered(layer, form).values())
    assert np.array_equal(np.sort(there[there >= 0]), np.arange(count))
    assert (there < 0).any() == (name == "onnx" and getattr(layer, "coupled", False))


@every_pair
@few
@given(data=st.data(), seed=st.integers(0, 999))
def test_there_and_back(name: str, kind: str, data: Any, seed: int) -> None:
    """Whatever a framework holds comes back from rnnref's layout to the last bit."""
    layer, rng = data.draw(layers(name, kind)), np.random.default_rng(seed)
    values = values_of(layer, name, lambda shape: rng.normal(size=shape))
    for what in ("params", "gradients"):
        same(
            convert(layer, convert(layer, values, name, "rnnref", what), "rnnref", name, what),
            values,
        )


@every_pair
@few
@given(data=st.data(), seed=st.integers(0, 999))
def test_and_here_again(name: str, kind: str, data: Any, seed: int) -> None:
    """What rnnref holds comes back too, but for biases that became one: those have their sum."""
    layer, rng = data.draw(layers(name, kind)), np.random.default_rng(seed)
    params = whole(rng, layer.parameter_shapes)
    back = convert(layer, convert(layer, params, "rnnref", name), name, "rnnref")
    if "bias" not in CONVENTIONS[name].forms[kind].holds or not layer.bias:
        same(back, params)
        return
    for key in params:
        if not key.startswith("bias_ih"):
            continue
        other = key.replace("ih", "hh")
        if kind == "gru_reset_after":
            n = slice(2 * layer.hidden_size, None)
            np.testing.assert_array_equal(back[key][n], params[key][n])
            np.testing.assert_array_equal(back[other][n], params[other][n])
        np.testing.assert_array_equal(back[key] + back[other], params[key] + params[other])
    weights = [key for key in params if key.startswith("weight")]
    same({k: back[k] for k in weights}, {k: params[k] for k in weights})


@every_pair
@few
@given(data=st.data(), seed=st.integers(0, 999))
def test_states_inputs_outputs(name: str, kind: str, data: Any, seed: int) -> None:
    layer, rng = data.draw(layers(name, kind)), np.random.default_rng(seed)
    T, B = data.draw(SIZES)[:2]
    zeros = layer.init_state(B)
    state = tuple(rng.normal(size=s.shape) for s in zeros)
    x = rng.normal(size=(T, B, layer.input_size))
    y = rng.normal(size=(T, B, zeros.h.shape[2] * (1 + layer.bidirectional)))
    same(
        convert(layer, convert(layer, state, "rnnref", name, "state"), name, "rnnref", "state"),
        state,
    )
    for what, array in (("x", x), ("y", y)):
        there = convert(layer, array, "rnnref", name, what)
        same([convert(layer, there, name, "rnnref", what)], [array])


@every_pair
@few
@given(data=st.data(), seed=st.integers(0, 999))
def test_gradients_go_by_the_transpose(name: str, kind: str, data: Any, seed: int) -> None:
    """The gradient paired with a displacement is the same number in both layouts."""
    layer, rng = data.draw(layers(name, kind)), np.random.default_rng(seed)

    def displaced(shapes: dict[str, Any], source: str, target: str) -> tuple[Any, Any]:
        start, step = whole(rng, shapes), whole(rng, shapes)
        moved = {k: start[k] + step[k] for k in start}
        one, other = (convert(layer, p, source, target) for p in (start, moved))
        return step, {k: other[k] - one[k] for k in one}

    theirs = values_of(layer, name, lambda shape: rng.integers(-9, 10, shape))
    ours = convert(layer, theirs, name, "rnnref", "gradients")
    step, there = displaced(layer.parameter_shapes, "rnnref", name)
    assert inner(ours, step) == inner(theirs, there)
    step, here = displaced(shapes_of(layer, name), name, "rnnref")
    assert inner(theirs, step) == inner(ours, here)


def merges(name: str, kind: str) -> bool:
    return "bias" in CONVENTIONS[name].forms[kind].holds


@pytest.mark.parametrize(("one", "kind"), PAIRS)
def test_any_other_and_back(one: str, kind: str) -> None:
    """From one framework to every other and back, unless two biases would become one on the way."""
    layer, rng = KINDS[kind](3, 5, 2, bidirectional=True), np.random.default_rng(0)
    values = whole(rng, shapes_of(layer, one))
    others = [n for n, k in PAIRS if k == kind and (merges(one, kind) or not merges(n, kind))]
    assert len(others) > 1
    for other in others:
        for what in ("params", "gradients"):
            there = convert(layer, values, one, other, what)
            same(convert(layer, there, other, one, what), values)


def test_placements_of_the_reset_differ() -> None:
    """The numbers in the refusal, by both cells."""
    params = {k: np.zeros(s) for k, s in rnnref.GRU(1, 2).parameter_shapes.items()}
    params["weight_hh_l0"][4, 1] = 1
    params["bias_ih_l0"][:2] = 2, -2
    state, x = rnnref.State(np.array([[[0.0, 1.0]]])), np.zeros((1, 1, 1))
    before, after = (
        rnnref.GRU(1, 2, reset_after=choice).forward(params, x, state)[0][0, 0, 0]
        for choice in (False, True)
    )
    with pytest.raises(rnnref.ConversionError) as refusal:
        convert(rnnref.GRU(1, 2, reset_after=False), params, "keras", "pytorch")
    said = str(refusal.value)
    assert said.startswith("conventions.convert: PyTorch has no GRU that resets before the product")
    assert f"h[0] = {before:.3f} where the reset comes before" in said
    assert f"{after:.3f} where it comes after" in said


MERGED_CANDIDATE = replace(
    CONVENTIONS["equinox"],
    title="a GRU with one bias",
    forms={"gru_reset_after": replace(CONVENTIONS["equinox"].forms["lstm"], gates="rzn")},
)


def test_biases_of_the_candidate_do_not_merge() -> None:
    """The numbers in the refusal; and what may be carried over all the same."""
    layer = rnnref.GRU(1, 1)
    zeros = {k: np.zeros(s) for k, s in layer.parameter_shapes.items()}
    first, second = zeros | {"bias_ih_l0": np.eye(3)[2]}, zeros | {"bias_hh_l0": np.eye(3)[2]}
    one, other = (layer.forward(p, np.zeros((1, 1, 1)))[0][0, 0, 0] for p in (first, second))
    with pytest.raises(rnnref.ConversionError) as refusal:
        convert(layer, second, "pytorch", MERGED_CANDIDATE)
    said = str(refusal.value)
    assert (
        f"b_in = 1, b_hn = 0 gives {one:.3f}, with b_in = 0, b_hn = 1 it gives {other:.3f}" in said
    )
    there = convert(layer, first, "pytorch", MERGED_CANDIDATE)
    same(convert(layer, there, MERGED_CANDIDATE, "pytorch"), first)
    with pytest.raises(rnnref.ConversionError, match="bias_hh of the candidate is not that of any"):
        convert(layer, there, MERGED_CANDIDATE, "pytorch", "gradients")


def test_gradients_of_two_biases_that_differ() -> None:
    layer = rnnref.LSTM(3, 5)
    grads = layer.init_params(np.random.default_rng(0))
    with pytest.raises(rnnref.ConversionError, match="of bias_ih and bias_hh must be equal"):
        convert(layer, grads, "pytorch", "keras", "gradients")


def test_peepholes_are_not_made_up_for() -> None:
    """The numbers in the refusal: f at c = 1 and at c = 0, with one unit."""
    layer = rnnref.LSTM(1, 1, peepholes=True)
    params = {k: np.zeros(s) for k, s in layer.parameter_shapes.items()}
    params["weight_ch_l0"][1] = 1
    zero = np.zeros((1, 1, 1))
    at_one, at_zero = (
        layer.forward(params, zero, rnnref.LSTMState(zero, zero + c))[2].layers[0].f[0, 0, 0]
        for c in (1, 0)
    )
    said = (
        f"the peephole of f 1 and all else 0, f is {at_one:.3f} at c = 1 and {at_zero:g} at c = 0"
    )
    with pytest.raises(rnnref.ConversionError, match=re.escape(said)):
        convert(layer, params, "rnnref", "keras")


def test_coupled_gates_without_them() -> None:
    """What the refusal says: the rows of f are those of i negated."""
    rng = np.random.default_rng(0)
    coupled, plain = rnnref.LSTM(3, 5, coupled=True), rnnref.LSTM(3, 5)
    params = coupled.init_params(rng)
    blocks = {name: np.split(array, 3) for name, array in params.items()}
    spread = {name: np.concatenate([i, -i, g, o]) for name, (i, g, o) in blocks.items()}
    x = rng.normal(size=(4, 2, 3))
    np.testing.assert_allclose(
        plain.forward(spread, x)[0], coupled.forward(params, x)[0], rtol=0, atol=1e-15
    )


LSTM = rnnref.LSTM(3, 5)
PARAMS = LSTM.init_params(np.random.default_rng(0))


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        ((PARAMS, PARAMS, "pytorch", "keras"), rnnref.ArgumentTypeError, "layer must be a rnnref"),
        ((LSTM, PARAMS, "torch", "keras"), rnnref.ArgumentValueError, "source must be one of rnn"),
        ((LSTM, PARAMS, "pytorch", None), rnnref.ArgumentTypeError, "target must be the name of a"),
        (
            (LSTM, PARAMS, "pytorch", "keras", "weights"),
            rnnref.ArgumentValueError,
            "what must be one of params, gradients, state, x, y, got 'weights'",
        ),
        ((LSTM, PARAMS, "keras", "onnx"), rnnref.ParameterNameError, "must have kernel, recurrent"),
        (
            (LSTM, {"W": np.ones((20, 3)), "R": PARAMS, "B": PARAMS}, "onnx", "keras"),
            rnnref.ShapeError,
            "values['W'] must be (directions, 4·hidden_size, input_size) = (1, 20, 3), got",
        ),
        (
            (LSTM, np.ones((1, 2, 5)), "pytorch", "flax", "state"),
            rnnref.ArgumentTypeError,
            "state must be a tuple of 2 arrays, got",
        ),
        (
            (rnnref.LSTM(3, 5, proj_size=2), PARAMS, "pytorch", "onnx"),
            rnnref.ConversionError,
            "the LSTM of ONNX has no projection; where proj_size is less than hidden_size",
        ),
        (
            (rnnref.LSTM(3, 5, bias=False), PARAMS, "pytorch", "flax"),
            rnnref.ConversionError,
            "Flax has no LSTM without biases; use bias=True and biases of zeros",
        ),
        (
            (rnnref.LSTM(3, 5, peepholes=True), PARAMS, "rnnref", "pytorch"),
            rnnref.ConversionError,
            "the LSTM of PyTorch has no peepholes; its gates do not read c",
        ),
        (
            (rnnref.LSTM(3, 5, coupled=True), PARAMS, "rnnref", "keras"),
            rnnref.ConversionError,
            "the LSTM of Keras has no coupled gates; an LSTM without them whose rows of f",
        ),
        (
            (rnnref.LSTM(3, 5, activations=("tanh",) * 3), PARAMS, "rnnref", "pytorch"),
            rnnref.ConversionError,
            "the LSTM of PyTorch has no choice of activations like that",
        ),
        (
            (rnnref.LSTM(3, 5, gate_clip=1.0), PARAMS, "rnnref", "tf1"),
            rnnref.ConversionError,
            "the LSTM of TensorFlow 1 has no clip of pre-activations",
        ),
        (
            (rnnref.LSTM(3, 5, cell_clip=1.0), PARAMS, "rnnref", "onnx"),
            rnnref.ConversionError,
            "the LSTM of ONNX has no clip of the cell state",
        ),
        (
            (rnnref.RNN(3, 5, nonlinearity="sigmoid"), PARAMS, "rnnref", "pytorch"),
            rnnref.ConversionError,
            "the RNN of PyTorch has no nonlinearity like that",
        ),
        (
            (rnnref.RNN(3, 5, nonlinearity="relu", gate_clip=1), PARAMS, "rnnref", "keras"),
            rnnref.ConversionError,
            "the RNN of Keras has no clip of pre-activations",
        ),
        (
            (rnnref.GRU(3, 5, activations=("relu", "tanh")), PARAMS, "rnnref", "cudnn"),
            rnnref.ConversionError,
            "the GRU that resets after the product of cuDNN (JAX's flat array) has no choice of",
        ),
        (
            (rnnref.GRU(3, 5, gate_clip=1, reset_after=False), PARAMS, "rnnref", "onednn"),
            rnnref.ConversionError,
            "the GRU that resets before the product of oneDNN has no clip of pre-activations",
        ),
        (
            (rnnref.RNN(3, 5), PARAMS, "pytorch", "webnn"),
            rnnref.ConversionError,
            "WebNN has no RNN",
        ),
    ],
)
def test_refusals(call: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=re.escape(said)):
        convert(*call)
