"""Backpropagation through time: the recursion by induction, the sum over time, for any size."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy
from evidence import record

from derivations.calculus.jacobians import Block, jacobian_blocks
from derivations.calculus.sweeps import reverse_sweep
from derivations.cells import CELLS
from derivations.notation import Cell, Stack, Text
from derivations.proofs import bptt, copies, swept, truncation
from derivations.proofs.bptt_steps import proof_steps
from derivations.proofs.indices import Entries
from derivations.proofs.results import Checked

LSTM = CELLS["lstm"]
RECURRENT = {name: cell for name, cell in CELLS.items() if cell.states}
recurrent = pytest.mark.parametrize("cell", RECURRENT.values(), ids=RECURRENT)
every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def assert_zero(found: list[Checked]) -> None:
    assert found
    for checked in found:
        assert checked.residual == 0, checked.formula


@recurrent
def test_recursion_by_induction(cell: Cell) -> None:
    claims = (bptt.base_case, bptt.induction_step, bptt.induction_by_blocks)
    found = [claim(cell) for claim in claims]
    for checked in found:
        assert_zero(checked)
        assert len(checked) == len(cell.states)
    record("any_size", f"{cell.id}.bptt", error=0, cases=sum(map(len, found)))


@pytest.mark.slow
@recurrent
def test_initial_states(cell: Cell) -> None:
    found = bptt.initial_states(cell)
    assert_zero(found)
    record("any_size", f"{cell.id}.bptt", error=0, cases=len(found))


@pytest.mark.slow
@every_cell
def test_inputs(cell: Cell) -> None:
    found = bptt.inputs(cell)
    assert_zero(found)
    for checked in found:
        record("any_size", checked.formula, error=0, cases=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "stack"),
    [
        pytest.param(cell, stack, id=f"{cell.id}-{stack.name}")
        for cell in CELLS.values()
        for stack in cell.stacks
    ],
)
def test_parameter_gradients_are_sums_over_time(cell: Cell, stack: Stack) -> None:
    found = bptt.gradient(cell, stack)
    assert_zero(found)
    record("any_size", f"{cell.id}.d_{stack.name}", error=0, cases=len(found))


@pytest.mark.parametrize("claim", [copies.recursion, copies.each_copy, copies.shared])
def test_any_smooth_step(claim: Callable[[], list[Checked]]) -> None:
    assert_zero(claim())


def test_total_derivatives_count_twice() -> None:
    w, h_0, x_1 = sympy.symbols("w h_0 x_1")
    two, three = copies.double_count(2), copies.double_count(3)
    assert two.with_immediate == two.gradient
    assert three.with_immediate == three.gradient
    assert two.excess == w * h_0
    assert three.excess == sympy.expand(2 * w**2 * h_0 + w * (w * h_0 + x_1))


@recurrent
def test_kept_and_dropped_make_the_whole(cell: Cell) -> None:
    found = truncation.induction(cell)
    assert len(found) == 2 * len(cell.states)
    assert_zero(found)


@pytest.mark.slow
@recurrent
@pytest.mark.parametrize("every", [1, 2])
def test_kept_and_dropped_make_the_whole_of_three_steps(cell: Cell, every: int) -> None:
    found = truncation.unrolled(cell, every)
    assert len(found) == 3 * len(cell.states)
    assert_zero(found)


@every_cell
def test_the_sweep_is_linear(cell: Cell) -> None:
    found = truncation.linear(cell)
    assert len(found) == len(cell.arrays)
    assert_zero(found)


# Planted mistakes: each must leave a residual.


def fails(found: list[Checked]) -> bool:
    return any(not checked.holds for checked in found)


@pytest.mark.parametrize("counted", [1, 2])
def test_a_share_of_one_step_lost(counted: int) -> None:
    cell = CELLS["rnn_tanh"]
    for stack in cell.stacks:
        assert fails(bptt.gradient(cell, stack, counted=[counted]))


@recurrent
def test_a_block_lost_from_the_recursion(cell: Cell) -> None:
    blocks = tuple(b for exit in cell.exits for b in jacobian_blocks(cell, exit))
    previous = [s.previous for s in cell.states]
    for lost in (b for b in blocks if b.by in previous):
        assert fails(bptt.induction_by_blocks(cell, tuple(b for b in blocks if b != lost)))


@recurrent
def test_a_block_not_transposed(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    closed_form = swept.closed_form

    def transposed(
        entries: swept.Entries, block: Block, row: sympy.Expr, by: sympy.Expr
    ) -> sympy.Expr:
        return closed_form(entries, block, by, row)

    monkeypatch.setattr(swept, "closed_form", transposed)
    assert fails(bptt.induction_by_blocks(cell))


@recurrent
def test_what_is_cut_off_is_lost(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    sent_back = truncation.sent_back

    def lost(step: Entries, ahead: truncation.Split, cut: bool) -> truncation.Split:
        full, kept, dropped = sent_back(step, ahead, cut=False)
        return truncation.Split(full, {} if cut else kept, dropped)

    monkeypatch.setattr(truncation, "sent_back", lost)
    assert fails(truncation.induction(cell))


def test_the_adjoint_of_the_cell_state_lost() -> None:
    sweep = tuple(
        replace(line, arrives=False) if line.of.name == "c" else line
        for line in reverse_sweep(LSTM)
    )
    assert fails(bptt.induction_step(LSTM, sweep))


# The steps as the pages show them.


def formulas(text: str) -> set[str]:
    return set(re.findall(r"\$([^$]+)\$", text))


@recurrent
def test_steps_say_the_same_in_both_languages(cell: Cell) -> None:
    steps = proof_steps(cell)
    assert len(steps) == (11 if len(cell.states) > 1 else 10)
    for step in steps:
        assert isinstance(step.why, Text)
        assert formulas(step.why.en) == formulas(step.why.zh)
        assert step.latex.count("{") == step.latex.count("}")


def test_a_cell_without_states_needs_no_proof() -> None:
    assert proof_steps(CELLS["output"]) == ()
