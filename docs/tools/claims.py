"""The ledger of claims: what the source document states and what is true, as HTML.

Knows no Markdown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from formulas import Cite, UnknownNameError, suggest
from pieces import MARKS, Pieces, bullets, fold


@dataclass(frozen=True)
class Claim:
    """One claim, as ``docs/data/claims.json`` has it."""

    id: str
    covers: Sequence[str]
    statement: Mapping[str, str]
    assumptions: Mapping[str, str]
    verdict: str
    finding: Mapping[str, str]
    shown_by: str | None
    formulas: Sequence[str]
    cite: Sequence[Mapping[str, str]]

    @property
    def section(self) -> str:
        """The section of the first statement that it answers for."""
        return self.covers[0].rpartition(".")[0]

    @property
    def anchor(self) -> str:
        """The id of its place on the page."""
        return f"claim:{self.id}"


@dataclass(frozen=True)
class Claims:
    """All claims by id, and the titles of the sections by id, both in order."""

    sections: Mapping[str, Mapping[str, str]]
    claims: Mapping[str, Claim]

    def claim(self, name: str) -> Claim:
        """The claim of that id. Raises ``UnknownNameError``."""
        if name not in self.claims:
            raise UnknownNameError(f"unknown claim {name!r}{suggest(name, self.claims)}")
        return self.claims[name]

    def of(self, section: str) -> list[Claim]:
        """The claims that belong to a section."""
        return [claim for claim in self.claims.values() if claim.section == section]


def read_claims(file: Path) -> Claims:
    """Read the ledger of claims."""
    content = json.loads(file.read_text(encoding="utf-8"))
    claims = {name: Claim(name, **entry) for name, entry in content["claims"].items()}
    return Claims(content["sections"], claims)


def claim_html(claim: Claim, pieces: Pieces) -> str:
    """A claim in its place: what is stated, and the verdict; then all that is found of it."""
    return (
        f'<div class="claim-head">{_id(claim)}{_verdict(claim, pieces)}</div>'
        f"{_rows(claim, pieces, STATED, ASSUMED, FOUND)}{_grounds(claim, pieces)}"
    )


def claim_brief(claim: Claim, pieces: Pieces) -> str:
    """The same on another page, folded under what is stated; the id leads to its place."""
    stated = pieces.rich(claim.statement[pieces.lang])
    return (
        f"<summary><span>{stated}</span> {_verdict(claim, pieces)}</summary>"
        f"{_rows(claim, pieces, ASSUMED, FOUND)}{_grounds(claim, pieces)}"
        f"<p>{claim_link(claim, pieces)}</p>"
    )


def claim_link(claim: Claim, pieces: Pieces) -> str:
    """Where the claim that establishes something stands."""
    return f"{pieces.say('claim')} {_id(claim)}"


def summary_html(claims: Claims, pieces: Pieces) -> str:
    """How many claims got each verdict."""
    verdicts = [claim.verdict for claim in claims.claims.values()]
    counts = (
        f"<li><span class='claim-verdict {v}'>{pieces.say(f'verdict_{v}')}</span> "
        f"{verdicts.count(v)}</li>"
        for v in dict.fromkeys(sorted(verdicts, key=_ORDER.index))
    )
    return f'<ul class="claim-counts">{"".join(counts)}</ul>'


STATED, ASSUMED, FOUND = "statement", "assumptions", "finding"

_ORDER = ("proved", "corrected", "refuted", "empirical", "opinion")


def _id(claim: Claim) -> str:
    place = f"page:claims.md#{claim.anchor}"
    return f'<a class="claim-id" href="{place}">{escape(claim.id)}</a>'


def _rows(claim: Claim, pieces: Pieces, *parts: str) -> str:
    """Search finds what is true; what is stated and assumed would double its index."""
    rows = []
    for part in parts:
        hidden = "" if part == FOUND else " data-search-exclude"
        text = pieces.rich(getattr(claim, part)[pieces.lang])
        rows.append(f"<dt data-search-exclude>{pieces.say(part)}</dt><dd{hidden}>{text}</dd>")
    return f"<dl>{''.join(rows)}</dl>"


def _grounds(claim: Claim, pieces: Pieces) -> str:
    grounds = f"{_formulas(claim, pieces)}{_works(claim, pieces)}{_evidence(claim, pieces)}"
    return f"<div data-search-exclude>{grounds}</div>"


def _verdict(claim: Claim, pieces: Pieces) -> str:
    verdict = pieces.say(f"verdict_{claim.verdict}")
    return f'<span class="claim-verdict {claim.verdict}">{verdict}</span>'


def _formulas(claim: Claim, pieces: Pieces) -> str:
    if not claim.formulas:
        return ""
    known = pieces.ledger.formulas
    links = (f'<a href="{known[f].anchor}">({known[f].number})</a>' for f in claim.formulas)
    return f'<p class="claim-formulas">{pieces.say("rests_on")} {", ".join(links)}</p>'


def _works(claim: Claim, pieces: Pieces) -> str:
    return pieces.works(map(Cite.of, claim.cite)) if claim.cite else ""


def _evidence(claim: Claim, pieces: Pieces) -> str:
    if claim.shown_by is None:
        return ""
    where = f"<code>{escape(claim.shown_by)}</code>"
    shown = pieces.evidence.run.claims.get(claim.id)
    if shown is None:
        return f'<p class="claim-absent">{where}: {pieces.say("absent_run")}</p>'
    items = (
        f'<span class="eq-mark">{MARKS["passed"]}</span> {pieces.rich(one["what"][pieces.lang])}'
        + (f" <code>{escape(one['value'])}</code>" if one["value"] else "")
        for one in shown
    )
    title = pieces.say("shown" if len(shown) > 1 else "shown_one", count=len(shown))
    return fold(title, f"<p>{where}</p>{bullets(items)}")
