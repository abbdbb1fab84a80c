"""Is an implementation right, and if not, what is wrong with it? Needs NumPy alone."""

from __future__ import annotations

from rnnref.testing.cases import Case, reference
from rnnref.testing.checking import check
from rnnref.testing.diagnosis import Diagnosis, diagnose
from rnnref.testing.drawing import draw
from rnnref.testing.mistakes import CATALOGUE, Mistake
from rnnref.testing.replaying import replay
from rnnref.testing.report import CheckFailedError, Report
from rnnref.testing.tolerance import tolerance

__all__ = [
    "CATALOGUE",
    "Case",
    "CheckFailedError",
    "Diagnosis",
    "Mistake",
    "Report",
    "check",
    "diagnose",
    "draw",
    "reference",
    "replay",
    "tolerance",
]
