"""Every file that is derived, as text by path; nothing is written here.

Imports the cells, the losses, the emitters and the proofs that hand formulas to the site.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from derivations.cells import CELLS
from derivations.emit.costs import costs
from derivations.emit.counts import counts
from derivations.emit.formulas import Formula, Reason, formulas
from derivations.emit.formulas.losses import loss_formulas
from derivations.emit.home import Home, home_of_cell, home_of_loss
from derivations.emit.javascript import script
from derivations.emit.ledger import Numbers, add_numbers, ledger
from derivations.emit.vectors import LAYERS, vectors
from derivations.losses import LOSSES
from derivations.notation import Cell
from derivations.proofs.bptt_steps import proof_steps
from derivations.proofs.claims import ledger as claims
from derivations.proofs.loss_steps import LOSS_STEPS
from derivations.proofs.results import Step
from derivations.proofs.source_maps import MAPS
from derivations.references import REFERENCES

ROOT = Path(__file__).parent.parent
NUMBERS = Path("derivations/numbers.json")
LEDGER = Path("docs/data/formulas.json")
CLAIMS = Path("docs/data/claims.json")
COSTS = Path("docs/data/costs.json")
WORKS = Path("docs/data/references.json")
COUNTS = Path("docs/data/counts.json")
SCRIPT = Path("docs/assets/js/cells.js")

EXPLORED = ("rnn_tanh", "lstm", "gru_reset_after")
"""The cells of the gradient explorer."""


@cache
def all_formulas() -> tuple[Formula, ...]:
    """Every formula of every cell and loss, in reading order, with what the proofs add."""
    steps = {id: _reasons(steps) for id, steps in LOSS_STEPS.items()}
    return (
        *(f for cell in CELLS.values() for f in _of_cell(cell)),
        *(f for loss in LOSSES.values() for f in loss_formulas(loss, steps)),
    )


def homes() -> list[Home]:
    """Every cell and every loss, with its generated module."""
    cells = [home_of_cell(cell) for cell in CELLS.values()]
    return cells + [home_of_loss(loss) for loss in LOSSES.values()]


def _of_cell(cell: Cell) -> Iterator[Formula]:
    for formula in formulas(cell):
        proof = proof_steps(cell) if formula.kind == "bptt" else ()
        yield replace(formula, steps=_reasons(proof)) if proof else formula
    if cell.id in MAPS:
        m = MAPS[cell.id]
        yield Formula(m.id, cell.id, "map", m.title, m.latex, m.latex, (), _reasons(m.steps))


def _reasons(steps: Iterable[Step]) -> tuple[Reason, ...]:
    """Steps of a proof, which have no plain text of their own."""
    return tuple(Reason(s.latex, s.latex, s.why, s.why) for s in steps)


def numbers(root: Path = ROOT) -> dict[str, str]:
    """The permanent number of every formula, by id."""
    ids = _numbered(root, all_formulas())
    prefixes = {cell.id: cell.number_prefix for cell in CELLS.values()}
    prefixes |= {loss.id: loss.number_prefix for loss in LOSSES.values()}
    return {id: f"{prefixes[home]}.{k}" for home in ids for k, id in enumerate(ids[home], 1)}


def _numbered(root: Path, found: Sequence[Formula]) -> Numbers:
    given = root / NUMBERS
    return add_numbers(json.loads(given.read_text("utf-8")) if given.exists() else {}, found)


def outputs(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Each derived file, relative to the root of the repository, with its text.

    The numbers that were given before are read from ``root``.
    """
    known = homes()
    for home in known:
        yield Path(f"reference/rnnref/generated/{home.id}.py"), home.module
    found = all_formulas()
    ids = _numbered(root, found)
    yield NUMBERS, json.dumps(ids, indent=1) + "\n"
    yield LEDGER, ledger(known, found, ids)
    yield CLAIMS, claims.ledger()
    yield COSTS, costs()
    yield COUNTS, counts(CELLS.values())
    yield SCRIPT, script(CELLS[id] for id in EXPLORED)
    yield WORKS, references()
    for id in LAYERS:
        yield Path(f"reference/rnnref/vectors/{id}.json"), vectors(CELLS[id])


def references() -> str:
    """Every work that is cited, by its key, as JSON text."""
    works = {key: {k: v for k, v in vars(c).items() if v} for key, c in REFERENCES.items()}
    content = {"about": "Written by `python -m derivations`; do not edit.", "works": works}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def write(root: Path = ROOT) -> Iterator[Path]:
    """Write every derived file that has changed; tell each path as it is done."""
    for path, text in outputs(root):
        target = root / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        yield path


def stale(root: Path = ROOT) -> list[Path]:
    """The derived files that are missing or are not what the definitions give today."""
    return [
        path
        for path, text in outputs(root)
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    ]
