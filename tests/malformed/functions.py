"""Activations and clips of pre-activations that must be refused. Imports rnnref."""

from __future__ import annotations

import numpy as np
from rnnref import ArgumentTypeError, ArgumentValueError

from malformed.case import Bad

CLIPS = [
    Bad(
        "a clip at 0",
        lambda c: c.build(gate_clip=0),
        ArgumentValueError,
        "{kind}: gate_clip must be above 0, got 0; None is for no clip",
    ),
    Bad("a negative clip", lambda c: c.build(gate_clip=-1), ArgumentValueError, "above 0, got -1"),
    Bad("a clip is a bool", lambda c: c.build(gate_clip=True), ArgumentTypeError, "True (bool)"),
    Bad("a clip is a name", lambda c: c.build(gate_clip="1"), ArgumentTypeError, "got '1'"),
    Bad(
        "tape of the layer without a clip",
        lambda c: c.build(gate_clip=1).backward(c.tape, c.d_y),
        ArgumentValueError,
        "tape must be of {kind}(; gate_clip=1.0), got the tape of {kind}(",
    ),
]

NONLINEARITIES = [
    Bad(
        "unknown nonlinearity",
        lambda c: c.build(nonlinearity="gelu"),
        ArgumentValueError,
        "RNN: nonlinearity must be one of sigmoid, tanh,; got 'gelu'",
    ),
    Bad(
        "nonlinearity is a function",
        lambda c: c.build(nonlinearity=np.tanh),
        ArgumentTypeError,
        "RNN: nonlinearity must be the name of a function, got <ufunc 'tanh'>; rnnref.Activation",
    ),
    Bad(
        "nonlinearity is a list",
        lambda c: c.build(nonlinearity=["tanh"]),
        ArgumentTypeError,
        "['tanh']",
    ),
    Bad(
        "nonlinearity in capitals",
        lambda c: c.build(nonlinearity="ReLU"),
        ArgumentValueError,
        "'ReLU'",
    ),
]

ACTIVATIONS = [
    Bad(
        "one activation",
        lambda c: c.build(activations="relu"),
        ArgumentTypeError,
        "GRU: activations must be 2, for the gates, the candidate, got 'relu'",
    ),
    Bad(
        "three activations",
        lambda c: c.build(activations=("sigmoid", "tanh", "tanh")),
        ArgumentTypeError,
        "got 3 of them",
    ),
    Bad(
        "an activation by a name of PyTorch",
        lambda c: c.build(activations=("sigmoid", "Tanh")),
        ArgumentValueError,
        "GRU: activations[1] must be one of sigmoid, tanh,; got 'Tanh'",
    ),
]
