"""Mistakes over time and over the batch: states, ends, lengths, sums."""

from __future__ import annotations

from rnnref.testing.mistakes.mistake import backward, forward

LSTM = ("lstm",)

STATES = [
    forward(
        "h-0-ignored",
        "every sequence starts from h = 0",
        "start from the h that is given",
        initial_ignored="h",
    ),
    forward(
        "c-0-ignored",
        "every sequence starts from c = 0",
        "start from the c that is given",
        LSTM,
        initial_ignored="c",
    ),
    forward(
        "state-0-ignored",
        "every sequence starts from h = 0 and c = 0",
        "start from the state that is given",
        LSTM,
        initial_ignored="hc",
    ),
    forward(
        "state-0-exchanged",
        "h_0 and c_0 are read in each other's place",
        "the order of a state is h, c; Flax has c, h",
        LSTM,
        "W_hh square",
        initial_exchanged=True,
    ),
    forward(
        "state-n-exchanged",
        "h_n and c_n are handed back in each other's place",
        "the order of a state is h, c; Flax has c, h",
        LSTM,
        "W_hh square",
        finals_exchanged=True,
    ),
    forward(
        "states-exchanged",
        "the order of every state is c, h: both those that come in and those that go out",
        "the order of a state is h, c; Flax has c, h",
        LSTM,
        "W_hh square",
        initial_exchanged=True,
        finals_exchanged=True,
    ),
    forward(
        "h-not-carried",
        "every step starts from h_0",
        "hand the h of one step to the next",
        restarts="h",
    ),
    forward(
        "c-not-carried",
        "every step starts from c_0",
        "hand the c of one step to the next",
        LSTM,
        restarts="c",
    ),
    forward(
        "state-not-carried",
        "every step starts from h_0 and c_0",
        "hand the state of one step to the next",
        LSTM,
        restarts="hc",
    ),
    forward(
        "final-is-first",
        "the final state is the state after the first step",
        "hand back the state after the last step",
        final="first",
    ),
    forward(
        "final-before-last-step",
        "the final state is the state before the last step",
        "hand back the state after the last step",
        final="before the last",
    ),
    forward(
        "y-before-step",
        "the output of a step is h_{t-1}",
        "put out h_t, the state after the step",
        put_out="before the step",
    ),
    forward(
        "x-reshaped",
        "x is turned to batch first by a reshape",
        "swap the axes of time and batch; a reshape mixes the sequences",
        x_reshaped=True,
    ),
    forward(
        "y-reshaped",
        "y is turned to time first by a reshape",
        "swap the axes of batch and time; a reshape mixes the sequences",
        y_reshaped=True,
    ),
    forward(
        "x-and-y-reshaped",
        "x and y are turned between time first and batch first by a reshape",
        "swap the axes of time and batch; a reshape mixes the sequences",
        x_reshaped=True,
        y_reshaped=True,
    ),
]

LENGTHS = [
    forward(
        "lengths-ignored",
        "the padding is run as if it were steps, and its outputs are put out",
        "stop each sequence at its length; put out zeros after it",
        needs="lengths",
        padding="counts",
    ),
    forward(
        "final-after-padding",
        "the final state is that after the padding; the outputs are right",
        "hand back the state after the last step of each sequence",
        needs="lengths",
        padding="final after it",
    ),
    forward(
        "y-runs-on-in-padding",
        "the outputs go on through the padding; the final states are right",
        "put out zeros after the end of a sequence",
        needs="lengths",
        padding="put out",
    ),
    forward(
        "y-repeated-in-padding",
        "the last output is repeated after the end of a sequence, as Keras does",
        "put out zeros after the end; in Keras set zero_output_for_mask=True",
        needs="lengths",
        padding="repeated",
    ),
    backward(
        "backward-runs-through-padding",
        "the backward pass takes the padding for steps",
        "hand gradients through the padding unchanged, and give the padding's x none",
        needs="lengths",
        backward_runs_through_padding=True,
    ),
    backward(
        "d-y-of-padding-counts",
        "the gradients of outputs after the end of a sequence reach its last state",
        "ignore d_y after the end: those outputs are constants",
        needs="lengths",
        d_y_of_padding_counts=True,
    ),
]

BACKWARD = [
    backward(
        "d-h-not-carried",
        "the gradient of h_{t-1} is not handed to the step before",
        "add d_h_prev of step t+1 to d_y of step t",
        not_carried="h",
    ),
    backward(
        "d-c-not-carried",
        "the gradient of c_{t-1} is not handed to the step before",
        "add d_c f of step t+1 to what arrives at c_t through h_t",
        LSTM,
        not_carried="c",
    ),
    backward(
        "states-not-carried",
        "no gradient is handed to the step before: each step stands alone",
        "hand d_h_prev and d_c_prev to the step before",
        LSTM,
        not_carried="hc",
    ),
    backward(
        "d-h-0-missing",
        "the gradient of h_0 is zero",
        "hand back what reaches the state before the first step",
        d_start_left_out="h",
    ),
    backward(
        "d-c-0-missing",
        "the gradient of c_0 is zero",
        "hand back what reaches the state before the first step",
        LSTM,
        d_start_left_out="c",
    ),
    backward(
        "d-state-0-missing",
        "the gradients of h_0 and c_0 are zero",
        "hand back what reaches the state before the first step",
        LSTM,
        d_start_left_out="hc",
    ),
    backward(
        "d-h-n-ignored",
        "the gradient of h_n is ignored",
        "begin at the last step with d_h_n added to d_y",
        d_end_ignored="h",
    ),
    backward(
        "d-c-n-ignored",
        "the gradient of c_n is ignored",
        "begin at the last step with d_c_n, not with 0",
        LSTM,
        d_end_ignored="c",
    ),
    backward(
        "d-state-n-ignored",
        "the gradients of h_n and c_n are ignored",
        "begin at the last step with d_h_n added to d_y, and with d_c_n",
        LSTM,
        d_end_ignored="hc",
    ),
    backward(
        "d-y-of-last-step-alone",
        "d_y counts at the last step alone",
        "add d_y at every step",
        d_y_counts="last",
    ),
    backward(
        "d-y-of-last-step-missing",
        "d_y is missing at the last step, where d_h_n alone counts",
        "the last step has both: d_y and d_h_n",
        d_y_counts="all but the last",
    ),
    backward(
        "gradients-of-first-step-alone",
        "the parameters' gradients are those of the first step: each step overwrites them",
        "add the steps up",
        over_time="first",
    ),
    backward(
        "gradients-of-last-step-alone",
        "the parameters' gradients are those of the last step",
        "add the steps up",
        over_time="last",
    ),
    backward(
        "gradients-divided-by-T",
        "the parameters' gradients are divided by the number of steps",
        "add the steps up; a mean belongs to the loss, and then to d_y",
        over_time="mean",
    ),
    backward(
        "gradients-divided-by-B",
        "the parameters' gradients are divided by the number of sequences",
        "add the sequences up; a mean belongs to the loss, and then to d_y",
        over_batch="mean",
    ),
    backward(
        "gradients-divided-by-T-and-B",
        "the parameters' gradients are divided by the numbers of steps and sequences",
        "add them up; a mean belongs to the loss, and then to d_y",
        over_time="mean",
        over_batch="mean",
    ),
    backward(
        "gradients-of-first-sequence-alone",
        "the parameters' gradients are those of the first sequence",
        "add the sequences up",
        over_batch="first",
    ),
    backward(
        "d-biases-divided-by-B",
        "the gradients of the biases are divided by the number of sequences",
        "add the sequences up, as for the weights",
        needs="bias",
        biases_over_batch="mean",
    ),
    backward(
        "parameter-gradients-doubled",
        "the parameters' gradients are doubled; those of x and the states are right",
        "clear the gradients between two backward passes",
        parameter_gradients_times=2,
    ),
    backward(
        "all-gradients-doubled",
        "every gradient is doubled",
        "add d_y once",
        all_gradients_times=2,
    ),
    backward(
        "all-gradients-negated",
        "every gradient has the opposite sign",
        "hand back the gradient, not the direction of descent",
        all_gradients_times=-1,
    ),
]

MISTAKES = [*STATES, *LENGTHS, *BACKWARD]
