"""What can reach what in an unrolled network: inputs, parameters, and how deep it is.

Imports the definitions and index notation. An array that does not occur in the expression of a
state cannot influence it; that one which occurs does influence it takes a derivative.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.notation import Affine, Cell
from derivations.proofs.indices import LENGTH, J, unrolled

Node: TypeAlias = tuple[str, int]
"""An array and its step; the first states stand at step 0."""

Graph: TypeAlias = dict[Node, set[Node]]


def occurring(e: sympy.Expr) -> set[str]:
    """The names of the arrays whose entries occur in an index expression."""
    return {entry.parent.name for entry in e.atoms(MatrixElement)}


def inputs_reaching(cell: Cell, steps: int) -> dict[int, set[int]]:
    """For each step the steps whose input occurs in the state h that it leaves."""
    (x,) = cell.inputs
    sequence = unrolled(cell, steps)
    return {
        t: {s for s in range(1, steps + 1) if f"{x.name}_{s}" in occurring(step.entry("h", J))}
        for t, step in enumerate(sequence, 1)
    }


def parameters_used(cell: Cell, steps: int) -> set[str]:
    """The parameters that occur in the last state h of a sequence."""
    found = occurring(unrolled(cell, steps)[-1].entry("h", J))
    return found & {p.name for p in cell.parameters}


def parameter_count(cell: Cell) -> sympy.Expr:
    """How many numbers the parameters of a cell are."""
    return sympy.Add(*(sympy.Mul(*(LENGTH[s] for s in p.shape)) for p in cell.parameters))


def graph(cell: Cell, steps: int) -> Graph:
    """The unrolled network: each array of each step, and the arrays that it is computed from."""
    found: Graph = {}
    carried = {s.previous.name: s.name for s in cell.states}
    for t in range(1, steps + 1):
        found |= {(e.out.name, t): {(name, t) for name in e.reads} for e in cell.equations}
        found |= {(name, t): {(carried[name], t - 1)} for name in carried}
    return found


def folded(cell: Cell) -> Graph:
    """The same without time: what a drawing with a loop says if it is read literally."""
    nodes = graph(cell, 1)
    return {(name, 0): {(read, 0) for read, _ in nodes[name, 1]} for name, _ in nodes}


def has_cycle(nodes: Graph) -> bool:
    """Whether some array would be computed from itself."""
    try:
        list(TopologicalSorter(nodes).static_order())
    except CycleError:
        return True
    return False


def affine_depth(cell: Cell, steps: int) -> int:
    """The most affine maps on a way from the first states to the last, over a sequence."""
    nodes = graph(cell, steps)
    depth: dict[Node, int] = {(s.name, 0): 0 for s in cell.states}
    affine = {e.out.name for e in cell.equations if isinstance(e.right, Affine)}
    for node in TopologicalSorter(nodes).static_order():
        before = [depth[read] for read in nodes.get(node, ()) if read in depth]
        if before:
            depth[node] = max(before) + (node[0] in affine)
    return max(depth[s.name, steps] for s in cell.states)
