"""What is derived is what is committed; ids and numbers last; the command line says how it follows.

Staleness is tested by making a copy stale.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import jsonschema
import pytest

from derivations import outputs
from derivations.__main__ import main
from derivations.cells import CELLS
from derivations.emit.ledger import add_numbers
from derivations.losses import LOSSES

TEXT = {
    "type": "object",
    "properties": {"en": {"type": "string", "minLength": 1}, "zh": {"type": "string"}},
    "required": ["en", "zh"],
}
KINDS = [
    "cell",
    "loss",
    "definition",
    "jacobian",
    "vjp",
    "jvp",
    "second",
    "hvp",
    "hvp_bptt",
    "hvp_gradient",
    "bptt",
    "gradient",
    "map",
]
FORMULA = {
    "type": "object",
    "properties": {
        "home": {"enum": [*CELLS, *LOSSES]},
        "number": {"type": "string", "pattern": r"^[A-Za-z-]+\.[0-9]+$"},
        "kind": {"enum": KINDS},
        "title": TEXT,
        "latex": {"type": "string", "minLength": 1},
        "text": {"type": "string", "minLength": 1},
        "shape": {"type": "array", "items": {"type": "string"}},
        "assumes": {"type": "array", "items": TEXT},
        "numpy": {"type": "array", "items": {"type": "string"}},
        "steps": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"latex": {"type": "string"}, "why": TEXT},
                "required": ["latex", "why"],
            },
        },
    },
    "required": ["home", "number", "kind", "title", "latex", "shape", "assumes", "numpy", "steps"],
}


@pytest.fixture(scope="module")
def ledger() -> dict:
    return json.loads((outputs.ROOT / outputs.LEDGER).read_text(encoding="utf-8"))


@pytest.mark.slow
def test_a_stale_or_missing_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list(outputs.outputs())
    monkeypatch.setattr(outputs, "outputs", lambda root: made)
    assert outputs.stale() == [], "run `python -m derivations` and commit the result"
    for path, text in made:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert outputs.stale(tmp_path) == []
    edited = Path("reference/rnnref/generated/lstm.py")
    text = (tmp_path / edited).read_text(encoding="utf-8")
    (tmp_path / edited).write_text(text.replace("f * c_prev", "i * c_prev"), encoding="utf-8")
    missing = Path("reference/rnnref/generated/output.py")
    (tmp_path / missing).unlink()
    assert outputs.stale(tmp_path) == [edited, missing]
    assert set(outputs.write(tmp_path)) >= {edited, missing}
    assert outputs.stale(tmp_path) == []


def test_every_formula_fits_the_schema(ledger: dict) -> None:
    validator = jsonschema.validators.validator_for(FORMULA)(FORMULA)
    for formula in ledger["formulas"].values():
        validator.validate(formula)


def test_formulas_say_what_they_assume(ledger: dict) -> None:
    said = {
        id: " ".join(text["en"] for text in f["assumes"]) for id, f in ledger["formulas"].items()
    }
    kinked = {id for id, text in said.items() if "relu at 0" in text}
    assert kinked == {id for id, f in ledger["formulas"].items() if "heaviside" in f["latex"]}
    assert {id for id, text in said.items() if "sum to 1" in text} == {
        "cross_entropy.d_a",
        "cross_entropy.loss_dot",
        "cross_entropy.d_a_dot",
    }
    shared = {id for id, text in said.items() if "same parameter" in text}
    assert shared == {id for id, f in ledger["formulas"].items() if "gradient" in f["kind"]}


def test_numbers_are_unique_and_only_added_to(ledger: dict) -> None:
    numbers = [f["number"] for f in ledger["formulas"].values()]
    assert len(set(numbers)) == len(numbers)
    found = outputs.all_formulas()
    given = {"lstm": ["lstm.retired", "lstm.h"]}
    added = add_numbers(given, found)
    assert added["lstm"][:2] == ["lstm.retired", "lstm.h"]
    assert given == {"lstm": ["lstm.retired", "lstm.h"]}
    assert sorted(added["lstm"]) == sorted(
        {"lstm.retired"} | {f.id for f in found if f.home == "lstm"}
    )


GIVEN = {
    "rnn_tanh": (40, "f9f3dca67e207646"),
    "rnn_relu": (39, "3793fd14b7c211a4"),
    "lstm": (145, "9381839ae3ecfa6b"),
    "gru_reset_after": (99, "b872d62135036c25"),
    "gru_reset_before": (94, "fa662068bea5f109"),
    "output": (20, "bc8fd01ea36035d2"),
    "lstm_projected": (154, "9ea12ae92017e539"),
    "lstm_peephole": (174, "9d864982b56657ef"),
    "lstm_coupled": (116, "232472c9fabdc580"),
    "lstm_general": (180, "eca351c05a8fdaad"),
    "lstm_general_coupled": (142, "038db80b906e980b"),
    "rnn_general": (39, "032f76a659fd090a"),
    "gru_general": (98, "2f7a396b0f6f9873"),
    "gru_general_before": (93, "86991d5ee3ec9fb0"),
    "cross_entropy": (13, "9941b9be9c2684ac"),
    "squared_error": (7, "bbd6b9ccd14bef85"),
}
"""How many numbers of a home were given when this was written, and the hash of their ids."""


def test_numbers_that_were_given_stay(ledger: dict) -> None:
    numbers = json.loads((outputs.ROOT / outputs.NUMBERS).read_text("utf-8"))
    retired = json.loads((outputs.ROOT / "docs/data/retired.json").read_text("utf-8"))
    for home, (count, digest) in GIVEN.items():
        given = "\n".join(numbers[home][:count])
        assert hashlib.sha256(given.encode()).hexdigest()[:16] == digest, home
    ids = {id for home in numbers.values() for id in home}
    assert ids == ledger["formulas"].keys() | retired.keys()
    assert set(retired.values()) <= ledger["formulas"].keys()


def test_every_definition_and_gradient_shows_its_code(ledger: dict) -> None:
    for id, formula in ledger["formulas"].items():
        if formula["kind"] not in ("cell", "map"):
            assert formula["numpy"], id


@pytest.mark.parametrize("home", [*CELLS, *LOSSES])
def test_every_tag_in_the_code_is_a_formula(home: str, ledger: dict) -> None:
    text = (outputs.ROOT / f"reference/rnnref/generated/{home}.py").read_text(encoding="utf-8")
    tags = re.findall(r"  # (\S+)$", text, re.MULTILINE)
    assert tags
    assert set(tags) <= set(ledger["formulas"])


def test_show_prints_the_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "lstm.c_D_c_prev"]) == 0
    out = capsys.readouterr().out
    assert "c_D_c_prev = diag(f)" in out
    assert main(["show", "lstm.h_D_c_prev", "--latex", "--zh"]) == 0
    out = capsys.readouterr().out
    assert r"\frac{\partial h_{t}}{\partial s_{t}} = \operatorname{diag}(o_{t})" in out
    assert "链式法则" in out
    assert main(["show", "LSTM.10"]) == 0
    assert "c = f * c_prev + i * g" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["show", "lstm.h_D_hprev"], ["list", "lstn"]])
def test_an_unknown_id_is_answered_with_a_near_one(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert "no formula has the id or number" in err
    assert "lstm" in err


def test_list_prints_every_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert all(f.id in out for f in outputs.all_formulas())
