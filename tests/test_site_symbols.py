"""Symbols in formulas: all are found, none changes what is drawn or read out, each has a name."""

from __future__ import annotations

import re
import sys

import pytest
from site_build import ROOT

sys.path.append(str(ROOT / "docs" / "tools"))

import katex
from formulas import Ledger, read_ledger
from symbols import keys, mark, meaning

SPAN = re.compile(r"(<span[^>]*>|</span>)")


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """The formulas."""
    return read_ledger(ROOT)


def unmarked(html: str) -> str:
    """The HTML without the spans that mark symbols."""
    parts, kept = [], []
    for part in SPAN.split(html):
        if part.startswith("<span"):
            kept.append(not re.fullmatch(r"<span data-s=\w+>", part))
        if part != "</span>" and (not part.startswith("<span") or kept[-1]):
            parts.append(part)
        if part == "</span>" and kept.pop():
            parts.append(part)
    return "".join(parts)


@pytest.mark.slow
def test_a_marked_formula_is_drawn_and_read_out_as_without_marks(ledger: Ledger) -> None:
    for formula in ledger.formulas.values():
        home = ledger.homes[formula.home]
        for tex in (formula.latex, *(step.latex for step in formula.steps[:1])):
            html = katex.marked(tex, mark(tex, home))
            assert unmarked(html) == katex.html(tex, display=True), tex
            drawn = html[html.index('<span class="katex-html"') :]
            assert set(re.findall(r"data-s=(\w+)", drawn)) == keys(mark(tex, home)), tex
            assert "data-s" not in html[: -len(drawn)]


def test_every_symbol_of_every_table_is_found_somewhere(ledger: Ledger) -> None:
    for home in ledger.homes.values():
        formulas = [f for f in ledger.formulas.values() if f.home == home.id]
        found = {key for f in formulas for key in keys(mark(f.latex, home))}
        missing = [s.name for n, s in enumerate(home.symbols) if str(n) not in found]
        assert not missing, home.id


def test_every_mark_has_a_meaning_in_both_languages(ledger: Ledger) -> None:
    for formula in ledger.formulas.values():
        home = ledger.homes[formula.home]
        for key in keys(mark(formula.latex, home)):
            for lang in ("en", "zh"):
                number = int(re.match(r"\d+", key)[0])  # type: ignore[index]
                assert home.symbols[number].title[lang] in meaning(key, home, lang)


@pytest.mark.parametrize(
    ("tex", "want"),
    [
        (r"h_t", ["hidden state · H"]),
        (r"W_{hf}^{\top}", ["weights from the hidden state to the forget gate · H × H"]),
        (
            r"\bar{h}^{\leftarrow}_{t-1}",
            ["previous hidden state: gradient that the step hands back · H"],
        ),
        (
            r"\dot{\bar{a}}_{f,t}",
            ["pre-activation of the forget gate: tangent of the gradient · H"],
        ),
        (
            r"\bar{W}^{(t)}_{ii}",
            ["weights from the input to the input gate: what step t adds to the gradient · H × D"],
        ),
        (r"h_{t+1}", []),
        (r"\tilde{c}_t", []),
        (r"\sum_{i=1}^{f} \operatorname{diag}(x)", []),
    ],
)
def test_what_a_symbol_is(ledger: Ledger, tex: str, want: list[str]) -> None:
    home = ledger.homes["lstm"]
    assert [meaning(key, home, "en") for key in keys(mark(tex, home))] == want


def test_pages_cannot_use_the_command_that_marks() -> None:
    with pytest.raises(katex.MathError):
        katex.html(r"\htmlData{s=1}{x}")
