"""The built site: both languages alike, every link good, nothing loaded from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from site_build import ROOT

pytestmark = pytest.mark.xdist_group("site")

LOADING = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "prefetch", "manifest"}


class Parsed(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if re.fullmatch("h[2-6]", tag):
            self.headings.append(given.get("id", ""))
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "link" and LOADING & set(given.get("rel", "").split()):
            self.loads.append(given["href"])
        self.loads += [given[a] for a in ("src", "srcset", "poster", "data") if a in given]
        self.loads += _urls(given.get("style", ""))


def _urls(css: str) -> list[str]:
    found = re.findall(r"url\(([^)]*)\)|@import\s+([^;]+)", css)
    return [url.strip("'\" ") for urls in found for url in urls]


def pages(site: Path) -> Iterator[str]:
    """Every English page, as its path in the site."""
    for file in sorted(site.rglob("*.html")):
        path = file.relative_to(site)
        if path.parts[0] != "zh":
            yield path.as_posix()


@pytest.mark.slow
def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    loaded = {str(f.relative_to(site)): Parsed(f).loads for f in site.rglob("*.html")}
    css = {str(f.relative_to(site)): _urls(f.read_text("utf-8")) for f in site.rglob("*.css")}
    assert len(css) > 4
    for file, urls in (loaded | css).items():
        outside = [u for u in urls if re.match(r"(?:\w+:)?//", u) and not u.startswith("data:")]
        assert not outside, file


@pytest.mark.slow
def test_what_pages_load_is_there(site: Path) -> None:
    for file in site.rglob("*.html"):
        for url in Parsed(file).loads:
            path = url.partition("?")[0].partition("#")[0]
            found = site / path.lstrip("/") if path.startswith("/") else file.parent / path
            assert found.exists(), f"{file.relative_to(site)}: {url}"


def test_both_languages_have_the_same_pages_headings_and_formulas(site: Path) -> None:
    chinese = sorted(f.relative_to(site / "zh").as_posix() for f in (site / "zh").rglob("*.html"))
    assert sorted(pages(site)) == chinese
    for page in pages(site):
        ours, theirs = Parsed(site / page), Parsed(site / "zh" / page)
        assert ours.headings == theirs.headings, page
        assert [i for i in ours.ids if i.startswith("eq:")] == [
            i for i in theirs.ids if i.startswith("eq:")
        ], page
        assert len(set(ours.ids)) == len(ours.ids), page


def test_every_formula_has_one_place(site: Path) -> None:
    ledger = json.loads((ROOT / "docs/data/formulas.json").read_text("utf-8"))["formulas"]
    placed = [i for p in pages(site) for i in Parsed(site / p).ids if i.startswith("eq:")]
    assert sorted(placed) == sorted(f"eq:{name}" for name in ledger)


@pytest.mark.slow
def test_links_within_the_site_lead_somewhere(site: Path) -> None:
    parsed = {f.resolve(): Parsed(f) for f in site.rglob("*.html") if f.name != "404.html"}
    for file, page in parsed.items():
        for link in page.links:
            path, _, anchor = link.partition("#")
            if re.match(r"\w+:", link) or path.startswith("/"):
                continue
            target = (file.parent / path).resolve() if path else file
            target = target / "index.html" if target.is_dir() else target
            assert target in parsed, f"{file.relative_to(site)}: {link}"
            known = (*parsed[target].ids, "", "__codelineno")
            assert anchor in known, f"{file.relative_to(site)}: {link}"


@pytest.mark.slow
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
