"""ONNX Runtime on the CPU, in float32, forward only. Imports onnx and onnxruntime."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from rnnref import Activation

from oracles.frameworks import Run

VERSIONS = ("onnx", "onnxruntime")
KINDS = {"rnn": "RNN", "lstm": "LSTM", "gru_reset_after": "GRU", "gru_reset_before": "GRU"}
IN_FLOAT32 = set(KINDS)
NAMES = {
    "affine": "Affine",
    "elu": "Elu",
    "hard_sigmoid": "HardSigmoid",
    "leaky_relu": "LeakyRelu",
    "relu": "Relu",
    "scaled_tanh": "ScaledTanh",
    "sigmoid": "Sigmoid",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "tanh": "Tanh",
    "thresholded_relu": "ThresholdedRelu",
}
"""Functions by the names of the package; to the right ONNX's."""


def model(layer: Any, kind: str, params: Any, lengths: Any = None, **more: Any) -> onnx.ModelProto:
    """One node for each layer; between them the directions are put side by side.

    ``more`` are further attributes of the nodes.
    """
    ways, several = 1 + layer.bidirectional, layer.num_layers > 1
    states = ["h", "c"] if kind == "lstm" else ["h"]
    more |= {"direction": "bidirectional" if ways == 2 else "forward"}
    if kind.startswith("gru"):
        more["linear_before_reset"] = int(kind == "gru_reset_after")
    more = _functions(layer, kind, ways) | more
    constants = dict(params)
    if several:
        constants["wide"] = np.array([0, 0, ways * layer.hidden_size])
    if lengths is not None:
        constants["lengths"] = np.asarray(lengths, np.int32)
    nodes, finals, below = [], [], "x"
    for n in range(layer.num_layers):
        end = f"_l{n}" if several else ""
        weights = [name + end if name + end in params else "" for name in ("W", "R", "B")]
        starts, ends = ([f"{s}_{when}{end}" for s in states] for when in "0n")
        inputs = [below, *weights, "lengths" if "lengths" in constants else "", *starts]
        if "P" in params:
            inputs.append("P")
        made = helper.make_node(
            KINDS[kind], inputs, [f"y{n}", *ends], hidden_size=layer.hidden_size, **more
        )
        nodes += [
            made,
            helper.make_node("Transpose", [f"y{n}"], [f"t{n}"], perm=[0, 2, 1, 3]),
            helper.make_node("Reshape", [f"t{n}", "wide"], [f"x{n}"]),
        ]
        finals += ends
        below = f"x{n}"
    starts = [name.replace("_n", "_0") for name in finals]
    graph = helper.make_graph(
        nodes[:-2],
        "network",
        [_tensor(name, 3) for name in ("x", *starts)],
        [_tensor(f"y{layer.num_layers - 1}", 4), *(_tensor(name, 3) for name in finals)],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    found = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(found)
    return found


def _functions(layer: Any, kind: str, ways: int) -> dict[str, Any]:
    """Activations and clip as attributes; alphas and betas in the order of the functions."""
    chosen = [layer.nonlinearity] if kind == "rnn" else layer.activations
    chosen = [Activation(a) if isinstance(a, str) else a for a in chosen] * ways
    found: dict[str, Any] = {
        "activations": [NAMES[a.name] for a in chosen],
        "activation_alpha": [a.alpha for a in chosen if a.alpha is not None],
        "activation_beta": [a.beta for a in chosen if a.beta is not None],
    }
    if layer.gate_clip is not None:
        found["clip"] = layer.gate_clip
    return {name: value for name, value in found.items() if value}


def _tensor(name: str, axes: int) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * axes)


def run(
    layer: Any,
    kind: str,
    params: Any,
    x: Any,
    state: Any,
    d_y: Any = None,
    d_state: Any = None,
    **how: Any,
) -> Run:
    """Forward; ``how`` are the last arguments of `model`."""
    single = {name: array.astype(np.float32) for name, array in params.items()}
    made = model(layer, kind, single, **how)
    session = onnxruntime.InferenceSession(made.SerializeToString())
    starts = [i.name for i in session.get_inputs()]
    feed = {name: a.astype(np.float32) for name, a in zip(starts, (x, *state), strict=True)}
    y, *finals = session.run(None, feed)
    return Run(y, tuple(finals))
