"""The kinds of cells that conventions know, as layers. Imports rnnref."""

from __future__ import annotations

from typing import Any

import rnnref

KINDS: dict[str, Any] = {
    "rnn": rnnref.RNN,
    "lstm": rnnref.LSTM,
    "gru_reset_after": rnnref.GRU,
    "gru_reset_before": lambda *a, **k: rnnref.GRU(*a, **k, reset_after=False),
}
