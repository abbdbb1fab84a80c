"""What formulas belong to, a cell or a loss, with all that the ledger says of it.

Imports notation, cells' and losses' emitters.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.emit.code_lines import Lines, code_lines
from derivations.emit.loss_module import loss_code_lines, loss_module
from derivations.emit.module import module
from derivations.losses.language import Loss
from derivations.notation import Array, Cell, Citation, Text


@dataclass(frozen=True)
class Home:
    """Where formulas live: their common prefix, sources, symbols with their roles, and code.

    ``module`` is the text of the generated module, ``lines`` says which of its lines computes
    which formula.
    """

    id: str
    title: Text
    number_prefix: str
    cite: tuple[Citation, ...]
    symbols: tuple[tuple[Array, str], ...]
    module: str
    lines: Lines


def home_of_cell(cell: Cell) -> Home:
    """The home of a cell's formulas."""
    symbols = tuple((a, _role(cell, a)) for a in cell.arrays.values())
    return Home(
        cell.id,
        cell.title,
        cell.number_prefix,
        cell.cite,
        symbols,
        module(cell),
        code_lines(cell),
    )


def home_of_loss(loss: Loss) -> Home:
    """The home of a loss's formulas."""
    roles = {a.name: "input" for a in loss.given} | {loss.forward[-1].out.name: "output"}
    made = (*loss.given, *(line.out for line in loss.forward))
    symbols = tuple((a, roles.get(a.name, "intermediate")) for a in made)
    return Home(
        loss.id,
        loss.title,
        loss.number_prefix,
        loss.cite,
        symbols,
        loss_module(loss),
        loss_code_lines(loss),
    )


def _role(cell: Cell, array: Array) -> str:
    if array in cell.inputs:
        return "input"
    if array in cell.parameters:
        return "parameter"
    if array in [a for s in cell.states for a in (s.previous, s.next)]:
        return "state"
    return "output" if array == cell.output else "intermediate"
