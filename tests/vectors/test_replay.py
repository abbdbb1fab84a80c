"""`rnnref replay`: right results pass, wrong ones are named, bad files are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from rnnref.command import main
from rnnref.errors import ArgumentTypeError, ArgumentValueError
from rnnref.testing import CATALOGUE, diagnose, reference, replay, vectors
from rnnref.testing.vectors import Vector

SCHEMA = json.loads((vectors.FOLDER / "results.schema.json").read_text("utf-8"))
WRONG = [
    (vector, id) for cell in vectors.CELLS for vector in vectors.load(cell) for id in vector.instead
]

SHORT = ("rnn_tanh", "gru_reset_after")
each_cell_in_time = pytest.mark.parametrize(
    "cell", [pytest.param(c, marks=[] if c in SHORT else pytest.mark.slow) for c in vectors.CELLS]
)


def computed(cell: str, dtype: str = "float64") -> dict[str, dict[str, Any]]:
    """What the package computes for the vectors of a cell in a precision, as lists."""
    return {v.case.id: lists(reference(cast(v, dtype).case)) for v in vectors.load(cell)}


def cast(vector: Vector, dtype: str) -> Vector:
    case = vector.case
    state, d_state = (type(s)(*(a.astype(dtype) for a in s)) for s in (case.state, case.d_state))
    params = {name: p.astype(dtype) for name, p in case.params.items()}
    x, d_y = case.x.astype(dtype), case.d_y.astype(dtype)
    cast = replace(case, params=params, x=x, state=state, d_y=d_y, d_state=d_state)
    return replace(vector, case=cast)


def lists(results: dict[str, Any]) -> dict[str, Any]:
    return {name: array.tolist() for name, array in results.items()}


@each_cell_in_time
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_results_pass(cell: str, dtype: str) -> None:
    content = {"cell": cell, "dtype": dtype, "cases": computed(cell, dtype)}
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(content)
    report = replay(content)
    assert report.ok, str(report)
    assert not report.notes


@pytest.mark.parametrize("cell", ["rnn_tanh", pytest.param("lstm", marks=pytest.mark.slow)])
def test_results_in_single_precision_are_not_right_in_double(cell: str) -> None:
    report = replay({"cell": cell, "dtype": "float64", "cases": computed(cell, "float32")})
    wrong = [case.id for case in report.cases if not case.ok]
    assert len(wrong) >= len(report.cases) - 1, str(report)


@pytest.mark.parametrize(("vector", "id"), WRONG, ids=lambda value: str(value)[:24])
def test_what_a_mistake_gives_is_diagnosed(vector: Vector, id: str) -> None:
    """The catalogue's faulty cells, written by hand, and the 50-digit evaluation agree on it."""
    wrong = vector.instead[id]
    backward = any(name.startswith("d_") for name in wrong)
    outputs = {n: a for n, a in vector.results.items() if not n.startswith("d_")}
    found = diagnose(vector.case, outputs | wrong if backward else wrong)
    assert [[mistake.id for mistake in d.mistakes] for d in found] == [[id]]
    assert id in {mistake.id for mistake in CATALOGUE}


def test_a_mistake_is_named_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vector = vectors.load("gru_reset_after")[0]
    wrong = lists(vector.instead["reset-before"])
    path = tmp_path / "results.json"
    content = {"cell": "gru_reset_after", "dtype": "float32", "implementation": "mine"}
    path.write_text(json.dumps(content | {"cases": {vector.case.id: wrong}}), encoding="utf-8")
    assert main(["replay", str(path)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("mine, float32, vectors of gru_reset_after: 0 of 1 right\n")
    assert "r multiplies h_prev before the product with W_hn" in said
    assert "not computed, so not checked: d_x, d_h_0" in said
    assert "gru_reset_after.wide" in said


def test_numbers_may_be_flat_hexadecimal_or_nested() -> None:
    vector = vectors.load("lstm")[0]
    flat = {n: a.ravel().tolist() for n, a in vector.results.items()}
    as_hex = {n: [x.hex() for x in a] for n, a in flat.items()}
    for results in (flat, as_hex, lists(vector.results)):
        assert replay({"cell": "lstm", "dtype": "float64", "cases": {"lstm.plain": results}}).ok


@pytest.mark.parametrize("nothing", [None, "nan", "inf"])
def test_what_is_no_number_is_wrong(nothing: Any) -> None:
    results = lists(vectors.load("lstm")[0].results)
    results["y"][0][0][0] = nothing
    content = {"cell": "lstm", "dtype": "float32", "cases": {"lstm.plain": results}}
    jsonschema.Draft202012Validator(SCHEMA).validate(content)
    report = replay(content)
    assert not report.ok
    assert "lstm.plain: steps 0" in str(report)


def test_a_subgradient_other_than_zero_is_wrong_at_the_kink() -> None:
    """The tolerance there is that of an exact computation."""
    (vector,) = (v for v in vectors.load("rnn_relu") if "kink" in v.flags)
    results = {n: a.copy() for n, a in vector.results.items()}
    d_y, d_h = vector.case.d_y[0, 0, 1], vector.case.d_state.h[0, 0, 1]
    results["d_bias_ih_l0"][1] += (d_y + d_h) / 2
    content = {"cell": "rnn_relu", "dtype": "float32"}
    report = replay(content | {"cases": {vector.case.id: lists(results)}})
    assert [c.quantity for c in report.cases[0].comparisons if not c.ok] == ["d_bias_ih_l0"]


def test_an_array_of_another_size_or_name_is_a_problem() -> None:
    results = lists(vectors.load("lstm")[0].results)
    results["d_weight_ih"] = results.pop("d_weight_ih_l0")
    results["y"] = results["y"][:-1]
    report = replay({"cell": "lstm", "dtype": "float64", "cases": {"lstm.plain": results}})
    assert not report.ok
    assert "y must be (4, 2, 3), 24 numbers, got 18" in str(report)
    assert "there is no result 'd_weight_ih'; did you mean 'd_weight_ih_l0'?" in str(report)


@pytest.mark.parametrize("huge", ["0x1p99999", 10**400])
def test_a_number_too_large_is_a_problem(huge: Any) -> None:
    report = replay({"cell": "lstm", "dtype": "float64", "cases": {"lstm.plain": {"y": [huge]}}})
    assert "y must hold numbers" in report.cases[0].problems[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "the results must be an object, got list"),
        ({"cell": "lstm"}, "the results must have cell, dtype and cases, got cell"),
        ({"cell": "lstn", "dtype": "float64", "cases": {}}, "did you mean 'lstm'?"),
        ({"cell": "lstm", "dtype": "float64", "cases": {}}, "at least one case, got none"),
        (
            {"cell": "lstm", "dtype": "float64", "cases": {"lstm.plain": {}}},
            "at least one result, got none",
        ),
        ({"cell": "lstm", "dtype": "float64", "cases": []}, "cases must be an object"),
        (
            {"cell": "lstm", "dtype": "float64", "cases": {"lstm.plane": {}}},
            "no case 'lstm.plane' of lstm; did you mean 'lstm.plain'?",
        ),
    ],
)
def test_another_form_is_refused(content: Any, said: str) -> None:
    with pytest.raises((ArgumentTypeError, ArgumentValueError)) as caught:
        replay(content)
    assert said in str(caught.value)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, None])
def test_a_file_that_cannot_be_read_is_said(
    text: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "results.json"
    if text is not None:
        path.write_bytes(text)
    assert main(["replay", str(path)]) == 2
    said = capsys.readouterr().err
    assert "is no JSON" in said if text is not None else "cannot read" in said


def test_a_report_shows_the_first_cases_that_are_wrong() -> None:
    cases = computed("rnn_tanh")
    wrong = {id: {**found, "y": (-np.array(found["y"])).tolist()} for id, found in cases.items()}
    said = str(replay({"cell": "rnn_tanh", "dtype": "float64", "cases": wrong}))
    assert "vectors of rnn_tanh: 0 of 25 right" in said
    assert "first_step, and 21 more" in said
