"""What a node of ONNX is: settings of a layer, and arrays. Imports rnnref, not onnx."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rnnref import checks, hints
from rnnref.activation import Activation
from rnnref.arrays import Array
from rnnref.conventions.of_torch import Found
from rnnref.curves import FAMILIES
from rnnref.errors import ArgumentTypeError, ConversionError, ParameterNameError, ShapeError

VALUES = {1: "f", 2: "i", 3: "s", 6: "floats", 7: "ints", 8: "strings"}
"""Where an attribute has its value, by ``onnx.AttributeProto.type``."""

ACTIVATIONS = {"RNN": ("Tanh",), "LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh")}
"""Those of a node that names none, for one direction."""

NAMES = {
    "Affine": "affine",
    "Elu": "elu",
    "HardSigmoid": "hard_sigmoid",
    "LeakyRelu": "leaky_relu",
    "Relu": "relu",
    "ScaledTanh": "scaled_tanh",
    "Sigmoid": "sigmoid",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Tanh": "tanh",
    "ThresholdedRelu": "thresholded_relu",
}
"""Activations by ONNX's names, and by those of `rnnref.Activation`."""

INPUTS = {"W": 1, "R": 2, "B": 3, "P": 7}
"""Which inputs of a node are parameters; B and P may be missing."""

HINTS = {
    "direction='reverse'": "give a forward node x[::-1] instead",
    "layout=1": "give a node with layout=0 x with time first; its parameters are the same",
}

TO_ARRAYS = "{t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}"


def read(where: str, name: str, node: Any, initializers: object) -> Found:
    """Of a node RNN, LSTM or GRU."""
    kind = getattr(node, "op_type", None)
    if kind != name:
        said = f"node must be an onnx.NodeProto of op_type {name!r}, got "
        said += hints.kind(node) if kind is None else f"one of {kind!r}"
        other = f"rnnref.{kind}.from_onnx takes it" if kind in ACTIVATIONS else ""
        checks.fail(ArgumentTypeError, where, said, other)
    if not isinstance(initializers, Mapping):
        said = f"initializers must be a dict of arrays, got {hints.kind(initializers)}"
        checks.fail(ArgumentTypeError, where, said, f"convert them: {TO_ARRAYS}")
    attributes = {a.name: getattr(a, VALUES[a.type]) for a in node.attribute}
    values = _arrays(where, list(node.input), initializers)
    settings = _settings(where, name, attributes, values)
    for part in ("W", "R"):
        if values[part].ndim != 3:
            said = f"{part} must have 3 axes, directions first, got {values[part].shape}"
            checks.fail(ShapeError, where, said)
    settings |= {
        "input_size": values["W"].shape[2],
        "hidden_size": values["R"].shape[2],
        "bias": "B" in values,
    }
    return settings, "onnx", values


def _arrays(where: str, inputs: list[str], initializers: Mapping[str, Array]) -> dict[str, Array]:
    """The parameters by ONNX's names; an input without a name is left out, as in ONNX."""
    found = {}
    for part, n in INPUTS.items():
        if n < len(inputs) and inputs[n]:
            if inputs[n] not in initializers:
                said = f"initializers lacks {inputs[n]!r}, which is {part} of the node"
                hint = "it must be a constant of the graph; add what other nodes compute"
                checks.fail(ParameterNameError, where, said, hint)
            found[part] = initializers[inputs[n]]
    return found


def _settings(
    where: str, name: str, attributes: dict[str, Any], values: Mapping[str, Array]
) -> dict[str, Any]:
    """The settings that the attributes ask for; what a layer cannot do is refused."""
    direction = attributes.get("direction", b"forward").decode()
    refused = {
        "direction='reverse'": direction == "reverse",
        "layout=1": attributes.get("layout", 0) != 0,
    }
    for what, asked in refused.items():
        if asked:
            checks.fail(ConversionError, where, f"a node with {what} is refused", HINTS[what])
    ways = 1 + (direction == "bidirectional")
    chosen = _activations(where, name, attributes, ways)
    settings: dict[str, Any] = {
        "bidirectional": ways == 2,
        "gate_clip": attributes.get("clip"),
    }
    if name == "RNN":
        settings["nonlinearity"] = chosen[0]
    else:
        settings["activations"] = chosen
    if name == "LSTM":
        settings["coupled"] = attributes.get("input_forget", 0) != 0
        settings["peepholes"] = "P" in values
    if name == "GRU":
        settings["reset_after"] = bool(attributes.get("linear_before_reset", 0))
    return settings


def _activations(
    where: str, name: str, attributes: dict[str, Any], ways: int
) -> tuple[Activation, ...]:
    """The activations of a direction, which must be those of the other."""
    default = ACTIVATIONS[name]
    given = attributes.get("activations", ())
    names = tuple(activation.decode() for activation in given) or default * ways
    numbers = {n: iter(attributes.get(f"activation_{n}", ())) for n in ("alpha", "beta")}
    found = tuple(_activation(where, each, numbers) for each in names)
    once = found[: len(default)]
    if found != once * ways:
        said = f"activations must be {len(default)}, the same in each direction, got "
        checks.fail(ConversionError, where, said + ", ".join(names))
    return once


def _activation(where: str, name: str, numbers: Mapping[str, Iterator[float]]) -> Activation:
    """An activation with those of the next numbers that it takes."""
    ours = {theirs.lower(): own for theirs, own in NAMES.items()}.get(name.lower())
    if ours is None:
        said = f"activations must be among {', '.join(NAMES)}, got {name!r}"
        checks.fail(ConversionError, where, said)
    takes = FAMILIES[ours].takes.split()
    return Activation(ours, **{n: next(numbers[n], None) for n in takes})
