"""Mistakes in the step of the gated recurrent unit."""

from __future__ import annotations

from rnnref.testing.mistakes.mistake import GRUS, backward, forward

AFTER = ("gru_reset_after",)
BEFORE = ("gru_reset_before",)

FORWARD = [
    forward(
        "reset-before",
        "r multiplies h_prev before the product with W_hn",
        "compute r * (h_prev @ W_hn.T + b_hn): linear_before_reset=1, reset_after=True",
        AFTER,
        placement="before",
    ),
    forward(
        "reset-after",
        "r multiplies the product with W_hn, and b_hn in it",
        "compute (r * h_prev) @ W_hn.T + b_hn: linear_before_reset=0, reset_after=False",
        BEFORE,
        placement="after",
    ),
    forward(
        "reset-after-without-bias",
        "r multiplies the product with W_hn, but not b_hn",
        "compute (r * h_prev) @ W_hn.T + b_hn",
        BEFORE,
        "units",
        placement="after, bias outside",
    ),
    forward(
        "reset-on-everything",
        "r multiplies the whole pre-activation of n, the input's share too",
        "r acts on the hidden side alone",
        GRUS,
        placement="on everything",
    ),
    forward(
        "reset-left-out",
        "r is left out of n",
        "multiply the hidden side of n by r",
        GRUS,
        without_reset=True,
    ),
    forward(
        "z-takes-new",
        "z multiplies n, and 1 - z the old state, as in Chung et al. 2014",
        "h = (1 - z) n + z h_prev; or negate the rows of z in all parameters",
        GRUS,
        z_takes_new=True,
    ),
    forward(
        "reset-state-kept",
        "z multiplies r h_prev: the state was overwritten by its reset",
        "z multiplies h_prev itself",
        GRUS,
        keeps_reset_state=True,
    ),
    forward(
        "first-step-without-b-hh",
        "b_hh is not added at the first step",
        "add b_hh at every step, from a zero state too",
        GRUS,
        "bias",
        first_step_without_hidden_bias=True,
    ),
    forward(
        "sigmoid-for-n",
        "n is sigmoid(a_n)",
        "n = tanh(a_n)",
        GRUS,
        "usual activations",
        candidate="sigmoid",
    ),
    forward(
        "relu-for-n", "n is relu(a_n)", "n = tanh(a_n)", GRUS, "usual activations", candidate="relu"
    ),
    forward(
        "tanh-of-n-dropped",
        "n is a_n: no activation is applied",
        "n = tanh(a_n)",
        GRUS,
        "usual activations",
        candidate="identity",
    ),
    forward(
        "tanh-for-gates",
        "r and z are tanh of their pre-activations",
        "r and z are sigmoids",
        GRUS,
        "usual activations",
        gate="tanh",
    ),
    forward(
        "hard-sigmoid-onnx",
        "r and z are hard sigmoids clip(0.2 a + 0.5, 0, 1), as in ONNX and Keras 2",
        "use the layer's activation for r and z",
        GRUS,
        gate="hard_sigmoid_onnx",
    ),
    forward(
        "hard-sigmoid-keras",
        "r and z are hard sigmoids clip(a/6 + 0.5, 0, 1), as in Keras 3",
        "use the layer's activation for r and z",
        GRUS,
        gate="hard_sigmoid_keras",
    ),
]

SLOPES = [
    backward(
        "gate-slope-of-value",
        "the derivative of r and z is taken at their values: σ(r)(1 - σ(r))",
        "with r = σ(a_r) it is r (1 - r)",
        GRUS,
        "usual activations",
        gate_slope="of the value",
    ),
    backward(
        "gate-slope-of-pre-activation",
        "the derivative of r and z is formed as a (1 - a)",
        "with r = σ(a_r) it is r (1 - r)",
        GRUS,
        "usual activations",
        gate_slope="of the pre-activation",
    ),
    backward(
        "gate-slope-left-out",
        "the derivative of r and z is left out",
        "multiply d_r by r (1 - r), d_z by z (1 - z)",
        GRUS,
        "usual activations",
        gate_slope="left out",
    ),
    backward(
        "tanh-slope-for-gates",
        "the derivative of r and z is formed as 1 - r², that of tanh",
        "multiply d_r by r (1 - r), d_z by z (1 - z)",
        GRUS,
        "usual activations",
        gate_slope="tanh",
    ),
    backward(
        "n-slope-of-value",
        "the derivative of n is taken at its value: 1 - tanh(n)²",
        "with n = tanh(a_n) it is 1 - n²",
        GRUS,
        "usual activations",
        candidate_slope="of the value",
    ),
    backward(
        "n-slope-of-pre-activation",
        "the derivative of n is formed as 1 - a_n²",
        "with n = tanh(a_n) it is 1 - n²",
        GRUS,
        "usual activations",
        candidate_slope="of the pre-activation",
    ),
    backward(
        "n-slope-not-squared",
        "the derivative of n is formed as 1 - n",
        "with n = tanh(a_n) it is 1 - n²",
        GRUS,
        "usual activations",
        candidate_slope="1 - v",
    ),
    backward(
        "n-slope-left-out",
        "the derivative of n is left out",
        "multiply d_n by 1 - n²",
        GRUS,
        "usual activations",
        candidate_slope="left out",
    ),
    backward(
        "sigmoid-slope-for-n",
        "the derivative of n is formed as n (1 - n), the sigmoid's",
        "multiply d_n by 1 - n²",
        GRUS,
        "usual activations",
        candidate_slope="sigmoid",
    ),
]

PATHS = [
    backward(
        "r-constant",
        "r is taken for a constant",
        "r depends on x and h_prev: send d_r on",
        GRUS,
        no_gradient_through_r=True,
    ),
    backward(
        "z-constant",
        "z is taken for a constant",
        "z depends on x and h_prev: send d_z on",
        GRUS,
        no_gradient_through_z=True,
    ),
    backward(
        "direct-path-missing",
        "the gradient by h_prev lacks d_h z",
        "h_prev enters h directly too: add d_h * z",
        GRUS,
        no_direct_path=True,
    ),
    backward(
        "path-through-n-missing",
        "the gradient by h_prev lacks the path through n",
        "h_prev enters n too: add that path",
        GRUS,
        no_path_through_n=True,
    ),
    backward(
        "d-n-times-z",
        "the gradient by n is d_h z",
        "d_n = d_h (1 - z)",
        GRUS,
        candidate_scaled_by_z=True,
    ),
    backward(
        "d-z-without-h-prev",
        "the gradient by z lacks h_prev: it is -d_h n",
        "d_z = d_h (h_prev - n)",
        GRUS,
        d_z="without h_prev",
    ),
    backward(
        "d-z-without-n",
        "the gradient by z lacks n: it is d_h h_prev",
        "d_z = d_h (h_prev - n)",
        GRUS,
        d_z="without n",
    ),
    backward(
        "d-z-negated",
        "the gradient by z has the opposite sign",
        "d_z = d_h (h_prev - n)",
        GRUS,
        d_z="negated",
    ),
    backward(
        "d-r-reads-h-prev",
        "the gradient by r is formed with h_prev",
        "d_r = d_a_n (W_hn h_prev + b_hn), which is what r multiplies",
        AFTER,
        d_r_reads_h=True,
    ),
    backward(
        "d-w-hn-without-r",
        "the gradient by W_hn lacks r",
        "form it with d_a_n r and h_prev, or with d_a_n and r h_prev, as r stands",
        GRUS,
        d_n_weights_without_r=True,
    ),
    backward(
        "d-h-prev-without-r",
        "the gradient by h_prev through n lacks r",
        "multiply that path by r",
        GRUS,
        d_h_without_r=True,
    ),
]

MISTAKES = [*FORWARD, *SLOPES, *PATHS]
