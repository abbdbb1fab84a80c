"""Mistakes in the step of the vanilla network."""

from __future__ import annotations

from rnnref.testing.mistakes.mistake import RNNS, backward, forward

TANH = ("rnn_tanh",)
RELU = ("rnn_relu",)

FORWARD = [
    forward("relu-for-tanh", "h is relu(a)", "h = tanh(a)", TANH, activation="relu"),
    forward("tanh-for-relu", "h is tanh(a)", "h = relu(a)", RELU, activation="tanh"),
    forward(
        "sigmoid-for-activation",
        "h is sigmoid(a)",
        "use the layer's nonlinearity",
        RNNS,
        activation="sigmoid",
    ),
    forward(
        "activation-dropped",
        "h is a: no activation is applied",
        "apply the layer's nonlinearity",
        RNNS,
        activation="identity",
    ),
    forward(
        "activation-doubled",
        "h is tanh(tanh(a))",
        "apply tanh once",
        TANH,
        activation="tanh of tanh",
    ),
]

BACKWARD = [
    backward(
        "tanh-slope-of-value",
        "the derivative of tanh is taken at h: 1 - tanh(h)²",
        "with h = tanh(a) it is 1 - h²",
        TANH,
        slope="of the value",
    ),
    backward(
        "tanh-slope-of-pre-activation",
        "the derivative of tanh is formed as 1 - a²",
        "with h = tanh(a) it is 1 - h²",
        TANH,
        slope="of the pre-activation",
    ),
    backward(
        "tanh-slope-not-squared",
        "the derivative of tanh is formed as 1 - h",
        "with h = tanh(a) it is 1 - h²",
        TANH,
        slope="1 - v",
    ),
    backward(
        "sigmoid-slope-for-tanh",
        "the derivative of tanh is formed as h (1 - h), the sigmoid's",
        "with h = tanh(a) it is 1 - h²",
        TANH,
        slope="sigmoid",
    ),
    backward(
        "tanh-slope-for-relu",
        "the derivative of relu is formed as 1 - h², that of tanh",
        "it is 1 where a > 0, else 0",
        RELU,
        slope="tanh",
    ),
    backward(
        "slope-left-out",
        "the derivative of the activation is left out",
        "multiply d_h by it",
        RNNS,
        slope="left out",
    ),
]

MISTAKES = [*FORWARD, *BACKWARD]
