"""The equations of cells as loops in PyTorch, from the literature. Imports torch and oracles."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import rnnref
import torch
from oracles.torch_loops import gru, rnn
from oracles.torch_lstm import lstm
from rnnref.testing.cases import Case, Results
from rnnref.testing.precision import Precision

from right.modules import DTYPES, leaves_of, results_of

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softsign": torch.nn.functional.softsign,
    "elu": torch.nn.functional.elu,
    "hard_sigmoid": lambda a: (0.2 * a + 0.5).clamp(0, 1),
}
"""By their names in rnnref, with ONNX's usual numbers."""


def loops(case: Case, format: Precision, seed: int) -> Results | None:
    """One layer and one direction, in that dtype, and autograd."""
    layer = case.layer
    if format.name not in DTYPES or len(case.state.h) > 1 or case.lengths is not None:
        return None
    if getattr(layer, "proj_size", 0) or not layer.bias:
        return None
    dtype = DTYPES[format.name]
    leaves = leaves_of(case, dtype)
    params = {
        name: torch.tensor(value, dtype=dtype, requires_grad=True)
        for name, value in case.params.items()
    }
    of_cell = {name.removesuffix("_l0"): value for name, value in params.items()}
    states = [leaves[name][0] for name in case.state._fields]
    y, ends, _ = _cell(layer)(of_cell, [leaves["x"]], states)
    return results_of(case, y, [end[None] for end in ends], leaves, params)


def _cell(layer: Any) -> Callable[..., Any]:
    clips = {
        name: value
        for name in ("gate_clip", "cell_clip")
        if (value := getattr(layer, name, None)) is not None
    }
    if isinstance(layer, rnnref.RNN):
        return partial(rnn, function=FUNCTIONS[layer.nonlinearity], **clips)
    functions = tuple(FUNCTIONS[activation.name] for activation in layer.activations)
    if isinstance(layer, rnnref.GRU):
        return partial(gru, linear_before_reset=layer.reset_after, functions=functions, **clips)
    return partial(lstm, functions=functions, **clips)
