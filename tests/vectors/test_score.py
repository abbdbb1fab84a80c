"""The score is that of today's vectors, cases and catalogue; it can tell a wrong answer."""

from __future__ import annotations

import json
import re

import pytest
from rnnref.testing import reference
from score.questions import CELLS, by_check, by_vectors, caught, planted
from site_build import ROOT

ROW = r"^\| [^|]+ \| (\d+) \| (\d+) \| (\d+) \| (\d+|–) \|$"
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


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_says_the_same(name: str) -> None:
    rows = re.findall(ROW, (ROOT / name).read_text("utf-8"), re.MULTILINE)
    wanted = [
        (s["planted"], s["caught"]["vectors"], s["caught"]["check"], s["caught"]["onnx"] or "–")
        for s in SCORE.values()
    ]
    assert rows == [tuple(map(str, row)) for row in wanted]
