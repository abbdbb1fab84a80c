"""Broken copies of the site: each mistake fails the build by name, each badge tells the truth."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any

import pytest
from site_build import ROOT, build

pytestmark = pytest.mark.slow

PAGE = "# Page\n\n## Part {#part}\n\n/// formula | lstm.c\nThe state $c_t$.\n///\n"


def make_copy(root: Path) -> Path:
    """The site's tools with two short pages in each language."""
    for name in ("mkdocs.yml", "mkdocs.zh.yml"):
        config = (ROOT / name).read_text("utf-8").partition("\nnav:")[0]
        (root / name).write_text(config, "utf-8")
    for folder in ("tools", "theme", "assets", "data"):
        ignore = shutil.ignore_patterns("__pycache__", "fonts")
        shutil.copytree(ROOT / "docs" / folder, root / "docs" / folder, ignore=ignore)
    for name in ("pyproject.toml", "derivations/numbers.json"):
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "reference/rnnref/generated", root / "reference/rnnref/generated")
    ledger = root / "docs/data/claims.json"
    data = json.loads(ledger.read_text("utf-8"))
    for claim in data["claims"].values():
        claim["formulas"] = []  # the short pages have no place for them
    ledger.write_text(json.dumps(data), "utf-8")
    for language in ("en", "zh"):
        write(root, f"{language}/index.md", PAGE)
        write(root, f"{language}/verification.md", "# Checks\n\n/// results\n///\n")
        write(root, f"{language}/claims.md", "# Claims\n\n/// claims\n///\n")
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
    assert 'display="block"' in html
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
        "docs/en/cell.md: no cell or loss is called 'lstn'; did you mean",
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
    (
        "claim",
        "/// claim | rnn.shape\n///",
        "same",
        "docs/zh/claim.md: unknown claim 'rnn.shape'; did you mean rnn.shapes",
    ),
    (
        "established",
        "/// display | claim: rnn.shape\nx = y\n///",
        "same",
        "docs/en/established.md: unknown claim 'rnn.shape'; did you mean rnn.shapes",
    ),
    (
        "claims",
        "/// claim | rnn.shapes\n///",
        "text",
        "docs/zh/claims.md: other claims than in docs/en: rnn.shapes only in docs/en",
    ),
    (
        "figure",
        "/// figure | lstm_cel\nWhat it shows.\n///",
        "same",
        "docs/zh/figure.md: unknown figure 'lstm_cel'; did you mean lstm_cell",
    ),
    (
        "counts",
        "/// counts | lstm_and_gr\n///",
        "same",
        "docs/en/counts.md: no table of counts is called 'lstm_and_gr'; did you mean lstm_and_gru",
    ),
    (
        "works",
        "/// works | elman_199\n///",
        "same",
        "docs/zh/works.md: no work is called 'elman_199'; did you mean elman_1990",
    ),
    (
        "caption",
        "/// figure | lstm_cell\n///",
        "same",
        "docs/en/caption.md: figure 'lstm_cell' has no caption",
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


SERVED = """
import logging
from pathlib import Path
from mkdocs.commands.build import build
from mkdocs.config import load_config
logging.basicConfig(format="%(levelname)s %(message)s")
page = Path("docs/en/index.md")
for old, new in (("", ""), ("/// formula | lstm.c", "[it][eq:lstm.h]\\n\\n/// formula | lstm.o")):
    page.write_text(page.read_text("utf-8").replace(old, new), "utf-8")
    config = load_config("mkdocs.yml", site_dir="site", strict=False)
    config.plugins.on_startup(command="serve", dirty=True)
    build(config, dirty=True)
    print(Path("site/other/index.html").stat().st_mtime_ns)
"""


def test_an_edited_page_is_read_again_alone(copy: Path) -> None:
    """As `make serve` does; formulas may come and go, those of other pages are remembered."""
    for language in ("en", "zh"):
        write(copy, f"{language}/other.md", "# Other\n\n/// formula | lstm.h\n///\n")
    run = [sys.executable, "-P", "-c", SERVED]
    done = subprocess.run(run, cwd=copy, capture_output=True, text=True, check=True)
    first, second = done.stdout.split()
    assert first == second
    html = (copy / "site/index.html").read_text("utf-8")
    assert 'href="other/#eq:lstm.h"' in html
    assert 'id="eq:lstm.o"' in html
    said = [line for line in done.stderr.splitlines() if "dirty" not in line]
    assert said == [
        "WARNING docs/zh/index.md: other formulas than in docs/en: "
        "lstm.c only here, lstm.o only in docs/en"
    ]


def test_display_with_a_reason_is_allowed(copy: Path) -> None:
    add(copy, "/// display | a bound, not an equality\n\\|W\\| < 1\n///")
    assert build(copy, copy / "site").returncode == 0
    assert "a bound, not an equality" in (copy / "site/index.html").read_text("utf-8")


def test_a_claim_on_a_page_says_what_the_ledger_says_and_leads_there(copy: Path) -> None:
    add(copy, "/// claim | rnn.shapes\n///")
    assert build(copy, copy / "site").returncode == 0
    html = (copy / "site/zh/index.html").read_text("utf-8")
    box = html[html.index('<details class="claim">') :]
    assert '<span class="claim-verdict proved">成立</span>' in box
    assert 'href="claims/#claim:rnn.shapes"' in box
    assert "互不相同" in box
    assert "derivations.proofs.claims.definitions:shapes" in box
    ledger = (copy / "site/zh/claims/index.html").read_text("utf-8")
    assert ledger.count('id="claim:rnn.shapes"') == 1


def test_display_with_a_claim_leads_to_it(copy: Path) -> None:
    add(copy, "/// display | claim: rnn.shapes\nW_{hh} \\in \\mathbb{R}^{H \\times H}\n///")
    assert build(copy, copy / "site").returncode == 0
    html = (copy / "site/index.html").read_text("utf-8")
    note = re.search(r'<p class="eq-outside">.*?</p>', html)
    assert note
    assert 'href="claims/#claim:rnn.shapes">rnn.shapes</a>' in note[0]


def test_chinese_lines_are_joined_without_a_space(copy: Path) -> None:
    box = "<div markdown>\n\n- 框内，\n    第二行\n\n</div>"
    add(copy, f"第一行，\n第二行\n第三行 $x$。\n$y$ 第四行\nEnglish\n\n{box}")
    assert build(copy, copy / "site").returncode == 0
    html = (copy / "site/zh/index.html").read_text("utf-8")
    assert "<p>第一行，第二行第三行 <x-math>" in html
    assert "</x-math>。<x-math>" in html
    assert "第四行\nEnglish" in html
    assert "框内，第二行" in html


def test_chinese_list_keeps_its_items(copy: Path) -> None:
    """An item that ends in a full stop does not swallow the next; its own lines are joined."""
    add(copy, "1. 第一项。\n2. 第二项，\n   仍是第二项。\n   $x$ 也是。\n3. 第三项")
    assert build(copy, copy / "site").returncode == 0
    html = (copy / "site/zh/index.html").read_text("utf-8")
    assert "<li>第一项。</li>" in html
    assert "<li>第二项，仍是第二项。<x-math>" in html
    assert "<li>第三项</li>" in html


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


def badge_lines(shown: str) -> list[str]:
    """The lines of a badge."""
    return re.findall(r"<li .*?</li>", shown, re.DOTALL)


def evidence_for(copy: Path, **routes: dict[str, float]) -> dict[str, Any]:
    """Evidence about `lstm.c`, for the code that the ledger speaks of."""
    data = json.loads((copy / "docs/data/formulas.json").read_text("utf-8"))
    return {
        "created": "2026-01-02T03:04:05Z",
        "versions": {"python": "3.11.7"},
        "code": {"lstm": data["homes"]["lstm"]["code_hash"]},
        "formulas": {"lstm.c": routes},
        "mutants": {"lstm": {"killed": 300, "total": 305, "equivalent": 5}},
    }


EXACT = {"cases": 12, "error": 0}
TORCH = {"cases": 100, "error": 3.1e-16, "bound": 1e-12}


def test_badge_without_evidence(copy: Path) -> None:
    shown = badge(copy, None)
    assert "Not verified in this build" in shown
    absent = next(line for line in badge_lines(shown) if "not run in this build" in line)
    for route in json.loads((copy / "docs/data/routes.json").read_text("utf-8")):
        assert (escape(route["title"]["en"]) in absent) == (route["id"] != "torch_gpu")
    assert "no GPU record" in shown
    assert "✓" not in shown


def test_badge_with_evidence(copy: Path) -> None:
    shown = badge(copy, evidence_for(copy, exact=EXACT, torch_cpu=TORCH))
    assert 'class="eq-badge verified"' in shown
    assert "identically zero" in shown
    assert "3.1\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10<sup>−16</sup>" in shown
    assert "300 of 305" in shown
    assert "Test run of 2026-01-02 with Python 3.11.7." in shown


def test_badge_with_one_kind_of_evidence_only(copy: Path) -> None:
    assert 'class="eq-badge partly"' in badge(copy, evidence_for(copy, exact=EXACT))


def test_badge_with_evidence_for_other_code(copy: Path) -> None:
    evidence = evidence_for(copy, exact=EXACT, torch_cpu=TORCH)
    evidence["code"]["lstm"] = "0" * 64
    shown = badge(copy, evidence, language="zh")
    assert "本次构建未验证" in shown
    stale = next(line for line in badge_lines(shown) if "针对另一版代码" in line)
    assert all(name in stale for name in ("精确", "自动求导", "变异"))
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


def retire(copy: Path, retired: dict[str, str]) -> None:
    """Leave two formulas, of which one is retired, and an index of them."""
    file = copy / "docs/data/formulas.json"
    data = json.loads(file.read_text("utf-8"))
    data["formulas"] = {"lstm.c": data["formulas"]["lstm.c"]}
    data["homes"] = {"lstm": data["homes"]["lstm"]}
    file.write_text(json.dumps(data), "utf-8")
    numbers = json.dumps({"lstm": ["lstm.old", "lstm.c"]})
    (copy / "derivations/numbers.json").write_text(numbers, "utf-8")
    (copy / "docs/data/retired.json").write_text(json.dumps(retired), "utf-8")
    for language in ("en", "zh"):
        write(copy, f"{language}/formulas.md", "# Formulas\n\n/// index\n///\n")


def test_a_retired_id_keeps_its_number_and_says_what_replaced_it(copy: Path) -> None:
    retire(copy, {"lstm.old": "lstm.c"})
    done = build(copy, copy / "site")
    assert done.returncode == 0, done.stderr
    html = (copy / "site/formulas/index.html").read_text("utf-8")
    line = re.search(r'<li id="eq:lstm.old">.*?</li>', html)
    assert line
    assert "LSTM.1 Retired; see" in line[0]
    assert 'href="..#eq:lstm.c"' in line[0]


@pytest.mark.parametrize(
    ("retired", "complaint"),
    [
        ({}, "'lstm.old' is no formula any more; docs/data/retired.json must say"),
        ({"lstm.old": "lstm.d"}, "unknown formula 'lstm.d'"),
    ],
)
def test_an_id_that_vanishes_fails_the_build(
    copy: Path, retired: dict[str, str], complaint: str
) -> None:
    retire(copy, retired)
    done = build(copy, copy / "site")
    assert done.returncode == 1
    assert f"docs/en/formulas.md: {complaint}" in done.stderr
