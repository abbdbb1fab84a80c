"""The data of terms, conventions and references: complete, consistent, used; and the API page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import rnnref
import rnnref.conventions
import rnnref.testing
from rnnref.conventions import CONVENTIONS
from site_build import ROOT

from derivations.proofs import framework_maps


def data(name: str) -> Any:
    return json.loads((ROOT / f"docs/data/{name}.json").read_text("utf-8"))


def pages(language: str) -> str:
    return "".join(p.read_text("utf-8") for p in sorted((ROOT / "docs" / language).rglob("*.md")))


TERMS = [term for group in data("terms")["groups"].values() for term in group]


def test_a_term_stands_once_and_is_explained_in_both_languages() -> None:
    for language in ("en", "zh"):
        named = [term[language] for term in TERMS]
        assert len(set(named)) == len(named)
        assert all(term["means"][language] for term in TERMS)


def test_terms_are_those_of_the_definitions() -> None:
    chinese = {term["en"]: term["zh"] for term in TERMS}
    homes = data("formulas")["homes"].values()
    titles = [s["title"] for home in homes for s in home["symbols"]]
    known = [title for title in titles if title["en"] in chinese]
    assert len(known) > 10
    assert [t for t in known if chinese[t["en"]] != t["zh"]] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_table_is_shown(language: str) -> None:
    shown = set(re.findall(r"^/// (glossary|conventions) \| (\S+)", pages(language), re.MULTILINE))
    assert shown == {
        *(("glossary", name) for name in data("terms")["groups"]),
        *(("conventions", name) for name in data("conventions")["tables"]),
    }


@pytest.mark.parametrize(
    ("table", "orders"),
    [
        ("lstm_order", framework_maps.LSTM_ORDERS),
        ("gru_order", framework_maps.GRU_ORDERS),
    ],
)
def test_orders_are_those_that_were_proved(table: str, orders: dict[str, str]) -> None:
    stated = {
        who: row["what"] for row in data("conventions")["tables"][table] for who in row["who"]
    }
    for frameworks, letters in orders.items():
        for who in frameworks.split(", "):
            assert stated[who] == f"`{', '.join(letters)}`"


def test_how_a_convention_is_known() -> None:
    """Only what `tests/frameworks` runs counts as tested."""
    rows = [row for rows in data("conventions")["tables"].values() for row in rows]
    assert {row["known"] for row in rows} == {"tested", "read"}
    run = {"PyTorch", "Keras", "ONNX", "Flax", "Equinox", "JAX"}
    for row in rows:
        if row["known"] == "tested":
            assert {who.partition(" ")[0] for who in row["who"]} <= run


@pytest.mark.parametrize(
    ("table", "kind", "frameworks"),
    [
        (
            "lstm_order",
            "lstm",
            {
                "PyTorch": "pytorch",
                "Keras": "keras",
                "Equinox": "equinox",
                "ONNX": "onnx",
                "cuDNN": "cudnn",
                "oneDNN": "onednn",
                "TensorFlow 1 (`BasicLSTMCell`)": "tf1",
            },
        ),
        (
            "gru_order",
            "gru_reset_after",
            {
                "PyTorch": "pytorch",
                "Keras": "keras",
                "Equinox": "equinox",
                "ONNX": "onnx",
                "cuDNN": "cudnn",
                "oneDNN": "onednn",
            },
        ),
    ],
)
def test_orders_are_those_that_are_converted(
    table: str, kind: str, frameworks: dict[str, str]
) -> None:
    stated = {
        who: row["what"] for row in data("conventions")["tables"][table] for who in row["who"]
    }
    for who, name in frameworks.items():
        assert stated[who] == f"`{', '.join(CONVENTIONS[name].forms[kind].gates)}`"


def test_every_work_is_cited() -> None:
    """By a definition, by a claim, or by a page."""
    entries = [*data("formulas")["homes"].values(), *data("claims")["claims"].values()]
    cited = [cite["text"] for entry in entries for cite in entry["cite"]]
    by_pages = set(" ".join(re.findall(r"^/// works \| (.*)", pages("en"), re.MULTILINE)).split())
    for key, work in data("references")["works"].items():
        assert key in by_pages or any(text.startswith(work["text"]) for text in cited), key


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_api_page_has_everything(language: str) -> None:
    page = (ROOT / f"docs/{language}/use/api.md").read_text("utf-8")
    for module in (rnnref, rnnref.conventions, rnnref.testing):
        listed = re.findall(rf"^::: {module.__name__}\.(\w+)$", page, re.MULTILINE)
        assert sorted(listed) == sorted(module.__all__)
