"""The ledger of claims as JSON text, for the site. Imports the claims."""

from __future__ import annotations

import json
from typing import Any

from derivations.notation import Text
from derivations.proofs.claims import CLAIMS
from derivations.proofs.claims.claim import Claim
from derivations.proofs.claims.inventory import sections


def ledger() -> str:
    """Every claim, and the sections of the source document in their order."""
    content = {
        "about": "Written by `python -m derivations`; do not edit.",
        "sections": {id: _text(title) for id, title in sections().items()},
        "claims": {claim.id: _claim(claim) for claim in CLAIMS},
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "covers": list(claim.covers),
        "statement": _text(claim.statement),
        "assumptions": _text(claim.assumptions),
        "verdict": claim.verdict.value,
        "finding": _text(claim.finding),
        "shown_by": _function(claim),
        "formulas": list(claim.formulas),
        "cite": [{k: v for k, v in vars(c).items() if v} for c in claim.cite],
    }


def _function(claim: Claim) -> str | None:
    """Where to read what settles the claim: ``module:function``."""
    shown_by = claim.shown_by
    if shown_by is None or isinstance(shown_by, str):
        return shown_by
    return f"{shown_by.__module__}:{shown_by.__qualname__}"
