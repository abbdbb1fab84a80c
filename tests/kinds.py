"""The kinds of cells that conventions know, as layers. Imports rnnref."""

from __future__ import annotations

from functools import partial
from typing import Any

import rnnref

KINDS: dict[str, Any] = {
    "rnn": rnnref.RNN,
    "lstm": rnnref.LSTM,
    "gru_reset_after": rnnref.GRU,
    "gru_reset_before": lambda *a, **k: rnnref.GRU(*a, **k, reset_after=False),
}

VARIANTS: dict[str, Any] = {
    "lstm_peephole": partial(rnnref.LSTM, peepholes=True),
    "lstm_coupled": partial(rnnref.LSTM, coupled=True),
    "lstm_coupled_peephole": partial(rnnref.LSTM, peepholes=True, coupled=True),
}
"""Options of the LSTM that not every framework has."""
