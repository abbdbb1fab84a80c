"""A formula as data: its LaTeX, its plain text, its shape and the steps that lead to it.

Imports notation only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from derivations.notation import Text


@dataclass(frozen=True)
class Reason:
    """One step of a derivation: a formula and why it holds, each in LaTeX and in plain text."""

    latex: str
    text: str
    why: Text
    plain_why: Text


@dataclass(frozen=True)
class Formula:
    """A formula in both notations, with what a reader needs beside it.

    Its home is the cell or the loss whose formula it is.
    """

    id: str
    home: str
    kind: str
    title: Text
    latex: str
    text: str
    shape: tuple[str, ...] = ()
    steps: tuple[Reason, ...] = ()
    assumes: tuple[Text, ...] = ()


def aligned(lines: Sequence[tuple[str, str]]) -> str:
    """Equations below each other in LaTeX, aligned at their equals signs."""
    if len(lines) == 1:
        return " = ".join(lines[0])
    rows = r" \\ ".join(f"{left} &= {right}" for left, right in lines)
    return rf"\begin{{aligned}} {rows} \end{{aligned}}"


def plain(lines: Iterable[tuple[str, str]]) -> str:
    """Equations below each other in plain text."""
    return "\n".join(" = ".join(line) for line in lines)
