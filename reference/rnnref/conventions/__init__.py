"""How frameworks store the same network, as data, and one converter. Needs NumPy alone."""

from __future__ import annotations

from rnnref.conventions.conversion import convert
from rnnref.conventions.forms import Convention, Form, Part
from rnnref.conventions.registry import CONVENTIONS

__all__ = ["CONVENTIONS", "Convention", "Form", "Part", "convert"]
