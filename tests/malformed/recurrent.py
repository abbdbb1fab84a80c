"""Calls that layers with states must refuse, and those of one layer alone."""

from __future__ import annotations

import numpy as np
import torch
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

from malformed.case import B, Bad
from malformed.functions import ACTIVATIONS, CLIPS, NONLINEARITIES

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
    *CLIPS,
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
    "RNN": NONLINEARITIES,
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
        *ACTIVATIONS,
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
