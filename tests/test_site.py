"""The site: both languages alike, nothing loaded from elsewhere, nothing wrong built in silence."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LOADING = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "prefetch", "manifest"}


def build(root: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """`mkdocs build --strict`, without this folder on the path of modules."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)],
        cwd=root,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "SITE_URL": "https://rnnref.invalid/"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built once."""
    out = tmp_path_factory.mktemp("site")
    done = build(ROOT, out)
    assert done.returncode == 0, done.stderr
    return out


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


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    loaded = {str(f.relative_to(site)): Parsed(f).loads for f in site.rglob("*.html")}
    css = {str(f.relative_to(site)): _urls(f.read_text("utf-8")) for f in site.rglob("*.css")}
    assert len(css) > 4
    for file, urls in (loaded | css).items():
        outside = [u for u in urls if re.match(r"(?:\w+:)?//", u) and not u.startswith("data:")]
        assert not outside, file


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
        "torch_gpu",
        "complex_step",
        "high_precision",
        "mutants",
    ]
    for route in routes:
        for words in ("title", "sees", "cannot_see"):
            assert set(route[words]) == {"en", "zh"}
            assert all(route[words].values())


# A small copy of the site, to break.

PAGE = "# Page\n\n## Part {#part}\n\n/// formula | lstm.c\nThe state $c_t$.\n///\n"


def make_copy(root: Path) -> Path:
    """The site's tools with two short pages in each language."""
    for name in ("mkdocs.yml", "mkdocs.zh.yml"):
        config = (ROOT / name).read_text("utf-8").partition("\nnav:")[0]
        (root / name).write_text(config, "utf-8")
    for folder in ("tools", "theme", "assets", "data"):
        ignore = shutil.ignore_patterns("__pycache__", "fonts")
        shutil.copytree(ROOT / "docs" / folder, root / "docs" / folder, ignore=ignore)
    if (ROOT / ".cache").is_dir():
        shutil.copytree(ROOT / ".cache", root / ".cache")
    for language in ("en", "zh"):
        write(root, f"{language}/index.md", PAGE)
        write(root, f"{language}/verification.md", "# Checks\n\n/// results\n///\n")
    return root


def write(root: Path, page: str, text: str) -> None:
    """Write a page of the copy."""
    file = root / "docs" / page
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")


def add(root: Path, text: str) -> None:
    """Add to the first page of both languages."""
    for language in ("en", "zh"):
        write(root, f"{language}/index.md", f"{PAGE}\n{text}\n")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A small copy of the site."""
    return make_copy(tmp_path)


def test_the_copy_is_whole(copy: Path) -> None:
    done = build(copy, copy / "site")
    assert done.returncode == 0, done.stderr
    html = (copy / "site/zh/index.html").read_text("utf-8")
    assert 'id="eq:lstm.c"' in html
    assert "<math" in html


# name of the page, its text in English and in Chinese (None: there is no such page), the complaint
MISTAKES = [
    (
        "formula",
        "/// formula | lstm.cc\n///",
        "same",
        "docs/zh/formula.md: unknown formula 'lstm.cc'",
    ),
    (
        "pattern",
        "/// formulas | lstm.xx*\n///",
        "same",
        "docs/en/pattern.md: unknown formula 'lstm.x",
    ),
    ("two", "/// formula | lstm.?\n///", "same", "docs/en/two.md: /// formula takes one id"),
    (
        "cell",
        "/// symbols | lstn\n///",
        "same",
        "docs/en/cell.md: unknown cell 'lstn'; did you mean",
    ),
    ("block", "/// formla | lstm.h\n///", "same", "docs/en/block.md: unknown block"),
    (
        "option",
        "/// formula | lstm.h\n    again: true\n///",
        "same",
        "docs/en/option.md: unknown block",
    ),
    (
        "twice",
        "/// formula | lstm.f\n///\n\n/// formula | lstm.f\n///",
        "same",
        "docs/en/twice.md: formula 'lstm.f' is shown twice",
    ),
    (
        "place",
        "/// formula | lstm.c\n///",
        "same",
        "docs/zh/place.md: formula 'lstm.c' has its place in",
    ),
    (
        "inline",
        r"This is $\notlatex$.",
        "same",
        r"docs/en/inline.md: Undefined control sequence: \not",
    ),
    (
        "unknown",
        "[it][eq:lstm.none]",
        "same",
        "docs/zh/unknown.md: reference to an unknown formula",
    ),
    (
        "nowhere",
        "[it][eq:lstm.h]",
        "same",
        "docs/en/nowhere.md: reference to 'lstm.h', which stands",
    ),
    ("link", "[it](none.md)", "same", "Doc file 'link.md' contains a link 'none.md'"),
    (
        "anchor",
        "[it](index.md#none)",
        "same",
        "Doc file 'anchor.md' contains a link 'index.md#none'",
    ),
    ("dollars", "$$\nx = y\n$$", "same", "docs/en/dollars.md: displayed mathematics typed by hand"),
    (
        "brackets",
        r"\[ x = y \]",
        "same",
        "docs/zh/brackets.md: displayed mathematics typed by hand",
    ),
    (
        "begin",
        r"\begin{align} x \end{align}",
        "same",
        "docs/en/begin.md: displayed mathematics typed",
    ),
    (
        "display",
        "/// display | a bound\n\\notlatex\n///",
        "same",
        "docs/en/display.md: Undefined control",
    ),
    ("english", "text", None, "docs/zh/english.md: missing; there is docs/en/english.md"),
    ("chinese", None, "text", "docs/en/chinese.md: missing; there is docs/zh/chinese.md"),
    (
        "heading",
        "## A {#a}",
        "text",
        "docs/zh/heading.md: other headings than in docs/en: a only in",
    ),
    ("order", "## A {#a}\n## B {#b}", "## B {#b}\n## A {#a}", "docs/zh/order.md: other headings"),
    (
        "more",
        "text",
        "/// formula | lstm.g\n///",
        "docs/zh/more.md: other formulas than in docs/en",
    ),
]


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a build of all these mistakes, each on a page of its own, says."""
    root = make_copy(tmp_path_factory.mktemp("mistakes"))
    for name, english, chinese, _ in MISTAKES:
        for language, text in (("en", english), ("zh", english if chinese == "same" else chinese)):
            if text is not None:
                write(root, f"{language}/{name}.md", f"# Page\n\n{text}\n")
    done = build(root, root / "site")
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake[0])
def test_a_mistake_is_reported_with_its_file(
    complaints: str, mistake: tuple[str, str | None, str | None, str]
) -> None:
    assert f"WARNING -  {mistake[-1]}" in complaints


@pytest.mark.parametrize("text", ["/// formula | lstm.cc\n///", "[it](none.md)"])
def test_one_mistake_fails_the_build(copy: Path, text: str) -> None:
    write(copy, "zh/index.md", f"{PAGE}\n{text}\n")
    assert build(copy, copy / "site").returncode == 1


def test_bad_latex_in_the_ledger_fails_the_build(copy: Path) -> None:
    file = copy / "docs/data/formulas.json"
    data = json.loads(file.read_text("utf-8"))
    data["formulas"]["lstm.c"]["latex"] = r"c_t = \notlatex"
    file.write_text(json.dumps(data), "utf-8")
    done = build(copy, copy / "site")
    assert done.returncode == 1
    assert r"docs/zh/index.md: Undefined control sequence: \notlatex" in done.stderr


def test_display_with_a_reason_is_allowed(copy: Path) -> None:
    add(copy, "/// display | a bound, not an equality\n\\|W\\| < 1\n///")
    assert build(copy, copy / "site").returncode == 0
    assert "a bound, not an equality" in (copy / "site/index.html").read_text("utf-8")


def test_chinese_lines_are_joined_without_a_space(copy: Path) -> None:
    add(copy, "第一行，\n第二行\n第三行 $x$。\n$y$ 第四行\nEnglish")
    assert build(copy, copy / "site").returncode == 0
    html = (copy / "site/zh/index.html").read_text("utf-8")
    assert "<p>第一行，第二行第三行 <x-math>" in html
    assert "</x-math>。<x-math>" in html
    assert "第四行\nEnglish" in html


def badge(copy: Path, evidence: dict[str, Any] | None, language: str = "") -> str:
    """The badge that the copy shows for `lstm.c`, given this evidence."""
    if evidence is not None:
        (copy / "build").mkdir()
        (copy / "build/evidence.json").write_text(json.dumps(evidence), "utf-8")
    done = build(copy, copy / "site")
    assert done.returncode == 0, done.stderr
    html = (copy / "site" / language / "index.html").read_text("utf-8")
    found = re.search(r'<details class="eq-badge.*?</details>', html, re.DOTALL)
    assert found
    return found[0]


def evidence_for(copy: Path, **routes: dict[str, float]) -> dict[str, Any]:
    """Evidence about `lstm.c`, for the code that the ledger speaks of."""
    data = json.loads((copy / "docs/data/formulas.json").read_text("utf-8"))
    return {
        "created": "2026-01-02T03:04:05Z",
        "versions": {"python": "3.11.7"},
        "code": {"lstm": data["cells"]["lstm"]["code_hash"]},
        "formulas": {"lstm.c": routes},
        "mutants": {"lstm": {"killed": 300, "total": 305, "equivalent": 5}},
    }


EXACT = {"cases": 12, "error": 0}
TORCH = {"cases": 100, "error": 3.1e-16, "bound": 1e-12}


def test_badge_without_evidence(copy: Path) -> None:
    shown = badge(copy, None)
    assert "Not verified in this build" in shown
    assert shown.count("not run in this build") == 6
    assert "no GPU record" in shown
    assert "✓" not in shown


def test_badge_with_evidence(copy: Path) -> None:
    shown = badge(copy, evidence_for(copy, exact=EXACT, torch_cpu=TORCH))
    assert 'class="eq-badge verified"' in shown
    assert "identically zero" in shown
    assert "3.1 × 10<sup>−16</sup>" in shown
    assert "300 of 305" in shown


def test_badge_with_one_kind_of_evidence_only(copy: Path) -> None:
    assert 'class="eq-badge partly"' in badge(copy, evidence_for(copy, exact=EXACT))


def test_badge_with_evidence_for_other_code(copy: Path) -> None:
    evidence = evidence_for(copy, exact=EXACT, torch_cpu=TORCH)
    evidence["code"]["lstm"] = "0" * 64
    shown = badge(copy, evidence, language="zh")
    assert "本次构建未验证" in shown
    assert shown.count("针对另一版代码") == 3
    assert "✓" not in shown


def test_badge_with_a_gpu_record(copy: Path) -> None:
    record = evidence_for(copy, torch_gpu=TORCH)
    del record["created"], record["mutants"]
    (copy / "tests/records").mkdir(parents=True)
    gpu = record | {"date": "2026-01-02", "device": "Some GPU"}
    (copy / "tests/records/gpu.json").write_text(json.dumps(gpu), "utf-8")
    shown = badge(copy, evidence_for(copy, exact=EXACT))
    assert 'class="eq-badge verified"' in shown
    assert "Some GPU · 2026-01-02" in shown


def test_badge_with_a_failure(copy: Path) -> None:
    wrong = TORCH | {"error": 1e-3}
    shown = badge(copy, evidence_for(copy, exact=EXACT, torch_cpu=wrong))
    assert 'class="eq-badge failed"' in shown
    assert "A check failed" in shown
