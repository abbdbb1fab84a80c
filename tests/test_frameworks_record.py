"""The record of what was compared with other frameworks: whole, within bounds, of today's data."""

from __future__ import annotations

import hashlib
import json
import tomllib
from typing import Any

import jsonschema
import pytest
from oracles.frameworks import measure
from rnnref.conventions import registry
from site_build import ROOT

MEND = "run `make record-frameworks` and commit tests/records/frameworks.json"


@pytest.fixture(scope="module")
def record() -> Any:
    return json.loads((ROOT / "tests/records/frameworks.json").read_text("utf-8"))


def test_record_is_valid(record: Any) -> None:
    schema = json.loads((ROOT / "tests/records/frameworks.schema.json").read_text("utf-8"))
    jsonschema.validate(record, schema)


def test_record_has_every_framework_and_cell(record: Any) -> None:
    found = [(name, kind) for name, cells in record["cells"].items() for kind in cells]
    assert found == measure.cases(), MEND
    for cells in record["cells"].values():
        for cell in cells.values():
            assert max(cell["errors"].values()) <= cell["bound"]


def test_record_is_of_todays_conventions(record: Any) -> None:
    """A record of other data proves nothing."""
    with open(registry.__file__, "rb") as file:
        assert record["code"] == hashlib.file_digest(file, "sha256").hexdigest(), MEND


def test_record_is_of_the_pinned_versions(record: Any) -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    pins = [pin for name in ("frameworks", "test", "derive") for pin in groups[name]]
    pinned = dict(pin.split("==") for pin in pins if isinstance(pin, str))
    for name, version in record["versions"].items():
        if name != "python":
            assert version.partition("+")[0] == pinned[name], MEND
