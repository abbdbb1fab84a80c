"""The statements of the source document, by section; which of them a copy of it has or lacks.

Imports notation only. The document's sentences are not kept: each statement stands in
``inventory.json`` as its kind and a fingerprint of its text. With a copy at hand
``python -m derivations.proofs.claims.inventory DOCUMENT`` says what differs.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import Any

from derivations.notation import Text

INVENTORY = Path(__file__).with_name("inventory.json")
ITEM = re.compile(r"\s*(?:[-*]|\d+\.) +(.*)")
LABEL = re.compile(r"(\*\*?)[^*]+\1(?: ?\([^()]*\))?[：:-]*")


@dataclass(frozen=True)
class Statement:
    """A statement: ``3.2.1`` is the first in section 3.2. A label only names what follows it."""

    id: str
    kind: str
    fingerprint: str

    @property
    def section(self) -> str:
        """The id of its section."""
        return self.id.rpartition(".")[0]


def statements() -> tuple[Statement, ...]:
    """Every statement of the source document, in its order."""
    return tuple(Statement(*entry) for entry in _inventory()["statements"])


def sections() -> dict[str, Text]:
    """The sections of the source document by id, with what each is about."""
    return {id: Text(**titles) for id, titles in _inventory()["sections"].items()}


def _inventory() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(INVENTORY.read_text("utf-8"))
    return content


def read(document: str) -> Iterator[Statement]:
    """The statements of a Markdown text in which ``##`` and ``###`` open sections.

    Its title and the first ``##``, which is its table of contents, come before section 1.
    """
    chapter, part, place = -2, 0, count(1)
    for kind, text in _pieces(document.splitlines()):
        if kind == "heading":
            level = len(text) - len(text.lstrip("#"))
            chapter, part = (chapter + 1, 0) if level < 3 else (chapter, part + 1)
            place = count(1)
        elif chapter > 0:
            section = f"{chapter}.{part}" if part else str(chapter)
            for found in _program(text) if kind == "python" else [(kind, text)]:
                yield Statement(f"{section}.{next(place)}", found[0], _fingerprint(found[1]))


def program(source: str) -> list[str]:
    """The fingerprint of each class, function and statement of a Python program.

    Comments and docstrings do not count.
    """
    return [_fingerprint(text) for _, text in _program(source)]


def _pieces(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    rest = iter(lines)
    text: list[str] = []
    for line in rest:
        opens = line.strip()
        item = ITEM.fullmatch(line)
        if opens and opens != "---" and not item and not opens.startswith(("```", "$$", "#", "|")):
            text.append(opens)
            continue
        if text:
            yield _text(" ".join(text))
            text = []
        if opens.startswith("```"):
            inside = "\n".join(takewhile(lambda held: held.strip() != "```", rest))
            yield ("python" if opens == "```python" else "diagram", inside)
        elif opens == "$$":
            yield "formula", "\n".join(takewhile(lambda held: held.strip() != "$$", rest))
        elif opens.startswith("#"):
            yield "heading", opens
        elif opens.startswith("|"):
            yield ("label" if set(opens) <= set("|- ") else "row"), opens
        elif item:
            yield "item", item[1]
    if text:
        yield _text(" ".join(text))


def _text(text: str) -> tuple[str, str]:
    return ("label" if LABEL.fullmatch(text) else "text"), text


def _program(source: str) -> Iterator[tuple[str, str]]:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = node.body[ast.get_docstring(node, clean=False) is not None :]
    for statement in tree.body:
        imports = isinstance(statement, ast.Import | ast.ImportFrom)
        yield ("label" if imports else "program"), ast.unparse(statement)


def _fingerprint(text: str) -> str:
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:16]


def main(path: str) -> int:
    """Say which statements of the document at ``path`` are not in the inventory, and which gone."""
    found, known = set(read(Path(path).read_text("utf-8"))), set(statements())
    for statement in sorted(found - known, key=lambda s: s.id):
        print("not in the inventory:", statement)
    for statement in sorted(known - found, key=lambda s: s.id):
        print("not in the document:", statement)
    return int(found != known)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
