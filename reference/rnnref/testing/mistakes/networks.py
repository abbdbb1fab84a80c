"""Mistakes between directions and layers."""

from __future__ import annotations

from rnnref.testing.mistakes.mistake import backward, forward

DIRECTIONS = [
    forward(
        "reverse-not-reversed",
        "the reverse direction runs forward in time",
        "run it from the last step of each sequence to the first",
        needs="bidirectional",
        reverse="not reversed",
    ),
    forward(
        "reverse-not-flipped-back",
        "the outputs of the reverse direction stand in the order in which it runs",
        "flip them back, so that both outputs of a step have read its input",
        needs="bidirectional",
        reverse="not flipped back",
    ),
    forward(
        "reverse-starts-in-padding",
        "the reverse direction runs through the padding before it reaches a sequence",
        "start it at the last step of each sequence",
        needs="bidirectional; lengths",
        reverse="from the padded end",
    ),
    forward(
        "reverse-final-from-wrong-end",
        "the final state of the reverse direction is taken at the last time",
        "take it at the first time, where that direction ends",
        needs="bidirectional",
        final="reverse first",
    ),
    forward(
        "reverse-stands-first",
        "the outputs of the reverse direction stand before those of the forward one",
        "the forward direction comes first",
        needs="bidirectional",
        reverse_stands_first=True,
    ),
    forward(
        "reverse-uses-forward-parameters",
        "the reverse direction uses the parameters of the forward one",
        "use the parameters whose names end in _reverse",
        needs="bidirectional",
        reverse_uses_forward_parameters=True,
    ),
    forward(
        "reverse-starts-from-forward",
        "the reverse direction starts from the last state of the forward one",
        "start it from the initial state of its own",
        needs="bidirectional",
        reverse_starts_from_forward=True,
    ),
    backward(
        "d-x-of-forward-alone",
        "what reaches the input of a layer lacks the reverse direction's share",
        "add both directions' gradients of x",
        needs="bidirectional",
        d_x_of_forward_alone=True,
    ),
]

LAYERS = [
    forward(
        "initial-of-first-layer",
        "every layer starts from the initial state of the first",
        "give each layer its own part of the state",
        needs="layers",
        initial_of_first_layer=True,
    ),
    forward(
        "states-by-direction",
        "the states stand by direction, then by layer",
        "order them layer by layer, in each the forward direction first",
        needs="layers; bidirectional",
        states_by_direction=True,
    ),
    forward(
        "reverse-stands-first-between",
        "the next layer reads the reverse direction's outputs before the forward one's",
        "the forward direction comes first",
        needs="layers; bidirectional",
        reverse_stands_first_between=True,
    ),
    forward(
        "reverse-stands-first-everywhere",
        "the reverse direction's outputs stand first in every layer",
        "the forward direction comes first",
        needs="layers; bidirectional",
        reverse_stands_first=True,
        reverse_stands_first_between=True,
    ),
    forward(
        "forward-alone-between",
        "the next layer reads zeros in place of the reverse direction's outputs",
        "give it both directions",
        needs="layers; bidirectional",
        forward_alone_between=True,
    ),
    forward(
        "dropout-scales-twice",
        "the outputs between layers are multiplied by 1 - dropout, though nothing is dropped",
        "divide by 1 - dropout in training alone, and change nothing in evaluation",
        needs="layers; dropout",
        between_scaled=True,
    ),
    backward(
        "layers-detached",
        "no gradient reaches the layer below",
        "send the gradient of a layer's input to the layer below as its d_y",
        needs="layers",
        layers_detached=True,
    ),
]

MISTAKES = [*DIRECTIONS, *LAYERS]
