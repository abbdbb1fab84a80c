"""What all tests share: evidence is gathered over the session, random tests say their seed."""

from __future__ import annotations

import evidence
import pytest


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin with no evidence; only the session that starts the workers does this."""
    if not hasattr(session.config, "workerinput"):
        evidence.clear()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Merge what the workers measured, after all of them have ended."""
    if not hasattr(session.config, "workerinput"):
        evidence.merge(passed=exitstatus != pytest.ExitCode.TESTS_FAILED)
