"""Terms, cited works, and conventions of frameworks, as HTML from their files in docs/data.

Each function makes what the block of its name shows, given the argument of the block.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from formulas import Cite, UnknownNameError, suggest
from pieces import Pieces

DATA = Path(__file__).parents[1] / "data"


def read(name: str) -> dict[str, Any]:
    """A file of docs/data."""
    found: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return found


def chinese_words() -> list[str]:
    """What the Chinese search must not take apart."""
    terms = read("terms")
    named = [term["zh"] for group in terms["groups"].values() for term in group]
    return [word for word in (*named, *terms["words"]) if not word.isascii()]


def glossary(pieces: Pieces, name: str) -> str:
    """A group of terms: in the page's language, in the other one, and what they mean."""
    here, there = ("en", "zh") if pieces.lang == "en" else ("zh", "en")
    rows = (
        (
            f"<b>{escape(term[here])}</b>",
            f'<span lang="{there}">{escape(term[there])}</span>',
            pieces.rich(term["means"][here]),
        )
        for term in _known(name, read("terms")["groups"], "group of terms")
    )
    return table("glossary", [pieces.say(h) for h in ("term", "other_language", "meaning")], rows)


def works(pieces: Pieces, keys: str) -> str:
    """The works with these keys, or, without a key, all of them by year with who cites them."""
    known = read("references")["works"]
    if keys:
        return pieces.works(Cite.of(_known(key, known, "work")) for key in keys.split())
    rows = (
        (pieces.work(Cite.of(work)), ", ".join(_cited_by(pieces, work["text"])))
        for work in sorted(known.values(), key=lambda work: (_year(work["text"]), work["text"]))
    )
    return table("works", [pieces.say("work"), pieces.say("cited_by")], rows)


def conventions(pieces: Pieces, name: str) -> str:
    """How frameworks settle one question, row by row, and how that is known."""
    rows = (
        (
            escape(pieces.say("comma").join(row["who"])),
            pieces.rich(row["what"] if isinstance(row["what"], str) else row["what"][pieces.lang]),
            pieces.say(f"known_{row['known']}"),
        )
        for row in _known(name, read("conventions")["tables"], "convention")
    )
    heads = [pieces.say(h) for h in ("framework", "convention", "known")]
    return table("conventions", heads, rows)


def table(name: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table that scrolls sideways where it must."""
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="wide" tabindex="0"><table class="{name}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cited_by(pieces: Pieces, text: str) -> Iterator[str]:
    """The definitions and the claims that cite a work, or a passage of it."""
    for home in pieces.ledger.homes.values():
        if any(cite.text.startswith(text) for cite in home.cite):
            yield escape(home.number_prefix)
    for id, claim in read("claims")["claims"].items():
        if any(cite["text"].startswith(text) for cite in claim["cite"]):
            yield f'<a href="page:claims.md#claim:{id}"><code>{escape(id)}</code></a>'


def _known(name: str, among: Mapping[str, Any], what: str) -> Any:
    if name not in among:
        raise UnknownNameError(f"no {what} is called {name!r}{suggest(name, among)}")
    return among[name]


def _year(text: str) -> str:
    return re.findall(r"\((\d{4})\)", text)[-1]
