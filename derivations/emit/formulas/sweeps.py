"""The formulas of the two sweeps: gradients (VJP) and tangents (JVP) of one step.

Imports notation, calculus, notations and the model of a formula.
"""

from __future__ import annotations

from derivations.calculus.local import Diagonal, Edge, Identity, Outer, Weight
from derivations.calculus.sweeps import Adjoint, Tangent, forward_sweep, reverse_sweep
from derivations.emit.formulas.model import Formula, aligned, plain
from derivations.emit.notations import LATEX, TEXT, Notation
from derivations.emit.printing import PRODUCT, add_up
from derivations.notation import Array, Cell, Text


def adjoint_term(cell: Cell, edge: Edge, n: Notation) -> str:
    """What one equation sends back to one array that it reads."""
    adjoint = n.adjoint(edge.out)
    match edge.factor:
        case Weight(matrix):
            return f"{n.transpose(n.array(matrix, 0))}{n.apply}{adjoint}"
        case Outer(vector):
            return n.outer(adjoint, n.array(vector, 0))
        case Identity():
            return adjoint
        case Diagonal(expression):
            return n.product(cell, adjoint, expression)


def adjoint_line(cell: Cell, adjoint: Adjoint, n: Notation) -> tuple[str, str]:
    """Both sides of a line of the reverse sweep."""
    terms = [n.arriving(adjoint.of, 0)] if adjoint.arrives else []
    terms += [adjoint_term(cell, edge, n) for edge in adjoint.terms]
    return _left(cell, adjoint.of, n), add_up(terms)


def _left(cell: Cell, array: Array, n: Notation) -> str:
    if array in cell.parameters:
        return n.own_copy(array)
    if array in [s.previous for s in cell.states]:
        return n.sent_back(array, 0)
    return n.adjoint(array)


def _adjoint_lines(cell: Cell, n: Notation) -> list[tuple[str, str]]:
    return [adjoint_line(cell, a, n) for a in reverse_sweep(cell) if a.of not in cell.parameters]


def adjoint(cell: Cell, line: Adjoint) -> Formula:
    """One line of the reverse sweep."""
    title = Text(f"Gradient of the {line.of.title.en}", f"{line.of.title.zh}的梯度")
    return Formula(
        f"{cell.id}.d_{line.of.name}",
        cell.id,
        "vjp",
        title,
        " = ".join(adjoint_line(cell, line, LATEX)),
        " = ".join(adjoint_line(cell, line, TEXT)),
        line.of.shape,
    )


def _tangent_line(cell: Cell, tangent: Tangent, n: Notation) -> tuple[str, str]:
    terms = []
    for edge in tangent.terms:
        dot = n.tangent(edge.source)
        match edge.factor:
            case Weight(matrix):
                terms.append(f"{n.array(matrix, 0)}{n.apply}{dot}")
            case Outer(vector):
                terms.append(f"{dot}{n.apply}{n.array(vector, 0)}")
            case Identity():
                terms.append(dot)
            case Diagonal(expression):
                factor = (
                    "" if expression == 1 else n.expression(cell, expression, PRODUCT) + n.hadamard
                )
                terms.append(f"{factor}{dot}")
    return n.tangent(tangent.out), " + ".join(terms)


def _tangent_lines(cell: Cell, n: Notation) -> list[tuple[str, str]]:
    return [_tangent_line(cell, t, n) for t in forward_sweep(cell)]


def tangent(cell: Cell, line: Tangent) -> Formula:
    """One line of the forward sweep."""
    title = Text(f"Tangent of the {line.out.title.en}", f"{line.out.title.zh}的切向量")
    return Formula(
        f"{cell.id}.{line.out.name}_dot",
        cell.id,
        "jvp",
        title,
        " = ".join(_tangent_line(cell, line, LATEX)),
        " = ".join(_tangent_line(cell, line, TEXT)),
        line.out.shape,
    )


def whole_vjp(cell: Cell) -> Formula:
    """The reverse sweep down to what the step was given."""
    title = Text("Backward pass of a step", "单步反向传播")
    latex, text = aligned(_adjoint_lines(cell, LATEX)), plain(_adjoint_lines(cell, TEXT))
    return Formula(f"{cell.id}.vjp", cell.id, "vjp", title, latex, text)


def whole_jvp(cell: Cell) -> Formula:
    """The forward sweep."""
    title = Text("Tangents of a step", "单步切向量")
    latex, text = aligned(_tangent_lines(cell, LATEX)), plain(_tangent_lines(cell, TEXT))
    return Formula(f"{cell.id}.jvp", cell.id, "jvp", title, latex, text)
