"""What frameworks do beyond their parameters, as docs/data/conventions.json states it.

Each is held against `rnnref` where that does the same, and against NumPy where it does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from frameworks.needs import framework
from kinds import KINDS
from layer_cases import close, normal
from oracles.agreement import FLOAT32
from rnnref.conventions import convert

T, B, D, H = 6, 3, 4, 5
LENGTHS = np.array([6, 2, 4])


class Drawn:
    """A layer with arrays in rnnref's layout and in a framework's."""

    def __init__(self, kind: str, convention: str, bidirectional: bool = False) -> None:
        self.layer, self.convention = KINDS[kind](D, H, bidirectional=bidirectional), convention
        rng = np.random.default_rng(0)
        self.params, self.x = self.layer.init_params(rng), normal(rng, (T, B, D))
        zeros = self.layer.init_state(B)
        self.state = type(zeros)(*(normal(rng, z.shape) for z in zeros))

    def there(self, what: str) -> Any:
        values = getattr(self, what)
        return convert(self.layer, values, "rnnref", self.convention, what)

    def back(self, what: str, values: Any) -> Any:
        return convert(self.layer, values, self.convention, "rnnref", what)

    @property
    def theirs(self) -> tuple[Any, Any, Any]:
        return self.there("params"), self.there("x"), self.there("state")


@pytest.mark.parametrize("kind", KINDS)
def test_lengths_in_onnx_runtime(kind: str) -> None:
    """Zeros past the end, the last valid state; the reverse direction begins at the end."""
    oracle, drawn = framework("onnx"), Drawn(kind, "onnx", bidirectional=True)
    got = oracle.run(drawn.layer, kind, *drawn.theirs, lengths=LENGTHS)
    y, state, _ = drawn.layer.forward(drawn.params, drawn.x, drawn.state, lengths=LENGTHS)
    close(drawn.back("y", got.y), y.astype(np.float32), tolerance=FLOAT32)
    close(drawn.back("state", got.state), state, tolerance=FLOAT32)
    assert not got.y[2:, :, 1].any()


def test_lengths_in_jax() -> None:
    """The same in JAX's reference of cuDNN's LSTM."""
    framework("cudnn")
    import jax.numpy as jnp
    from jax.experimental import rnn

    drawn = Drawn("lstm", "cudnn", bidirectional=True)
    params, x, state = drawn.theirs
    weights = rnn.unpack_lstm_weights(jnp.asarray(params["weights"]), D, H, 1, True)
    lengths = jnp.asarray(LENGTHS, jnp.int32)
    y, *end = rnn.lstm_ref(jnp.asarray(x), *state, *weights, lengths, D, H, 1, 0.0, True)
    want, last, _ = drawn.layer.forward(drawn.params, drawn.x, drawn.state, lengths=LENGTHS)
    close(drawn.back("y", np.asarray(y)), want)
    close(drawn.back("state", [np.asarray(s) for s in end]), last)


@pytest.mark.parametrize("zeros", [False, True])
def test_masks_in_keras(zeros: bool) -> None:
    """The last output is repeated past the end, or zero on request; the state is the last valid."""
    framework("keras")
    drawn = Drawn("lstm", "keras")
    import keras
    import torch

    keras.config.set_floatx("float64")
    theirs = keras.layers.LSTM(
        H, return_sequences=True, return_state=True, zero_output_for_mask=zeros
    )
    theirs.build((None, None, D))
    params, x, state = drawn.theirs
    theirs.set_weights(list(params.values()))
    mask = torch.tensor(np.arange(T) < LENGTHS[:, None])
    start = [torch.tensor(s) for s in state]
    y, *end = (a.detach().numpy() for a in theirs(torch.tensor(x), mask=mask, initial_state=start))
    want, last, _ = drawn.layer.forward(drawn.params, drawn.x, drawn.state, lengths=LENGTHS)
    if not zeros:
        for b, length in enumerate(LENGTHS):
            want[length:, b] = want[length - 1, b]
    close(drawn.back("y", y), want, tolerance=FLOAT32)
    close(drawn.back("state", tuple(end)), last, tolerance=FLOAT32)


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def onnx_lstm(
    drawn: Drawn, P: Any = None, coupled: bool = False, clip: float = np.inf, clip_h: bool = False
) -> Any:
    """The outputs of ONNX's LSTM with its options, in NumPy; i, o, f, c."""
    w, x, (h, c) = drawn.theirs
    (W,), (R,), (bias,) = w["W"], w["R"], w["B"]
    h, c, out = h[0], c[0], []
    pi, po, pf = np.zeros((3, H)) if P is None else P.reshape(3, H)
    b = bias[: 4 * H] + bias[4 * H :]

    def cut(a: Any) -> Any:
        return np.clip(a, -clip, clip)

    for v in x:
        ai, ao, af, ac = np.split(v @ W.T + h @ R.T + b, 4, axis=1)
        i = sigmoid(cut(ai + pi * c))
        f = 1 - i if coupled else sigmoid(cut(af + pf * c))
        c = f * c + i * np.tanh(cut(ac))
        h = sigmoid(cut(ao + po * c)) * np.tanh(cut(c) if clip_h else c)
        out.append(h)
    return np.stack(out)[:, None]


@pytest.mark.parametrize(
    ("attributes", "options"),
    [({}, {}), ({"input_forget": 1}, {"coupled": True}), ({"clip": 0.3}, {"clip": 0.3})],
)
def test_options_of_onnx_runtime(attributes: Any, options: Any) -> None:
    """f = 1 - i where gates are coupled; the clip spares what enters the last tanh."""
    oracle, drawn = framework("onnx"), Drawn("lstm", "onnx")
    got = oracle.run(drawn.layer, "lstm", *drawn.theirs, **attributes)
    close(got.y, onnx_lstm(drawn, **options), tolerance=FLOAT32)
    if options:
        assert np.abs(got.y - onnx_lstm(drawn)).max() > 100 * FLOAT32
    if "clip" in options:
        assert np.abs(got.y - onnx_lstm(drawn, clip_h=True, **options)).max() > 100 * FLOAT32


def onnx_gru(drawn: Drawn, after: bool, clip: float, clipped: str = "n") -> Any:
    """The outputs of ONNX's GRU with a clip, in NumPy; z, r, h.

    In the candidate ``clipped`` is n, the whole pre-activation; v, what r multiplies; or nothing.
    """
    w, x, (h,) = drawn.theirs
    (W,), (R,), (bias,) = w["W"], w["R"], w["B"]
    (Wz, Wr, Wn), (Rz, Rr, Rn) = np.split(W, 3), np.split(R, 3)
    bz, br, bn, cz, cr, cn = np.split(bias, 6)
    h, out = h[0], []

    def cut(a: Any, name: str = "n") -> Any:
        return np.clip(a, -clip, clip) if name in clipped or name in "rz" else a

    for u in x:
        z = sigmoid(cut(u @ Wz.T + h @ Rz.T + bz + cz, "z"))
        r = sigmoid(cut(u @ Wr.T + h @ Rr.T + br + cr, "r"))
        v = r * cut(h @ Rn.T + cn, "v") if after else (r * h) @ Rn.T + cn
        h = (1 - z) * np.tanh(cut(u @ Wn.T + bn + v)) + z * h
        out.append(h)
    return np.stack(out)[:, None]


@pytest.mark.parametrize("kind", ["gru_reset_after", "gru_reset_before"])
def test_where_onnx_runtime_clips_a_gru(kind: str) -> None:
    """Each pre-activation as a whole: in the candidate not the recurrent part by itself."""
    oracle, drawn, clip = framework("onnx"), Drawn(kind, "onnx"), 0.3
    got, after = oracle.run(drawn.layer, kind, *drawn.theirs, clip=clip), kind == "gru_reset_after"
    close(got.y, onnx_gru(drawn, after, clip), tolerance=FLOAT32)
    for others in ("", *(["v", "vn"] if after else [])):
        other = onnx_gru(drawn, after, clip, clipped=others)
        assert np.abs(got.y - other).max() > 100 * FLOAT32
    assert np.abs(got.y - onnx_gru(drawn, after, np.inf)).max() > 100 * FLOAT32


def test_where_onnx_runtime_clips_an_rnn() -> None:
    oracle, drawn, clip = framework("onnx"), Drawn("rnn", "onnx"), 0.3
    got = oracle.run(drawn.layer, "rnn", *drawn.theirs, clip=clip)
    w, x, (h,) = drawn.theirs
    (W,), (R,), (bias,) = w["W"], w["R"], w["B"]
    h, out = h[0], []
    for u in x:
        h = np.tanh(np.clip(u @ W.T + h @ R.T + bias[:H] + bias[H:], -clip, clip))
        out.append(h)
    close(got.y, np.stack(out)[:, None], tolerance=FLOAT32)
    free = oracle.run(drawn.layer, "rnn", *drawn.theirs)
    assert np.abs(got.y - free.y).max() > 100 * FLOAT32


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_evaluator_of_onnx_does_not_clip(kind: str) -> None:
    """What its documentation says of ``clip`` is done by ONNX Runtime alone."""
    oracle, drawn = framework("onnx"), Drawn(kind, "onnx")
    from onnx.reference import ReferenceEvaluator

    params, x, state = drawn.theirs
    feed = {"x": x, **{f"{name}_0": s for name, s in zip("hc", state, strict=False)}}
    feed = {name: array.astype(np.float32) for name, array in feed.items()}
    single = {name: array.astype(np.float32) for name, array in params.items()}
    free, clipped = (
        ReferenceEvaluator(oracle.model(drawn.layer, kind, single, **more)).run(None, feed)[0]
        for more in ({}, {"clip": 0.1})
    )
    np.testing.assert_array_equal(free, clipped)


def test_peepholes_of_onnx_runtime() -> None:
    """P is i, o, f; i and f read the old cell state, o the new one."""
    oracle, drawn = framework("onnx"), Drawn("lstm", "onnx")
    P = normal(np.random.default_rng(1), (1, 3 * H))
    params, x, state = drawn.theirs
    got = oracle.run(drawn.layer, "lstm", params | {"P": P}, x, state)
    close(got.y, onnx_lstm(drawn, P=P), tolerance=FLOAT32)


def test_onnx_runtime_refuses_batch_first() -> None:
    oracle, drawn = framework("onnx"), Drawn("lstm", "onnx")
    with pytest.raises(Exception, match=r"(?i)layout"):
        oracle.run(drawn.layer, "lstm", *drawn.theirs, layout=1)


def test_hard_sigmoids_differ() -> None:
    """Keras 3 has x/6, ONNX 0.2 x."""
    framework("keras")
    framework("onnx")
    import keras
    import onnx
    from onnx.reference import ReferenceEvaluator

    x = np.linspace(-4, 4, 33).astype(np.float32)
    close(np.asarray(keras.ops.hard_sigmoid(x)), np.clip(x / 6 + 0.5, 0, 1), tolerance=FLOAT32)
    node = onnx.helper.make_node("HardSigmoid", ["x"], ["y"])
    (y,) = ReferenceEvaluator(node).run(None, {"x": x})
    close(y, np.clip(0.2 * x + 0.5, 0, 1), tolerance=FLOAT32)


def test_products_of_keras_are_single() -> None:
    """Why its SimpleRNN and its GRU that resets before the product agree to float32 only."""
    framework("keras")
    import keras

    a = np.eye(2)
    assert str(keras.ops.matmul(a, a).dtype) == "torch.float32"
