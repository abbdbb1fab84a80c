"""The formulas of second order: tangents of gradients, for a step and through time.

Imports notation, calculus, notations, the formulas of first order and the model of a formula.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.calculus.local import Diagonal
from derivations.calculus.second import AdjointTangent, adjoint_tangents
from derivations.emit.formulas.model import Formula, Reason, aligned, plain
from derivations.emit.formulas.sweeps import adjoint_line, adjoint_term
from derivations.emit.formulas.through_time import stacked_shape
from derivations.emit.notations import LATEX, LATEX_DOT, TEXT, TEXT_DOT, Notation
from derivations.emit.printing import add_up
from derivations.notation import Cell, Stack, Text


def _line(cell: Cell, second: AdjointTangent, n: Notation, dot: Notation) -> tuple[str, str]:
    left, right = adjoint_line(cell, second.line, dot)
    return left, add_up([right, *(adjoint_term(cell, edge, n) for edge in second.moved)])


def adjoint_tangent(cell: Cell, second: AdjointTangent) -> Formula:
    """The tangent of one line of the reverse sweep."""
    of = second.line.of
    latex = " = ".join(_line(cell, second, LATEX, LATEX_DOT))
    text = " = ".join(_line(cell, second, TEXT, TEXT_DOT))
    rule = Text(
        "Product rule: the line with the tangents of its gradients, plus the line with the "
        "tangents of its factors.",
        "乘积求导：先让各梯度取切向量，再让各因子取切向量，两者相加。",
    )
    return Formula(
        f"{cell.id}.d_{of.name}_dot",
        cell.id,
        "hvp",
        Text(f"Tangent of the gradient of the {of.title.en}", f"{of.title.zh}的梯度的切向量"),
        latex,
        text,
        of.shape,
        (*_steps(cell, second), Reason(latex, text, rule, rule)),
    )


def _steps(cell: Cell, second: AdjointTangent) -> Iterator[Reason]:
    """The line itself, and the tangents of those factors that are more than one array."""
    why = Text("The line of the backward pass.", "反向传播中的这一行。")
    latex, text = (" = ".join(adjoint_line(cell, second.line, n)) for n in (LATEX, TEXT))
    yield Reason(latex, text, why, why)
    moved = {edge.out.name: edge.factor for edge in second.moved}
    for edge in second.line.terms:
        if isinstance(edge.factor, Diagonal) and edge.factor.expression.args:
            tangent = moved.get(edge.out.name)
            yield _factor(cell, edge.factor, tangent if isinstance(tangent, Diagonal) else None)


def _factor(cell: Cell, factor: Diagonal, tangent: Diagonal | None) -> Reason:
    def line(n: Notation) -> str:
        right = n.expression(cell, tangent.expression) if tangent else "0"
        return f"{n.moving(n.expression(cell, factor.expression))} = {right}"

    moves = Text(
        "The tangent of the factor: its derivative with respect to each array that it reads, times "
        "the tangent of that array.",
        "因子的切向量：对它读取的每个量求导，再乘以该量的切向量。",
    )
    constant = Text(
        "The factor is constant on each side of the kink: its derivative is 0 wherever it exists.",
        "因子在折点两侧各为常数：它的导数在存在之处恒为 0。",
    )
    why = moves if tangent else constant
    return Reason(line(LATEX), line(TEXT), why, why)


def whole_hvp(cell: Cell) -> Formula:
    """The tangent of the reverse sweep down to what the step was given."""

    def lines(n: Notation, dot: Notation) -> list[tuple[str, str]]:
        return [
            _line(cell, second, n, dot)
            for second in adjoint_tangents(cell)
            if second.line.of not in cell.parameters
        ]

    title = Text("Tangent of the backward pass of a step", "单步反向传播的切向量")
    latex, text = aligned(lines(LATEX, LATEX_DOT)), plain(lines(TEXT, TEXT_DOT))
    return Formula(f"{cell.id}.hvp", cell.id, "hvp", title, latex, text)


def recursion_tangent(cell: Cell) -> Formula:
    """The tangent of what arrives at the states of step t."""

    def lines(dot: Notation) -> list[tuple[str, str]]:
        return [
            (
                dot.arriving(s.next, 0),
                add_up(
                    [
                        *([dot.upstream(s.next)] if s.next == cell.output else []),
                        dot.sent_back(s.previous, 1),
                    ]
                ),
            )
            for s in cell.states
        ]

    title = Text(
        f"{cell.title.en}: tangent of the adjoint recursion", f"{cell.title.zh}：伴随递推的切向量"
    )
    latex, text = aligned(lines(LATEX_DOT)), plain(lines(TEXT_DOT))
    return Formula(f"{cell.id}.bptt_dot", cell.id, "hvp_bptt", title, latex, text)


def gradient_tangent(cell: Cell, stack: Stack) -> Formula:
    """The tangent of the gradient of a stacked parameter, block by block, as a sum over time."""
    shares = {second.line.of.name: second for second in adjoint_tangents(cell)}

    def lines(n: Notation, dot: Notation) -> list[tuple[str, str]]:
        rights = (_line(cell, shares[b.name], n, dot)[1] for b in stack.blocks)
        return [
            (dot.adjoint(b), n.sum_over_time + (n.bracketed(right) if " + " in right else right))
            for b, right in zip(stack.blocks, rights, strict=True)
        ]

    title = Text(
        f"Tangent of the gradient of the {stack.title.en}", f"{stack.title.zh}的梯度的切向量"
    )
    return Formula(
        f"{cell.id}.d_{stack.name}_dot",
        cell.id,
        "hvp_gradient",
        title,
        aligned(lines(LATEX, LATEX_DOT)),
        plain(lines(TEXT, TEXT_DOT)),
        stacked_shape(stack),
    )
