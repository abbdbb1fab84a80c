"""The prose of Colossal Cave Adventure (1977), as the package `adventure` ships it.

By W. Crowther and D. Woods; the package and its file ``advent.dat`` are under the Apache License
2.0. Imports the standard library.
"""

from __future__ import annotations

from importlib import resources
from itertools import groupby

# Of the file's sections: descriptions of places and of things, messages, and the wizard's messages.
PROSE = ("1", "5", "6", "12")
PLACEHOLDER = ">$<"


def paragraphs() -> list[str]:
    """Every paragraph once, each on one line, in the order of the file."""
    text = resources.files("adventure").joinpath("advent.dat").read_text("ascii")
    found: dict[str, None] = {}
    for section, lines in _sections(text.splitlines()).items():
        if section in PROSE:
            for _, group in groupby(lines, key=lambda line: line.split("\t")[0]):
                words = " ".join(line.split("\t", 1)[1] for line in group).split()
                found.setdefault(" ".join(words))
    return [p for p in found if p and PLACEHOLDER not in p]


def split(every: int) -> tuple[str, str, str]:
    """Training, validation and test text: of each ``every`` paragraphs the last two are held out.

    No paragraph is in two of them, since each occurs once.
    """
    parts: tuple[list[str], ...] = ([], [], [])
    for i, paragraph in enumerate(paragraphs()):
        part = {every - 2: 1, every - 1: 2}.get(i % every, 0)
        parts[part].append(paragraph + "\n")
    train, validation, test = ("".join(part) for part in parts)
    return train, validation, test


def _sections(lines: list[str]) -> dict[str, list[str]]:
    """The lines of each section by its number; a section ends with a line that begins with -1."""
    sections: dict[str, list[str]] = {}
    rest = iter(lines)
    for number in rest:
        sections[number] = []
        for line in rest:
            if line.startswith("-1"):
                break
            sections[number].append(line)
    return sections
