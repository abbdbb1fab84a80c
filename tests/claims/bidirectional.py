"""The bidirectional network as two runs of a cell, against torch.nn."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from rnnref.generated import gru_reset_after, lstm, rnn_relu, rnn_tanh
from torch import nn

from derivations.notation import Text
from derivations.proofs.claims.claim import Shown
from derivations.proofs.claims.directions import reverse_reach

Array = npt.NDArray[np.float64]

T, B, D, H = 5, 2, 3, 4
MODULES: dict[ModuleType, Any] = {
    rnn_tanh: partial(nn.RNN, nonlinearity="tanh"),
    rnn_relu: partial(nn.RNN, nonlinearity="relu"),
    lstm: nn.LSTM,
    gru_reset_after: nn.GRU,
}
TOLERANCE = 1e-12


def definition() -> Iterable[Shown]:
    """Outputs and final states of both directions, then what each of them reads."""
    for code, kind in MODULES.items():
        torch.manual_seed(0)
        module = kind(D, H, bidirectional=True, dtype=torch.float64)
        x = torch.randn(T, B, D, dtype=torch.float64)
        with torch.no_grad():
            wanted, last = module(x)
        state = last[0] if isinstance(last, tuple) else last
        y, h = both(code, {n: p.detach().numpy() for n, p in module.named_parameters()}, x.numpy())
        apart = max(np.abs(y - wanted.numpy()).max(), np.abs(h - state.numpy()).max())
        name = code.__name__.rpartition(".")[2]
        what = Text(
            f"`{name}`: outputs and final states less those of `torch.nn`, largest",
            f"`{name}`：输出与末状态同 `torch.nn` 之差，最大者",
        )
        yield Shown(what, bool(apart < TOLERANCE), f"{apart:.1e}")
    yield from reverse_reach()


def both(code: ModuleType, params: dict[str, Array], x: Array) -> tuple[Array, Array]:
    """The concatenated outputs (T, B, 2 H), and the last state h of each run (2, B, H)."""
    forward = _run(code, params, "_l0", x)
    reverse = _run(code, params, "_l0_reverse", x[::-1])
    return np.concatenate([forward, reverse[::-1]], axis=-1), np.stack([forward[-1], reverse[-1]])


def _run(code: ModuleType, params: dict[str, Array], suffix: str, x: Array) -> Array:
    given = code.Params(**{name: params[name + suffix] for name in code.Params._fields})
    states = [np.zeros((B, H)) for name in ("h", "c") if name in code.Gradients._fields]
    found: Array = code.forward(given, np.ascontiguousarray(x), *states).h
    return found
