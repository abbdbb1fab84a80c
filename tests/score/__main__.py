"""`make score`: of all known mistakes, how many the vectors, `check` and ONNX's nodes catch."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import onnx
from rnnref.testing import reference

from . import onnx_nodes
from .questions import CELLS, Question, by_check, by_vectors, caught, planted

SCORE = Path(__file__).parents[2] / "docs/data/score.json"


def score(cell: str, nodes: list[Question]) -> dict[str, object]:
    """The numbers of a cell, and the ids of what the vectors and `check` miss."""
    sets = {"vectors": list(by_vectors(cell)), "check": list(by_check(cell)), "onnx": nodes}
    mistakes = planted(sets["vectors"] + sets["check"])
    found = {name: {m.id for m in mistakes if caught(q, m)} for name, q in sets.items()}
    return {
        "planted": len(mistakes),
        "caught": {name: len(ids) for name, ids in found.items()},
        "missed": {
            name: sorted({m.id for m in mistakes} - found[name]) for name in ("vectors", "check")
        },
        "nodes": len(nodes),
        "alike": sum(map(onnx_nodes.alike, nodes)),
    }


def main() -> None:
    """Write the score and say it."""
    nodes: dict[str, list[Question]] = defaultdict(list)
    for cell, question in onnx_nodes.questions():
        assert question.passes(reference(question.case)), f"{question.case.id}: read wrongly"
        nodes[cell].append(question)
    cells = {cell: score(cell, nodes[cell]) for cell in CELLS}
    content = {"about": "Written by `make score`; do not edit.", "onnx": onnx.__version__}
    text = json.dumps(content | {"cells": cells}, indent=1)
    SCORE.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
