"""The formulas of a cell's definition: each equation, and all of them as papers write them.

Imports notation, notations and the model of a formula.
"""

from __future__ import annotations

from derivations.emit.formulas.model import Formula, aligned, plain
from derivations.emit.notations import LATEX, TEXT, Notation
from derivations.notation import Array, Cell, Text


def whole(cell: Cell) -> Formula:
    """All equations of a cell, auxiliary arrays replaced by what they are."""

    def lines(n: Notation) -> list[tuple[str, str]]:
        named = [e.out for e in cell.equations if not e.out.auxiliary]
        return [(n.array(a, 0), n.paper(cell, a.name)[0]) for a in named]

    title = Text(f"{cell.title.en}: definition", f"{cell.title.zh}：定义")
    return Formula(cell.id, cell.id, "cell", title, aligned(lines(LATEX)), plain(lines(TEXT)))


def definition(cell: Cell, out: Array) -> Formula:
    """One equation of a cell."""

    def line(n: Notation) -> str:
        return f"{n.array(out, 0)} = {n.definition(cell, out.name)}"

    id = f"{cell.id}.{out.name}"
    title = Text(out.title.en[0].upper() + out.title.en[1:], out.title.zh)
    return Formula(id, cell.id, "definition", title, line(LATEX), line(TEXT), out.shape)
