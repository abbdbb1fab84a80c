"""Every mutant of the generated text is killed, or there is a reason why it changes no result."""

from __future__ import annotations

from itertools import product

import pytest
from evidence import record_mutants
from mutants.cases import CASES, inputs
from mutants.judge import Judge
from mutants.losses import HOMES, judge_of
from mutants.mutants import functions, mutants
from mutants.oracle import answers
from mutants.report import explained, report

from derivations.cells import CELLS

cells = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
homes = pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)

AT_LENGTH = {name for name in HOMES if "general" in name}
"""Nearly the lines of plain cells, and minutes for the LSTMs: `make mutants` judges these too."""


@homes
def test_the_generated_module_itself_is_right(home):
    judge = judge_of(home)
    objections = {tree.name: judge.objection(tree) for tree in functions(judge.text)}
    assert not any(objections.values()), objections


@pytest.mark.parametrize("sizes", CASES, ids=["wide", "narrow"])
def test_each_sign_arrives_at_units_that_are_on_and_off(sizes):
    """Otherwise heaviside of the wrong array is not noticed."""
    given = inputs(CELLS["rnn_relu"], sizes)
    wanted = answers(CELLS["rnn_relu"], given)
    over_step = (wanted["step_forward"]["h"], given.step.arriving["h"])
    over_time = (wanted["forward"]["h"], given.sequence.arriving["y"])
    for h, arriving in (over_step, over_time):
        pairs = zip((h > 0).flat, (arriving > 0).flat, strict=True)
        assert set(pairs) == set(product((True, False), repeat=2))


@pytest.mark.slow
@cells
def test_gates_in_another_order_and_a_step_missed_are_noticed(cell):
    """The mistakes that are made most often, quickly."""
    judge = Judge(cell)
    reasons = explained(cell.id)
    chosen = [m for m in mutants(judge) if m.kind in {"order", "time", "transpose"}]
    assert chosen
    missed = [m.id for m in chosen if m.id not in reasons and not judge.objection(m.tree)]
    assert not missed


@pytest.mark.slow
@pytest.mark.parametrize("home", sorted(HOMES.keys() - AT_LENGTH))
def test_every_mutant_is_killed_or_explained(home):
    found = report(HOMES[home])
    assert found.total.total() > 100
    assert not found.unexplained, "survivors without a reason in tests/mutants/equivalent.toml"
    assert not found.stale, "tests/mutants/equivalent.toml explains what does not survive"
    record_mutants(home, found.killed.total(), found.total.total(), len(found.survivors))
