"""What the structure of a cell's equations allows over a whole sequence, as data.

Imports notation and calculus. What decides is structure, never the name of a cell: which arrays
are known for all time steps before the loop, which products of stacked weights are one product,
which adjoints share a buffer, what a tape must keep.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.calculus.local import Diagonal, Edge, Outer, edges
from derivations.notation import Affine, Array, Cell, Stack


@dataclass(frozen=True)
class StackedProduct:
    """Adjacent blocks of a stacked weight (and its bias) that meet one vector: one product."""

    vector: Array
    weight: Stack
    bias: Stack | None
    first: int
    outs: tuple[Array, ...]

    @property
    def name(self) -> str:
        """What the code calls the product: ``from_x``."""
        return f"from_{self.vector.name}"

    @property
    def size(self) -> str:
        """The size of one block, by name."""
        return self.outs[0].shape[0]

    @property
    def width(self) -> str:
        """The number of columns of the product, as code."""
        return times(len(self.outs), self.size)

    @property
    def rows(self) -> str:
        """The index that cuts the blocks out of their stack, empty for the whole stack."""
        if len(self.outs) == len(self.weight.blocks):
            return ""
        return f"[{span(self.first, len(self.outs), self.size)}]"

    def at(self, out: Array, *before: str) -> str:
        """The index of one equation's columns, behind the indices ``before`` of time and batch."""
        if len(self.outs) == 1:
            return f"[{before[0]}]" if before[0] != ":" else ""
        return f"[{', '.join((*before, span(self.outs.index(out), 1, self.size)))}]"


def times(k: int, size: str) -> str:
    """``k * size`` as code."""
    return size if k == 1 else f"{k} * {size}"


def span(first: int, count: int, size: str) -> str:
    """The slice of ``count`` blocks from block ``first`` on, as code."""
    return f"{'' if first == 0 else times(first, size)}:{times(first + count, size)}"


def stacked_products(cell: Cell) -> tuple[StackedProduct, ...]:
    """All products of a step, each stacked as far as it goes, in the order of first use."""
    place = {b.name: (stack, k) for stack in cell.stacks for k, b in enumerate(stack.blocks)}
    found: list[StackedProduct] = []
    for equation in cell.equations:
        if not isinstance(equation.right, Affine):
            continue
        for p in equation.right.products:
            weight, row = place[p.weight.name]
            bias, bias_row = place[p.bias.name] if p.bias else (None, row)
            same = [s for s in found if s.vector == p.vector]
            if row != bias_row or any(
                (s.weight, s.first + len(s.outs)) != (weight, row) for s in same
            ):
                raise ValueError(f"{cell.id}: {p.weight.name} is not next in its stack")
            if any(s.bias != bias for s in same):
                raise ValueError(f"{cell.id}: {p.weight.name} and the block above differ in bias")
            outs = (*same[0].outs, equation.out) if same else (equation.out,)
            product = StackedProduct(p.vector, weight, bias, row + 1 - len(outs), outs)
            if same:
                found[found.index(same[0])] = product
            else:
                found.append(product)
    return tuple(found)


def state_of_size(cell: Cell) -> dict[str, str]:
    """For each size the first state that has it: over sequences sizes are read off the states.

    Raises:
        ValueError: if an equation is of a size that no state has.
    """
    found = {s.next.shape[0]: s.name for s in reversed(cell.states)}
    for e in cell.equations:
        if e.out.shape[0] not in found:
            raise ValueError(f"{cell.id}: {e.out.name} is of size {e.out.shape[0]}, no state is")
    return found


def ahead_of_loop(cell: Cell) -> set[str]:
    """The arrays that depend on no state, so that all their time steps are known at once."""
    known, weights = {a.name for a in cell.inputs}, {w.name for w in cell.diagonal_weights}
    for equation in cell.equations:
        if known.issuperset(set(equation.reads) - weights):
            known.add(equation.out.name)
    return known


def tape_arrays(cell: Cell) -> list[str]:
    """What ``backward`` and ``jvp`` read again: sources, what local derivatives read, exits."""
    read = {a.name for a in cell.exits}
    for edge in edges(cell):
        match edge.factor:
            case Diagonal(expression):
                read |= {s.name for s in expression.free_symbols}
            case Outer(vector):
                read.add(vector.name)
    defined = (e.out.name for e in cell.equations)
    return [a.name for a in cell.sources] + [name for name in defined if name in read]


def diagonal_edges(cell: Cell, weight: Array) -> tuple[Edge, ...]:
    """Where a diagonal weight is read."""
    return tuple(edge for edge in edges(cell) if edge.source == weight)


def kept_adjoints(cell: Cell) -> tuple[Array, ...]:
    """The arrays that diagonal weights give: their adjoints are summed after the loop."""
    return tuple(e.out for w in cell.diagonal_weights for e in diagonal_edges(cell, w))


def adjoint_buffers(cell: Cell) -> list[tuple[StackedProduct, StackedProduct, str]]:
    """For each product the product whose buffer holds its adjoint, and the index of the view.

    A product owns its buffer unless its equations stand side by side in another's.
    """
    owners: list[StackedProduct] = []
    buffers = []
    for p in sorted(stacked_products(cell), key=lambda p: -len(p.outs)):
        for owner in owners:
            start = _position(p.outs, owner.outs)
            if start is not None:
                whole = len(p.outs) == len(owner.outs)
                view = "" if whole else f"[:, :, {span(start, len(p.outs), p.size)}]"
                buffers.append((p, owner, view))
                break
        else:
            owners.append(p)
            buffers.append((p, p, ""))
    return buffers


def _position(part: tuple[Array, ...], whole: tuple[Array, ...]) -> int | None:
    starts = range(len(whole) - len(part) + 1)
    return next((s for s in starts if whole[s : s + len(part)] == part), None)
