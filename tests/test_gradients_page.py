"""The numbers that the page on gradients cites are those of the record."""

from __future__ import annotations

import json
import re

import pytest
from site_build import ROOT

RECORD = json.loads((ROOT / "docs/data/examples/gradient_norms.json").read_text("utf-8"))
LAG = 48
COLUMNS = ("measured", "path", "bound")
_ROW = re.compile(r"^\| (RNN|LSTM|GRU) \|(.*)\|$", re.MULTILINE)


def recorded(cell: str, scale: float, bias: float) -> dict[str, float]:
    """Geometric means at the distance of the table, of c by c for the LSTM and else of h by h."""
    results = RECORD["results"]
    about = {"cell": cell.lower(), "scale": scale, "forget_bias": bias}
    about["state"] = "c" if cell == "LSTM" else "h"
    (curve,) = (c for c in results["curves"] if about.items() <= c.items())
    at = results["lags"].index(LAG)
    found = {name: curve[name]["mean"][at] for name in COLUMNS if name in curve}
    return found | ({"bound": curve["weights"][at]} if "weights" in curve else {})


def test_the_distance_is_named() -> None:
    for language in ("en", "zh"):
        text = (ROOT / f"docs/{language}/theory/gradients.md").read_text("utf-8")
        assert f"$T - t = {LAG}$" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_table(language: str) -> None:
    """Every number, to the two digits that are shown, and none left out."""
    text = (ROOT / f"docs/{language}/theory/gradients.md").read_text("utf-8")
    rows = _ROW.findall(text)
    assert len(rows) == 10
    for cell, rest in rows:
        scale, bias, *shown = (entry.strip() for entry in rest.split("|"))
        wanted = recorded(cell, float(scale), float(bias or 0))
        for name, entry in zip(COLUMNS, shown, strict=True):
            assert (entry != "") == (name in wanted), (cell, scale, name)
            if entry:
                mantissa, exponent = re.findall(r"^\$(\d\.\d) \\cdot 10\^\{(-?\d+)\}\$$", entry)[0]
                said = f"{float(mantissa):.1f}e{int(exponent):+03d}"
                assert said == f"{wanted[name]:.1e}", (cell, scale, bias, name)
