"""Is an implementation right, and if not, what is wrong with it? Needs NumPy alone."""

from __future__ import annotations

from rnnref.testing.cases import Case, reference
from rnnref.testing.diagnosis import Diagnosis, diagnose
from rnnref.testing.mistakes import CATALOGUE, Mistake

__all__ = ["CATALOGUE", "Case", "Diagnosis", "Mistake", "diagnose", "reference"]
