"""LaTeX of the proofs, put together from the arrays of a cell.

Imports notation.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.notation import Array, Cell

BAR, IMMEDIATE = r"\bar", r"\partial^{+}"


def at(array: Array, step: str, bar: bool = False) -> str:
    """An array at a step such as ``t+1``; with a bar, the adjoint that arrives at it there."""
    marked = replace(array, sup="+") if bar else array
    return marked.latex(BAR if bar else "").replace("{t}", f"{{{step}}}")


def listed(cell: Cell, step: str) -> str:
    """The states at a step."""
    return ", ".join(at(s.next, step) for s in cell.states)


def pair(cell: Cell, step: str) -> str:
    """The states at a step, as a pair if there are two."""
    return f"({listed(cell, step)})" if len(cell.states) > 1 else listed(cell, step)


def transposed(of: str, by: str, d: str = r"\partial") -> str:
    """A Jacobian, transposed."""
    return rf"\left(\frac{{{d} {of}}}{{\partial {by}}}\right)^{{\top}}"


def back(cell: Cell, by: str, step: str, d: str = r"\partial") -> str:
    """The step's transposed Jacobian by something, times the adjoints of what the step leaves."""
    return " + ".join(
        rf"{transposed(at(s.next, step), by, d)}\, {at(s.next, step, bar=True)}"
        for s in cell.states
    )


def aligned(*lines: tuple[str, str]) -> str:
    """Equations below each other, aligned at their equals signs."""
    if len(lines) == 1:
        return " = ".join(lines[0])
    rows = r" \\ ".join(f"{left} &= {right}" for left, right in lines)
    return rf"\begin{{aligned}} {rows} \end{{aligned}}"


def row(left: str, right: str) -> str:
    """Two blocks side by side."""
    return rf"\begin{{pmatrix}} {left} & {right} \end{{pmatrix}}"


def column(upper: str, lower: str) -> str:
    """Two blocks, one below the other."""
    return rf"\begin{{pmatrix}} {upper} \\ {lower} \end{{pmatrix}}"
