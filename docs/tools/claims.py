"""The ledger of claims: what the source document states and what is true, as HTML.

Knows no Markdown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from formulas import Cite
from pieces import MARKS, Pieces, fold, rich_list


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
    """All claims, and the titles of the sections by id, in order."""

    sections: Mapping[str, Mapping[str, str]]
    claims: tuple[Claim, ...]

    def of(self, section: str) -> list[Claim]:
        """The claims that belong to a section."""
        return [claim for claim in self.claims if claim.section == section]


def read_claims(file: Path) -> Claims:
    """Read the ledger of claims."""
    content = json.loads(file.read_text(encoding="utf-8"))
    claims = (Claim(id, **entry) for id, entry in content["claims"].items())
    return Claims(content["sections"], tuple(claims))


def claim_html(claim: Claim, pieces: Pieces) -> str:
    """A claim: verdict, what is stated, under which assumptions, what is true, and the evidence."""
    lang = pieces.lang
    verdict = pieces.say(f"verdict_{claim.verdict}")
    rows = "".join(
        f"<dt>{pieces.say(name)}</dt><dd>{pieces.rich(text[lang])}</dd>"
        for name, text in (
            ("stated", claim.statement),
            ("assumed", claim.assumptions),
            ("found", claim.finding),
        )
    )
    return (
        f'<div class="claim-head"><a class="claim-id" href="#{claim.anchor}">{escape(claim.id)}</a>'
        f'<span class="claim-verdict {claim.verdict}">{verdict}</span></div>'
        f"<dl>{rows}</dl>{_formulas(claim, pieces)}"
        f"{_works(claim, pieces)}{_evidence(claim, pieces)}"
    )


def summary_html(claims: Claims, pieces: Pieces) -> str:
    """How many claims got each verdict."""
    verdicts = [claim.verdict for claim in claims.claims]
    counts = (
        f"<li><span class='claim-verdict {v}'>{pieces.say(f'verdict_{v}')}</span> "
        f"{verdicts.count(v)}</li>"
        for v in dict.fromkeys(sorted(verdicts, key=_ORDER.index))
    )
    return f'<ul class="claim-counts">{"".join(counts)}</ul>'


_ORDER = ("proved", "corrected", "refuted", "empirical", "opinion")


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
    return fold(title, f"<p>{where}</p>{rich_list(items)}")
