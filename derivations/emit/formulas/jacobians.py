"""The formulas of the Jacobian blocks, each with the chain rule step by step.

Imports notation, calculus, notations and the model of a formula.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from derivations.calculus.jacobians import Block, Path, jacobian_blocks
from derivations.calculus.local import Diagonal, Identity, Outer, Weight
from derivations.emit.formulas.model import Formula, Reason
from derivations.emit.notations import LATEX, TEXT, Notation
from derivations.notation import Cell, Text


def _path(cell: Cell, path: Path, n: Notation) -> str:
    """A product of local derivatives, neighbouring diagonal ones joined."""
    parts: list[str] = []
    diagonal = []
    for factor in path:
        if isinstance(factor, Diagonal):
            diagonal += [] if factor.expression == 1 else [factor.expression]
            continue
        if diagonal:
            parts.append(n.diag(n.coefficient(cell, diagonal)))
            diagonal = []
        if isinstance(factor, Weight):
            parts.append(n.array(factor.matrix, 0))
        elif isinstance(factor, Outer):
            return n.tensor(n.apply.join(parts) or "I", n.array(factor.vector, 0))
    if diagonal:
        parts.append(n.diag(n.coefficient(cell, diagonal)))
    return n.apply.join(parts) or "I"


def _closed(cell: Cell, block: Block, n: Notation) -> list[str]:
    return [_path(cell, path, n) for path in block.paths]


def _recursive(cell: Cell, block: Block, n: Notation) -> str:
    """One step of the chain rule: the terms by which the exit sees the array."""
    terms = []
    for edge in block.terms:
        outer = "" if edge.out == block.exit else n.partial(block.exit, edge.out)
        match edge.factor:
            case Outer(vector):
                terms.append(n.tensor(outer or "I", n.array(vector, 0)))
            case Identity() | Diagonal(sympy.S.One):
                terms.append(outer or "I")
            case _:
                inner = _path(cell, (edge.factor,), n)
                terms.append(f"{outer}{n.apply}{inner}" if outer else inner)
    return " + ".join(terms)


def jacobian(cell: Cell, block: Block) -> Formula:
    """A block: closed form for what a step is given, one step of the chain for a parameter."""
    parameter = block.by in cell.parameters
    left = LATEX.partial(block.exit, block.by)
    closed = _closed(cell, block, LATEX)
    if parameter or len(closed) == 1:
        latex = f"{left} = {_recursive(cell, block, LATEX) if parameter else closed[0]}"
    else:
        rest = "".join(rf" \\ &+ {term}" for term in closed[1:])
        latex = rf"\begin{{aligned}} {left} ={{}} &{closed[0]}{rest} \end{{aligned}}"
    right = _recursive(cell, block, TEXT) if parameter else " + ".join(_closed(cell, block, TEXT))
    shape = (*block.exit.shape, *block.by.shape)
    title = Text(
        f"Jacobian of the {block.exit.title.en} with respect to the {block.by.title.en}",
        f"{block.exit.title.zh}对{block.by.title.zh}的雅可比矩阵",
    )
    return Formula(
        f"{cell.id}.{block.name}",
        cell.id,
        "jacobian",
        title,
        latex,
        f"{TEXT.partial(block.exit, block.by)} = {right}",
        shape,
        tuple(_jacobian_steps(cell, block)),
    )


def _jacobian_steps(cell: Cell, block: Block) -> Iterator[Reason]:
    blocks = {b.by.name: b for b in jacobian_blocks(cell, block.exit)}
    needed = {block.by.name}
    for name in reversed(list(blocks)):
        if name in needed:
            needed |= {edge.out.name for edge in blocks[name].terms}
    for name, b in blocks.items():
        if name in needed:
            yield Reason(
                _equal_forms(cell, b, LATEX),
                _equal_forms(cell, b, TEXT),
                _reason(b, LATEX),
                _reason(b, TEXT),
            )


def _equal_forms(cell: Cell, block: Block, n: Notation) -> str:
    recursive = _recursive(cell, block, n)
    closed = " + ".join(_closed(cell, block, n))
    left = n.partial(block.exit, block.by)
    if block.by.time is None or closed == recursive:
        return f"{left} = {recursive}"
    return f"{left} = {recursive} = {closed}"


def _reason(block: Block, n: Notation) -> Text:
    by, exit = n.inline(block.by), n.inline(block.exit)
    outs = [n.inline(edge.out) for edge in block.terms]
    if len(block.by.shape) == 2:
        return Text(
            f"{outs[0]} is linear in {by}. Entry (j, k, l) of the tensor is entry (j, k) of its "
            "left factor times entry l of its right one.",
            f"{outs[0]} 关于 {by} 是线性的。张量的第 (j, k, l) 个元素，等于左因子的第 (j, k) 个元素"
            "乘以右因子的第 l 个元素。",
        )
    if block.by.time is None and isinstance(block.terms[0].factor, Diagonal):
        return Text(
            f"Each entry of {by} multiplies one entry of an array in {outs[0]}.",
            f"{by} 的每个元素在 {outs[0]} 中只乘一个元素。",
        )
    if block.by.time is None:
        return Text(f"{by} is added in {outs[0]}.", f"{by} 在 {outs[0]} 中只作相加。")
    if [edge.out for edge in block.terms] == [block.exit]:
        return Text(f"{exit} reads {by} directly.", f"{exit} 直接含 {by}。")
    return Text(f"Chain rule through {', '.join(outs)}.", f"链式法则，经由 {'、'.join(outs)}。")
