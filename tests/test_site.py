"""The built site: both languages alike, every link good, nothing loaded from elsewhere."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from html_pages import css_urls, missing, parsed
from site_build import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]


def pages(site: Path) -> Iterator[str]:
    """Every English page, as its path in the site."""
    for file in sorted(site.rglob("*.html")):
        path = file.relative_to(site)
        if path.parts[0] != "zh":
            yield path.as_posix()


def test_these_run_on_one_worker(request: pytest.FixtureRequest) -> None:
    """Else each worker builds a site of its own and opens every page of it."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@site")


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    loaded = {str(f.relative_to(site)): parsed(f).loads for f in site.rglob("*.html")}
    css = {str(f.relative_to(site)): css_urls(f.read_text("utf-8")) for f in site.rglob("*.css")}
    assert len(css) > 4
    for file, urls in (loaded | css).items():
        outside = [u for u in urls if re.match(r"(?:\w+:)?//", u) and not u.startswith("data:")]
        assert not outside, file


def test_what_pages_load_is_there(site: Path) -> None:
    for file in site.rglob("*.html"):
        assert missing(site, file) == [], file.relative_to(site)


def test_both_languages_have_the_same_pages_headings_and_formulas(site: Path) -> None:
    chinese = sorted(f.relative_to(site / "zh").as_posix() for f in (site / "zh").rglob("*.html"))
    assert sorted(pages(site)) == chinese
    for page in pages(site):
        ours, theirs = parsed(site / page), parsed(site / "zh" / page)
        assert ours.headings == theirs.headings, page
        assert [i for i in ours.ids if i.startswith("eq:")] == [
            i for i in theirs.ids if i.startswith("eq:")
        ], page
        assert len(set(ours.ids)) == len(ours.ids), page


def test_every_formula_has_one_place(site: Path) -> None:
    ledger = json.loads((ROOT / "docs/data/formulas.json").read_text("utf-8"))["formulas"]
    placed = [i for p in pages(site) for i in parsed(site / p).ids if i.startswith("eq:")]
    assert sorted(placed) == sorted(f"eq:{name}" for name in ledger)


def test_links_within_the_site_lead_somewhere(site: Path) -> None:
    read = {f.resolve(): parsed(f) for f in site.rglob("*.html") if f.name != "404.html"}
    for file, page in read.items():
        for link in page.links:
            path, _, anchor = link.partition("#")
            if re.match(r"\w+:", link) or path.startswith("/"):
                continue
            target = (file.parent / path).resolve() if path else file
            target = target / "index.html" if target.is_dir() else target
            if target.suffix == ".json":  # to download
                assert target.is_file(), f"{file.relative_to(site)}: {link}"
                continue
            assert target in read, f"{file.relative_to(site)}: {link}"
            known = (*read[target].ids, "", "__codelineno")
            assert anchor in known, f"{file.relative_to(site)}: {link}"


def test_search_knows_formulas_and_chinese_words(site: Path) -> None:
    english, chinese = (
        json.loads((site / folder / "search/search_index.json").read_text("utf-8"))["docs"]
        for folder in ("", "zh")
    )
    sections = {entry["location"]: entry for entry in english}
    assert "LSTM" in sections["cells/lstm/#eq:lstm.c"]["title"]
    assert not any("katex" in entry["text"] for entry in english + chinese)
    text = "".join(entry["title"] + entry["text"] for entry in chinese)
    assert "\u200b遗忘门\u200b" in text


def test_routes_are_the_known_ones_in_both_languages() -> None:
    routes = json.loads((ROOT / "docs/data/routes.json").read_text("utf-8"))
    assert [r["id"] for r in routes] == [
        "any_size",
        "exact",
        "torch_cpu",
        "torch_nn",
        "torch_gpu",
        "complex_step",
        "high_precision",
        "typeset",
        "mutants",
    ]
    for route in routes:
        for words in ("title", "sees", "cannot_see"):
            assert set(route[words]) == {"en", "zh"}
            assert all(route[words].values())


WEIGHT = 350_000
"""Bytes of a first visit to a page: the page, its styles, scripts and fonts, compressed."""

LEDGER_OF_CLAIMS = 400_000
"""The same for the one page that has every claim with its evidence."""

ALWAYS = (
    "inter.woff2",
    "jetbrains-mono.woff2",
    "KaTeX_Main-Regular.woff2",
    "KaTeX_Math-Italic.woff2",
)
FONTS = {
    "KaTeX_Size1-Regular.woff2": "size1",
    "KaTeX_Size2-Regular.woff2": "size2",
    "KaTeX_Size3-Regular.woff2": "size3",
    "KaTeX_Size4-Regular.woff2": "size4|delim-size4",
    "KaTeX_AMS-Regular.woff2": "amsrm|mathbb|textbb",
    "KaTeX_Main-Bold.woff2": "mathbf|textbf",
    "KaTeX_Main-Italic.woff2": "mathit|textit",
    "KaTeX_Math-BoldItalic.woff2": "boldsymbol",
    "KaTeX_Caligraphic-Regular.woff2": "mathcal",
}
"""The class that makes a page load a font."""


def weight(site: Path, page: Path) -> int:
    """What a first visit to a page takes over the wire."""
    html = page.read_text("utf-8")
    local = [url.partition("?")[0].partition("#")[0] for url in parsed(page).loads]
    files = {(page.parent / url).resolve() for url in local if not url.startswith(("/", "data:"))}
    files |= {page, *(site / "assets/javascripts/workers").glob("search.*.js")}
    names = {name for name, word in FONTS.items() if re.search(rf'[" -](?:{word})[" ]', html)}
    fonts = {f.name: f for f in (*files, *(site / "assets").rglob("*.woff2"))}  # zh/ has its own
    files = {f for f in files if f.suffix != ".woff2"}
    files |= {fonts[name] for name in (*ALWAYS, *names)}
    return sum(
        f.stat().st_size if f.suffix == ".woff2" else len(gzip.compress(f.read_bytes(), mtime=0))
        for f in files
        if f.suffix in (".html", ".css", ".js", ".woff2")
    )


def test_no_page_is_heavy_and_mathematics_needs_no_script(site: Path) -> None:
    weights = {p.relative_to(site).as_posix(): weight(site, p) for p in site.rglob("index.html")}
    limits = {page: LEDGER_OF_CLAIMS if "claims/" in page else WEIGHT for page in weights}
    heavy = {page: size for page, size in weights.items() if size > limits[page]}
    assert not heavy
    for page in ("cells/lstm", "zh/cells/lstm", "cells/lstm-second-order"):
        html = (site / page / "index.html").read_text("utf-8")
        assert html.count("<math ") == html.count("<x-math") > 50, page
        assert not re.search(r"<script[^>]*(?:katex|mathjax)", html, re.IGNORECASE), page


def test_full_pages_have_few_enough_formulas(site: Path) -> None:
    for page in (site / "cells").glob("*/index.html"):
        shown = page.read_text("utf-8").count('<x-math class="display"')
        assert shown <= 85, page


def test_every_card_can_be_cited_and_leads_to_its_code(site: Path) -> None:
    ledger = json.loads((ROOT / "docs/data/formulas.json").read_text("utf-8"))["formulas"]
    html = {p: (site / p).read_text("utf-8") for p in pages(site)}
    cited = [c for text in html.values() for c in re.findall(r'data-cite="([^"]*)"', text)]
    for name, formula in ledger.items():
        title = f"{{{{{formula['title']['en']}}} ({formula['number']})}}"
        wanted = f"@misc{{rnnref:{name},\n  title = {title},\n"
        assert any(c.startswith(wanted) and "url = {#}" in c for c in cited), name
    leads = re.findall(r'href="[./]*code/(\w+)/#line-(\d+)"', "".join(html.values()))
    assert len(leads) > 500
    for home, line in leads:
        assert f'id="line-{line}"' in html[f"code/{home}/index.html"]


def test_the_index_lists_every_formula_in_the_order_of_its_number(site: Path) -> None:
    data = json.loads((ROOT / "docs/data/formulas.json").read_text("utf-8"))
    ledger = data["formulas"]
    numbers = json.loads((ROOT / "derivations/numbers.json").read_text("utf-8"))
    text = (site / "formulas/index.html").read_text("utf-8")
    listed = re.findall(r'href="([^"]*)#eq:([^"]+)">([^<]+)</a>', text)
    assert [name for _, name, _ in listed] == [n for h in data["homes"] for n in numbers[h]]
    assert all(ledger[name]["number"] == number for _, name, number in listed)
