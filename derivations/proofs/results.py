"""What a proof hands back: residuals that must be 0, and its steps for the pages.

Imports notation and SymPy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from derivations.notation import Text


@dataclass(frozen=True)
class Checked:
    """A formula, by its id, and the difference between it and what it must equal."""

    formula: str
    residual: sympy.Expr

    @property
    def holds(self) -> bool:
        """Whether the difference is identically zero."""
        return bool(self.residual == 0)


@dataclass(frozen=True)
class Step:
    """One step of a proof: a formula and why it holds. ``$...$`` in the reason is LaTeX."""

    latex: str
    why: Text


@dataclass(frozen=True)
class Map:
    """How a form that others write is our cell with other parameters, with the proof."""

    id: str
    cell: str
    title: Text
    latex: str
    steps: tuple[Step, ...]
