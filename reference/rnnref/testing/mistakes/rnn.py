"""Mistakes in the step of the vanilla network."""

from __future__ import annotations

from rnnref.testing.faulty.functions import USUAL_NUMBERS
from rnnref.testing.mistakes.mistake import RNNS, backward, forward

TANH = ("rnn_tanh",)
RELU = ("rnn_relu",)
GENERAL = ("rnn_general",)

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
    forward(
        "layer-nonlinearity-ignored",
        "h is tanh(a)",
        "use the layer's nonlinearity",
        GENERAL,
        activation="tanh",
    ),
    forward(
        "numbers-ignored",
        "alpha and beta of the nonlinearity are not read: ONNX's usual ones are used",
        "use the layer's numbers",
        GENERAL,
        activation=USUAL_NUMBERS,
    ),
    forward(
        "relu-for-nonlinearity",
        "h is relu(a)",
        "use the layer's nonlinearity",
        GENERAL,
        activation="relu",
    ),
    forward(
        "hard-sigmoid-onnx",
        "h is the hard sigmoid clip(0.2 a + 0.5, 0, 1), as in ONNX and Keras 2",
        "use the layer's nonlinearity",
        GENERAL,
        activation="hard_sigmoid_onnx",
    ),
    forward(
        "hard-sigmoid-keras",
        "h is the hard sigmoid clip(a/6 + 0.5, 0, 1), as in Keras 3",
        "use the layer's nonlinearity",
        GENERAL,
        activation="hard_sigmoid_keras",
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
        "slope-of-value",
        "the derivative of the nonlinearity is taken at h",
        "take it at a, or write it in terms of h",
        GENERAL,
        slope="of the value",
    ),
    backward(
        "tanh-slope-for-nonlinearity",
        "the derivative of the nonlinearity is formed as 1 - h², that of tanh",
        "use that of the layer's nonlinearity",
        GENERAL,
        slope="tanh",
    ),
    backward(
        "sigmoid-slope-for-nonlinearity",
        "the derivative of the nonlinearity is formed as h (1 - h), the sigmoid's",
        "use that of the layer's nonlinearity",
        GENERAL,
        slope="sigmoid",
    ),
    backward(
        "relu-slope-for-nonlinearity",
        "the derivative of the nonlinearity is formed as 1 where h > 0, else 0, that of relu",
        "use that of the layer's nonlinearity",
        GENERAL,
        slope="relu",
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
