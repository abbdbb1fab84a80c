"""Malformed calls: each layer refuses each with an error that says what to do.

The table is written once and run over all layers. Words in braces stand for what a layer calls
its things: {x} is its input, {weight} its first weight, {bias} its first bias.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import rnnref
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rnnref import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    LSTMState,
    NonFiniteError,
    ParameterNameError,
    ShapeError,
    State,
)

T, B = 7, 2
LAYERS: dict[str, Callable[..., Any]] = {
    "RNN": lambda **n: rnnref.RNN(**{"input_size": 3, "hidden_size": 5} | n),
    "LSTM": lambda **n: rnnref.LSTM(**{"input_size": 3, "hidden_size": 5} | n),
    "GRU": lambda **n: rnnref.GRU(**{"input_size": 3, "hidden_size": 5} | n),
    "GRU reset before": lambda **n: rnnref.GRU(
        **{"input_size": 3, "hidden_size": 5, "reset_after": False} | n
    ),
    "Output": lambda **n: rnnref.Output(**{"hidden_size": 5, "output_size": 4} | n),
}


class Case:
    """A layer with arrays that are right, and functions that replace some by others."""

    def __init__(self, name: str) -> None:
        self.build = LAYERS[name]
        self.layer = self.build()
        self.kind = type(self.layer).__name__
        self.rng = np.random.default_rng(0)
        self.params = self.layer.init_params(self.rng)
        self.weight, self.bias = (
            ("weight", "bias") if self.kind == "Output" else ("weight_ih_l0", "bias_ih_l0")
        )
        self.W, self.b = self.params[self.weight], self.params[self.bias]
        self.x = self.rng.normal(size=(T, B, self.W.shape[1]))
        if self.kind == "Output":
            self.names = {"x": "h", "columns": "hidden_size", "rows": "output_size"}
            y, self.tape = self.layer.forward(self.params, self.x)
            self.other = rnnref.RNN(3, 5)
        else:
            gates = {"RNN": "", "GRU": "3·", "LSTM": "4·"}[self.kind]
            self.names = {"x": "x", "columns": "input_size", "rows": f"{gates}hidden_size"}
            y, self.state, self.tape = self.layer.forward(self.params, self.x)
            self.h = self.state.h
            self.other = rnnref.GRU(3, 5) if self.kind == "LSTM" else rnnref.LSTM(3, 5)
        self.d_y = np.ones_like(y)

    def words(self, text: str) -> str:
        """The text with this layer's words in it."""
        n, d = self.W.shape
        given = {"weight": self.weight, "bias": self.bias, "kind": self.kind, "n": n, "d": d}
        return text.format(**self.names, **given, K=self.d_y.shape[2])

    def but(self, **changed: Any) -> dict[str, Any]:
        """The parameters, with another weight or bias."""
        own = {"W": self.weight, "b": self.bias}
        return self.params | {own.get(name, name): value for name, value in changed.items()}

    def run(self, x: Any = None, **changed: Any) -> Any:
        """Forward with another input, or another weight ``W`` or bias ``b``."""
        return self.layer.forward(self.but(**changed), self.x if x is None else x)

    def start(self, state: Any, x: Any = None) -> Any:
        """Forward from this state."""
        return self.layer.forward(self.params, self.x if x is None else x, state)

    def st(self, h: Any) -> Any:
        """A state of this layer's type with this ``h``."""
        return self.state._replace(h=h)

    def back(self, d_y: Any, *d_state: Any) -> Any:
        return self.layer.backward(self.tape, d_y, *d_state)

    def jvp(self, *args: Any, **kwargs: Any) -> Any:
        return self.layer.jvp(self.tape, *args, **kwargs)


class CudaTensor:
    """Stands in for a tensor on a GPU, which a machine may not have."""

    __module__ = "torch"
    device = "cuda:0"
    shape = (T, B, 3)


def with_entry(array: np.ndarray, value: float) -> np.ndarray:
    """A copy with one entry replaced."""
    out = array.copy()
    out[(-1,) * out.ndim] = value
    return out


class Bad(NamedTuple):
    """A malformed call, the exception it must raise, and words of its message."""

    what: str
    call: Callable[[Case], object]
    error: type[rnnref.RnnrefError]
    words: str


EVERY_LAYER = [
    # Construction.
    Bad(
        "no features",
        lambda c: c.build(hidden_size=0),
        ArgumentValueError,
        "{kind}: hidden_size must be an int of at least 1, got 0",
    ),
    Bad(
        "negative size",
        lambda c: c.build(hidden_size=-5),
        ArgumentValueError,
        "{kind}: hidden_size must be an int of at least 1, got -5",
    ),
    Bad(
        "size is a bool", lambda c: c.build(hidden_size=True), ArgumentTypeError, "got True (bool)"
    ),
    Bad(
        "size is a float", lambda c: c.build(hidden_size=5.0), ArgumentTypeError, "got 5.0 (float)"
    ),
    Bad("size is text", lambda c: c.build(hidden_size="5"), ArgumentTypeError, "got '5' (str)"),
    Bad("size is None", lambda c: c.build(hidden_size=None), ArgumentTypeError, "got None"),
    Bad("size is a list", lambda c: c.build(hidden_size=[5, 5]), ArgumentTypeError, "(list)"),
    Bad("size is NaN", lambda c: c.build(hidden_size=float("nan")), ArgumentTypeError, "got nan"),
    Bad(
        "size is an array",
        lambda c: c.build(hidden_size=np.array([5])),
        ArgumentTypeError,
        "got array([5]) (numpy.ndarray)",
    ),
    # New parameters.
    Bad(
        "rng is a seed",
        lambda c: c.layer.init_params(42),
        ArgumentTypeError,
        "{kind}.init_params: rng must be a numpy.random.Generator, got int; "
        "np.random.default_rng(42) makes one",
    ),
    Bad("rng is None", lambda c: c.layer.init_params(None), ArgumentTypeError, "got None"),
    Bad(
        "rng is of the old kind",
        lambda c: c.layer.init_params(np.random.RandomState(0)),
        ArgumentTypeError,
        "got numpy.RandomState",
    ),
    Bad(
        "rng is a module", lambda c: c.layer.init_params(np.random), ArgumentTypeError, "got module"
    ),
    Bad(
        "new ints",
        lambda c: c.layer.init_params(c.rng, int),
        DtypeError,
        "{kind}.init_params: dtype must be float32, float64, longdouble, complex64, complex128 "
        "or clongdouble, got int64",
    ),
    Bad(
        "new halves",
        lambda c: c.layer.init_params(c.rng, np.float16),
        DtypeError,
        "got float16; np.float64 is usual",
    ),
    Bad(
        "dtype of torch",
        lambda c: c.layer.init_params(c.rng, torch.float64),
        DtypeError,
        "got torch.float64",
    ),
    Bad("dtype is None", lambda c: c.layer.init_params(c.rng, None), DtypeError, "got None"),
    Bad("dtype is a word", lambda c: c.layer.init_params(c.rng, "real"), DtypeError, "'real'"),
    # The dict of parameters.
    Bad(
        "no parameters",
        lambda c: c.layer.forward(None, c.x),
        ArgumentTypeError,
        "{kind}.forward: params must be a dict of numpy.ndarray, got None; its keys are {weight}",
    ),
    Bad(
        "parameters in a list",
        lambda c: c.layer.forward(list(c.params.values()), c.x),
        ArgumentTypeError,
        "got list; its keys are {weight}",
    ),
    Bad(
        "input first",
        lambda c: c.layer.forward(c.x, c.params),
        ArgumentTypeError,
        "params must be a dict of numpy.ndarray, got numpy.ndarray; are two arguments swapped?",
    ),
    Bad(
        "a module of torch",
        lambda c: c.layer.forward(torch.nn.Linear(5, 4), c.x),
        ArgumentTypeError,
        "got torch.Linear; convert it: {{k: v.detach().cpu().numpy() for k, v in "
        "module.state_dict().items()}}",
    ),
    Bad(
        "a state_dict of tensors",
        lambda c: c.layer.forward({k: torch.tensor(v) for k, v in c.params.items()}, c.x),
        ArgumentTypeError,
        "got torch.Tensor on cpu in it; convert it: {{k: v.detach().cpu().numpy() for k, v in "
        "params.items()}}",
    ),
    Bad(
        "parameters of the generated module",
        lambda c: c.layer.forward(rnnref.generated.lstm.Params(*[c.W] * 4), c.x),
        ArgumentTypeError,
        "got rnnref.generated.lstm.Params; dict(zip(layer.parameter_shapes, params))",
    ),
    Bad(
        "an empty dict",
        lambda c: c.layer.forward({}, c.x),
        ParameterNameError,
        "and no more; it lacks all of them",
    ),
    Bad(
        "one missing",
        lambda c: c.layer.forward({k: v for k, v in c.params.items() if k != c.weight}, c.x),
        ParameterNameError,
        "params must have {weight}, ; it lacks {weight}",
    ),
    Bad(
        "no biases",
        lambda c: c.layer.forward({k: v for k, v in c.params.items() if "bias" not in k}, c.x),
        ParameterNameError,
        "it lacks {bias}; is it from a network with bias=False? give biases of zeros",
    ),
    Bad("one too many", lambda c: c.run(gain=c.W), ParameterNameError, "it has 'gain'"),
    Bad(
        "key is a number",
        lambda c: c.layer.forward(c.params | {0: c.W}, c.x),
        ParameterNameError,
        "it has 0",
    ),
    Bad(
        "many too many",
        lambda c: c.run(**{f"fc{i}": c.W for i in range(9)}),
        ParameterNameError,
        "it has 'fc0', 'fc1', 'fc2', 'fc3', ...",
    ),
    Bad(
        "misspelt",
        lambda c: c.layer.forward(
            {k.replace("weight", "wieght"): v for k, v in c.params.items()}, c.x
        ),
        ParameterNameError,
        "did you mean '{weight}' where it has 'wieght",
    ),
    Bad(
        "in capitals",
        lambda c: c.layer.forward({k.upper(): v for k, v in c.params.items()}, c.x),
        ParameterNameError,
        "did you mean '{weight}' where it has 'W",
    ),
    Bad(
        "of a larger model",
        lambda c: c.layer.forward({f"net.core.{k}": v for k, v in c.params.items()}, c.x),
        ParameterNameError,
        "take the prefix off: {{k.removeprefix('net.core.'): v for k, v in ...}}",
    ),
    Bad(
        "of a second layer",
        lambda c: c.run(weight_ih_l1=c.W),
        ParameterNameError,
        "it has 'weight_ih_l1'; is it from a network with more layers",
    ),
    Bad(
        "of the other direction",
        lambda c: c.run(weight_hh_l0_reverse=c.W),
        ParameterNameError,
        "it has 'weight_hh_l0_reverse'; is it from a network with more layers, directions",
    ),
    Bad(
        "of a projection",
        lambda c: c.run(weight_hr_l0=c.W),
        ParameterNameError,
        "it has 'weight_hr_l0'; is it from a network with more layers, directions or a projection",
    ),
    # A weight.
    Bad(
        "transposed",
        lambda c: c.run(W=c.W.T),
        ShapeError,
        "{kind}.forward: {weight} must be ({rows}, {columns}) = ({n}, {d}), got ({d}, {n}); "
        "is it transposed?",
    ),
    Bad("weight in a row", lambda c: c.run(W=c.W.ravel()), ShapeError, "({n}, {d}), got"),
    Bad(
        "weight has an axis more",
        lambda c: c.run(W=c.W[None]),
        ShapeError,
        "got (1, {n}, {d}); take the first axis off: {weight}[0]",
    ),
    Bad("one column to broadcast", lambda c: c.run(W=c.W[:, :1]), ShapeError, "got ({n}, 1)"),
    Bad(
        "a column too many",
        lambda c: c.run(W=np.hstack([c.W, c.W[:, :1]])),
        ShapeError,
        "is it for {columns}=",
    ),
    Bad("a row missing", lambda c: c.run(W=c.W[:-1]), ShapeError, "= ({n}, {d}), got ("),
    Bad("another size", lambda c: c.run(W=np.vstack([c.W, c.W])), ShapeError, "is it "),
    Bad(
        "weight is a list",
        lambda c: c.run(W=c.W.tolist()),
        ArgumentTypeError,
        "{weight} must be a numpy.ndarray ({rows}, {columns}) = ({n}, {d}), got list; convert it: "
        "np.asarray({weight}, dtype=np.float64)",
    ),
    Bad(
        "weight is a tensor",
        lambda c: c.run(W=torch.tensor(c.W)),
        ArgumentTypeError,
        "got torch.Tensor on cpu; convert it: {weight}.detach().cpu().numpy()",
    ),
    Bad(
        "weight is a parameter of torch",
        lambda c: c.run(W=torch.nn.Parameter(torch.tensor(c.W))),
        ArgumentTypeError,
        "got torch.Parameter on cpu; convert it: {weight}.detach()",
    ),
    Bad(
        "weight is None", lambda c: c.run(W=None), ArgumentTypeError, "{weight} must be ; got None"
    ),
    Bad("weight is a number", lambda c: c.run(W=0.0), ArgumentTypeError, "got float"),
    Bad(
        "weight is masked",
        lambda c: c.run(W=np.ma.masked_array(c.W, c.W > 0)),
        ArgumentTypeError,
        "{weight} must be a numpy.ndarray ; got numpy.MaskedArray",
    ),
    Bad(
        "weight is of ints",
        lambda c: c.run(W=np.ones_like(c.W, dtype=int)),
        DtypeError,
        "{weight} must be float32, float64, ; got int64; convert it: {weight}.astype(np.float64)",
    ),
    Bad("weight is of halves", lambda c: c.run(W=c.W.astype("f2")), DtypeError, "got float16"),
    Bad("weight is of objects", lambda c: c.run(W=c.W.astype(object)), DtypeError, "got object"),
    Bad(
        "weights of two dtypes",
        lambda c: c.run(b=c.b.astype(np.float32)),
        DtypeError,
        "{bias} must be float64 as {weight} is, got float32; nothing is cast in silence: "
        "give all arrays as float64",
    ),
    Bad(
        "weight holds NaN",
        lambda c: c.run(W=with_entry(c.W, np.nan)),
        NonFiniteError,
        "{kind}.forward: {weight} must be finite, got nan at [; 1 of ; entries",
    ),
    Bad("weight holds inf", lambda c: c.run(W=with_entry(c.W, np.inf)), NonFiniteError, "got inf"),
    # A bias.
    Bad(
        "bias is a column",
        lambda c: c.run(b=c.b[:, None]),
        ShapeError,
        "{bias} must be ({rows},) = ({n},), got ({n}, 1); {bias}.reshape({n})",
    ),
    Bad("bias is a row", lambda c: c.run(b=c.b[None]), ShapeError, "({n},), got (1, {n})"),
    Bad("bias to broadcast", lambda c: c.run(b=c.b[:1]), ShapeError, "({n},), got (1,)"),
    Bad("bias has no axis", lambda c: c.run(b=np.array(0.0)), ShapeError, "({n},), got ()"),
    Bad("bias is False", lambda c: c.run(b=False), ArgumentTypeError, "{bias} must be ; got bool"),
    Bad("bias holds inf", lambda c: c.run(b=with_entry(c.b, -np.inf)), NonFiniteError, "got -inf"),
    # The input.
    Bad(
        "input is None",
        lambda c: c.layer.forward(c.params, None),
        ArgumentTypeError,
        "{kind}.forward: {x} must be a numpy.ndarray (T, B, {columns}) = (T, B, {d}), got None",
    ),
    Bad(
        "input is a list",
        lambda c: c.run(c.x.tolist()),
        ArgumentTypeError,
        "got list; convert it: np.asarray({x}, dtype=np.float64)",
    ),
    Bad("input is a number", lambda c: c.run(1.0), ArgumentTypeError, "{x} must be ; got float"),
    Bad("input is text", lambda c: c.run("abc"), ArgumentTypeError, "{x} must be ; got str"),
    Bad(
        "input is a tensor",
        lambda c: c.run(torch.tensor(c.x)),
        ArgumentTypeError,
        "got torch.Tensor on cpu; convert it: {x}.detach().cpu().numpy()",
    ),
    Bad(
        "input is a tensor without data",
        lambda c: c.run(torch.empty(T, B, 3, device="meta")),
        ArgumentTypeError,
        "got torch.Tensor on meta",
    ),
    Bad(
        "input is on a GPU",
        lambda c: c.run(CudaTensor()),
        ArgumentTypeError,
        "got torch.CudaTensor on cuda:0; convert it: {x}.detach().cpu().numpy()",
    ),
    Bad(
        "input is a matrix",
        lambda c: c.run(c.x[0].view(np.matrix)),
        ArgumentTypeError,
        "got numpy.matrix",
    ),
    Bad("input is masked", lambda c: c.run(np.ma.array(c.x)), ArgumentTypeError, "MaskedArray"),
    Bad(
        "input is of ints",
        lambda c: c.run(c.x.astype(np.int32)),
        DtypeError,
        "{x} must be float32, float64, ; got int32; convert it: {x}.astype(np.float64)",
    ),
    Bad("input is of bools", lambda c: c.run(c.x > 0), DtypeError, "got bool"),
    Bad("input is of halves", lambda c: c.run(c.x.astype("f2")), DtypeError, "got float16"),
    Bad("input is of objects", lambda c: c.run(c.x.astype(object)), DtypeError, "got object"),
    Bad("input is of words", lambda c: c.run(c.x.astype(str)), DtypeError, "got <U"),
    Bad("input has swapped bytes", lambda c: c.run(c.x.astype(">f8")), DtypeError, "got >f8"),
    Bad(
        "input is of single precision",
        lambda c: c.run(c.x.astype(np.float32)),
        DtypeError,
        "{x} must be float64 as {weight} is, got float32; nothing is cast in silence",
    ),
    Bad(
        "input is complex",
        lambda c: c.run(c.x + 0j),
        DtypeError,
        "{x} must be float64 as {weight} is, got complex128; ; give all arrays as complex128",
    ),
    Bad(
        "input without a batch",
        lambda c: c.run(c.x[:, 0]),
        ShapeError,
        "(T, B, {columns}) = (T, B, {d}), got (7, {d}); {x}[:, None] if it is one sequence, "
        "{x}[None] if it is one step",
    ),
    Bad("input of one axis", lambda c: c.run(c.x[0, 0]), ShapeError, "(T, B, {d}), got ({d},)"),
    Bad(
        "input of four axes",
        lambda c: c.run(c.x[None]),
        ShapeError,
        "got (1, 7, 2, {d}); take the first axis off: {x}[0]",
    ),
    Bad(
        "features in the middle",
        lambda c: c.run(np.swapaxes(c.x, 1, 2)),
        ShapeError,
        "got (7, {d}, 2); is its last axis at another place?",
    ),
    Bad("a feature missing", lambda c: c.run(c.x[..., 1:]), ShapeError, "(T, B, {d}), got (7, 2"),
    Bad("features to broadcast", lambda c: c.run(c.x[..., :1]), ShapeError, "got (7, 2, 1)"),
    Bad(
        "no steps",
        lambda c: c.run(c.x[:0]),
        ShapeError,
        "with T and B of at least 1, got (0, 2, {d})",
    ),
    Bad(
        "no sequences",
        lambda c: c.run(c.x[:, :0]),
        ShapeError,
        "with T and B of at least 1, got (7, 0, {d})",
    ),
    Bad(
        "input holds NaN",
        lambda c: c.run(with_entry(c.x, np.nan)),
        NonFiniteError,
        "{kind}.forward: {x} must be finite, got nan at [6, 1, ; 1 of ",
    ),
    Bad("input holds inf", lambda c: c.run(with_entry(c.x, -np.inf)), NonFiniteError, "got -inf"),
    # Backward.
    Bad(
        "gradient first",
        lambda c: c.layer.backward(c.d_y, c.tape),
        ArgumentTypeError,
        "{kind}.backward: tape must be the rnnref.Tape that forward returned, got numpy.ndarray",
    ),
    Bad("no tape", lambda c: c.layer.backward(None, c.d_y), ArgumentTypeError, "got None"),
    Bad(
        "all that forward returned",
        lambda c: c.layer.backward(c.run(), c.d_y),
        ArgumentTypeError,
        "got tuple; it is the last of what forward returns",
    ),
    Bad(
        "tape of the generated module",
        lambda c: c.layer.backward(c.tape.layers[0], c.d_y),
        ArgumentTypeError,
        "got rnnref.generated.",
    ),
    Bad(
        "tape of another layer",
        lambda c: c.layer.backward(
            c.other.forward(c.other.init_params(c.rng), np.ones((T, B, 3)))[-1], c.d_y
        ),
        ArgumentValueError,
        "{kind}.backward: tape must be of {kind}(; got the tape of ",
    ),
    Bad(
        "tape of another size",
        lambda c: c.build(hidden_size=6).backward(c.tape, c.d_y),
        ArgumentValueError,
        "hidden_size=6; got the tape of {kind}(; hidden_size=5",
    ),
    Bad(
        "gradient is a number",
        lambda c: c.back(1.0),
        ArgumentTypeError,
        "{kind}.backward: d_y must be a numpy.ndarray (T, B, ; = (7, 2, {K}), got float",
    ),
    Bad("gradient is a scalar of NumPy", lambda c: c.back(c.d_y.sum()), ArgumentTypeError, "float"),
    Bad("gradient is a list", lambda c: c.back(c.d_y.tolist()), ArgumentTypeError, "got list"),
    Bad(
        "gradient is a tensor",
        lambda c: c.back(torch.tensor(c.d_y)),
        ArgumentTypeError,
        "convert it: d_y.detach().cpu().numpy()",
    ),
    Bad(
        "gradient of the last step alone",
        lambda c: c.back(c.d_y[-1]),
        ShapeError,
        "= (7, 2, {K}), got (2, {K}); the axis of time is missing",
    ),
    Bad("gradient to broadcast over time", lambda c: c.back(c.d_y[:1]), ShapeError, "got (1, 2, "),
    Bad("gradient to broadcast over batch", lambda c: c.back(c.d_y[:, :1]), ShapeError, "(7, 1, "),
    Bad(
        "gradient with batch first",
        lambda c: c.back(np.swapaxes(c.d_y, 0, 1)),
        ShapeError,
        "got (2, 7, {K}); are the first two axes swapped (batch first)? np.swapaxes(d_y, 0, 1)",
    ),
    Bad("gradient of another size", lambda c: c.back(c.d_y[..., 1:]), ShapeError, "d_y must be"),
    Bad("gradient is of ints", lambda c: c.back(c.d_y.astype(int)), DtypeError, "got int64"),
    Bad(
        "gradient of single precision",
        lambda c: c.back(c.d_y.astype(np.float32)),
        DtypeError,
        "d_y must be float64 as the tape is, got float32",
    ),
    Bad(
        "gradient holds NaN",
        lambda c: c.back(with_entry(c.d_y, np.nan)),
        NonFiniteError,
        "{kind}.backward: d_y must be finite, got nan",
    ),
    # Forward mode.
    Bad(
        "jvp of no tape",
        lambda c: c.layer.jvp(c.x, c.tape),
        ArgumentTypeError,
        "{kind}.jvp: tape must be the rnnref.Tape",
    ),
    Bad(
        "no tangent", lambda c: c.jvp(None), ArgumentValueError, "{kind}.jvp: all tangents are None"
    ),
    Bad(
        "tangent of another shape",
        lambda c: c.jvp(c.x[:-1]),
        ShapeError,
        "{kind}.jvp: {x}_dot must be (T, B, {columns}) = (7, 2, {d}), got (6, 2, {d})",
    ),
    Bad("tangent of ints", lambda c: c.jvp(c.x.astype(int)), DtypeError, "{x}_dot must be"),
    Bad("tangent holds inf", lambda c: c.jvp(c.x * np.inf), NonFiniteError, "{x}_dot must be"),
    Bad(
        "tangents of some parameters",
        lambda c: c.jvp(c.x, params_dot={c.weight: c.W}),
        ParameterNameError,
        "{kind}.jvp: params_dot must have {weight}, ; it lacks ",
    ),
    Bad(
        "tangent of a weight transposed",
        lambda c: c.jvp(c.x, params_dot=c.but(W=c.W.T)),
        ShapeError,
        "params_dot['{weight}'] must be ({rows}, {columns}) = ({n}, {d}), ; is it transposed?",
    ),
    Bad(
        "tangent of a weight in single precision",
        lambda c: c.jvp(c.x, params_dot=c.but(W=c.W.astype("f4"))),
        DtypeError,
        "params_dot['{weight}'] must be float64 as the tape is, got float32",
    ),
]

RECURRENT = [
    Bad("no input features", lambda c: c.build(input_size=0), ArgumentValueError, "input_size"),
    Bad("half a feature", lambda c: c.build(input_size=0.5), ArgumentTypeError, "0.5 (float)"),
    Bad(
        "state of no sequences",
        lambda c: c.layer.init_state(0),
        ArgumentValueError,
        "{kind}.init_state: batch_size must be an int of at least 1, got 0",
    ),
    Bad(
        "a shape for a batch size",
        lambda c: c.layer.init_state((1, 2)),
        ArgumentTypeError,
        "(1, 2)",
    ),
    Bad("state of ints", lambda c: c.layer.init_state(2, int), DtypeError, "got int64"),
    Bad(
        "state is an array",
        lambda c: c.start(c.h),
        ArgumentTypeError,
        "{kind}.forward: state must be a rnnref.; got numpy.ndarray; write rnnref.; State(h=...",
    ),
    Bad("state is a tuple", lambda c: c.start((c.h, c.h)), ArgumentTypeError, "got tuple; write"),
    Bad("state is a list", lambda c: c.start([c.h]), ArgumentTypeError, "got list; write"),
    Bad("state is a dict", lambda c: c.start({"h": c.h}), ArgumentTypeError, "got dict; write"),
    Bad("state is a number", lambda c: c.start(0), ArgumentTypeError, "got int; write rnnref."),
    Bad("lengths for a state", lambda c: c.start([7, 5]), ArgumentTypeError, "got list"),
    Bad("the tape for a state", lambda c: c.start(c.tape), ArgumentTypeError, "got rnnref.Tape"),
    Bad("a class for a state", lambda c: c.start(State), ArgumentTypeError, "the class State"),
    Bad(
        "state of another layer",
        lambda c: c.start(c.other.init_state(B)),
        ArgumentTypeError,
        "{kind}.forward: state must be a rnnref.; is it another layer's?",
    ),
    Bad(
        "state without its first axis",
        lambda c: c.start(c.st(c.h[0])),
        ShapeError,
        "{kind}.forward: state.h must be (1, B, hidden_size) = (1, 2, 5), got (2, 5); "
        "add the first axis: state.h[None]",
    ),
    Bad(
        "state with batch first",
        lambda c: c.start(c.st(np.swapaxes(c.h, 0, 1))),
        ShapeError,
        "got (2, 1, 5); are the first two axes swapped (batch first)? np.swapaxes(state.h, 0, 1)",
    ),
    Bad(
        "state of two layers",
        lambda c: c.start(c.st(np.concatenate([c.h, c.h]))),
        ShapeError,
        "got (2, 2, 5); its first axis counts layers and directions, here 1",
    ),
    Bad(
        "state to broadcast over the batch",
        lambda c: c.start(c.st(c.h[:, :1])),
        ShapeError,
        "state.h must be (1, B, hidden_size) = (1, 2, 5), got (1, 1, 5); x has B = 2",
    ),
    Bad(
        "input with batch first",
        lambda c: c.start(c.state, np.swapaxes(c.x, 0, 1)),
        ShapeError,
        "= (1, 7, 5), got (1, 2, 5); is x batch-first? np.swapaxes(x, 0, 1)",
    ),
    Bad("state of another size", lambda c: c.start(c.st(c.h[..., :4])), ShapeError, "(1, 2, 4)"),
    Bad("state is empty", lambda c: c.start(c.st(c.h[:, :0])), ShapeError, "got (1, 0, 5)"),
    Bad(
        "state holds None",
        lambda c: c.start(c.st(None)),
        ArgumentTypeError,
        "state.h must be a numpy.ndarray (1, B, hidden_size) = (1, 2, 5), got None",
    ),
    Bad("state holds a number", lambda c: c.start(c.st(0.0)), ArgumentTypeError, "got float"),
    Bad(
        "state holds a tensor",
        lambda c: c.start(c.st(torch.tensor(c.h))),
        ArgumentTypeError,
        "convert it: state.h.detach().cpu().numpy()",
    ),
    Bad(
        "state of single precision",
        lambda c: c.start(c.st(c.h.astype("f4"))),
        DtypeError,
        "state.h must be float64 as weight_ih_l0 is, got float32",
    ),
    Bad("state holds NaN", lambda c: c.start(c.st(c.h * np.nan)), NonFiniteError, "10 of 10"),
    Bad(
        "no gradient",
        lambda c: c.back(None),
        ArgumentValueError,
        "{kind}.backward: d_y and d_state are both None",
    ),
    Bad(
        "gradient of the state is an array",
        lambda c: c.back(c.d_y, c.h),
        ArgumentTypeError,
        "{kind}.backward: d_state must be a rnnref.; got numpy.ndarray",
    ),
    Bad(
        "gradient of the state to broadcast",
        lambda c: c.back(c.d_y, c.st(c.h[:, :1])),
        ShapeError,
        "d_state.h must be (1, B, hidden_size) = (1, 2, 5), got (1, 1, 5)",
    ),
    Bad(
        "gradient of the state holds inf",
        lambda c: c.back(c.d_y, c.st(c.h * np.inf)),
        NonFiniteError,
        "d_state.h must be finite",
    ),
    Bad(
        "tangent of the state is an array",
        lambda c: c.jvp(c.x, c.h),
        ArgumentTypeError,
        "{kind}.jvp: state_dot must be a rnnref.",
    ),
    Bad(
        "tangent of the state of another shape",
        lambda c: c.jvp(c.x, c.st(c.h[0])),
        ShapeError,
        "state_dot.h must be (1, B, hidden_size) = (1, 2, 5), got (2, 5)",
    ),
    Bad(
        "weights of another layer",
        lambda c: c.layer.forward(c.other.init_params(c.rng), c.x),
        ShapeError,
        "weight_ih_l0 must be ({rows}, input_size) = ({n}, 3), got (; ·hidden_size: is it a",
    ),
    Bad(
        "weights of another hidden size",
        lambda c: c.layer.forward(c.build(hidden_size=7).init_params(c.rng), c.x),
        ShapeError,
        "weight_ih_l0 must be ({rows}, input_size) = ({n}, 3), got (; is it for hidden_size=7?",
    ),
    Bad(
        "weights of another input size",
        lambda c: c.layer.forward(c.build(input_size=4).init_params(c.rng), c.x),
        ShapeError,
        "got ({n}, 4); is it for input_size=4?",
    ),
]

GATED = [
    Bad(
        "recurrent weight transposed",
        lambda c: c.run(weight_hh_l0=c.params["weight_hh_l0"].T),
        ShapeError,
        "weight_hh_l0 must be ({rows}, hidden_size) = ({n}, 5), got (5, {n}); is it transposed?",
    ),
    Bad(
        "one gate of a weight",
        lambda c: c.run(weight_hh_l0=c.params["weight_hh_l0"][:5]),
        ShapeError,
        "got (5, 5); 1·hidden_size: is it an RNN's?",
    ),
]

OF_ONE_LAYER = {
    "RNN": [
        Bad(
            "unknown nonlinearity",
            lambda c: c.build(nonlinearity="sigmoid"),
            ArgumentValueError,
            "RNN: nonlinearity must be 'tanh' or 'relu', got 'sigmoid'",
        ),
        Bad(
            "nonlinearity is a function",
            lambda c: c.build(nonlinearity=np.tanh),
            ArgumentValueError,
            "ufunc",
        ),
        Bad(
            "nonlinearity is a list",
            lambda c: c.build(nonlinearity=["tanh"]),
            ArgumentValueError,
            "['tanh']",
        ),
        Bad(
            "nonlinearity in capitals",
            lambda c: c.build(nonlinearity="ReLU"),
            ArgumentValueError,
            "'ReLU'",
        ),
    ],
    "LSTM": [
        Bad(
            "state without c",
            lambda c: c.start(State(c.h)),
            ArgumentTypeError,
            "state must be a rnnref.LSTMState, got rnnref.State; is it another layer's?",
        ),
        Bad(
            "c is None",
            lambda c: c.start(LSTMState(c.h, None)),
            ArgumentTypeError,
            "state.c must be a numpy.ndarray (1, B, hidden_size) = (1, 2, 5), got None",
        ),
        Bad(
            "c of another shape",
            lambda c: c.start(LSTMState(c.h, c.h[0])),
            ShapeError,
            "state.c must be (1, B, hidden_size) = (1, 2, 5), got (2, 5)",
        ),
        Bad(
            "a GRU's weight",
            lambda c: c.run(weight_hh_l0=c.params["weight_hh_l0"][:15]),
            ShapeError,
            "LSTM.forward: weight_hh_l0 must be (4·hidden_size, hidden_size) = (20, 5), "
            "got (15, 5); 3·hidden_size: is it a GRU's?",
        ),
    ],
    "GRU": [
        Bad(
            "number for a choice",
            lambda c: c.build(reset_after=1),
            ArgumentTypeError,
            "GRU: reset_after must be True or False, got 1",
        ),
        Bad(
            "word for a choice",
            lambda c: c.build(reset_after="False"),
            ArgumentTypeError,
            "got 'False'",
        ),
        Bad(
            "None for a choice", lambda c: c.build(reset_after=None), ArgumentTypeError, "got None"
        ),
        Bad(
            "an LSTM's weight",
            lambda c: c.run(weight_hh_l0=np.ones((20, 5))),
            ShapeError,
            "got (20, 5); 4·hidden_size: is it an LSTM's?",
        ),
        Bad(
            "tape of the other GRU",
            lambda c: c.build(reset_after=not c.layer.reset_after).backward(c.tape, c.d_y),
            ArgumentValueError,
            "tape must be of GRU(; got the tape of GRU(",
        ),
    ],
    "Output": [
        Bad("no outputs", lambda c: c.build(output_size=0), ArgumentValueError, "output_size must"),
        Bad("outputs by name", lambda c: c.build(output_size="y"), ArgumentTypeError, "'y' (str)"),
        Bad("no gradient", lambda c: c.back(None), ArgumentTypeError, "d_y must be ; got None"),
        Bad(
            "parameters of a recurrent layer",
            lambda c: c.layer.forward(c.other.init_params(c.rng), c.x),
            ParameterNameError,
            "Output.forward: params must have weight, bias and no more; it lacks all of them",
        ),
    ],
}


def table(name: str) -> list[Bad]:
    """All malformed calls of a layer."""
    kind = name.split()[0]
    recurrent = RECURRENT if kind != "Output" else []
    gated = GATED if kind in ("LSTM", "GRU") else []
    return [*EVERY_LAYER, *recurrent, *gated, *OF_ONE_LAYER[kind]]


@pytest.mark.parametrize(
    ("name", "bad"),
    [pytest.param(name, bad, id=f"{name}: {bad.what}") for name in LAYERS for bad in table(name)],
)
def test_is_refused_with_a_word(name: str, bad: Bad) -> None:
    case = Case(name)
    with pytest.raises(bad.error) as caught:
        bad.call(case)
    message = str(caught.value)
    assert type(caught.value) is bad.error
    assert message.startswith((f"{case.kind}: ", f"{case.kind}."))
    for words in case.words(bad.words).split("; "):
        assert words in message


@pytest.mark.parametrize("name", LAYERS)
def test_table_is_long_and_without_repetition(name: str) -> None:
    names = [bad.what for bad in table(name)]
    assert len(set(names)) == len(names) >= 40
    assert {bad.error for bad in table(name)} == {
        ArgumentTypeError,
        ArgumentValueError,
        DtypeError,
        NonFiniteError,
        ParameterNameError,
        ShapeError,
    }


@pytest.mark.parametrize(
    ("ours", "builtin"),
    [
        (ShapeError, ValueError),
        (DtypeError, TypeError),
        (ArgumentTypeError, TypeError),
        (ArgumentValueError, ValueError),
        (NonFiniteError, ValueError),
        (ParameterNameError, KeyError),
    ],
)
def test_errors_are_builtin_errors_too(ours: type[Exception], builtin: type[Exception]) -> None:
    assert issubclass(ours, (rnnref.RnnrefError, builtin))
    assert issubclass(ours, builtin)
    assert str(ours("said\nso")) == "said\nso"


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize(
    "argument", ["num_layers", "bidirectional", "dropout", "batch_first", "bias", "proj_size"]
)
def test_no_argument_that_does_nothing(name: str, argument: str) -> None:
    with pytest.raises(TypeError, match=argument):
        LAYERS[name](**{argument: 1})


SHAPES = st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 7, 15, 20]), max_size=4).map(tuple)


def takers(case: Case) -> dict[str, tuple[tuple[int, ...], Callable[[Any], object]]]:
    """For each argument the shape that is right, and a call that hands in an array there."""
    calls: dict[str, tuple[tuple[int, ...], Callable[[Any], object]]] = {
        "d_y": (case.d_y.shape, case.back),
        "x_dot": (case.x.shape, case.jvp),
    }
    for key, value in case.params.items():
        calls[key] = (value.shape, lambda a, k=key: case.run(**{k: a}))
        calls[f"params_dot.{key}"] = (
            value.shape,
            lambda a, k=key: case.jvp(None, params_dot=case.but(**{k: a})),
        )
    for f in case.state._fields if case.kind != "Output" else ():
        shape = case.h.shape
        calls[f"state.{f}"] = (shape, lambda a, f=f: case.start(case.state._replace(**{f: a})))
        calls[f"d_state.{f}"] = (
            shape,
            lambda a, f=f: case.back(None, case.state._replace(**{f: a})),
        )
        calls[f"state_dot.{f}"] = (
            shape,
            lambda a, f=f: case.jvp(None, case.state._replace(**{f: a})),
        )
    return calls


@pytest.mark.parametrize("name", LAYERS)
@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_no_shape_but_the_right_one(name: str, data: st.DataObject) -> None:
    """No array of another shape is broadcast, wherever it is handed in."""
    calls = takers(Case(name))
    wanted, call = calls[data.draw(st.sampled_from(sorted(calls)))]
    others = st.sampled_from([shape for shape, _ in calls.values()])
    shape = data.draw(st.one_of(st.just(wanted), others, SHAPES))
    if shape == wanted:
        call(np.ones(shape))
    else:
        with pytest.raises(ShapeError):
            call(np.ones(shape))
