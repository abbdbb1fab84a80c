"""Write how many multiplications a step of each cell takes, for the site to read.

Imports the counts. They are polynomials in the sizes; a polynomial is written as its terms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sympy

from derivations.calculus.counts import MULTIPLICATIONS, SIZE, B, T, backward, forward
from derivations.notation import Cell


def counts(cells: Iterable[Cell]) -> str:
    """The multiplications of one step of one sequence, forward and backward, as JSON text."""
    content = {
        "about": "Written by `python -m derivations`; do not edit.",
        "counted": "multiplications of one step of one sequence",
        "cells": {cell.id: _cell(cell) for cell in cells},
    }
    return json.dumps(content, indent=1) + "\n"


def _cell(cell: Cell) -> dict[str, Any]:
    passes = {"forward": forward(cell), "backward": backward(cell)}
    return {
        way: _terms(sympy.expand(operations[MULTIPLICATIONS] / (T * B)))
        for way, operations in passes.items()
    }


def _terms(e: sympy.Expr) -> list[dict[str, Any]]:
    """``4*D*H`` as its factor and the powers of the sizes."""
    polynomial = sympy.Poly(e, *SIZE.values())
    return [
        {"factor": int(factor), "powers": {s: p for s, p in zip(SIZE, powers, strict=True) if p}}
        for powers, factor in polynomial.terms()
    ]
