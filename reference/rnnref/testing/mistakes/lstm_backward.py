"""What goes wrong in the backward pass of an LSTM alone: slopes, and paths that are left out."""

from __future__ import annotations

from rnnref.testing.mistakes.lstm import LSTM
from rnnref.testing.mistakes.mistake import backward

SLOPES = [
    backward(
        "gate-slope-of-value",
        "the derivative of i, f, o is taken at their values: σ(i)(1 - σ(i))",
        "with i = σ(a_i) it is i (1 - i)",
        LSTM,
        "usual gates",
        gate_slope="of the value",
    ),
    backward(
        "gate-slope-of-pre-activation",
        "the derivative of i, f, o is formed as a (1 - a)",
        "with i = σ(a_i) it is i (1 - i)",
        LSTM,
        "usual gates",
        gate_slope="of the pre-activation",
    ),
    backward(
        "gate-slope-left-out",
        "the derivative of i, f, o is left out",
        "multiply d_i by i (1 - i), and so for f and o",
        LSTM,
        "usual gates",
        gate_slope="left out",
    ),
    backward(
        "tanh-slope-for-gates",
        "the derivative of i, f, o is formed as 1 - i², that of tanh",
        "multiply d_i by i (1 - i), and so for f and o",
        LSTM,
        "usual gates",
        gate_slope="tanh",
    ),
    backward(
        "g-slope-of-value",
        "the derivative of g is taken at its value: 1 - tanh(g)²",
        "with g = tanh(a_g) it is 1 - g²",
        LSTM,
        "usual candidate",
        candidate_slope="of the value",
    ),
    backward(
        "g-slope-of-pre-activation",
        "the derivative of g is formed as 1 - a_g²",
        "with g = tanh(a_g) it is 1 - g²",
        LSTM,
        "usual candidate",
        candidate_slope="of the pre-activation",
    ),
    backward(
        "g-slope-not-squared",
        "the derivative of g is formed as 1 - g",
        "with g = tanh(a_g) it is 1 - g²",
        LSTM,
        "usual candidate",
        candidate_slope="1 - v",
    ),
    backward(
        "g-slope-left-out",
        "the derivative of g is left out",
        "multiply d_g by 1 - g²",
        LSTM,
        "usual candidate",
        candidate_slope="left out",
    ),
    backward(
        "sigmoid-slope-for-g",
        "the derivative of g is formed as g (1 - g), the sigmoid's",
        "multiply d_g by 1 - g²",
        LSTM,
        "usual candidate",
        candidate_slope="sigmoid",
    ),
    backward(
        "slopes-of-values",
        "all derivatives are taken at activated values: σ(i)(1 - σ(i)), 1 - tanh(g)²",
        "with i = σ(a_i), g = tanh(a_g) and s = tanh(c) they are i (1 - i), 1 - g², 1 - s²",
        LSTM,
        "usual gates; usual candidate; usual output",
        gate_slope="of the value",
        candidate_slope="of the value",
        output_slope="of the value",
    ),
    backward(
        "c-slope-of-value",
        "the derivative of tanh(c) is taken at its value: 1 - tanh(tanh(c))²",
        "with s = tanh(c) it is 1 - s²",
        LSTM,
        "usual output",
        output_slope="of the value",
    ),
    backward(
        "c-slope-of-c",
        "the derivative of tanh(c) is formed as 1 - c²",
        "with s = tanh(c) it is 1 - s²",
        LSTM,
        "usual output",
        output_slope="of the pre-activation",
    ),
    backward(
        "c-slope-not-squared",
        "the derivative of tanh(c) is formed as 1 - tanh(c)",
        "it is 1 - tanh(c)²",
        LSTM,
        "usual output",
        output_slope="1 - v",
    ),
    backward(
        "c-slope-left-out",
        "the derivative of tanh(c) is left out",
        "add d_h o (1 - tanh(c)²) to d_c",
        LSTM,
        "usual output",
        output_slope="left out",
    ),
]

PATHS = [
    backward(
        "d-c-set-not-added",
        "the gradient by c is set to what arrives through h: the next step's and d_c_n are lost",
        "add what arrives through h to what is there",
        LSTM,
        d_c_set_not_added=True,
    ),
    backward(
        "d-c-from-h-missing",
        "the gradient by c lacks what arrives through h",
        "add d_h o (1 - tanh(c)²)",
        LSTM,
        d_c_from_h_left_out=True,
    ),
    backward(
        "d-c-without-f",
        "the gradient handed to c_{t-1} is not multiplied by f",
        "d_c_prev = d_c f",
        LSTM,
        d_c_without_f=True,
    ),
    backward(
        "d-f-reads-c",
        "the gradient by f is formed with c_t",
        "d_f = d_c c_{t-1}",
        LSTM,
        d_f_reads_c=True,
    ),
    backward(
        "d-i-and-d-g-exchanged",
        "d_i is formed with i and d_g with g",
        "d_i = d_c g, d_g = d_c i",
        LSTM,
        d_i_d_g_exchanged=True,
    ),
    backward(
        "d-o-reads-c",
        "the gradient by o is formed with c",
        "d_o = d_h tanh(c)",
        LSTM,
        d_o_reads_c=True,
    ),
    *(
        backward(
            f"{gate}-constant",
            f"{gate} is taken for a constant",
            f"{gate} depends on x and h_prev: send d_{gate} on",
            LSTM,
            needs,
            constant_gates=gate,
        )
        for gate, needs in (("i", ""), ("f", "uncoupled"), ("g", ""), ("o", ""))
    ),
    backward(
        "f-constant-in-coupling",
        "the gradient by i lacks the part through f = 1 - i",
        "d_i = d_c (g - c_{t-1})",
        LSTM,
        "coupled",
        f_constant_in_coupling=True,
    ),
    backward(
        "d-w-hr-reads-tanh-c",
        "the gradient by W_hr is formed with tanh(c)",
        "form it with o tanh(c), which is what W_hr multiplies",
        LSTM,
        "projection",
        d_projection_reads_s=True,
    ),
    backward(
        "cell-clip-ignored-in-backward",
        "gradients pass where c is clipped",
        "there the derivative is 0",
        LSTM,
        "cell clip",
        cell_clip_passes_gradients=True,
    ),
]

MISTAKES = [*SLOPES, *PATHS]
