"""The typeset formulas of the ledger, read as a reader would and put in numbers.

Every line of every formula of the kinds below is evaluated from its LaTeX and compared with
autograd's value of what its left side names: at each step of a sequence, on one sequence at a
time. So are the chains of equalities in the steps of the Jacobians. Not covered: formulas of kind
``map`` (other notations than ours) and the steps of ``bptt`` and ``gradient`` proofs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from evidence import record
from oracles.agreement import FLOAT64, relative_error
from oracles.cases import Case, Config, Point, Results
from oracles.definition import blocks
from oracles.latex import Scope, lines, sides
from oracles.torch_definition import Definition, as_arrays, gradients, one_thread, tensors

from derivations.cells import CELLS
from derivations.notation import Array, Cell

LEDGER = json.loads((Path(__file__).parent.parent / "docs/data/formulas.json").read_text("utf-8"))
FORMULAS: dict[str, Any] = LEDGER["formulas"]
KINDS = {"cell", "definition", "jacobian", "vjp", "jvp", "gradient", "bptt"}
COVERED = {name: f for name, f in FORMULAS.items() if f["kind"] in KINDS}
SIZES, STEPS, BATCH = {"D": 3, "H": 5, "K": 6}, 4, 2

Table = dict[str, Any]
every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


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


@every_cell
def test_formulas(cell: Cell) -> None:
    """Every line of every formula."""
    for name, f in COVERED.items():
        if f["cell"] == cell.id:
            error, cases = check(cell, own_name(name), f["kind"], f["latex"])
            record("typeset", name, error, cases, FLOAT64)


@every_cell
def test_steps_of_jacobians(cell: Cell) -> None:
    """Every chain of equalities; the last one ends at the formula itself."""
    seen = set()
    for name, f in COVERED.items():
        if f["cell"] == cell.id and f["kind"] == "jacobian":
            seen |= {line for step in f["steps"] for line in lines(step["latex"])}
            *_, last = lines(f["steps"][-1]["latex"])
            (line,) = lines(f["latex"])
            ends = [sides(text)[0].text for text in (last, line)]
            assert ends[0] == ends[1], f"{name}: its steps end at {ends[0]}"
    assert seen
    for line in sorted(seen):
        line_error(cell, "jacobian", line)


def test_nothing_is_left_out() -> None:
    """All formulas but the maps are covered, of cells that are known, in every kind."""
    assert {f["kind"] for f in FORMULAS.values()} == KINDS | {"map"}
    assert {f["cell"] for f in FORMULAS.values()} == set(CELLS)
    assert {n for n in FORMULAS if n not in COVERED} == {
        n for n, f in FORMULAS.items() if f["kind"] == "map"
    }


# Planted mistakes: in numbers where sizes allow, refused where they do not.


def mistaken(formula: str, old: str, new: str) -> None:
    f = FORMULAS[formula]
    latex, count = re.subn(old, lambda m: m.expand(new), f["latex"], count=1)
    assert count == 1, f"{formula} has no {old} to get wrong"
    check(CELLS[f["cell"]], own_name(formula), f["kind"], latex)


PLANTED = [
    ("lstm.d_h_prev", r"(W_\{hi\})\^\{\\top\}", r"\1"),
    ("lstm.vjp", r"(W_\{hg\})\^\{\\top\}", r"\1"),
    ("lstm.bptt", r"(\\right\))\^\{\\top\}", r"\1"),
    ("lstm", r"W_\{hi\}", r"W_{hf}"),
    ("lstm.d_h_prev", r"W_\{hi\}", r"W_{hf}"),
    ("lstm.d_x", r"W_\{ii\}", r"W_{if}"),
    ("rnn_relu.a", r"h_\{t-1\}", r"h_{t}"),
    ("lstm.d_W_hi", r"h_\{t-1\}", r"h_{t}"),
    ("lstm.d_weight_hh", r"h_\{t-1\}", r"h_{t}"),
    ("lstm.h_D_W_hi", r"h_\{t-1\}", r"h_{t}"),
    ("lstm.bptt", r"(\\bar\{c\}\^\{\+\})_\{t\+1\}", r"\1_{t}"),
    ("gru_reset_after.bptt", r"\\frac\{\\partial\^\{\+\} L\}\{\\partial h_\{t\}\} \+ ", ""),
    ("lstm.c_D_x", r"&\+ ", r"&- "),
    ("lstm.c_dot", r" \+ ", r" - "),
    ("lstm.d_c", r"1 - ", r"1 + "),
    ("lstm.h_D_c", r"\^\{\\odot 2\}", ""),
    ("lstm.d_c_prev", r" \\odot f_\{t\}", ""),
    ("lstm.h_D_x", r" \\odot i_\{t\}", ""),
    ("rnn_tanh.h_D_h_prev", r"= (.*)\\, (.*)", r"= \2\\, \1"),
    ("gru_reset_before.h_D_r", r"(W_\{hn\})\\, (.*)", r"\2\\, \1"),
    ("gru_reset_before.d_W_hn", r"= (.*)\\, (.*)\^", r"= \2\\, \1^"),
    ("lstm.d_b_hi", r"= .*", r"= \\bar{a}_{f,t}"),
    ("output.y_dot", r"\\dot\{W\}", r"W"),
]

REFUSED = [
    ("lstm.d_x", r"(W_\{ii\})\^\{\\top\}", r"\1"),  # sizes H and D
    ("lstm.d_W_hi", r"\^\{\\top\}", ""),  # two vectors side by side
    ("rnn_tanh.h_D_x", r"= (.*)\\, (.*)", r"= \2\\, \1"),
    ("lstm.h_D_W_hi", r" \\otimes", r"^{\\odot 2} h"),
    ("lstm.h", r"s_\{t\}", r"S_{t}"),
    ("lstm.h", r"\\odot", r"\\oplus"),
    ("lstm.h", r"\\odot", ""),
    ("lstm.a_i", r"\\, ", r"\\odot "),
    ("lstm.d_c", r" - .*$", ""),
    ("lstm.vjp", r"\\\\ ", ""),  # two lines in one
    ("lstm.i", r"\(.*\)", "()"),
    ("lstm.d_weight_ih", r"\\sum_\{t=1\}", r"\\sum_{t=2}"),
    ("lstm.s", r"=", ""),
]


@pytest.mark.parametrize(("formula", "old", "new"), PLANTED)
def test_planted_mistakes_give_other_numbers(formula: str, old: str, new: str) -> None:
    with pytest.raises(AssertionError, match="exceeds"):
        mistaken(formula, old, new)


@pytest.mark.parametrize(("formula", "old", "new"), REFUSED)
def test_what_cannot_be_read_is_refused(formula: str, old: str, new: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        mistaken(formula, old, new)


@pytest.mark.parametrize(
    ("formula", "old", "new"),
    [
        ("lstm.i", r"i_\{t\} = .*", r"f_{t} = \\sigma(a_{f,t})"),  # true, but another formula
        ("lstm", r"f_\{t\} &= .*?\\\\ ", ""),  # a line is lost
        ("lstm.d_h_prev", r"\\bar\{h\}\^\{\\leftarrow\}_\{t-1\}", r"\\bar{h}_{t}"),
    ],
)
def test_a_formula_defines_what_its_name_says(formula: str, old: str, new: str) -> None:
    with pytest.raises(AssertionError, match="defines"):
        mistaken(formula, old, new)


SLIPS = {
    r"\^\{\\top\}": "",
    r"\^\{\\odot 2\}": "",
    r" \+ ": " - ",
    r" - ": " + ",
    r"h_\{t-1\}": "h_{t}",
    r"c_\{t-1\}": "c_{t}",
    r" \\odot [a-z]_\{t\}(?!\^)": "",
    r" \\odot \(1 - [^)]*\)": "",
}


def slips(line: str) -> Iterator[str]:
    """The line with each of these slips at each place of its right side, one at a time."""
    left, right = line.split(" = ", 1)
    for slip, wrong in SLIPS.items():
        for at in re.finditer(slip, right):
            yield f"{left} = {right[: at.start()]}{wrong}{right[at.end() :]}"


def passes(cell: Cell, kind: str, line: str) -> bool:
    try:
        line_error(cell, kind, line)
    except (AssertionError, ValueError):
        return False
    return True


@every_cell
def test_no_slip_passes(cell: Cell) -> None:
    """But one that changes no number: the Jacobians by the cell state are diagonal."""
    kinds = {
        line: f["kind"]
        for f in COVERED.values()
        if f["cell"] == cell.id
        for line in lines(f["latex"])
    }
    made = [(kind, slip) for line, kind in kinds.items() for slip in slips(line)]
    assert made
    passed = [slip for kind, slip in made if passes(cell, kind, slip)]
    assert len(passed) == (2 if cell.id == "lstm" else 0), passed
    assert all(r"}{\partial c_{t}}\right)\, \bar" in slip for slip in passed)
