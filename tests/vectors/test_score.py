"""The score is that of today's vectors, cases and catalogue; it can tell a wrong answer."""

from __future__ import annotations

import json

import pytest
from rnnref.testing import reference
from score.questions import CELLS, by_check, by_vectors, caught, planted
from site_build import ROOT

SCORE = json.loads((ROOT / "docs/data/score.json").read_text("utf-8"))["cells"]


@pytest.mark.parametrize(
    "cell",
    [pytest.param(cell, marks=[] if cell == "rnn_tanh" else pytest.mark.slow) for cell in CELLS],
)
def test_score_is_todays(cell: str) -> None:
    """Else run `make score`. What ONNX's nodes catch can only be told where onnx is."""
    sets = {"vectors": list(by_vectors(cell)), "check": list(by_check(cell))}
    mistakes = planted(sets["vectors"] + sets["check"])
    assert SCORE[cell]["planted"] == len(mistakes)
    for name, questions in sets.items():
        assert all(q.passes(reference(q.case)) for q in questions), name
        missed = sorted(m.id for m in mistakes if not caught(questions, m))
        assert SCORE[cell]["missed"][name] == missed
        assert SCORE[cell]["caught"][name] == len(mistakes) - len(missed)


@pytest.mark.parametrize("cell", CELLS)
def test_vectors_miss_nothing(cell: str) -> None:
    assert SCORE[cell]["missed"]["vectors"] == []
