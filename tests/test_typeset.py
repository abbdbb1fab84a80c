"""The typeset formulas of the ledger, read as a reader would and put in numbers.

Every line of every formula of the kinds below is evaluated from its LaTeX and compared with
autograd's value of what its left side names: at each step of a sequence, on one sequence at a
time. So are the chains of equalities in the steps of the Jacobians. Not covered: formulas of kind
``map`` (other notations than ours) and the steps of ``bptt`` and ``gradient`` proofs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from evidence import record
from oracles.agreement import FLOAT64
from oracles.latex import lines, sides
from oracles.torch_definition import one_thread
from oracles.typeset import LEDGER, check, line_error, own_name

from derivations.cells import CELLS
from derivations.notation import Cell

FORMULAS: dict[str, Any] = {n: f for n, f in LEDGER["formulas"].items() if f["home"] in CELLS}
KINDS = {"cell", "definition", "jacobian", "vjp", "jvp", "gradient", "bptt"}
KINDS |= {"hvp", "hvp_gradient", "hvp_bptt"}
COVERED = {name: f for name, f in FORMULAS.items() if f["kind"] in KINDS}

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


@every_cell
def test_formulas(cell: Cell) -> None:
    """Every line of every formula."""
    for name, f in COVERED.items():
        if f["home"] == cell.id:
            error, cases = check(cell, own_name(name), f["kind"], f["latex"])
            record("typeset", name, error, cases, FLOAT64)


@every_cell
def test_steps_of_jacobians(cell: Cell) -> None:
    """Every chain of equalities; the last one ends at the formula itself."""
    seen = set()
    for name, f in COVERED.items():
        if f["home"] == cell.id and f["kind"] == "jacobian":
            seen |= {line for step in f["steps"] for line in lines(step["latex"])}
            *_, last = lines(f["steps"][-1]["latex"])
            (line,) = lines(f["latex"])
            ends = [sides(text)[0].text for text in (last, line)]
            assert ends[0] == ends[1], f"{name}: its steps end at {ends[0]}"
    assert seen
    for line in sorted(seen):
        line_error(cell, "jacobian", line)


def test_nothing_is_left_out() -> None:
    """All formulas of cells but the maps are covered, in every kind."""
    assert {f["kind"] for f in FORMULAS.values()} == KINDS | {"map"}
    assert {f["home"] for f in FORMULAS.values()} == set(CELLS)
    assert {n for n in FORMULAS if n not in COVERED} == {
        n for n, f in FORMULAS.items() if f["kind"] == "map"
    }


# Planted mistakes: in numbers where sizes allow, refused where they do not.


def mistaken(formula: str, old: str, new: str) -> None:
    f = FORMULAS[formula]
    latex, count = re.subn(old, lambda m: m.expand(new), f["latex"], count=1)
    assert count == 1, f"{formula} has no {old} to get wrong"
    check(CELLS[f["home"]], own_name(formula), f["kind"], latex)


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
    ("output.d_h_dot", r"\\dot\{W\}", r"W"),
    ("lstm.d_c_dot", r" - 2", r" - "),
    ("lstm.d_c_dot", r" - 2", r" + 2"),
    ("lstm.d_a_i_dot", r"2 i", r"i"),
    ("lstm.d_a_i_dot", r"\\dot\{\\bar\{i\}\}", r"\\bar{i}"),
    ("lstm.hvp", r"\\dot\{W\}_\{hi\}\^\{\\top\}", r"\\dot{W}_{hi}"),
    ("lstm.bptt_dot", r"\\dot\{L\}", r"L"),
    ("lstm.d_weight_hh_dot", r"\\dot\{h\}", r"h"),
    ("gru_reset_before.d_n_dot", r" - \\bar.*", r""),
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
    ("lstm.d_c_dot", r" - 2 ", r" - 2 2 "),
    ("lstm.d_c_dot", r" - 2 ", r" - 2 \\odot "),
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
    r"\b2 ": "",
    r"\\dot(?=\{[A-Za-z]\})": r"\bar",
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


@pytest.mark.slow
@every_cell
def test_no_slip_passes(cell: Cell) -> None:
    """But one that changes no number: some of the Jacobians by the cell state are diagonal."""
    diagonal = {"lstm": 2, "lstm_projected": 1, "lstm_peephole": 2, "lstm_coupled": 2}
    diagonal |= {"lstm_general": 2, "lstm_general_coupled": 2}
    kinds = {
        line: f["kind"]
        for f in COVERED.values()
        if f["home"] == cell.id
        for line in lines(f["latex"])
    }
    made = [(kind, slip) for line, kind in kinds.items() for slip in slips(line)]
    assert made
    passed = [slip for kind, slip in made if passes(cell, kind, slip)]
    assert len(passed) == diagonal.get(cell.id, 0), passed
    assert all(r"}{\partial c_{t}}\right)\, \bar" in slip for slip in passed)
