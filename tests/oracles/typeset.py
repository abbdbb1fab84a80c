"""What every symbol of a typeset formula stands for, and how far a line of it is from holding.

Imports the reader of LaTeX and the definition under autograd; of the derivations only cells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from derivations.notation import Array, Cell
from oracles.agreement import FLOAT64, relative_error
from oracles.cases import Case, Config, Point, Results
from oracles.definition import blocks
from oracles.latex import Scope, lines, sides
from oracles.torch_definition import Definition, as_arrays, gradients, tensors

LEDGER = json.loads((Path(__file__).parents[2] / "docs/data/formulas.json").read_text("utf-8"))
SIZES, STEPS, BATCH = {"D": 3, "H": 5, "K": 6, "P": 7}, 4, 2

Table = dict[str, Any]


@dataclass(frozen=True)
class Sequence:
    """One sequence: what LaTeX symbols stand for at each step, and the gradients of the whole."""

    steps: tuple[Table, ...]
    after: tuple[Table, ...]
    whole: Table


@cache
def sequences(name: str) -> tuple[Sequence, ...]:
    """The sequences of a batch, one by one."""
    case = Config(name, SIZES, STEPS, BATCH, seed=7).sequence()
    return tuple(sequence(_alone(case, b)) for b in range(BATCH))


def sequence(case: Case) -> Sequence:
    """All symbols of one sequence, from the definition under autograd."""
    cell, oracle = case.cell, Definition(case.cell)
    arriving = arrivals(oracle, case)
    states, along = case.at.states, case.along.states
    steps, after = [], []
    for t in range(STEPS):
        at = Point(case.at.params, {n: x[t] for n, x in case.at.inputs.items()}, states)
        to = Point(case.along.params, {n: x[t] for n, x in case.along.inputs.items()}, along)
        step = Case(cell, None, 1, at, to, arriving[t])
        found = oracle.step(step)
        steps.append(table(step, found, 0) | {immediate(cell): case.upstream["y"][t][0]})
        after.append(table(step, found, 1))
        states = {s.name: found[s.name] for s in cell.states}
        along = {s.name: found[f"{s.name}_dot"] for s in cell.states}
    found = oracle.sequence(case)
    params = Point({s.name: found[f"d_{s.name}"] for s in cell.stacks}, {}, {})
    whole = {cell.arrays[n].latex(r"\bar"): d for n, d in blocks(params, cell).items()}
    return Sequence(tuple(steps), tuple(after), whole)


def arrivals(oracle: Definition, case: Case) -> list[Results]:
    """For each step dL/d of what it hands on, the paths through its own other exits not counted."""
    cell, case = case.cell, tensors(case, "cpu")
    params, states, handed = blocks(case.at, cell), case.at.states, []
    loss: Any = 0
    for t in range(STEPS):
        inputs = {name: x[t] for name, x in case.at.inputs.items()}
        previous = {f"{name}_prev": s for name, s in states.items()}
        found = oracle.arrays(params, inputs | previous)
        handed.append({a.name: found[a.name].clone() for a in cell.exits})
        states = {s.name: handed[t][s.name] for s in cell.states}
        loss = loss + (case.upstream["y"][t] * handed[t][cell.output.name]).sum()
    for s in cell.states:
        loss = loss + (case.upstream[s.name] * states[s.name]).sum()
    found = [as_arrays(gradients(loss, h)) for h in handed]
    return [{name.removeprefix("d_"): d for name, d in step.items()} for step in found]


def table(step: Case, found: Results, shift: int) -> Table:
    """The value of every symbol at a step whose time is typeset as t + shift."""
    cell = step.cell
    own = _single(found) | _given(step.at, cell)
    dots = _single(found) | {f"{name}_dot": v for name, v in _given(step.along, cell).items()}
    symbols: Table = {}
    for a in cell.arrays.values():
        bar = found[f"d_{a.name}"]
        symbols[a.latex("", shift)] = own[a.name]
        symbols[a.latex(r"\dot", shift)] = dots[f"{a.name}_dot"]
        symbols[bars(cell, a, shift)] = bar if a in cell.parameters else bar[0]
        for e in cell.exits:
            symbols[derivative(e, a, shift)] = found[f"{e.name}_D_{a.name}"][0]
    for e in cell.exits:
        symbols[arrival(e, shift)] = step.upstream[e.name][0]
    return symbols


def _given(point: Point, cell: Cell) -> Results:
    states = {f"{name}_prev": s for name, s in point.states.items()}
    return blocks(point, cell) | _single(point.inputs | states)


def _single(arrays: Results) -> Results:
    return {name: a[0] for name, a in arrays.items()}


def _alone(case: Case, b: int) -> Case:
    """One sequence of the batch, as a batch of one."""

    def point(p: Point) -> Point:
        inputs = {name: x[:, b : b + 1] for name, x in p.inputs.items()}
        return Point(p.params, inputs, {name: s[b : b + 1] for name, s in p.states.items()})

    upstream = {n: d[:, b : b + 1] if n == "y" else d[b : b + 1] for n, d in case.upstream.items()}
    return Case(case.cell, case.T, 1, point(case.at), point(case.along), upstream)


def bars(cell: Cell, a: Array, shift: int = 0) -> str:
    """How a step's gradient is typeset: its share of a parameter's, what it sends back, or all."""
    previous = {s.previous.name for s in cell.states}
    mark = "(t)" if a.time is None else r"\leftarrow" if a.name in previous else ""
    return replace(a, sup=mark).latex(r"\bar", shift)


def arrival(a: Array, shift: int = 0) -> str:
    """How the gradient that arrives from outside the step is typeset."""
    return replace(a, sup="+").latex(r"\bar", shift)


def derivative(of: Array, by: Array, shift: int = 0) -> str:
    """How a Jacobian is typeset."""
    return rf"\frac{{\partial {of.latex('', shift)}}}{{\partial {by.latex('', shift)}}}"


def immediate(cell: Cell) -> str:
    """How the derivative of the loss by the output alone is typeset."""
    return rf"\frac{{\partial^{{+}} L}}{{\partial {cell.output.latex()}}}"


def defined(cell: Cell, name: str, kind: str) -> list[str]:
    """The left sides that a formula must have, line by line, in any order."""
    arrays, stacks = cell.arrays, {f"d_{s.name}": s for s in cell.stacks}
    outs = [e.out for e in cell.equations]
    if kind == "cell":
        return [a.latex() for a in outs if not a.auxiliary]
    if kind == "bptt":
        return [arrival(s.next) for s in cell.states]
    if kind == "gradient":
        return [b.latex(r"\bar") for b in stacks[name].blocks]
    if name == "vjp":
        return [bars(cell, a) for a in arrays.values() if a.time is not None]
    if name == "jvp":
        return [a.latex(r"\dot") for a in outs]
    if kind == "jacobian":
        of, by = name.split("_D_")
        return [derivative(arrays[of], arrays[by])]
    if kind == "vjp":
        return [bars(cell, arrays[name.removeprefix("d_")])]
    if kind == "jvp":
        return [arrays[name.removesuffix("_dot")].latex(r"\dot")]
    return [arrays[name].latex()]


def scopes(cell: Cell, kind: str) -> Iterator[tuple[Table, Scope]]:
    """The value of left sides, and what the right sides may read, wherever a formula holds."""
    for s in sequences(cell.id):
        if kind == "gradient":
            yield s.whole, Scope({}, s.steps)
        elif kind == "bptt":
            pairs = zip(s.steps[:-1], s.after[1:], strict=True)
            yield from ((now, Scope(after | now)) for now, after in pairs)
        else:
            yield from ((now, Scope(now)) for now in s.steps)


def line_error(cell: Cell, kind: str, line: str) -> tuple[float, int]:
    """The largest error of a line's sides against what the first of them names, and how many."""
    left, *rights = sides(line)
    errors = []
    for values, scope in scopes(cell, kind):
        if left.text not in values:
            raise ValueError(f"nothing is called {left.text}")
        want = values[left.text]
        read = Scope({**scope.symbols, "I": np.eye(len(want))}, scope.steps)
        for right in rights:
            got = right.value(read)
            assert got.shape == want.shape, f"{line}: shape {got.shape}, not {want.shape}"
            errors.append(relative_error(got, want))
            assert errors[-1] <= FLOAT64, f"{line}: error {errors[-1]:.3g} exceeds {FLOAT64:.3g}"
    return max(errors), len(errors)


def check(cell: Cell, name: str, kind: str, latex: str) -> tuple[float, int]:
    """The largest error of a formula's lines, and how many values were compared."""
    found = lines(latex)
    lefts = sorted(sides(line)[0].text for line in found)
    wanted = sorted(defined(cell, name, kind))
    assert lefts == wanted, f"{name} defines {lefts}, not {wanted}"
    assert all(len(sides(line)) == 2 for line in found), f"{name}: more than one ="
    errors, counts = zip(*(line_error(cell, kind, line) for line in found), strict=True)
    return max(errors), sum(counts)


def own_name(formula: str) -> str:
    """The name of a formula in its cell."""
    return formula.partition(".")[2]
