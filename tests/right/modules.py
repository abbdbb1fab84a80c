"""PyTorch on the CPU: its own modules, and its equations one by one. Imports torch."""

from __future__ import annotations

import numpy as np
import rnnref
import torch
from rnnref.testing.cases import Case, Results
from rnnref.testing.precision import Precision

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
    leaves = _leaves(case, DTYPES[format.name])
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
    return _results(case, y, ends, leaves, dict(module.named_parameters()))


def equations(case: Case, format: Precision, seed: int) -> Results | None:
    """One layer, one operation after another in that dtype, and autograd."""
    layer = case.layer
    if format.name not in DTYPES or len(case.state.h) > 1 or case.lengths is not None:
        return None
    if getattr(layer, "proj_size", 0) or not layer.bias:
        return None
    dtype = DTYPES[format.name]
    leaves = _leaves(case, dtype)
    params = {
        name: torch.tensor(value, dtype=dtype, requires_grad=True)
        for name, value in case.params.items()
    }
    W, U, b, d = (params[f"{name}_l0"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    state, ys = [leaves[name][0] for name in case.state._fields], []
    for x in leaves["x"]:
        state = _STEPS[type(layer)](layer, x, state, W, U, b, d)
        ys.append(state[0])
    return _results(case, torch.stack(ys), [s[None] for s in state], leaves, params)


def _rnn(layer, x, state, W, U, b, d):
    function = torch.tanh if layer.nonlinearity == "tanh" else torch.relu
    return [function(x @ W.T + b + state[0] @ U.T + d)]


def _lstm(layer, x, state, W, U, b, d):
    h, c = state
    i, f, g, o = (x @ W.T + h @ U.T + (b + d)).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return [torch.sigmoid(o) * torch.tanh(c), c]


def _gru(layer, x, state, W, U, b, d):
    (h,) = state
    (Wr, Wz, Wn), (Ur, Uz, Un) = W.chunk(3), U.chunk(3)
    (br, bz, bn), (dr, dz, dn) = b.chunk(3), d.chunk(3)
    r = torch.sigmoid(x @ Wr.T + br + h @ Ur.T + dr)
    z = torch.sigmoid(x @ Wz.T + bz + h @ Uz.T + dz)
    inner = r * (h @ Un.T + dn) if layer.reset_after else (r * h) @ Un.T + dn
    n = torch.tanh(x @ Wn.T + bn + inner)
    return [n + z * (h - n)]


_STEPS = {rnnref.RNN: _rnn, rnnref.LSTM: _lstm, rnnref.GRU: _gru}


def _leaves(case: Case, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    arrays = {"x": case.x} | case.state._asdict()
    return {
        name: torch.tensor(value, dtype=dtype, requires_grad=True) for name, value in arrays.items()
    }


def _results(case, y, ends, leaves, params) -> Results:
    pairs = zip(ends, case.d_state, strict=True)
    outputs = [y, *ends]
    arriving = [torch.tensor(case.d_y).to(y), *(torch.tensor(d).to(end) for end, d in pairs)]
    torch.autograd.backward(outputs, arriving)
    found = {"y": y, "d_x": leaves["x"].grad}
    for name, end in zip(case.state._fields, ends, strict=True):
        found |= {f"{name}_n": end, f"d_{name}_0": leaves[name].grad}
    found |= {f"d_{name}": value.grad for name, value in params.items()}
    return {name: np.asarray(value.detach().double().numpy()) for name, value in found.items()}
