"""Every statement of the source document is answered for, and every answer is shown."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import pytest
from evidence import record_claim

from derivations.outputs import all_formulas
from derivations.proofs.claims import CLAIMS
from derivations.proofs.claims.claim import Claim, Evidence, Verdict
from derivations.proofs.claims.inventory import main, program, read, sections, statements

PROGRAM = Path(__file__).parent / "claims" / "program.py"
STATEMENTS = {s.id: s for s in statements()}
DOCUMENT = os.environ.get("RNNREF_SOURCE_DOCUMENT", "")


def evidence(claim: Claim) -> Evidence:
    """The function that settles a claim."""
    if isinstance(claim.shown_by, str):
        module, _, function = claim.shown_by.partition(":")
        found: Evidence = getattr(import_module(module), function)
        return found
    assert claim.shown_by is not None
    return claim.shown_by


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.id)
def test_a_claim_is_shown(claim: Claim) -> None:
    if claim.verdict is Verdict.OPINION and claim.shown_by is None:
        return
    shown = list(evidence(claim)())
    assert shown, "nothing was shown"
    failed = [s for s in shown if not s.holds]
    assert not failed, failed
    record_claim(claim.id, shown)


def test_every_statement_is_covered() -> None:
    covered = {id for claim in CLAIMS for id in claim.covers}
    assert covered <= STATEMENTS.keys()
    missing = [s for s in STATEMENTS.values() if s.kind != "label" and s.id not in covered]
    assert not missing


def test_every_claim_says_what_it_covers_and_rests_on() -> None:
    formulas = {f.id for f in all_formulas()}
    for claim in CLAIMS:
        assert claim.covers, claim.id
        assert formulas.issuperset(claim.formulas), claim.id
        for text in (claim.statement, claim.assumptions, claim.finding):
            assert text.en.strip(), claim.id
            assert text.zh.strip(), claim.id
        assert claim.shown_by is not None or claim.verdict is Verdict.OPINION, claim.id


def test_ids_are_unique() -> None:
    ids = [claim.id for claim in CLAIMS]
    assert len(ids) == len(set(ids))


def test_every_statement_stands_in_a_section() -> None:
    assert {s.section for s in STATEMENTS.values()} == sections().keys()


def test_the_program_is_the_documents() -> None:
    known = [s.fingerprint for s in STATEMENTS.values() if s.section == "9"]
    assert program(PROGRAM.read_text("utf-8")) == known


@pytest.mark.skipif(not DOCUMENT, reason="RNNREF_SOURCE_DOCUMENT names no copy of the document")
def test_the_inventory_is_the_documents() -> None:
    assert main(DOCUMENT) == 0


SAMPLE = """# Title
> A line that is not counted.

## Contents
- [One](#one)

## One
**Key**:

- a point
  that goes on
1. a step

### Part
Text in
two lines.

$$
a = b
$$

| a | b |
|---|---|

```python
import os
def f():
    "Say nothing."
    return 1  # no comment
```
"""


def test_a_document_is_read_statement_by_statement() -> None:
    found = [(s.id, s.kind) for s in read(SAMPLE)]
    assert found == [
        ("1.1", "label"),
        ("1.2", "item"),
        ("1.3", "text"),
        ("1.4", "item"),
        ("1.1.1", "text"),
        ("1.1.2", "formula"),
        ("1.1.3", "row"),
        ("1.1.4", "label"),
        ("1.1.5", "label"),
        ("1.1.6", "program"),
    ]


def test_comments_and_layout_do_not_change_a_fingerprint_but_words_do() -> None:
    before = list(read(SAMPLE))
    layout = SAMPLE.replace("  # no comment", "").replace("Text in\ntwo", "Text  in two")
    assert list(read(layout)) == before
    changed = list(read(SAMPLE.replace("a = b", "a = c").replace("return 1", "return 2")))
    assert [s.id for s, t in zip(before, changed, strict=True) if s != t] == ["1.1.2", "1.1.6"]
