"""The registry of cells: every check, every generated module and every page loops over it."""

from __future__ import annotations

from derivations.cells import gru, lstm, lstm_projected, lstm_variants, output, vanilla
from derivations.notation import Cell

CELLS: dict[str, Cell] = {
    cell.id: cell
    for cell in (
        vanilla.RNN_TANH,
        vanilla.RNN_RELU,
        vanilla.RNN_GENERAL,
        lstm.LSTM,
        lstm_projected.LSTM_PROJECTED,
        lstm_variants.LSTM_PEEPHOLE,
        lstm_variants.LSTM_COUPLED,
        lstm_variants.LSTM_GENERAL,
        lstm_variants.LSTM_GENERAL_COUPLED,
        gru.GRU_RESET_AFTER,
        gru.GRU_RESET_BEFORE,
        gru.GRU_GENERAL,
        gru.GRU_GENERAL_BEFORE,
        output.OUTPUT,
    )
}
