"""What an implementation can be asked: cases with what is right and how near is near enough.

Three sets for a cell: the test vectors, the cases of `check`, the node tests of ONNX.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import rnnref
from rnnref.testing import Case, reference, vectors
from rnnref.testing.cases import Layer, Results
from rnnref.testing.comparison import compare
from rnnref.testing.drawing import cases
from rnnref.testing.faulty import network
from rnnref.testing.mistakes import CATALOGUE, Mistake, can_be_made
from rnnref.testing.precision import PRECISIONS
from rnnref.testing.replaying import tolerance_of
from rnnref.testing.tolerance import case_tolerance

DTYPE = "float32"
"""The precision whose tolerances count; in float64 they are smaller."""

PROJECTION = 4
CELLS: dict[str, Callable[..., Layer]] = {
    "rnn_tanh": rnnref.RNN,
    "rnn_relu": partial(rnnref.RNN, nonlinearity="relu"),
    "lstm": rnnref.LSTM,
    "lstm_projected": partial(rnnref.LSTM, proj_size=PROJECTION),
    "lstm_peephole": partial(rnnref.LSTM, peepholes=True),
    "lstm_coupled": partial(rnnref.LSTM, coupled=True),
    "gru_reset_after": rnnref.GRU,
    "gru_reset_before": partial(rnnref.GRU, reset_after=False),
}


@dataclass(frozen=True)
class Question:
    """A case, and whether results for it pass."""

    case: Case
    passes: Callable[[Results], bool]


def by_vectors(cell: str) -> Iterator[Question]:
    """The test vectors, as `rnnref replay` holds results against them."""
    for vector in vectors.load(cell):
        tolerance = tolerance_of(vector, PRECISIONS[DTYPE])
        yield Question(vector.case, partial(_passes, vector.case, vector.results, tolerance))


def by_check(cell: str) -> Iterator[Question]:
    """The cases of `check`: for a layer, for one of equal sizes, for two in both directions."""
    two = {"num_layers": 2, "bidirectional": True, "dropout": 0.3}
    D = PROJECTION if cell == "lstm_projected" else 5
    layers = [CELLS[cell](3, 5), CELLS[cell](D, 5), CELLS[cell](3, 5, **two)]
    for layer in layers:
        for case in cases(layer, 0, DTYPE):
            right = reference(case)
            tolerance = case_tolerance(case, PRECISIONS[DTYPE], right)
            yield Question(case, partial(_passes, case, right, tolerance))


def _passes(case: Case, right: Results, tolerance: dict[str, float], got: Results) -> bool:
    return all(c.ok for c in compare(case, got, right, tolerance))


def caught(questions: list[Question], mistake: Mistake) -> bool:
    """Whether one of the questions is answered wrongly by who makes the mistake."""
    return any(
        not q.passes(network.run(q.case, mistake.switches))
        for q in questions
        if can_be_made(mistake, q.case)
    )


def planted(questions: list[Question]) -> list[Mistake]:
    """The mistakes that can be made in one of the cases."""
    return [m for m in CATALOGUE if any(can_be_made(m, q.case) for q in questions)]
