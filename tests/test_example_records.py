"""The records of the examples: not stale, and what they show. tests/test_figures.py draws them."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examples import adventure_text, command, records, sunspots
from examples.sunspot_series import sunspots as series_of_sunspots

EXAMPLES: dict[str, command.Example] = {
    path.stem: importlib.import_module(f"examples.{path.stem}").EXAMPLE
    for path in sorted(records.KEPT.glob("*.json"))
}
every_example = pytest.mark.parametrize("name", EXAMPLES)


def kept(name: str) -> Any:
    return records.read(records.KEPT / f"{name}.json")


def test_every_example_is_known() -> None:
    """To this module, to the command that runs all, and by the name of its module."""
    modules = {p.stem for p in records.HERE.glob("*.py") if "EXAMPLE = " in p.read_text("utf-8")}
    makefile = (records.HERE.parent / "Makefile").read_text("utf-8")
    assert modules == set(EXAMPLES) == {example.name for example in EXAMPLES.values()}
    assert set(re.search(r"for name in (.*); do", makefile)[1].split()) == modules
    assert {p.stem for p in records.KEPT.glob("*")} == modules


@pytest.mark.slow
@every_example
def test_quick_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes a record of the same form as the one that is kept; touches no other."""
    monkeypatch.setattr(command, "BUILD", tmp_path)
    monkeypatch.setattr(command, "_short", str)
    before = {p: p.read_bytes() for p in records.KEPT.iterdir()}
    assert command.run(EXAMPLES[name], ["--quick"]) == 0
    found = json.loads((tmp_path / f"{name}.json").read_text("utf-8"))
    assert found["about"]["settings"] == plain(asdict(EXAMPLES[name].quick))
    assert form(found) == form(kept(name))
    assert before == {path: path.read_bytes() for path in before}


def form(found: Any) -> Any:
    """The names in a record, at every depth; of a list its first element's."""
    if isinstance(found, dict):
        return {name: form(value) for name, value in found.items()}
    return [form(found[0])] if isinstance(found, list) else type(found).__name__


@every_example
def test_record_is_of_this_code(name: str) -> None:
    """Else run the command that it names again, or all by `make examples`."""
    about = kept(name)["about"]
    assert about["command"] == f"python -m examples.{name}"
    assert about["settings"] == plain(asdict(EXAMPLES[name].full)), f"stale: {about['command']}"
    assert about["sources"] == records.fingerprint(name), f"stale: {about['command']}"
    assert about["cpu_seconds"] < 120


def plain(settings: dict[str, Any]) -> Any:
    """As JSON has it."""
    return json.loads(json.dumps(settings))


def test_fingerprint_sees_what_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert records.sources("sunspots") == {
        "sunspots", "sunspot_series", "forecasts", "training", "adam"
    }  # fmt: skip
    for path in records.HERE.glob("*.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(records, "HERE", tmp_path)
    before = {name: records.fingerprint(name) for name in EXAMPLES}
    (tmp_path / "forecasts.py").write_text("# changed\n", "utf-8")
    after = {name: records.fingerprint(name) for name in EXAMPLES}
    assert {name for name in EXAMPLES if before[name] != after[name]} == {"sunspots"}


def test_records_are_of_the_pinned_packages() -> None:
    text, series = kept("language_model")["results"]["text"], kept("sunspots")["results"]["series"]
    for about in (text, series):
        assert about["version"] == version(about["package"])
    parts = adventure_text.split(EXAMPLES["language_model"].full.part)
    assert text["sha256"] == hashlib.sha256("".join(parts).encode()).hexdigest()
    years, x = series_of_sunspots()
    assert (series["years"], series["values"]) == (years.tolist(), x.tolist())


def test_json_is_written_as_it_was(tmp_path: Path) -> None:
    """Lists on one line, whatever the strings hold."""
    found = {"a": [1.5, 2], "b": [{"c": "[\n {x}]  ]", "d": []}, {}], "e": 'say "[1,  2]"'}
    records.write(tmp_path / "x.json", found)
    assert records.read(tmp_path / "x.json") == found
    assert "[ 1.5, 2 ]" in (tmp_path / "x.json").read_text("utf-8")


# What was found, for or against the networks.


def test_the_language_model_and_its_baselines() -> None:
    """Better than what one or two characters before tell; on so short a text worse than four."""
    found = kept("language_model")["results"]
    for part in ("validation", "test"):
        by_order = {row["n"]: row[part] for row in found["ngrams"]}
        assert by_order[4] < found["lstm"][part] < by_order[3] < by_order[2] < by_order[1]
    for row in (*found["ngrams"], found["lstm"]):
        assert row["test"] < row["validation"]
    late, early = found["curve"][-11:], found["curve"][:-11]
    least = {part: min(row[part] for row in late) for part in ("train", "validation")}
    before = {part: min(row[part] for row in early) for part in least}
    assert before["train"] - least["train"] > 10 * (before["validation"] - least["validation"])
    assert found["lstm"]["validation"] == min(row["validation"] for row in found["curve"])


def test_the_hand_over_of_c_matters() -> None:
    """For every seed: c alone is learnt nearly as well as both in the same steps, h alone worse."""
    runs = kept("encoder_decoder")["results"]["runs"]
    right = {(r["handed_over"], r["seed"]): r["curve"][-1]["held_out"] for r in runs}
    for seed in range(EXAMPLES["encoder_decoder"].full.seeds):
        assert right["h and c", seed] > 0.98
        assert right["c alone", seed] > 0.98
        assert right["h alone", seed] < right["c alone", seed] - 0.05


def test_the_forecasts_and_their_baselines() -> None:
    """One year ahead the GRU is as good as the autoregression; further ahead that is better."""
    found = kept("sunspots")["results"]
    error = {
        task: {
            name: float(np.mean(errors["test"]["rmse"]))
            for name, errors in found[task]["baselines"].items()
        }
        for task in sunspots.TASKS
    }
    gru = {t: [np.mean(e["test"]["rmse"]) for e in found[t]["gru"]] for t in sunspots.TASKS}
    one, many = error["next_year"], error["years_ahead"]
    assert max(gru["next_year"]) < min(one["last value"], one["11 years ago"])
    assert np.mean(gru["next_year"]) == pytest.approx(one["autoregression"], rel=0.03)
    chosen = found["next_year"]["baselines"]["autoregression"]["validation"]["rmse"]
    assert max(e["validation"]["rmse"] for e in found["next_year"]["gru"]) < chosen
    for task in sunspots.TASKS:
        for errors in (*found[task]["baselines"].values(), *found[task]["gru"]):
            assert np.mean(errors["validation"]["rmse"]) < np.mean(errors["test"]["rmse"])
    years, x = series_of_sunspots()
    settings = EXAMPLES["sunspots"].full
    assert max(x[years > settings.choose_until]) > max(x[years <= settings.fit_until])
    assert many["autoregression"] < min(gru["years_ahead"])
    assert max(gru["years_ahead"]) < many["11 years ago"] < many["last value"]


def test_the_norms_and_their_bounds() -> None:
    """Over the kept curves: no bound is exceeded, and what the gates change."""
    found = kept("gradient_norms")["results"]
    ends = {}
    for row in found["curves"]:
        of = row["cell"], row["state"], row["scale"], row["forget_bias"]
        for kind in ("mean", "low", "high"):
            for lower, upper in (("measured", "one_step"), ("one_step", "gates")):
                assert (np.array(row[lower][kind]) <= np.array(row[upper][kind]) * 1.001).all()
        if row["cell"] == "rnn":
            assert (np.array(row["gates"]["high"]) <= np.array(row["weights"]) * 1.001).all()
        ends[of] = row["measured"]["mean"][-1]
    # A σ_max of 1.5 is no sufficient condition for explosion.
    assert ends["rnn", "h", 1.5, 0.0] < 1e-6
    # Open forget gates keep the gradient; forget gates alone do not.
    assert ends["lstm", "c", 1.0, 4.0] > 0.1
    assert ends["lstm", "c", 1.0, 0.0] < 1e-6
    # The path along the cell is not the derivative.
    (path,) = (
        row["path"]["mean"][-1]
        for row in found["curves"]
        if (row["cell"], row["state"], row["scale"], row["forget_bias"]) == ("lstm", "c", 3.0, 4.0)
    )
    assert ends["lstm", "c", 3.0, 4.0] > 10 * path
