"""What all tests share: evidence is gathered over the session, random tests say their seed."""

from __future__ import annotations

import json
from pathlib import Path

import evidence
import pytest
from site_build import ROOT, build, longest_evidence


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin with no evidence; only the session that starts the workers does this."""
    if not hasattr(session.config, "workerinput"):
        evidence.clear()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Merge what the workers measured, after all of them have ended."""
    if not hasattr(session.config, "workerinput"):
        evidence.merge(passed=exitstatus != pytest.ExitCode.TESTS_FAILED)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site with full badges, built once.

    The tests that use it are one group (`--dist loadgroup`).
    """
    out = tmp_path_factory.mktemp("site")
    shown = tmp_path_factory.mktemp("evidence") / "evidence.json"
    shown.write_text(json.dumps(longest_evidence()), "utf-8")
    done = build(ROOT, out, evidence=shown)
    assert done.returncode == 0, done.stderr
    return out
