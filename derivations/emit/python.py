"""Pieces of Python modules as text, and ruff's formatter.

Imports notation.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from textwrap import fill

from derivations.notation import Citation

WIDTH = 98


def formatted(text: str) -> str:
    """The text as ``ruff format`` writes it."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=100", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return done.stdout


def sources(cite: Iterable[Citation]) -> str:
    """The works cited, as a list in a docstring."""
    return "\n".join(
        fill(f"- {c.text}, {f'doi:{c.doi}' if c.doi else c.url}", WIDTH, subsequent_indent="  ")
        for c in cite
    )


def named_tuple(name: str, about: str, fields: Iterable[tuple[str, str]]) -> str:
    """A class of named fields with their types."""
    lines = "\n".join(f"    {field}: {kind}" for field, kind in fields)
    return f'class {name}(NamedTuple):\n    """{about}"""\n\n{lines}'


def function(head: str, about: str, lines: Iterable[str]) -> str:
    """A function with a docstring."""
    body = "\n".join(f"    {line}" for line in lines)
    return f'def {head}:\n    """{about}"""\n{body}'
