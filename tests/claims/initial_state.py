"""The initial state: what is taken where none is given, and its gradient."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import rnnref
import torch
from torch import nn

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs import bptt
from derivations.proofs.claims.claim import Shown
from derivations.proofs.claims.exactly import vanish

T, B, D, H = 3, 2, 4, 5


def zero_by_default() -> Iterable[Shown]:
    """Without a state each layer gives exactly what it gives with zeros; h_0 has a gradient."""
    for kind in (nn.RNN, nn.LSTM, nn.GRU):
        torch.manual_seed(0)
        layer, x, zeros = kind(D, H), torch.randn(T, B, D), torch.zeros(1, B, H)
        state = (zeros, zeros) if kind is nn.LSTM else zeros
        with torch.no_grad():
            apart = float((layer(x)[0] - layer(x, state)[0]).abs().max())
        yield _shown(f"torch.nn.{kind.__name__}", apart)
    rng = np.random.default_rng(0)
    for make in (rnnref.RNN, rnnref.LSTM, rnnref.GRU):
        ref = make(input_size=D, hidden_size=H)
        params, x = ref.init_params(rng), rng.normal(size=(T, B, D))
        zeros = np.zeros((1, B, H))
        state = rnnref.LSTMState(zeros, zeros) if make is rnnref.LSTM else rnnref.State(zeros)
        apart = np.abs(ref.forward(params, x)[0] - ref.forward(params, x, state)[0]).max()
        yield _shown(f"rnnref.{make.__name__}", float(apart))
    yield vanish(
        Text(
            r"$\partial L/\partial h_0$ over two steps, minus what step 1 sends back",
            r"两步序列的 $\partial L/\partial h_0$ 减去第 1 步传回的量",
        ),
        bptt.initial_states(CELLS["rnn_tanh"]),
    )


def _shown(layer: str, apart: float) -> Shown:
    what = Text(
        f"`{layer}`: without a state, and with zeros: largest difference",
        f"`{layer}`：不给状态与给零状态，最大差",
    )
    return Shown(what, apart == 0, str(apart))
