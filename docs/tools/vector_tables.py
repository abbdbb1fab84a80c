"""The tables of the test vectors: files, flags, mistakes, the score. Knows no Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from formulas import UnknownNameError, suggest
from lookups import read
from pieces import Pieces
from tables import headed, row, table

FOLDER = Path(__file__).parents[2] / "reference/rnnref/vectors"
PAGES = "vectors"
"""Where the files stand on the site."""


def vectors(pieces: Pieces, name: str) -> str:
    """The table that is called so."""
    if name not in TABLES:
        raise UnknownNameError(f"no table of vectors is called {name!r}{suggest(name, TABLES)}")
    return TABLES[name](pieces)


def _content(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _files(pieces: Pieces) -> str:
    """The file of each cell, with how many cases it has."""
    names = sorted(path.stem for path in FOLDER.glob("*.json"))
    rows = []
    for content in (c for c in map(_content, names) if "cases" in c):
        link = (
            f'<a href="page:{PAGES}/{content["cell"]}.json"><code>{content["cell"]}.json</code></a>'
        )
        rows.append(row(link, escape(content["title"][pieces.lang]), str(len(content["cases"]))))
    return table("vectors", [pieces.say(h) for h in ("file", "cell", "case_count")], rows)


def _flags(pieces: Pieces) -> str:
    """What each flag catches, and what follows from it."""
    rows = (
        headed(f"<code>{flag}</code>", (pieces.rich(text[pieces.lang]) for text in texts.values()))
        for flag, texts in _content("flags")["flags"].items()
    )
    return table("flags", [pieces.say(h) for h in ("flag", "catches", "consequence")], rows)


def _mistakes(pieces: Pieces) -> str:
    """The mistakes whose results the files say."""
    rows = (
        headed(f"<code>{id}</code>", [pieces.rich(text[pieces.lang])])
        for id, text in _content("flags")["mistakes"].items()
    )
    return table("mistakes", [pieces.say(h) for h in ("mistake", "says")], rows)


def _score(pieces: Pieces) -> str:
    """Of the mistakes that can be made in a cell, how many are caught by whom."""
    cells = read("score")["cells"]
    titles = {cell: _content(cell)["title"][pieces.lang] for cell in cells}

    def numbers(score: dict[str, Any]) -> Iterator[str]:
        yield str(score["planted"])
        yield from (str(score["caught"][who]) for who in ("vectors", "check"))
        onnx = (score["caught"]["onnx"], score["nodes"], score["alike"])
        yield from map(str, onnx) if score["nodes"] else ("–",) * len(onnx)

    rows = (headed(escape(titles[cell]), numbers(score)) for cell, score in cells.items())
    heads = ("cell", "planted", "by_vectors", "by_check", "by_onnx", "onnx_nodes", "alike")
    return table("score", [pieces.say(h) for h in heads], rows)


TABLES: dict[str, Callable[[Pieces], str]] = {
    "files": _files,
    "flags": _flags,
    "mistakes": _mistakes,
    "score": _score,
}
