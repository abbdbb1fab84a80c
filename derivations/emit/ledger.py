"""Write every formula, with its permanent number, to the file that the site reads.

Imports the builders of formulas and, for what they prove, the proofs. Numbers are given once: the
file of numbers is only ever added to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from derivations.emit.formulas import Formula
from derivations.emit.home import Home
from derivations.notation import Array, Text

Numbers = dict[str, list[str]]


def add_numbers(numbers: Mapping[str, Sequence[str]], formulas: Sequence[Formula]) -> Numbers:
    """The numbers with those of new formulas added at the end of each home's list."""
    added = {home: list(ids) for home, ids in numbers.items()}
    for formula in formulas:
        ids = added.setdefault(formula.home, [])
        if formula.id not in ids:
            ids.append(formula.id)
    return added


def ledger(
    homes: Iterable[Home], formulas: Sequence[Formula], numbers: Mapping[str, Sequence[str]]
) -> str:
    """The ledger as JSON text."""
    known = {home.id: home for home in homes}
    content = {
        "about": "Written by `python -m derivations`; do not edit.",
        "homes": {id: _home(home) for id, home in known.items()},
        "formulas": {f.id: _formula(known[f.home], f, numbers[f.home]) for f in formulas},
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _home(home: Home) -> dict[str, Any]:
    return {
        "title": _text(home.title),
        "number_prefix": home.number_prefix,
        "code": f"reference/rnnref/generated/{home.id}.py",
        "code_hash": hashlib.sha256(home.module.encode()).hexdigest(),
        "cite": [{k: v for k, v in vars(c).items() if v} for c in home.cite],
        "symbols": [_symbol(array, role) for array, role in home.symbols],
    }


def _symbol(array: Array, role: str) -> dict[str, Any]:
    return {
        "name": array.name,
        "latex": array.latex(),
        "shape": list(array.shape),
        "role": role,
        "title": _text(array.title),
    }


def _formula(home: Home, f: Formula, ids: Sequence[str]) -> dict[str, Any]:
    return {
        "home": home.id,
        "number": f"{home.number_prefix}.{ids.index(f.id) + 1}",
        "kind": f.kind,
        "title": _text(f.title),
        "latex": f.latex,
        "text": f.text,
        "shape": list(f.shape),
        "assumes": [_text(assumed) for assumed in f.assumes],
        "numpy": list(home.lines.get(f.id, ())),
        "steps": [{"latex": s.latex, "text": s.text, "why": _text(s.why)} for s in f.steps],
    }
