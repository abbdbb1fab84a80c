"""Calls that the models must refuse; what their layers refuse has the layer's name."""

from __future__ import annotations

from typing import Any

import numpy as np
import rnnref
import torch
from rnnref import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    NonFiniteError,
    ParameterNameError,
    ShapeError,
)

from malformed.case import Bad, with_entry

T, B = 7, 2
GRU, READ = rnnref.GRU(3, 5), rnnref.Output(5, 4)
MODELS = {
    "ManyToMany": lambda rnn=GRU, out=READ: rnnref.ManyToMany(rnn, out),
    "ManyToOne": lambda rnn=GRU, out=READ: rnnref.ManyToOne(rnn, out),
    "OneToMany": lambda rnn=GRU, out=READ, **n: rnnref.OneToMany(rnn, out, **{"steps": T} | n),
}


class ModelCase:
    """A model with arrays that are right, and how to call it with some of them replaced."""

    def __init__(self, kind: str) -> None:
        self.kind, self.build = kind, MODELS[kind]
        self.model = self.build()
        self.rng = np.random.default_rng(0)
        self.params = self.model.init_params(self.rng)
        self.x = self.rng.normal(size=(B, 3) if kind == "OneToMany" else (T, B, 3))
        self.y, self.state, self.tape = self.model.forward(self.params, self.x)
        self.d_y = np.ones_like(self.y)

    def words(self, text: str) -> str:
        steps = len(self.y)
        return text.format(kind=self.kind, steps=steps, input=self.x.shape)

    def run(self, x: Any = None, state: Any = None, **changed: Any) -> Any:
        """Forward with another input, or with other parameters."""
        params = self.params | {name.replace("__", "."): v for name, v in changed.items()}
        return self.model.forward(params, self.x if x is None else x, state)

    def without(self, *names: str) -> dict[str, Any]:
        return {k: v for k, v in self.params.items() if k not in names}


EVERY_MODEL = [
    Bad(
        "layers swapped",
        lambda c: c.build(READ, GRU),
        ArgumentTypeError,
        "{kind}: recurrent must be an RNN, LSTM or GRU of rnnref, got rnnref.Output",
    ),
    Bad(
        "a layer of torch",
        lambda c: c.build(torch.nn.GRU(3, 5)),
        ArgumentTypeError,
        "{kind}: recurrent must be; got torch.GRU",
    ),
    Bad("no output layer", lambda c: c.build(out=None), ArgumentTypeError, "output must be; None"),
    Bad("a class for a layer", lambda c: c.build(rnnref.GRU), ArgumentTypeError, "the class GRU"),
    Bad(
        "layers that do not fit",
        lambda c: c.build(out=rnnref.Output(6, 4)),
        ArgumentValueError,
        "{kind}: output must have hidden_size = 5, got 6; in all directions",
    ),
    Bad(
        "an output layer for one direction",
        lambda c: c.build(rnnref.GRU(3, 5, bidirectional=True)),
        ArgumentValueError,
        "output must have hidden_size = 10, got 5",
    ),
    Bad("a seed", lambda c: c.model.init_params(0), ArgumentTypeError, "np.random.default_rng(0)"),
    Bad("new ints", lambda c: c.model.init_params(c.rng, int), DtypeError, "got int64"),
    Bad(
        "a parameter missing",
        lambda c: c.model.forward(c.without("output.bias"), c.x),
        ParameterNameError,
        "{kind}.forward: params must have rnn.weight_ih_l0, ; it lacks output.bias",
    ),
    Bad(
        "parameters of the recurrent layer alone",
        lambda c: c.model.forward(GRU.init_params(c.rng), c.x),
        ParameterNameError,
        "it lacks all of them and has 'weight_ih_l0'",
    ),
    Bad("a parameter too many", lambda c: c.run(fc__weight=c.x), ParameterNameError, "'fc.weight'"),
    Bad(
        "a weight transposed",
        lambda c: c.run(output__weight=c.params["output.weight"].T),
        ShapeError,
        "{kind}.forward: output.weight must be (output_size, hidden_size) = (4, 5), got (5, 4)",
    ),
    Bad(
        "weights of two dtypes",
        lambda c: c.run(output__bias=np.ones(4, "f4")),
        DtypeError,
        "output.bias must be float64 as rnn.weight_ih_l0 is, got float32",
    ),
    Bad(
        "a weight holds NaN",
        lambda c: c.run(output__bias=with_entry(np.ones(4), np.nan)),
        NonFiniteError,
        "output.bias must be finite",
    ),
    Bad("no parameters", lambda c: c.model.forward(None, c.x), ArgumentTypeError, "got None"),
    Bad("input of another size", lambda c: c.run(c.x[..., 1:]), ShapeError, "x must be; got ("),
    Bad("input in single precision", lambda c: c.run(c.x.astype("f4")), DtypeError, "x must be"),
    Bad("input holds inf", lambda c: c.run(c.x * np.inf), NonFiniteError, "x must be finite"),
    Bad(
        "state of another layer",
        lambda c: c.run(state=rnnref.LSTM(3, 5).init_state(B)),
        ArgumentTypeError,
        "state must be a rnnref.State; is it another layer's?",
    ),
    Bad(
        "tape of a layer",
        lambda c: c.model.backward(c.tape.runs[0].rnn, c.d_y),
        ArgumentTypeError,
        "{kind}.backward: tape must be the rnnref.ModelTape that forward returned, got rnnref.Tape",
    ),
    Bad(
        "tape of another model",
        lambda c: c.build(rnnref.RNN(3, 5)).backward(c.tape, c.d_y),
        ArgumentValueError,
        "{kind}.backward: tape must be of {kind}(; got the tape of {kind}(",
    ),
    Bad(
        "no gradient",
        lambda c: c.model.backward(c.tape),
        ArgumentValueError,
        "{kind}.backward: d_y and d_state are both None",
    ),
    Bad(
        "gradient of one sequence",
        lambda c: c.model.backward(c.tape, c.d_y[:, :1]),
        ShapeError,
        "{kind}.backward: d_y must be (T, B, output_size) = ({steps}, 2, 4), got ({steps}, 1, 4)",
    ),
    Bad(
        "gradient of a state without its first axis",
        lambda c: c.model.backward(c.tape, None, rnnref.State(c.state.h[0])),
        ShapeError,
        "{kind}.backward: d_state.h must be (1, B, hidden_size) = (1, 2, 5), got (2, 5)",
    ),
    Bad(
        "gradient holds NaN",
        lambda c: c.model.backward(c.tape, c.d_y * np.nan),
        NonFiniteError,
        "d_y must be finite",
    ),
    Bad(
        "no tangent",
        lambda c: c.model.jvp(c.tape),
        ArgumentValueError,
        "{kind}.jvp: all tangents are None",
    ),
    Bad(
        "tangent of another shape",
        lambda c: c.model.jvp(c.tape, c.x[:1]),
        ShapeError,
        "{kind}.jvp: x_dot must be; = {input}, got (1, ",
    ),
    Bad(
        "tangents of some parameters",
        lambda c: c.model.jvp(c.tape, params_dot=c.without("rnn.bias_hh_l0")),
        ParameterNameError,
        "{kind}.jvp: params_dot must have; it lacks rnn.bias_hh_l0",
    ),
    Bad(
        "tangents in single precision",
        lambda c: c.model.jvp(c.tape, params_dot={k: v.astype("f4") for k, v in c.params.items()}),
        DtypeError,
        "params_dot['rnn.weight_ih_l0'] must be float64 as the tape is, got float32",
    ),
    Bad(
        "nothing moves",
        lambda c: c.model.backward_jvp(c.tape, c.d_y),
        ArgumentValueError,
        "{kind}.backward_jvp: all tangents are None",
    ),
    Bad(
        "nothing arrives",
        lambda c: c.model.backward_jvp(c.tape, x_dot=c.x),
        ArgumentValueError,
        "{kind}.backward_jvp: d_y, d_state and their tangents are all None",
    ),
    Bad(
        "tangent of a gradient of another shape",
        lambda c: c.model.backward_jvp(c.tape, c.d_y, d_y_dot=c.d_y[..., 1:]),
        ShapeError,
        "{kind}.backward_jvp: d_y_dot must be (T, B, output_size) = ({steps}, 2, 4)",
    ),
]

OF_ONE_MODEL = {
    "ManyToMany": [
        Bad("no such length", lambda c: _padded(c, [8, 1]), ArgumentValueError, "1 to T = 7, got 8")
    ],
    "ManyToOne": [
        Bad("one length", lambda c: _padded(c, [7]), ShapeError, "lengths must be (B,) = (2,)")
    ],
    "OneToMany": [
        Bad("no steps", lambda c: c.build(steps=0), ArgumentValueError, "OneToMany: steps must be"),
        Bad("steps in words", lambda c: c.build(steps="7"), ArgumentTypeError, "'7' (str)"),
        Bad(
            "a number for a choice",
            lambda c: c.build(feedback=1),
            ArgumentTypeError,
            "OneToMany: feedback must be True or False, got 1",
        ),
        Bad(
            "outputs that are no inputs",
            lambda c: c.build(feedback=True),
            ArgumentValueError,
            "OneToMany: output_size must be input_size = 3 with feedback, got 4",
        ),
        Bad(
            "feedback in both directions",
            lambda c: c.build(
                rnnref.GRU(3, 5, bidirectional=True), rnnref.Output(10, 3), feedback=True
            ),
            ArgumentValueError,
            "recurrent must have one direction with feedback",
        ),
        Bad(
            "a sequence for one input",
            lambda c: c.run(np.ones((T, B, 3))),
            ShapeError,
            "OneToMany.forward: x must be (B, input_size) = (B, 3), got (7, 2, 3)",
        ),
        Bad(
            "masks without dropout",
            lambda c: c.model.forward(c.params, c.x, masks=np.ones((0, T, B, 5), bool)),
            ArgumentValueError,
            "OneToMany.forward: masks must be left out where dropout is 0",
        ),
    ],
}


def _padded(c: ModelCase, lengths: list[int]) -> Any:
    return c.model.forward(c.params, c.x, lengths=lengths)


def model_table(kind: str) -> list[Bad]:
    """All malformed calls of a model."""
    return [*EVERY_MODEL, *OF_ONE_MODEL[kind]]
