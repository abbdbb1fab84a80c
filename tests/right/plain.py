"""Whether a layer is without the options that textbook code and `torch.nn` lack. Imports rnnref."""

from __future__ import annotations

from rnnref.testing.cases import Layer

OPTIONS = ("activations", "gate_clip", "cell_clip", "peepholes", "coupled")


def plain(layer: Layer) -> bool:
    """No activation but sigmoid, tanh and an RNN's relu, no clip, peepholes or coupled gates."""
    usual = type(layer)(layer.input_size, layer.hidden_size)
    return getattr(layer, "nonlinearity", "tanh") in ("tanh", "relu") and all(
        getattr(layer, name) == getattr(usual, name) for name in OPTIONS if hasattr(usual, name)
    )
