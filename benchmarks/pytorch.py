"""The same problem in PyTorch: `torch.nn` where it has the cell, else a loop written by hand.

Imports torch. Both run forward and give the gradients of all inputs, initial states, parameters.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from .problems import Problem, Run

Module = Callable[..., tuple[Tensor, ...]]


def pytorch(p: Problem) -> Run:
    """Forward and backward by autograd; gives all gradients by name."""
    names = [*p.inputs, *p.initial]
    values = [torch.tensor(v, requires_grad=True) for v in (p.inputs | p.initial).values()]
    forward, parameters = MODELS[p.cell.id](p)
    cotangents = [torch.tensor(d) for d in (p.d_y, *p.d_last.values())]
    sources = [*values, *parameters.values()]

    def run() -> dict[str, Tensor]:
        grads = torch.autograd.grad(forward(*values), sources, cotangents)
        return dict(zip((*names, *parameters), grads, strict=True))

    return run


Model = tuple[Module, dict[str, Tensor]]


def _layer(p: Problem, layer: nn.RNNBase) -> Model:
    layer.load_state_dict({f"{n}_l0": torch.tensor(v) for n, v in p.params.items()})
    parameters = {n: getattr(layer, f"{n}_l0") for n in p.params}

    def forward(x: Tensor, *initial: Tensor) -> tuple[Tensor, ...]:
        state = initial if len(initial) > 1 else initial[0]
        y, last = layer(x, [s[None] for s in initial] if state is initial else state[None])
        return (y, *(s[0] for s in last)) if state is initial else (y, last[0])

    return forward, parameters


def _rnn(p: Problem) -> Model:
    nonlinearity = p.cell.id.removeprefix("rnn_")
    return _layer(p, nn.RNN(p.size.D, p.size.H, nonlinearity=nonlinearity, dtype=_dtype(p)))


def _lstm(p: Problem) -> Model:
    return _layer(p, nn.LSTM(p.size.D, p.size.H, dtype=_dtype(p)))


def _gru(p: Problem) -> Model:
    return _layer(p, nn.GRU(p.size.D, p.size.H, dtype=_dtype(p)))


def _gru_reset_before(p: Problem) -> Model:
    """PyTorch has no such layer. Written as one would for speed: what is known ahead, ahead."""
    parameters = {n: torch.tensor(v, requires_grad=True) for n, v in p.params.items()}
    H = p.size.H

    def forward(x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        weight_ih, weight_hh, bias_ih, bias_hh = parameters.values()
        gates, candidate = weight_hh[: 2 * H], weight_hh[2 * H :]
        from_x = nn.functional.linear(x, weight_ih, bias_ih)
        states = []
        for rz_x, n_x in zip(from_x[:, :, : 2 * H], from_x[:, :, 2 * H :], strict=True):
            rz = torch.sigmoid(rz_x + nn.functional.linear(h, gates, bias_hh[: 2 * H]))
            r, z = rz.chunk(2, dim=1)
            n = torch.tanh(n_x + nn.functional.linear(r * h, candidate, bias_hh[2 * H :]))
            h = n + z * (h - n)
            states.append(h)
        return torch.stack(states), h

    return forward, parameters


def _output(p: Problem) -> Model:
    layer = nn.Linear(p.size.H, p.size["K"], dtype=_dtype(p))
    layer.load_state_dict({n: torch.tensor(v) for n, v in p.params.items()})
    return lambda h: (layer(h),), dict(layer.named_parameters())


def _dtype(p: Problem) -> torch.dtype:
    return getattr(torch, p.dtype)


NAMES = {
    "rnn_tanh": "nn.RNN",
    "rnn_relu": "nn.RNN",
    "lstm": "nn.LSTM",
    "gru_reset_after": "nn.GRU",
    "gru_reset_before": "a loop by hand",
    "output": "nn.Linear",
}
MODELS: dict[str, Callable[[Problem], Model]] = {
    "rnn_tanh": _rnn,
    "rnn_relu": _rnn,
    "lstm": _lstm,
    "gru_reset_after": _gru,
    "gru_reset_before": _gru_reset_before,
    "output": _output,
}
