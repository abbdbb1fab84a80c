"""From one convention to another. Imports NumPy and rnnref.

Everything goes by way of rnnref's own layout, so that a convention is written down once and not
once for each other one.
"""

from __future__ import annotations

from typing import Any

from rnnref import checks, hints
from rnnref.architecture import Architecture
from rnnref.conventions import parameters, refusals, sequences
from rnnref.conventions.forms import Convention
from rnnref.conventions.places import Layer
from rnnref.conventions.registry import CONVENTIONS
from rnnref.errors import ArgumentTypeError, ArgumentValueError

WHAT = ("params", "gradients", "state", "x", "y")


def convert(
    layer: Layer,
    values: object,
    source: str | Convention,
    target: str | Convention,
    what: str = "params",
) -> Any:
    """Turn arrays from the layout of one framework into that of another.

    Args:
        layer: the network that they belong to; its settings say what it computes, which is the
            same on both sides.
        values: what is converted, see below; NumPy arrays of one dtype.
        source: the convention that they are in, one of `CONVENTIONS` or one of your own.
        target: the convention wanted.
        what: which of these they are:

            - ``"params"``: the parameters, a dict by the framework's names. Where it needs several
              objects for the network, a cell or a layer each, names end in ``_l0``, ``_l1``,
              ``_l0_reverse`` as PyTorch's do. In Flax the names of modules are joined by ``/``.
            - ``"gradients"``: the gradients of these parameters, likewise. They go by the
              transpose of the map that the parameters take the other way: two biases that become
              one have the same gradient, which is that of the one.
            - ``"state"``: a state, or the gradient of one: a tuple of arrays in the framework's
              order, which for Flax is ``(c, h)``, and for ONNX with two layers is the first layer's
              ``h`` and ``c``, then the second's.
            - ``"x"``, ``"y"``: an input, an output, or the gradient of one. Where a framework runs
              the two directions apart, an output is a tuple of both.

    Returns:
        The same in the other layout, in new arrays.

    Raises:
        ConversionError: if a side cannot hold the layer, or not these values; the message says why.
        ArgumentTypeError, ArgumentValueError: if the layer is none, or a name is not known.
        ParameterNameError, ShapeError, DtypeError, NonFiniteError: if the values are not those of
            the source; as in the layers' ``forward``.

    >>> import numpy as np, rnnref
    >>> from rnnref.conventions import convert
    >>> layer = rnnref.LSTM(input_size=3, hidden_size=5)
    >>> params = layer.init_params(np.random.default_rng(0))
    >>> keras = convert(layer, params, "pytorch", "keras")
    >>> {name: array.shape for name, array in keras.items()}
    {'kernel': (3, 20), 'recurrent_kernel': (5, 20), 'bias': (20,)}
    >>> onnx = convert(layer, keras, "keras", "onnx")
    >>> onnx["W"].shape, onnx["B"].shape
    ((1, 20, 3), (1, 40))
    >>> h, c = np.zeros((1, 2, 5)), np.ones((1, 2, 5))
    >>> [array.shape for array in convert(layer, (h, c), "pytorch", "flax", "state")]  # c, h
    [(2, 5), (2, 5)]
    """
    return converted("conventions.convert", layer, values, source, target, what)


def converted(
    where: str,
    layer: Layer,
    values: object,
    source: str | Convention,
    target: str | Convention,
    what: str,
) -> Any:
    """What `convert` returns; messages name the function ``where``."""
    if not isinstance(layer, Architecture):
        said = f"layer must be a rnnref.RNN, LSTM or GRU, got {hints.kind(layer)}"
        checks.fail(ArgumentTypeError, where, said)
    here, there = _known(where, "source", source), _known(where, "target", target)
    for convention in (here, there):
        refusals.check(where, layer, convention)
    if what in ("params", "gradients"):
        gradient = what == "gradients"
        ours = parameters.ours(where, layer, here, values, gradient)
        return parameters.theirs(where, layer, there, ours, gradient)
    if what == "state":
        state = sequences.state_in(where, layer, here, values)
        return sequences.state_out(layer, there, state)
    if what == "x":
        return sequences.x_out(layer, there, sequences.x_in(where, layer, here, values))
    if what == "y":
        return sequences.y_out(layer, there, sequences.y_in(where, layer, here, values))
    said = f"what must be one of {', '.join(WHAT)}, got {hints.shown(what)}"
    return checks.fail(ArgumentValueError, where, said)


def _known(where: str, name: str, side: object) -> Convention:
    """A convention, by its name or as it is."""
    if isinstance(side, Convention):
        return side
    if not isinstance(side, str):
        said = f"{name} must be the name of a convention or a Convention, got {hints.kind(side)}"
        checks.fail(ArgumentTypeError, where, said)
    if side not in CONVENTIONS:
        said = f"{name} must be one of {', '.join(CONVENTIONS)}, got {side!r}"
        checks.fail(ArgumentValueError, where, said)
    return CONVENTIONS[side]
