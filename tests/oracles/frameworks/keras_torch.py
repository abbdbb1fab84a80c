"""Keras 3 on its PyTorch backend. Imports keras and torch.

``keras.ops.matmul`` of two float64 arrays is computed in float32 on this backend (Keras 3.15:
``keras/src/backend/common/dtypes.py`` takes float64 for float32 but on TensorFlow). The LSTM and
the GRU that resets after the product call PyTorch's own kernels and keep float64; the SimpleRNN and
the other GRU do not.
"""

from __future__ import annotations

import os
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import keras
import torch

from oracles.frameworks import Run, ends

VERSIONS = ("keras", "torch")
KINDS = {
    "rnn": keras.layers.SimpleRNN,
    "lstm": keras.layers.LSTM,
    "gru_reset_after": keras.layers.GRU,
    "gru_reset_before": keras.layers.GRU,
}
IN_FLOAT32 = {"rnn", "gru_reset_before"}
NAMES = ("kernel", "recurrent_kernel", "bias")


def bare(layer: Any, kind: str, **more: Any) -> Any:
    """One layer of Keras with the settings of the network, not built."""
    keras.config.set_floatx("float64")
    if kind.startswith("gru"):
        more["reset_after"] = kind == "gru_reset_after"
    if kind == "rnn":
        more["activation"] = layer.nonlinearity
    return KINDS[kind](
        layer.hidden_size, use_bias=layer.bias, return_sequences=True, return_state=True, **more
    )


def layers(layer: Any, kind: str, wrapped: bool) -> list[list[Any]]:
    """The built objects for each layer: one, wrapped in ``Bidirectional``, or one a direction."""
    found, size = [], layer.input_size
    for _ in range(layer.num_layers):
        ways = [bare(layer, kind)]
        if layer.bidirectional and wrapped:
            ways = [keras.layers.Bidirectional(ways[0])]
        elif layer.bidirectional:
            ways.append(bare(layer, kind, go_backwards=True))
        for way in ways:
            way.build((None, None, size))
        found.append(ways)
        size = layer.hidden_size * (1 + layer.bidirectional)
    return found


def run(
    layer: Any,
    kind: str,
    params: Any,
    x: Any,
    state: Any,
    d_y: Any,
    d_state: Any,
    wrapped: bool = True,
) -> Run:
    """Forward and backward, by PyTorch's autograd."""
    network = layers(layer, kind, wrapped)
    objects = [way for ways in network for way in ways]
    order = [part + end for end in ends(layer) for part in NAMES[: 2 + layer.bias]]
    variables = [variable for one in objects for variable in one.weights]
    for name, variable in zip(order, variables, strict=True):
        variable.assign(params[name])
    v, *start = [torch.tensor(array, requires_grad=True) for array in (x, *state)]
    outputs, finals, per = [v], [], len(start) // len(objects)
    for ways in network:
        # What runs backwards returns its outputs last step first: they are turned round for
        # the layer above, and left as they are at the end.
        below = torch.cat([outputs[0], *(o.flip(1) for o in outputs[1:])], dim=2)
        outputs = []
        for way in ways:
            y, *end = way(below, initial_state=start[len(finals) : len(finals) + per])
            outputs.append(y)
            finals += end
    arriving = [torch.tensor(d) for d in (*(d_y if len(outputs) > 1 else [d_y]), *d_state)]
    torch.autograd.backward((*outputs, *finals), arriving)
    found = tuple(o.detach().numpy() for o in outputs)
    return Run(
        found if len(found) > 1 else found[0],
        tuple(s.detach().numpy() for s in finals),
        {name: w.value.grad.numpy() for name, w in zip(order, variables, strict=True)},
        v.grad.numpy(),
        tuple(s.grad.numpy() for s in start),
    )
