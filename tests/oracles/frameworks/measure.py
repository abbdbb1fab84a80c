"""Compare `rnnref`, by way of its conventions, with a framework. Imports NumPy and rnnref."""

from __future__ import annotations

import importlib
from importlib.metadata import version
from types import ModuleType
from typing import Any

import numpy as np
from kinds import KINDS
from layer_cases import normal
from rnnref.conventions import CONVENTIONS, convert

from oracles.agreement import BOUNDS, relative_error

FRAMEWORKS = {
    "pytorch": ("torch_modules", "torch"),
    "pytorch_batch_first": ("torch_batch_first", "torch"),
    "keras": ("keras_torch", "keras"),
    "keras_go_backwards": ("keras_go_backwards", "keras"),
    "onnx": ("onnx_runtime", "onnxruntime"),
    "flax": ("flax_linen", "flax"),
    "equinox": ("equinox_cells", "equinox"),
    "cudnn": ("jax_flat", "jax"),
}
"""The module here that runs a convention's framework, and the package that it needs."""

LSTM_ALONE = {"cudnn"}
"""JAX has no other of cuDNN's cells."""

NETWORKS = [(1, False), (1, True), (2, True)]
"""Layers, and whether there are two directions."""


def cases() -> list[tuple[str, str]]:
    """Each framework with each of its cells."""
    return [
        (name, kind)
        for name in FRAMEWORKS
        for kind in CONVENTIONS[name].forms
        if kind == "lstm" or name not in LSTM_ALONE
    ]


def framework(convention: str) -> ModuleType:
    """The module that runs it."""
    return importlib.import_module(f"oracles.frameworks.{FRAMEWORKS[convention][0]}")


def versions(convention: str) -> dict[str, str]:
    """Of the packages that run it."""
    return {name: version(name) for name in framework(convention).VERSIONS}


def errors(convention: str, kind: str, num_layers: int, bidirectional: bool) -> dict[str, float]:
    """How far each quantity is off, relative to the largest entry of its array."""
    layer = KINDS[kind](4, 5, num_layers, bidirectional=bidirectional)
    rng = np.random.default_rng(num_layers + 2 * bidirectional)
    T, B = 7, 3
    params, x, zeros = layer.init_params(rng), normal(rng, (T, B, 4)), layer.init_state(B)
    state, d_state = (type(zeros)(*(normal(rng, z.shape) for z in zeros)) for _ in range(2))
    y, end, tape = layer.forward(params, x, state)
    d_y = normal(rng, y.shape)
    grads = layer.backward(tape, d_y, d_state)

    def there(what: str, values: Any) -> Any:
        return convert(layer, values, "rnnref", convention, what)

    def back(what: str, values: Any) -> Any:
        return convert(layer, values, convention, "rnnref", what)

    theirs = framework(convention).run(
        layer,
        kind,
        there("params", params),
        there("x", x),
        there("state", state),
        there("y", d_y),
        there("state", d_state),
    )
    found = {"y": (back("y", theirs.y), y)}
    found |= _each("{}_n", zeros._fields, back("state", theirs.state), end)
    if theirs.d_params is not None:
        ours = back("gradients", theirs.d_params)
        found["d_x"] = back("x", theirs.d_x), grads.x
        found |= _each("d_{}_0", zeros._fields, back("state", theirs.d_state), grads.state)
        found |= {f"d_{name}": (ours[name], grads.params[name]) for name in params}
    return {name: relative_error(*pair) for name, pair in found.items()}


def bound(convention: str, kind: str) -> float:
    """How far it may be off, by the precision that the framework computes in."""
    single = getattr(framework(convention), "IN_FLOAT32", ())
    return BOUNDS["float32" if kind in single else "float64"]


def _each(name: str, fields: Any, got: Any, want: Any) -> dict[str, Any]:
    return {name.format(f): pair for f, *pair in zip(fields, got, want, strict=True)}
