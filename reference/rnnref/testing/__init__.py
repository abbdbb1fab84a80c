"""Is an implementation right, and if not, what is wrong with it? Needs NumPy alone."""

from __future__ import annotations

from rnnref.testing.cases import Case, reference

__all__ = ["Case", "reference"]
