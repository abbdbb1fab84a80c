"""The mistakes that are known, as data."""

from __future__ import annotations

from rnnref.testing.cases import Case
from rnnref.testing.mistakes import (
    gru,
    lstm,
    lstm_backward,
    networks,
    orders,
    parameters,
    rnn,
    sequences,
)
from rnnref.testing.mistakes.mistake import CELLS, Mistake, can_be_made, cell_of, features

CATALOGUE: tuple[Mistake, ...] = (
    *orders.MISTAKES,
    *parameters.MISTAKES,
    *rnn.MISTAKES,
    *gru.MISTAKES,
    *lstm.MISTAKES,
    *lstm_backward.MISTAKES,
    *sequences.MISTAKES,
    *networks.MISTAKES,
)
"""All known mistakes. An id is unique within a cell."""


def mistakes_of(case: Case) -> list[Mistake]:
    """The mistakes that an implementation of a case's layer can make.

    >>> import numpy as np, rnnref
    >>> from rnnref.testing import Case
    >>> layer, rng = rnnref.GRU(3, 5), np.random.default_rng(0)
    >>> x, y, state = np.ones((7, 2, 3)), np.ones((7, 2, 5)), layer.init_state(2)
    >>> case = Case("ones", layer, layer.init_params(rng), x, state, y, state)
    >>> {"reset-before", "gate-order-zrn"} <= {mistake.id for mistake in mistakes_of(case)}
    True
    """
    return [mistake for mistake in CATALOGUE if can_be_made(mistake, case)]


__all__ = ["CATALOGUE", "CELLS", "Mistake", "can_be_made", "cell_of", "features", "mistakes_of"]
