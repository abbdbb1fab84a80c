"""PyTorch's own modules on the CPU. Imports torch."""

from __future__ import annotations

import numpy as np
import torch
from rnnref.testing.cases import Case, Results
from rnnref.testing.precision import Precision

from right.plain import plain

DTYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
}


def modules(case: Case, format: Precision, seed: int) -> Results | None:
    """`torch.nn.RNN`, `LSTM`, `GRU` and autograd."""
    layer = case.layer
    if format.name not in DTYPES or getattr(layer, "reset_after", True) is False:
        return None
    if not plain(layer):
        return None
    kind = getattr(torch.nn, type(layer).__name__)
    options = {
        name: getattr(layer, name) for name in ("nonlinearity", "proj_size") if hasattr(layer, name)
    }
    module = kind(
        layer.input_size,
        layer.hidden_size,
        layer.num_layers,
        bias=layer.bias,
        bidirectional=layer.bidirectional,
        **options,
    ).to(DTYPES[format.name])
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.tensor(case.params[name]))
    leaves = leaves_of(case, DTYPES[format.name])
    state = leaves["h"] if len(case.state) == 1 else (leaves["h"], leaves["c"])
    x = leaves["x"]
    if case.lengths is None:
        y, end = module(x, state)
    else:
        packed = torch.nn.utils.rnn.pack_padded_sequence(
            x, torch.tensor(case.lengths), enforce_sorted=False
        )
        packed, end = module(packed, state)
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(packed, total_length=len(x))
    ends = [end] if len(case.state) == 1 else list(end)
    return results_of(case, y, ends, leaves, dict(module.named_parameters()))


def leaves_of(case: Case, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    arrays = {"x": case.x} | case.state._asdict()
    return {
        name: torch.tensor(value, dtype=dtype, requires_grad=True) for name, value in arrays.items()
    }


def results_of(case, y, ends, leaves, params) -> Results:
    pairs = zip(ends, case.d_state, strict=True)
    outputs = [y, *ends]
    arriving = [torch.tensor(case.d_y).to(y), *(torch.tensor(d).to(end) for end, d in pairs)]
    torch.autograd.backward(outputs, arriving)
    found = {"y": y, "d_x": leaves["x"].grad}
    for name, end in zip(case.state._fields, ends, strict=True):
        found |= {f"{name}_n": end, f"d_{name}_0": leaves[name].grad}
    found |= {f"d_{name}": value.grad for name, value in params.items()}
    return {name: np.asarray(value.detach().double().numpy()) for name, value in found.items()}
