"""Mistakes that every cell has: how parameters are read, clipped, and their gradients formed."""

from __future__ import annotations

from rnnref.testing.mistakes.mistake import GRUS, backward, forward

GATED = ("lstm", *GRUS)
AFTER = ("gru_reset_after",)

WEIGHTS = [
    forward(
        "gates-interleaved",
        "the gates are taken to alternate row by row",
        "split a parameter into one block of hidden_size rows for each gate",
        GATED,
        "units",
        interleaved=True,
    ),
    forward(
        "w-hh-transposed",
        "each block of W_hh is transposed",
        "compute h_prev @ W_hh.T for W_hh of shape (gates·hidden_size, hidden_size)",
        needs="W_hh square",
        hidden_transposed=True,
    ),
    forward(
        "weights-exchanged",
        "W_ih and W_hh are read in each other's place",
        "W_ih multiplies x, W_hh multiplies h_prev",
        needs="W_ih like W_hh",
        exchanged=True,
    ),
    forward(
        "w-ih-reshaped",
        "W_ih is turned by reshape where it must be transposed",
        "use W_ih.T, not W_ih.reshape(input_size, -1)",
        needs="W_ih with rows and columns",
        reshaped=("weight_ih",),
    ),
    forward(
        "w-hh-reshaped",
        "W_hh is turned by reshape where it must be transposed",
        "use W_hh.T, not W_hh.reshape(hidden_size, -1)",
        GATED,
        "W_hh with rows and columns",
        reshaped=("weight_hh",),
    ),
    forward(
        "weights-reshaped",
        "both weights are turned by reshape where they must be transposed",
        "use W.T, not W.reshape",
        needs="W_ih with rows and columns; W_hh with rows and columns",
        reshaped=("weight_ih", "weight_hh"),
    ),
]

BIASES = [
    forward(
        "b-ih-dropped",
        "b_ih is not added",
        "add both biases",
        needs="bias",
        biases=((0, 0), (0, 1)),
    ),
    forward(
        "b-hh-dropped",
        "b_hh is not added",
        "add both biases; a format with one bias takes their sum",
        needs="bias",
        biases=((1, 0), (0, 0)),
    ),
    forward(
        "biases-dropped",
        "no bias is added",
        "add both biases",
        needs="bias",
        biases=((0, 0), (0, 0)),
    ),
    forward(
        "b-ih-doubled",
        "b_ih is added twice, beside b_hh",
        "add each bias once",
        needs="bias",
        biases=((2, 0), (0, 1)),
    ),
    forward(
        "b-hh-doubled",
        "b_hh is added twice, beside b_ih",
        "add each bias once",
        needs="bias",
        biases=((1, 0), (0, 2)),
    ),
    forward(
        "b-ih-in-place-of-b-hh",
        "b_ih is read in place of b_hh",
        "add b_hh on the hidden side",
        needs="bias",
        biases=((1, 0), (1, 0)),
    ),
    forward(
        "b-hh-in-place-of-b-ih",
        "b_hh is read in place of b_ih",
        "add b_ih on the input side",
        needs="bias",
        biases=((0, 1), (0, 1)),
    ),
    forward(
        "biases-doubled",
        "the sum of the biases is added twice",
        "give the sum to one side and zeros to the other",
        needs="bias",
        biases=((1, 1), (1, 1)),
    ),
    forward(
        "biases-exchanged",
        "b_ih and b_hh are read in each other's place",
        "the bias that r multiplies in n is that of b_hh",
        AFTER,
        "bias",
        biases=((0, 1), (1, 0)),
    ),
    forward(
        "biases-merged-outside-reset",
        "both biases are merged on the input side, so r does not multiply b_hh's share of n",
        "keep the two biases of n apart: where r comes after the product they cannot be merged",
        AFTER,
        "bias",
        biases=((1, 1), (0, 0)),
    ),
    forward(
        "biases-merged-inside-reset",
        "both biases are merged on the hidden side, so r multiplies b_ih's share of n too",
        "keep the two biases of n apart: where r comes after the product they cannot be merged",
        AFTER,
        "bias",
        biases=((0, 0), (1, 1)),
    ),
]

CLIPS = [
    forward(
        "gate-clip-ignored",
        "the pre-activations are not clipped",
        "clip them to [-gate_clip, gate_clip]",
        needs="gate clip",
        without_gate_clip=True,
    ),
    backward(
        "gate-clip-ignored-in-backward",
        "gradients pass where the pre-activations are clipped",
        "multiply them there by 0",
        needs="gate clip",
        clip_passes_gradients=True,
    ),
]

GRADIENTS = [
    backward(
        "w-hh-transposed-in-backward",
        "the gradient of h_prev is formed with each block of W_hh transposed",
        "d_h_prev = d_a @ W_hh",
        needs="W_hh square",
        hidden_transposed_in_backward=True,
    ),
    backward(
        "w-ih-transposed-in-backward",
        "the gradient of x is formed with each block of W_ih transposed",
        "d_x = d_a @ W_ih",
        needs="W_hh square; W_ih like W_hh",
        input_transposed_in_backward=True,
    ),
    backward(
        "d-w-hh-transposed",
        "each block of the gradient of W_hh is transposed",
        "d_W_hh = d_a.T @ h_prev",
        needs="W_hh square",
        hidden_gradient_transposed=True,
    ),
    backward(
        "d-w-hh-reads-h",
        "the gradient of W_hh is formed with h_t",
        "form it with h_{t-1}, which is what W_hh multiplies",
        hidden_gradient_reads_h=True,
    ),
    backward(
        "d-b-hh-missing",
        "the gradient of b_hh is zero",
        "give both biases their gradients",
        needs="bias",
        d_biases=((1, 0), (0, 0)),
    ),
    backward(
        "d-b-ih-missing",
        "the gradient of b_ih is zero",
        "give both biases their gradients",
        needs="bias",
        d_biases=((0, 0), (0, 1)),
    ),
    backward(
        "d-biases-missing",
        "the gradients of both biases are zero",
        "give both biases their gradients",
        needs="bias",
        d_biases=((0, 0), (0, 0)),
    ),
    backward(
        "d-biases-added",
        "the gradient of each bias is the sum of those of both",
        "give each bias its own gradient, once",
        needs="bias",
        d_biases=((1, 1), (1, 1)),
    ),
    backward(
        "d-biases-halved",
        "the gradient of the sum of the biases is shared out between them",
        "give each bias the whole gradient of the sum",
        needs="bias",
        d_biases=((0.5, 0), (0, 0.5)),
    ),
    backward(
        "d-b-hh-copied",
        "the gradient of b_hh is a copy of that of b_ih",
        "multiply it by r in the block of n",
        AFTER,
        "bias",
        d_biases=((1, 0), (1, 0)),
    ),
    backward(
        "d-b-ih-copied",
        "the gradient of b_ih is a copy of that of b_hh",
        "do not multiply it by r in the block of n",
        AFTER,
        "bias",
        d_biases=((0, 1), (0, 1)),
    ),
]

MISTAKES = [*WEIGHTS, *BIASES, *CLIPS, *GRADIENTS]
