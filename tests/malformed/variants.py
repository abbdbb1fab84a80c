"""Variants of the LSTM that must be refused. Imports rnnref."""

from __future__ import annotations

import numpy as np
from rnnref import ArgumentTypeError, ArgumentValueError, ParameterNameError, ShapeError

from malformed.case import Bad

VARIANTS = [
    Bad(
        "peepholes by number",
        lambda c: c.build(peepholes=3),
        ArgumentTypeError,
        "LSTM: peepholes must be True or False, got 3 (int)",
    ),
    Bad("coupled by name", lambda c: c.build(coupled="yes"), ArgumentTypeError, "'yes' (str)"),
    *(
        Bad(
            f"a projection and {name}",
            lambda c, name=name, value=value: c.build(proj_size=2, **{name: value}),
            ArgumentValueError,
            "LSTM: proj_size must be 0 beside peepholes, coupled gates and the like, got 2",
        )
        for name, value in {
            "peepholes": True,
            "coupled": True,
            "gate_clip": 1.0,
            "cell_clip": 1.0,
            "activations": ("relu", "tanh", "tanh"),
        }.items()
    ),
    Bad(
        "one activation",
        lambda c: c.build(activations="relu"),
        ArgumentTypeError,
        "LSTM: activations must be 3, for the gates, the candidate, the cell state, got 'relu'",
    ),
    Bad(
        "two activations",
        lambda c: c.build(activations=("sigmoid", "tanh")),
        ArgumentTypeError,
        "got 2 of them",
    ),
    Bad(
        "an activation by a name of PyTorch",
        lambda c: c.build(activations=("Hardsigmoid", "tanh", "tanh")),
        ArgumentValueError,
        "LSTM: activations[0] must be one of sigmoid, tanh,; got 'Hardsigmoid'",
    ),
    Bad(
        "an activation is a function",
        lambda c: c.build(activations=(np.tanh, "tanh", "tanh")),
        ArgumentTypeError,
        "LSTM: activations[0] must be the name of a function, got <ufunc 'tanh'>",
    ),
    Bad(
        "a clip of c below 0",
        lambda c: c.build(cell_clip=-1),
        ArgumentValueError,
        "LSTM: cell_clip must be above 0, got -1; None is for no clip",
    ),
    Bad(
        "a clip of c is a bool", lambda c: c.build(cell_clip=True), ArgumentTypeError, "True (bool)"
    ),
    Bad(
        "no peepholes for a layer that has them",
        lambda c: c.build(peepholes=True).forward(c.params, c.x),
        ParameterNameError,
        "it lacks weight_ch_l0",
    ),
    Bad(
        "four gates where they are coupled",
        lambda c: c.build(coupled=True).forward(c.params, c.x),
        ShapeError,
        "weight_ih_l0 must be (3·hidden_size, input_size) = (15, 3), got (20, 3); ; an LSTM's?",
    ),
    Bad(
        "peepholes as a matrix",
        lambda c: c.build(peepholes=True).forward(
            c.params | {"weight_ch_l0": np.ones((3, 5))}, c.x
        ),
        ShapeError,
        "weight_ch_l0 must be (3·hidden_size,) = (15,), got (3, 5)",
    ),
]
