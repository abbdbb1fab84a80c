"""Evidence is joined over sessions while nothing changes, and does not outlive a failure."""

from __future__ import annotations

import json
from pathlib import Path

import evidence
import pytest


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(evidence, "EVIDENCE", tmp_path / "evidence.json")
    monkeypatch.setattr(evidence, "PARTS", tmp_path / "parts")
    return tmp_path


def session(passed: bool = True, **found: tuple[float, int]) -> dict:
    """One session that notes (error, cases) of `lstm.c` by route."""
    evidence.clear()
    for route, (error, cases) in found.items():
        evidence.record(route, "lstm.c", error, cases)
    evidence.merge(passed)
    if not evidence.EVIDENCE.exists():
        return {}
    return json.loads(evidence.EVIDENCE.read_text(encoding="utf-8"))["formulas"]["lstm.c"]


def test_a_short_session_takes_nothing_from_a_long_one(folder: Path) -> None:
    session(exact=(0, 90), torch_cpu=(3e-16, 500))
    joined = session(torch_cpu=(4e-16, 10))
    assert joined["exact"] == {"cases": 90, "error": 0.0}
    assert joined["torch_cpu"] == {"cases": 500, "error": 4e-16}


def test_a_failure_leaves_no_evidence(folder: Path) -> None:
    session(exact=(0, 90))
    assert session(passed=False, torch_cpu=(3e-16, 500)) == {}


@pytest.mark.parametrize("changed", ["code_hashes", "checks_hash"])
def test_evidence_does_not_outlive_a_change(
    folder: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    session(exact=(0, 90))
    monkeypatch.setattr(evidence, changed, lambda: "another")
    assert set(session(torch_cpu=(3e-16, 5))) == {"torch_cpu"}
