"""The formulas over a whole sequence: the adjoint recursion and the gradients of the parameters.

Imports notation, calculus, notations and the model of a formula.
"""

from __future__ import annotations

from derivations.calculus.jacobians import jacobian_blocks
from derivations.calculus.local import Diagonal, Outer
from derivations.calculus.sweeps import reverse_sweep
from derivations.emit.formulas.model import Formula, Reason, aligned, plain
from derivations.emit.notations import LATEX, TEXT, Notation
from derivations.notation import Array, Cell, Stack, Text


def recursion(cell: Cell) -> Formula:
    """What arrives at the states of step t, from the loss and from step t + 1."""

    def lines(n: Notation) -> list[tuple[str, str]]:
        return [(n.arriving(s.next, 0), _arriving(cell, s.next, n)) for s in cell.states]

    title = Text(f"{cell.title.en}: adjoint recursion", f"{cell.title.zh}：伴随递推")
    latex, text = aligned(lines(LATEX)), plain(lines(TEXT))
    return Formula(f"{cell.id}.bptt", cell.id, "bptt", title, latex, text)


def _arriving(cell: Cell, state: Array, n: Notation) -> str:
    previous = next(s.previous for s in cell.states if s.next == state)
    terms = [n.upstream(state)] if state == cell.output else []
    for s in cell.states:
        if previous.name in {b.by.name for b in jacobian_blocks(cell, s.next)}:
            block = n.transpose(n.bracketed(n.partial_ahead(s.next, state)))
            terms.append(f"{block}{n.apply}{n.arriving(s.next, 1)}")
    return " + ".join(terms)


def gradient(cell: Cell, stack: Stack) -> Formula:
    """The gradient of a stacked parameter, block by block, as a sum over time."""

    def lines(n: Notation) -> list[tuple[str, str]]:
        return [(n.adjoint(b), f"{n.sum_over_time}{_share(cell, b, n)}") for b in stack.blocks]

    title = Text(f"Gradient of the {stack.title.en}", f"{stack.title.zh}的梯度")
    steps = tuple(_immediate(cell, b) for b in stack.blocks)
    return Formula(
        f"{cell.id}.d_{stack.name}",
        cell.id,
        "gradient",
        title,
        aligned(lines(LATEX)),
        plain(lines(TEXT)),
        stacked_shape(stack),
        steps,
    )


def stacked_shape(stack: Stack) -> tuple[str, ...]:
    """The shape of a stacked parameter: ``4H, D``."""
    rows, *rest = stack.blocks[0].shape
    return (f"{len(stack.blocks)}{rows}" if len(stack.blocks) > 1 else rows, *rest)


def _share(cell: Cell, block: Array, n: Notation) -> str:
    """What one time step adds to the gradient of a parameter."""
    (edge,) = next(a.terms for a in reverse_sweep(cell) if a.of == block)
    adjoint = n.adjoint(edge.out)
    if isinstance(edge.factor, Outer):
        return n.outer(adjoint, n.array(edge.factor.vector, 0))
    if isinstance(edge.factor, Diagonal):
        return n.product(cell, adjoint, edge.factor.expression)
    return adjoint


def _immediate(cell: Cell, block: Array) -> Reason:
    """The same share, written with the immediate derivative of what the step hands on."""

    def line(n: Notation) -> str:
        terms = [
            f"{n.transpose(n.bracketed(n.immediate(exit, block)))}{n.apply}{n.arriving(exit, 0)}"
            for exit in cell.exits
            if block.name in {b.by.name for b in jacobian_blocks(cell, exit)}
        ]
        total = " + ".join(terms)
        if len(terms) > 1:
            total = n.bracketed(total)
        sums = [n.sum_over_time + total, n.sum_over_time + _share(cell, block, n)]
        return " = ".join([n.adjoint(block), *sums])

    why = Text(
        "Each step has its own copy of the parameter; the immediate derivative varies that copy "
        "alone and holds the states that enter the step.",
        "把参数看作每步各有一份；直接导数只变动这一份，进入该步的状态保持不动。",
    )
    return Reason(line(LATEX), line(TEXT), why, why)
