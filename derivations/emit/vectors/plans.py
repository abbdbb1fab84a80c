"""Which test vectors there are: one plan a case, as data. Imports nothing of the project.

What a flag means stands in `reference/rnnref/vectors/flags.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HARD = ("asymmetric", "all_gradients", "state")
LSTMS = ("lstm", "lstm_projected", "lstm_peephole", "lstm_coupled")
GATED = (*LSTMS, "gru_reset_after", "gru_reset_before")


@dataclass(frozen=True)
class Plan:
    """What determines a case, apart from its cell.

    Attributes:
        id: its name after that of the cell.
        comment: what is particular about it.
        flags: what it is good for.
        T, B, D, H: steps, sequences, size of an input and of an output.
        lengths: the length of each sequence; () if all have T steps.
        bias: whether there are biases.
        bidirectional: whether there is a reverse direction.
        layers: how many layers there are.
        dropout: what the setting is called so; nothing is dropped.
        start: whether the state before the first step is other than zero.
        arrives: names of the gradients that arrive, with () for the whole array or the index of
            the one entry that is 1; None if all arrive.
        silent: the step from which on the input is zero.
        times: a power of two by which the parameters are larger than usual.
        seen: bounds on the largest argument of a function; drawn again until it is between them.
        only: the cells that have the case; () for all.
        twist: how biases are changed after the draw: ``"kink"`` puts pre-activations of the first
            step at 0 and on both sides of it, ``"overflow"`` some of them beyond 1024.
    """

    id: str
    comment: str
    flags: tuple[str, ...]
    T: int = 4
    B: int = 2
    D: int = 5
    H: int = 3
    lengths: tuple[int, ...] = ()
    bias: bool = True
    bidirectional: bool = False
    layers: int = 1
    dropout: float = 0.0
    start: bool = True
    arrives: Mapping[str, tuple[int, ...]] | None = None
    silent: int | None = None
    times: int = 1
    seen: tuple[float, float] = (0.0, 3.5)
    only: tuple[str, ...] = ()
    twist: str = ""


PLANS = (
    Plan("plain", "Every size is different, everything is other than zero.", HARD),
    Plan(
        "wide",
        "More sequences than steps, outputs wider than inputs.",
        HARD,
        T=3,
        B=5,
        D=2,
        H=4,
    ),
    Plan(
        "one_step",
        "One step from a state other than zero: the step alone, without a recursion.",
        ("one_step", "all_gradients", "state"),
        T=1,
    ),
    Plan(
        "first_step",
        "One step from zeros: the gradient of the recurrent weights is exactly zero.",
        ("one_step", "zero_state", "all_gradients"),
        T=1,
        start=False,
    ),
    Plan(
        "one_sequence",
        "A batch of one.",
        ("one_sequence", "all_gradients", "state"),
        B=1,
    ),
    Plan("one_unit", "An output of size one.", ("one_unit", "all_gradients", "state"), H=1),
    Plan("one_feature", "An input of size one.", ("one_feature", "all_gradients", "state"), D=1),
    Plan(
        "smallest",
        "All that can be one is one; short enough to be followed by hand.",
        ("one_step", "one_sequence", "one_unit", "one_feature", "all_gradients", "state"),
        T=1,
        B=1,
        D=1,
        H=1,
    ),
    Plan(
        "two_steps",
        "One unit, two steps: the shortest recursion, short enough to be followed by hand.",
        ("one_sequence", "one_unit", "one_feature", "all_gradients", "state"),
        T=2,
        B=1,
        D=1,
        H=1,
    ),
    Plan(
        "equal_sizes",
        "Input and output have the same size, and so have the two weights.",
        ("equal_sizes", "all_gradients", "state"),
        D=3,
    ),
    Plan(
        "zero_state",
        "The state before the first step is zero.",
        ("asymmetric", "zero_state", "all_gradients"),
        start=False,
    ),
    Plan(
        "d_y_only",
        "A gradient arrives at the outputs, none at the last state.",
        ("asymmetric", "outputs_only", "state"),
        arrives={"d_y": ()},
    ),
    Plan(
        "d_state_only",
        "A gradient arrives at the last state, none at the outputs.",
        ("asymmetric", "states_only", "state"),
        arrives={"d_h_n": (), "d_c_n": ()},
    ),
    Plan(
        "one_entry_of_h",
        "dL/d of one entry of the last h is 1, everything else is 0.",
        ("asymmetric", "one_hot", "state"),
        arrives={"d_h_n": (0, 1, 2)},
    ),
    Plan(
        "one_entry_of_c",
        "dL/d of one entry of the last c is 1, everything else is 0.",
        ("asymmetric", "one_hot", "state"),
        arrives={"d_c_n": (0, 0, 1)},
        only=LSTMS,
    ),
    Plan(
        "first_output",
        "dL/d of one entry of the first output is 1: no later input or state matters.",
        ("asymmetric", "one_hot", "causal", "state"),
        arrives={"d_y": (0, 1, 0)},
    ),
    Plan(
        "last_output",
        "dL/d of one entry of the last output is 1: the gradient travels through all steps.",
        ("asymmetric", "one_hot", "state"),
        arrives={"d_y": (3, 0, 1)},
    ),
    Plan(
        "silent",
        "The input is zero after the first step: what remains is the recursion.",
        (*HARD, "silent"),
        silent=1,
    ),
    Plan("long", "Sixteen steps.", (*HARD, "long"), T=16, D=4),
    Plan(
        "saturated",
        "Parameters 16 times as large: many slopes are small.",
        (*HARD, "saturated"),
        times=16,
        seen=(16.0, 80.0),
        only=("rnn_tanh", *GATED),
    ),
    Plan(
        "overflow",
        "Biases of two units are beyond 1024, of either sign: exp overflows in float64.",
        (*HARD, "saturated", "overflow"),
        twist="overflow",
        only=("rnn_tanh", *GATED),
    ),
    Plan(
        "kink",
        "In the first sequence one pre-activation is exactly 0, one a little more, one a little "
        "less. Nothing is rounded here, not even in float32.",
        ("one_step", "all_gradients", "state", "kink"),
        only=("rnn_relu",),
        T=1,
        twist="kink",
    ),
    Plan("no_bias", "A layer without biases.", (*HARD, "no_bias"), bias=False),
    Plan(
        "lengths",
        "Sequences of 5, 2 and 4 steps; what stands in the padding must not matter.",
        (*HARD, "lengths"),
        T=5,
        B=3,
        D=2,
        H=4,
        lengths=(5, 2, 4),
    ),
    Plan(
        "bidirectional",
        "A reverse direction with parameters of its own.",
        (*HARD, "bidirectional"),
        bidirectional=True,
    ),
    Plan(
        "bidirectional_lengths",
        "Both directions, sequences of 2, 5 and 1 steps; the reverse direction starts at each "
        "sequence's own end.",
        (*HARD, "bidirectional", "lengths"),
        T=5,
        B=3,
        D=2,
        H=4,
        lengths=(2, 5, 1),
        bidirectional=True,
    ),
    Plan(
        "two_layers",
        "Two layers in both directions, sequences of 2, 6 and 4 steps. Dropout is a setting, and "
        "nothing is dropped, as in evaluation.",
        (*HARD, "two_layers", "bidirectional", "lengths"),
        T=6,
        B=3,
        D=4,
        H=2,
        lengths=(2, 6, 4),
        bidirectional=True,
        layers=2,
        dropout=0.5,
    ),
)
