"""Write every formula, with its permanent number, to the file that the site reads.

Imports the builders of formulas and, for what they prove, the proofs. Numbers are given once: the
file of numbers is only ever added to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from derivations.emit.code_lines import code_lines
from derivations.emit.formulas import Formula
from derivations.notation import Array, Cell, Text

Numbers = dict[str, list[str]]


def add_numbers(numbers: Mapping[str, Sequence[str]], formulas: Sequence[Formula]) -> Numbers:
    """The numbers with those of new formulas added at the end of each cell's list."""
    added = {cell: list(ids) for cell, ids in numbers.items()}
    for formula in formulas:
        ids = added.setdefault(formula.cell, [])
        if formula.id not in ids:
            ids.append(formula.id)
    return added


def ledger(
    cells: Mapping[str, Cell],
    formulas: Sequence[Formula],
    numbers: Mapping[str, Sequence[str]],
    modules: Mapping[str, str],
) -> str:
    """The ledger as JSON text; ``modules`` holds the text of each generated module."""
    lines = {cell.id: code_lines(cell) for cell in cells.values()}
    content = {
        "about": "Written by `python -m derivations`; do not edit.",
        "cells": {id: _cell(cell, modules[id]) for id, cell in cells.items()},
        "formulas": {
            f.id: _formula(cells[f.cell], f, numbers[f.cell], lines[f.cell].get(f.id, ()))
            for f in formulas
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _cell(cell: Cell, module: str) -> dict[str, Any]:
    return {
        "title": _text(cell.title),
        "number_prefix": cell.number_prefix,
        "code": f"reference/rnnref/generated/{cell.id}.py",
        "code_hash": hashlib.sha256(module.encode()).hexdigest(),
        "cite": [{k: v for k, v in vars(c).items() if v} for c in cell.cite],
        "symbols": [_symbol(cell, a) for a in cell.arrays.values()],
    }


def _symbol(cell: Cell, array: Array) -> dict[str, Any]:
    if array in cell.inputs:
        role = "input"
    elif array in cell.parameters:
        role = "parameter"
    elif array in [a for s in cell.states for a in (s.previous, s.next)]:
        role = "state"
    elif array == cell.output:
        role = "output"
    else:
        role = "intermediate"
    return {
        "name": array.name,
        "latex": array.latex(),
        "shape": list(array.shape),
        "role": role,
        "title": _text(array.title),
    }


def _formula(cell: Cell, f: Formula, ids: Sequence[str], code: Sequence[str]) -> dict[str, Any]:
    return {
        "cell": cell.id,
        "number": f"{cell.number_prefix}.{ids.index(f.id) + 1}",
        "kind": f.kind,
        "title": _text(f.title),
        "latex": f.latex,
        "text": f.text,
        "shape": list(f.shape),
        "numpy": list(code),
        "steps": [{"latex": s.latex, "text": s.text, "why": _text(s.why)} for s in f.steps],
    }
