"""The source document's equations are our cells with other parameters, exactly."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sympy
from evidence import record

from derivations.cells import CELLS
from derivations.proofs import reset_placement, source_forms
from derivations.proofs.results import Map
from derivations.proofs.source_forms import FORMS, GRU, LSTM, VANILLA, Form
from derivations.proofs.source_maps import MAPS

every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


@every_form
def test_both_directions(form: Form) -> None:
    found = [*source_forms.ours_is_theirs(form), *source_forms.theirs_is_ours(form)]
    for checked in found:
        assert checked.residual == 0, checked.formula
    record("any_size", f"{form.cell.id}.source", error=0, cases=len(found))


@pytest.mark.parametrize("form", [VANILLA, LSTM, GRU], ids=lambda form: form.cell.id)
def test_all_parameters_of_ours_are_given(form: Form) -> None:
    kept = {"W_hh"} if form is VANILLA else set()
    assert set(form.ours) | kept == {p.name for p in form.cell.parameters}


WRONG: dict[str, Form] = {
    "only one of the two biases": replace(VANILLA, theirs={**VANILLA.theirs, "b_h": {"b_ih": 1}}),
    "the bias counted twice": replace(VANILLA, ours={**VANILLA.ours, "b_hh": {"b_h": 1}}),
    "forget and input gate swapped": replace(
        LSTM, ours={**LSTM.ours, "W_if": LSTM.ours["W_ii"], "W_ii": LSTM.ours["W_if"]}
    ),
    "the update gate not negated": replace(
        GRU, ours={**GRU.ours, "W_iz": {"W_z_x": 1}, "W_hz": {"W_z_h": 1}}
    ),
    "half of the update gate negated": replace(GRU, ours={**GRU.ours, "W_iz": {"W_z_x": 1}}),
    "a bias that the document does not have": replace(GRU, restricted={}),
    "the reset after the product": replace(GRU, cell=CELLS["gru_reset_after"]),
}


@pytest.mark.parametrize("form", WRONG.values(), ids=WRONG)
def test_a_wrong_map_leaves_a_residual(form: Form) -> None:
    found = [*source_forms.ours_is_theirs(form), *source_forms.theirs_is_ours(form)]
    assert any(not checked.holds for checked in found)


def test_the_two_gated_units_differ_and_agree_as_stated() -> None:
    found = [reset_placement.candidate_difference(), reset_placement.agreement()]
    for checked in found:
        assert checked.residual == 0
    record("any_size", "gru_reset_after.source", error=0, cases=len(found))


def test_the_two_gated_units_differ_at_a_point() -> None:
    example = reset_placement.counterexample()
    assert all(number.is_Rational for matrix in example.values.values() for number in matrix)
    half = sympy.Rational(1, 2)
    apart = half * (sympy.tanh(half) - sympy.tanh(1 / (1 + sympy.exp(-1))))
    assert example.after - example.before == sympy.expand(sympy.Matrix([apart, -apart]))
    first, second = example.digits(50)
    assert first == -second
    assert abs(first + sympy.Float("0.0808")) < sympy.Float("5e-5")


@pytest.mark.parametrize("shown", MAPS.values(), ids=MAPS)
def test_maps_say_the_same_in_both_languages(shown: Map) -> None:
    assert shown.id == f"{shown.cell}.source"
    for step in shown.steps:
        english, chinese = (re.findall(r"\$([^$]+)\$", t) for t in (step.why.en, step.why.zh))
        assert sorted(english) == sorted(chinese)
        assert step.latex.count("{") == step.latex.count("}")


def test_every_form_has_a_map() -> None:
    assert set(MAPS) == {*FORMS, "gru_reset_after"}
