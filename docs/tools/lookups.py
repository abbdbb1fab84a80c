"""Terms, cited works, conventions, and what cells cost, as HTML from their files in docs/data.

Each function makes what the block of its name shows, given the argument of the block.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from formulas import Cite, UnknownNameError, suggest
from pieces import Pieces, power
from tables import headed, row, table

DATA = Path(__file__).parents[1] / "data"
RECORD = Path(__file__).parents[2] / "tests/records/frameworks.json"
FRAMEWORKS = {
    "pytorch": "PyTorch",
    "keras": "Keras",
    "onnx": "ONNX Runtime",
    "flax": "Flax",
    "equinox": "Equinox",
    "cudnn": "JAX (lstm_ref)",
}
"""What runs a convention; its variants are left out."""


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
        row(
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
        row(pieces.work(Cite.of(work)), ", ".join(_cited_by(pieces, work["text"])))
        for work in sorted(known.values(), key=lambda work: (_year(work["text"]), work["text"]))
    )
    return table("works", [pieces.say("work"), pieces.say("cited_by")], rows)


def conventions(pieces: Pieces, name: str) -> str:
    """How frameworks settle one question, row by row, and how that is known."""
    rows = (
        row(
            escape(pieces.say("comma").join(entry["who"])),
            pieces.rich(_in(entry["what"], pieces.lang)),
            pieces.say(f"known_{entry['known']}"),
        )
        for entry in _known(name, read("conventions")["tables"], "convention")
    )
    heads = [pieces.say(h) for h in ("framework", "convention", "known")]
    return table("conventions", heads, rows)


def frameworks(pieces: Pieces, _: str) -> str:
    """How far other frameworks and this project were apart, from the record of the last run."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    groups = ("outputs", "states", "gradients")
    rows = (
        headed(
            escape(FRAMEWORKS[name]),
            (
                pieces.say(f"kind_{kind}"),
                *(power(found["errors"][g]) if g in found["errors"] else "" for g in groups),
            ),
        )
        for name, cells in record["cells"].items()
        if name in FRAMEWORKS
        for kind, found in cells.items()
    )
    heads = [pieces.say(h) for h in ("framework", "cell", *(f"error_{g}" for g in groups))]
    versions = ", ".join(f"{escape(name)} {v}" for name, v in record["versions"].items())
    said = pieces.say("versions_of", created=record["date"], versions=versions)
    return table("frameworks", heads, rows) + f"<p>{said}</p>"


def counts(pieces: Pieces, name: str) -> str:
    """What cells cost, as `python -m derivations` counts it in their definitions."""
    known = _known(name, read("costs")["tables"], "table of counts")
    heads, *rows = ([pieces.rich(text[pieces.lang]) for text in texts] for texts in known)
    return table("counts", heads, (headed(what, cells) for what, *cells in rows))


def _cited_by(pieces: Pieces, text: str) -> Iterator[str]:
    """The definitions and the claims that cite a work, or a passage of it."""
    for home in pieces.ledger.homes.values():
        if any(cite.text.startswith(text) for cite in home.cite):
            yield escape(home.number_prefix)
    for id, claim in read("claims")["claims"].items():
        if any(cite["text"].startswith(text) for cite in claim["cite"]):
            yield f'<a href="page:claims.md#claim:{id}"><code>{escape(id)}</code></a>'


def _in(text: str | Mapping[str, str], lang: str) -> str:
    """Text that is the same in both languages, or one for each."""
    return text if isinstance(text, str) else text[lang]


def _known(name: str, among: Mapping[str, Any], what: str) -> Any:
    if name not in among:
        raise UnknownNameError(f"no {what} is called {name!r}{suggest(name, among)}")
    return among[name]


def _year(text: str) -> str:
    return re.findall(r"\((\d{4})\)", text)[-1]
