"""``torch.nn``. Imports torch."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from oracles.frameworks import Run

VERSIONS = ("torch",)
KINDS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru_reset_after": nn.GRU}


def tensors(arrays: Any) -> list[Any]:
    """Leaves that gather gradients."""
    return [torch.tensor(array, requires_grad=True) for array in arrays]


def module(layer: Any, kind: str, batch_first: bool = False) -> Any:
    """The module with the settings of a layer."""
    more = {"proj_size": layer.proj_size} if kind == "lstm" else {}
    if kind == "rnn":
        more = {"nonlinearity": layer.nonlinearity}
    return KINDS[kind](
        layer.input_size,
        layer.hidden_size,
        layer.num_layers,
        bias=layer.bias,
        bidirectional=layer.bidirectional,
        batch_first=batch_first,
        dtype=torch.float64,
        **more,
    )


def run(
    layer: Any,
    kind: str,
    params: Any,
    x: Any,
    state: Any,
    d_y: Any,
    d_state: Any,
    batch_first: bool = False,
) -> Run:
    """Forward and backward."""
    own = module(layer, kind, batch_first)
    own.load_state_dict({name: torch.tensor(array) for name, array in params.items()})
    v, *start = tensors([x, *state])
    y, end = own(v, tuple(start) if kind == "lstm" else start[0])
    finals = end if kind == "lstm" else (end,)
    torch.autograd.backward((y, *finals), [torch.tensor(d) for d in (d_y, *d_state)])
    return Run(
        y.detach().numpy(),
        tuple(s.detach().numpy() for s in finals),
        {name: p.grad.numpy() for name, p in own.named_parameters()},
        v.grad.numpy(),
        tuple(s.grad.numpy() for s in start),
    )
