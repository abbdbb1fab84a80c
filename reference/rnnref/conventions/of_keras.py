"""What a layer of Keras is: settings of a layer, and arrays. Imports rnnref, not Keras."""

from __future__ import annotations

from typing import Any

from rnnref import checks, hints
from rnnref.activation import Activation
from rnnref.arrays import Array
from rnnref.conventions.of_torch import Found
from rnnref.errors import ArgumentTypeError, ArgumentValueError, ConversionError

NAMES = {"RNN": "SimpleRNN", "LSTM": "LSTM", "GRU": "GRU"}
KNOWN = {
    "RNN": ("tanh", "relu"),
    "LSTM": ("tanh", "sigmoid", "relu", "hard_sigmoid", "softsign", "softplus"),
    "GRU": ("tanh",),
}
"""The activations of Keras that a layer can have."""

OTHER_NUMBERS = {"hard_sigmoid": (1 / 6, 0.5)}
"""Alpha and beta where Keras 3 has others than ONNX."""

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
    wanted = {"activation": KNOWN[name]}
    if name != "RNN":
        wanted["recurrent_activation"] = KNOWN["LSTM"] if name == "LSTM" else ("sigmoid",)
    for option, known in wanted.items():
        if config[option] not in known:
            said = f"{option} must be {' or '.join(map(repr, known))}, got {config[option]!r}"
            checks.fail(ConversionError, where, said)
    if config.get("go_backwards", bool(way)) != bool(way):
        said = "go_backwards must be True in the second direction of a Bidirectional layer alone"
        checks.fail(ConversionError, where, said, "give the layer x[:, ::-1] instead")
    if name == "LSTM":
        gates, others = (
            Activation(config[option], *OTHER_NUMBERS.get(config[option], ()))
            for option in ("recurrent_activation", "activation")
        )
        settings["activations"] = gates, others, others
    if name == "RNN":
        settings["nonlinearity"] = config["activation"]
    if name == "GRU":
        settings["reset_after"] = config["reset_after"]
    return settings
