"""What became of the mutants of a module: killed, explained, unexplained. Imports the rest."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from derivations.losses.language import Loss
from derivations.notation import Cell

from .losses import judge_of
from .mutants import Mutant, mutants

EXPLAINED = Path(__file__).with_name("equivalent.toml")


@dataclass
class Report:
    """The outcome for one module, by kind of change."""

    total: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    survivors: list[str] = field(default_factory=list)
    explained: dict[str, str] = field(default_factory=dict)

    @property
    def unexplained(self) -> list[str]:
        """Survivors without a reason."""
        return [id for id in self.survivors if id not in self.explained]

    @property
    def stale(self) -> list[str]:
        """Mutants that a reason is given for and that did not survive, or do not exist."""
        return [id for id in self.explained if id not in self.survivors]


def explained(cell: str) -> dict[str, str]:
    """The mutants of a cell that change no result, each with the reason.

    A group may say ``each``: words for which every text with ``{names}`` is read once.
    """
    reasons = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["reason"]
    return {
        id.format(**words): reason["why"]
        for reason in reasons
        for group in reason["of"]
        if cell in group["cells"]
        for words in group.get("each", [{}])
        for id in group["mutants"]
    }


def report(home: Cell | Loss, seen: Callable[[Mutant, str | None], None] | None = None) -> Report:
    """Judge every mutant of a cell or a loss; ``seen`` is told of each with the objection."""
    judge = judge_of(home)
    found = Report(explained=explained(home.id))
    for mutant in mutants(judge):
        objection = judge.objection(mutant.tree)
        found.total[mutant.kind] += 1
        if objection:
            found.killed[mutant.kind] += 1
        else:
            found.survivors.append(mutant.id)
        if seen:
            seen(mutant, objection)
    return found
