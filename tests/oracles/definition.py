"""Read a definition with explicit sums over scalars of any kind: polynomials, 50 digits, pairs.

Imports SymPy and the notation of cells. SymPy's own `lambdify` turns an equation into a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy

from derivations.notation import Affine, Cell, Equation
from oracles.cases import Case, Point

Functions = Mapping[str, Callable[[Any], Any]]
Entries = dict[str, list[Any]]
Change = Callable[[Any], Any]


def function_calls(equation: Equation) -> list[str]:
    """The names of the functions that an equation calls, one for each call."""
    if isinstance(equation.right, Affine):
        return []
    nodes = sympy.preorder_traversal(equation.right.expression)
    return [type(n).__name__ for n in nodes if isinstance(n, sympy.Function)]


def blocks(point: Point, cell: Cell) -> dict[str, Any]:
    """The parameters block by block, as the rows of each stack are cut."""
    found = {}
    for stack in cell.stacks:
        rows = len(point.params[stack.name]) // len(stack.blocks)
        for k, block in enumerate(stack.blocks):
            found[block.name] = point.params[stack.name][k * rows : (k + 1) * rows]
    return found


class Interpreter:
    """One cell, evaluated entry by entry."""

    def __init__(self, cell: Cell, functions: Functions) -> None:
        self.cell = cell
        self.elementwise = {
            e.out.name: sympy.lambdify(
                [sympy.Symbol(name) for name in e.reads], e.right.expression, [dict(functions)]
            )
            for e in cell.equations
            if not isinstance(e.right, Affine)
        }

    def step(self, given: Entries, params: Mapping[str, Any], change: Change) -> Entries:
        """Every array of one step of one sequence; ``change`` may replace each value found."""
        entries = dict(given)
        weights = {w.name: params[w.name] for w in self.cell.diagonal_weights}
        for e in self.cell.equations:
            if isinstance(e.right, Affine):
                values = _affine(e.right, entries, params)
            else:
                arguments = zip(*((weights | entries)[name] for name in e.reads), strict=True)
                values = [self.elementwise[e.out.name](*a) for a in arguments]
            entries[e.out.name] = [change(v) for v in values]
        return entries

    def sequence(self, case: Case, point: Point) -> list[list[Entries]]:
        """Every array at every step of every sequence of the batch, as ``[t][b]``."""
        params = blocks(point, self.cell)
        states = [
            {s.previous.name: list(point.states[s.name][b]) for s in self.cell.states}
            for b in range(case.B)
        ]
        steps = []
        for t in range(case.T or 1):
            now = []
            for b in range(case.B):
                inputs = {name: list(x[t][b]) for name, x in point.inputs.items()}
                entries = self.step(inputs | states[b], params, lambda v: v)
                states[b] = {s.previous.name: entries[s.name] for s in self.cell.states}
                now.append(entries)
            steps.append(now)
        return steps

    def loss(self, case: Case, steps: list[list[Entries]]) -> Any:
        """The inner product of the upstream gradients with what a sequence hands on."""
        total = 0
        for b in range(case.B):
            for t, now in enumerate(steps):
                total += _inner(case.upstream["y"][t][b], now[b][self.cell.output.name])
            for s in self.cell.states:
                total += _inner(case.upstream[s.name][b], steps[-1][b][s.name])
        return total


def _affine(right: Affine, entries: Entries, params: Mapping[str, Any]) -> list[Any]:
    out = []
    for j in range(len(params[right.products[0].weight.name])):
        total: Any = 0
        for p in right.products:
            vector = entries[p.vector.name]
            weight = params[p.weight.name]
            for k in range(len(vector)):
                total += weight[j, k] * vector[k]
            if p.bias:
                total += params[p.bias.name][j]
        out.append(total)
    return out


def _inner(left: Any, right: Any) -> Any:
    return sum(left[j] * right[j] for j in range(len(right)))
