"""Search finds a term of either language, its own page first."""

from __future__ import annotations

import pytest
from browser.looking_up import CASES, TERMS, look_up
from browser.pages import LANGUAGES
from playwright.sync_api import Browser
from site_build import URL


@pytest.mark.parametrize(("language", "term"), CASES)
def test_search_finds_a_term_on_its_page_first(browser: Browser, language: str, term: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(URL + LANGUAGES[language])
    found = look_up(page, term)
    context.close()
    home = URL + LANGUAGES[language]
    assert all(url.startswith(home) for url in found)
    assert language == "zh" or not any(url.startswith(URL + "zh/") for url in found)
    first = found[0].removeprefix(home).partition("?")[0].partition("#")[0]
    assert first in TERMS[language][term], found[:5]
