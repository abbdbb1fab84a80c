"""The files of test vectors as files: shape, notation, names, and whether their cases are hard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from rnnref.testing import vectors

FOLDER = Path(str(vectors.FOLDER))
FILES = {cell: json.loads((FOLDER / f"{cell}.json").read_text("utf-8")) for cell in vectors.CELLS}
FLAGS = json.loads((FOLDER / "flags.json").read_text("utf-8"))
SCHEMA = json.loads((FOLDER / "vectors.schema.json").read_text("utf-8"))
CASES = [case for content in FILES.values() for case in content["cases"]]
GROUPS = ("params", "given", "results")

every_cell = pytest.mark.parametrize("cell", vectors.CELLS)
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])


def arrays(case: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every array of a case, those of mistakes as well."""
    groups = [case[group] for group in GROUPS] + list(case.get("instead", {}).values())
    return {f"{k}.{name}": array for k, group in enumerate(groups) for name, array in group.items()}


def test_there_is_a_file_for_every_cell_that_can_be_read() -> None:
    others = {"flags", "vectors.schema", "results.schema"}
    assert {path.stem for path in FOLDER.glob("*.json")} - others == set(vectors.CELLS)


@every_cell
def test_schema(cell: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(FILES[cell])
    assert FILES[cell]["cell"] == cell


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        (("cases", 0, "flags"), []),
        (("cases", 0, "params", "weight_ih_l0", "hex", 0), "0.5"),
        (("cases", 0, "params", "weight_ih_l0", "decimal", 0), "0.5"),
        (("cases", 0, "layer", "type"), "MGU"),
        (("cases", 0, "id"), "plain"),
    ],
)
def test_schema_refuses(where: tuple[Any, ...], wrong: Any) -> None:
    content = json.loads((FOLDER / "lstm.json").read_text("utf-8"))
    place = content
    for key in where[:-1]:
        place = place[key]
    place[where[-1]] = wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(content)


@every_case
def test_both_notations_are_the_same_double(case: dict[str, Any]) -> None:
    for name, array in arrays(case).items():
        floats = [float(d) for d in array["decimal"]]
        assert [float.fromhex(h) for h in array["hex"]] == floats, name
        assert len(floats) == np.prod(array["shape"]), name
        assert np.isfinite(floats).all(), name
        assert not [f for f in floats if f == 0 and np.signbit(f)], name


@every_cell
def test_decimals_are_the_shortest(cell: str) -> None:
    as_text = json.loads((FOLDER / f"{cell}.json").read_text("utf-8"), parse_float=str)
    for case in as_text["cases"]:
        for name, array in arrays(case).items():
            shortest = [repr(float(d)) for d in array["decimal"]]
            assert [str(d) for d in array["decimal"]] == shortest, name


@every_case
def test_what_is_given_is_exact_in_float32(case: dict[str, Any]) -> None:
    for group in ("params", "given"):
        for name, array in case[group].items():
            given = np.array(array["decimal"])
            assert (given.astype(np.float32) == given).all(), name


def test_ids_are_unique_and_begin_with_the_cell() -> None:
    ids = [case["id"] for case in CASES]
    assert len(set(ids)) == len(ids)
    for cell, content in FILES.items():
        assert all(case["id"].startswith(f"{cell}.") for case in content["cases"])


def test_flags_are_explained_and_used() -> None:
    used = {flag for case in CASES for flag in case["flags"]}
    assert used == FLAGS["flags"].keys()
    for texts in FLAGS["flags"].values():
        assert texts.keys() == {"catches", "consequence"}
        assert all(text.keys() == {"en", "zh"} and all(text.values()) for text in texts.values())
    assert vectors.flags().keys() == used


def test_mistakes_are_said_in_words_and_used() -> None:
    used = {id for case in CASES for id in case.get("instead", {})}
    assert used == FLAGS["mistakes"].keys()
    for text in FLAGS["mistakes"].values():
        assert text.keys() == {"en", "zh"}
        assert all(text.values())
    for content in FILES.values():
        assert any("instead" in case for case in content["cases"])


@every_case
def test_no_two_parameters_of_a_direction_are_equal(case: dict[str, Any]) -> None:
    for direction in ("_l0", "_l0_reverse", "_l1", "_l1_reverse"):
        found = [
            p
            for name, array in case["params"].items()
            if name.endswith(direction)
            for p in array["decimal"]
        ]
        assert 0 not in found
        assert len(set(found)) == len(found)


def holds(flag: str, case: dict[str, Any]) -> bool:
    """Whether a case has what its flag says."""
    given, layer = case["given"], case["layer"]
    T, B, D = given["x"]["shape"]
    H = given["h_0"]["shape"][2]
    whole = [all(a["decimal"]) for name, a in given.items() if name.startswith("d_")]
    nonzero = {name: np.count_nonzero(a["decimal"]) for name, a in given.items()}
    arriving = {name: n for name, n in nonzero.items() if name.startswith("d_")}
    return {
        "asymmetric": len({T, B, D, H, layer["hidden_size"]} - {1}) == 4 + ("proj_size" in layer),
        "all_gradients": all(whole),
        "state": all(nonzero[n] for n in ("h_0", "c_0") if n in given),
        "zero_state": not any(nonzero[n] for n in ("h_0", "c_0") if n in given),
        "one_step": T == 1,
        "one_sequence": B == 1,
        "one_unit": H == 1,
        "one_feature": D == 1,
        "equal_sizes": D == H > 1,
        "outputs_only": arriving.pop("d_y") > 0 and not any(arriving.values()),
        "states_only": not nonzero["d_y"] and all(arriving.values()),
        "one_hot": sum(arriving.values()) + nonzero["d_y"] == 1,
        "causal": not any(given["d_y"]["decimal"][B * H :]) and not any(arriving.values()),
        "silent": not any(given["x"]["decimal"][B * D :]) and T > 1,
        "long": T >= 16,
        "no_bias": not layer["bias"] and not [n for n in case["params"] if "bias" in n],
        "lengths": len(set(case["lengths"] or [])) == B and max(case["lengths"] or [0]) == T,
        "bidirectional": layer["bidirectional"]
        and given["h_0"]["shape"][0] == 2 * layer["num_layers"],
        "two_layers": layer["num_layers"] == 2,
    }[flag]


@every_case
def test_a_case_is_what_its_flags_say(case: dict[str, Any]) -> None:
    seen_in_the_numbers = {"saturated", "overflow", "kink"}  # below
    for flag in set(case["flags"]) - seen_in_the_numbers:
        assert holds(flag, case), flag
