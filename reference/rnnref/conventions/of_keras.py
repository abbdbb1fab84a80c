"""What a layer of Keras is: settings of a layer, and arrays. Imports rnnref, not Keras."""

from __future__ import annotations

from typing import Any

from rnnref import checks, hints
from rnnref.activation import Activation
from rnnref.arrays import Array
from rnnref.conventions.of_torch import Found
from rnnref.errors import ArgumentTypeError, ArgumentValueError, ConversionError

NAMES = {"RNN": "SimpleRNN", "LSTM": "LSTM", "GRU": "GRU"}
ACTIVATIONS = {
    "tanh": Activation("tanh"),
    "sigmoid": Activation("sigmoid"),
    "relu": Activation("relu"),
    "elu": Activation("elu"),
    "hard_sigmoid": Activation("hard_sigmoid", 1 / 6, 0.5),
    "leaky_relu": Activation("leaky_relu", 0.2),
    "linear": Activation("affine", 1.0, 0.0),
    "softplus": Activation("softplus"),
    "softsign": Activation("softsign"),
}
"""Activations by the names of Keras 3, with its numbers."""

WEIGHTS = ("kernel", "recurrent_kernel", "bias")


def read(where: str, name: str, layer: Any) -> Found:
    """Of a recurrent layer or cell, or of a ``Bidirectional`` one."""
    ways = [layer]
    if "Bidirectional" in _classes(layer):
        ways = [layer.forward_layer, layer.backward_layer]
        if layer.merge_mode != "concat":
            said = f"merge_mode must be 'concat', got {layer.merge_mode!r}"
            checks.fail(ConversionError, where, said)
    for way in ways:
        if not _classes(way) & {NAMES[name], f"{NAMES[name]}Cell"}:
            said = f"layer must be a keras.layers.{NAMES[name]}, got {hints.kind(way)}"
            other = [known for known, theirs in NAMES.items() if theirs in _classes(way)]
            hint = f"rnnref.{other[0]}.from_keras takes it" if other else ""
            checks.fail(ArgumentTypeError, where, said, hint)
    settings = [_settings(where, name, way.get_config(), n) for n, way in enumerate(ways)]
    if settings[0] != settings[-1]:
        said = f"both directions must have one configuration, got {settings[0]} and {settings[1]}"
        checks.fail(ConversionError, where, said)
    ends = ("",) if len(ways) == 1 else ("_l0", "_l0_reverse")
    values: dict[str, Array] = {}
    for way, end in zip(ways, ends, strict=True):
        weights = way.get_weights()
        if not weights:
            said = "layer has no weights yet"
            checks.fail(ArgumentValueError, where, said, "build it: layer.build((None, None, D))")
        values |= {part + end: array for part, array in zip(WEIGHTS, weights, strict=False)}
    sizes = {"input_size": len(weights[0]), "bidirectional": len(ways) == 2}
    return settings[0] | sizes, "keras", values


def _classes(layer: Any) -> set[str]:
    """What a layer of Keras is, by name."""
    bases = type(layer).__mro__
    return {b.__name__ for b in bases if b.__module__.startswith(("keras.", "tf_keras."))}


def _settings(where: str, name: str, config: dict[str, Any], way: int) -> dict[str, Any]:
    """The settings of one direction; what a layer cannot do is refused.

    ``way`` is 1 for the second direction, which goes backwards.
    """
    settings = {"hidden_size": config["units"], "bias": config["use_bias"]}
    if config.get("go_backwards", bool(way)) != bool(way):
        said = "go_backwards must be True in the second direction of a Bidirectional layer alone"
        checks.fail(ConversionError, where, said, "give the layer x[:, ::-1] instead")
    activation = _activation(where, config, "activation")
    if name == "RNN":
        settings["nonlinearity"] = activation
    else:
        gates = _activation(where, config, "recurrent_activation")
        settings["activations"] = (gates, *[activation] * (2 if name == "LSTM" else 1))
    if name == "GRU":
        settings["reset_after"] = config["reset_after"]
    return settings


def _activation(where: str, config: dict[str, Any], option: str) -> Activation:
    """One of the activations of a configuration."""
    name = config[option]
    if not isinstance(name, str) or name not in ACTIVATIONS:
        known = " or ".join(map(repr, ACTIVATIONS))
        checks.fail(ConversionError, where, f"{option} must be {known}, got {name!r}")
    return ACTIVATIONS[name]
