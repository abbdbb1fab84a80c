"""What a card of a formula does when it is used: copying, citing, notes on symbols, the badge."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from browser.pages import LANGUAGES
from playwright.sync_api import Browser, Locator, Page
from site_build import ROOT, URL

LEDGER = json.loads((ROOT / "docs/data/formulas.json").read_text("utf-8"))
FORMULA = LEDGER["formulas"]["lstm.c"]
CELL_STATE = next(s for s in LEDGER["homes"]["lstm"]["symbols"] if s["name"] == "c")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def page(browser: Browser, language: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{URL}{LANGUAGES[language]}cells/lstm/#eq:lstm.c")
    yield page
    context.close()


@pytest.fixture
def card(page: Page) -> Locator:
    """The card of the cell state."""
    return page.locator('[id="eq:lstm.c"]')


def copied(page: Page, card: Locator, what: str) -> str:
    card.locator(f'[data-copy="{what}"]').click()
    page.locator(".eq-note").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


def test_latex_and_code_are_copied_as_the_ledger_has_them(page: Page, card: Locator) -> None:
    assert copied(page, card, "tex") == FORMULA["latex"]
    assert copied(page, card, "numpy").rstrip("\n") == "\n".join(FORMULA["numpy"])


def test_citation_names_the_formula_and_its_address(
    page: Page, card: Locator, language: str
) -> None:
    cited = copied(page, card, "cite")
    assert cited.startswith("@misc{rnnref:lstm.c,\n")
    assert f"{{{FORMULA['title'][language]}}} ({FORMULA['number']})" in cited
    assert f"url = {{{URL}{LANGUAGES[language]}cells/lstm/#eq:lstm.c}}" in cited


def test_a_selection_is_copied_with_latex(page: Page, card: Locator) -> None:
    card.locator(".eq-body").evaluate("body => getSelection().selectAllChildren(body)")
    page.keyboard.press("Control+c")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.count(f"${FORMULA['latex']}$") == 1


def test_a_symbol_says_its_name_and_shape(page: Page, card: Locator, language: str) -> None:
    card.locator(".eq-body [data-s]").first.hover()
    said = page.locator(".eq-note").inner_text()
    assert CELL_STATE["title"][language] in said
    assert "H" in said


def test_arrow_keys_go_from_symbol_to_symbol(page: Page, card: Locator) -> None:
    card.locator("x-math.display").first.focus()
    said = []
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "last => document.querySelector('.eq-note')?.textContent !== last",
            arg=said[-1] if said else "",
        )
        said.append(page.locator(".eq-note").inner_text())
    assert len(set(said)) == 3
    page.keyboard.press("Escape")
    page.locator(".eq-note").wait_for(state="hidden")


def test_the_badge_opens_to_the_evidence_one_at_a_time(page: Page) -> None:
    badges = page.locator(".eq-badge")
    first, second = (badges.nth(k).locator("summary") for k in (0, 1))
    first.click()
    assert badges.nth(0).evaluate("badge => badge.open")
    second.click()
    assert [badges.nth(k).evaluate("badge => badge.open") for k in (0, 1)] == [False, True]
    page.keyboard.press("Escape")
    assert not badges.nth(1).evaluate("badge => badge.open")


def test_a_link_to_a_folded_formula_unfolds_it(page: Page, language: str) -> None:
    page.goto(f"{URL}{LANGUAGES[language]}cells/rnn/")
    folded = page.locator("details:not([open], .eq-badge) [id^='eq:']")
    target = folded.first.get_attribute("id")
    page.goto(f"{URL}{LANGUAGES[language]}cells/rnn/#{target}")
    page.locator(f'[id="{target}"]').wait_for(state="visible")


def test_the_index_shows_what_has_every_word(page: Page, language: str) -> None:
    page.goto(f"{URL}{LANGUAGES[language]}formulas/")
    page.locator(".index-filter").fill("lstm.d_c_prev")
    shown = page.locator(".index > li:visible")
    names = [f["number"] for id, f in LEDGER["formulas"].items() if "lstm.d_c_prev" in id]
    assert 0 < len(names) == shown.count()
    page.locator(".index-filter").fill("")
    assert page.locator(".index > li:visible").count() == len(LEDGER["formulas"])
