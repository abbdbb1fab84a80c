"""Mistakes in the step of the LSTM."""

from __future__ import annotations

from rnnref.testing.mistakes.mistake import backward, forward

LSTM = ("lstm",)

ACTIVATIONS = [
    forward(
        "sigmoid-for-g",
        "g is sigmoid(a_g)",
        "g = tanh(a_g)",
        LSTM,
        "usual activations",
        candidate="sigmoid",
    ),
    forward(
        "relu-for-g", "g is relu(a_g)", "g = tanh(a_g)", LSTM, "usual activations", candidate="relu"
    ),
    forward(
        "tanh-of-g-dropped",
        "g is a_g: no activation is applied",
        "g = tanh(a_g)",
        LSTM,
        "usual activations",
        candidate="identity",
    ),
    forward(
        "tanh-for-gates",
        "i, f, o are tanh of their pre-activations",
        "i, f, o are sigmoids",
        LSTM,
        "usual activations",
        gate="tanh",
    ),
    forward(
        "hard-sigmoid-onnx",
        "i, f, o are hard sigmoids clip(0.2 a + 0.5, 0, 1), as in ONNX and Keras 2",
        "use the layer's activation for i, f, o",
        LSTM,
        gate="hard_sigmoid_onnx",
    ),
    forward(
        "hard-sigmoid-keras",
        "i, f, o are hard sigmoids clip(a/6 + 0.5, 0, 1), as in Keras 3",
        "use the layer's activation for i, f, o",
        LSTM,
        gate="hard_sigmoid_keras",
    ),
    forward(
        "tanh-of-c-dropped",
        "h is o c: tanh is not applied to c",
        "h = o tanh(c)",
        LSTM,
        "usual activations",
        output="identity",
    ),
    forward(
        "tanh-of-c-doubled",
        "h is o tanh(tanh(c))",
        "h = o tanh(c)",
        LSTM,
        "usual activations",
        output="tanh of tanh",
    ),
    forward(
        "sigmoid-of-c",
        "h is o sigmoid(c)",
        "h = o tanh(c)",
        LSTM,
        "usual activations",
        output="sigmoid",
    ),
    forward(
        "relu-of-c", "h is o relu(c)", "h = o tanh(c)", LSTM, "usual activations", output="relu"
    ),
    forward(
        "layer-activations-ignored",
        "i, f, o are sigmoids, g is tanh(a_g), and h is o tanh(c)",
        "use the layer's activations",
        LSTM,
        "other activations",
        gate="sigmoid",
        candidate="tanh",
        output="tanh",
    ),
]

STEP = [
    forward(
        "h-reads-c-prev",
        "h is o tanh(c_{t-1})",
        "h = o tanh(c_t): update c first",
        LSTM,
        h_reads_c_prev=True,
    ),
    forward(
        "tanh-of-c-handed-on",
        "tanh(c_t) is handed to the next step in place of c_t",
        "hand on c_t itself",
        LSTM,
        hands_on_s=True,
    ),
    forward(
        "forget-bias-added",
        "1 is added to the forget gate's pre-activation, as TensorFlow 1 does",
        "set forget_bias=0, or take 1 off the stored bias",
        LSTM,
        "uncoupled",
        forget_bias=1.0,
    ),
    forward(
        "forget-gate-missing",
        "f is 1: there is no forget gate",
        "c = f c_prev + i g",
        LSTM,
        tie="f = 1",
    ),
    forward(
        "input-gate-missing",
        "i is 1: there is no input gate",
        "c = f c_prev + i g",
        LSTM,
        "uncoupled",
        tie="i = 1",
    ),
    forward(
        "output-gate-missing", "o is 1: there is no output gate", "h = o tanh(c)", LSTM, tie="o = 1"
    ),
    forward(
        "f-coupled-to-i",
        "f is 1 - i, and the rows of f are not used",
        "set input_forget=0: f has parameters of its own",
        LSTM,
        "uncoupled",
        tie="f = 1 - i",
    ),
    forward(
        "i-coupled-to-f",
        "i is 1 - f, and the rows of i are not used",
        "i has parameters of its own",
        LSTM,
        "uncoupled",
        tie="i = 1 - f",
    ),
    forward(
        "coupling-the-other-way",
        "the rows of i are read as those of f, and i is 1 - f",
        "i = sigmoid(a_i), f = 1 - i",
        LSTM,
        "coupled",
        tie="f = i, i = 1 - i",
    ),
    forward(
        "gate-clip-of-c",
        "h is formed with c clipped as the pre-activations are",
        "clip the pre-activations alone, as ONNX Runtime does",
        LSTM,
        "gate clip",
        gate_clip_of_c=True,
    ),
    forward(
        "cell-clip-ignored",
        "the cell state is not clipped",
        "clip c to [-cell_clip, cell_clip]",
        LSTM,
        "cell clip",
        without_cell_clip=True,
    ),
]

PEEPHOLES = [
    forward(
        "peepholes-ignored",
        "the peepholes are not used",
        "add w_ci c_{t-1}, w_cf c_{t-1} and w_co c_t to the pre-activations",
        LSTM,
        "peepholes",
        without_peepholes="ifo",
    ),
    forward(
        "output-peephole-ignored",
        "the output gate has no peephole",
        "add w_co c_t to a_o",
        LSTM,
        "peepholes",
        without_peepholes="o",
    ),
    forward(
        "input-and-forget-peepholes-ignored",
        "the input and forget gates have no peepholes",
        "add w_ci c_{t-1} to a_i and w_cf c_{t-1} to a_f",
        LSTM,
        "peepholes",
        without_peepholes="if",
    ),
    forward(
        "output-peephole-reads-c-prev",
        "the output gate's peephole reads c_{t-1}",
        "it reads c_t: update c first",
        LSTM,
        "peepholes",
        output_peephole_reads="c_prev",
    ),
    forward(
        "output-peephole-reads-tanh",
        "the output gate's peephole reads tanh(c_t)",
        "it reads c_t",
        LSTM,
        "peepholes",
        output_peephole_reads="tanh(c)",
    ),
    forward(
        "input-and-forget-peepholes-read-tanh",
        "the peepholes of i and f read tanh(c_{t-1})",
        "they read c_{t-1}",
        LSTM,
        "peepholes",
        peepholes_read_tanh=True,
    ),
    forward(
        "input-peephole-reads-overwritten-c",
        "the input gate's peephole reads f c_{t-1}: c was updated in place",
        "it reads c_{t-1}",
        LSTM,
        "peepholes; uncoupled",
        input_peephole_reads_forgotten=True,
        peepholes_read_tanh=False,
        tie="",
    ),
    backward(
        "peephole-paths-missing",
        "the gradient by c lacks the paths through peepholes: it is truncated, as ONNX Runtime's",
        "add d_a_o w_co to d_c, and d_a_i w_ci + d_a_f w_cf to d_c_prev",
        LSTM,
        "peepholes",
        peephole_paths_left_out="ifo",
    ),
    backward(
        "output-peephole-path-missing",
        "the gradient by c_t lacks the path through the output gate's peephole",
        "add d_a_o w_co to d_c",
        LSTM,
        "peepholes",
        peephole_paths_left_out="o",
    ),
    backward(
        "input-and-forget-peephole-paths-missing",
        "the gradient by c_{t-1} lacks the paths through the peepholes of i and f",
        "add d_a_i w_ci + d_a_f w_cf to d_c_prev",
        LSTM,
        "peepholes",
        peephole_paths_left_out="if",
    ),
    backward(
        "d-output-peephole-reads-c-prev",
        "the gradient by w_co is formed with c_{t-1}",
        "form it with c_t",
        LSTM,
        "peepholes",
        d_peepholes_read="o",
    ),
    backward(
        "d-input-and-forget-peepholes-read-c",
        "the gradients by w_ci and w_cf are formed with c_t",
        "form them with c_{t-1}",
        LSTM,
        "peepholes",
        d_peepholes_read="if",
    ),
]

MISTAKES = [*ACTIVATIONS, *STEP, *PEEPHOLES]
