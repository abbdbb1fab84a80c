"""The language switch keeps the page and the reader's place on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pytest
from browser.pages import TEMPLATES
from playwright.sync_api import Browser, Page
from site_build import URL

# Go to the last heading that can stand at the top; say what stands between it and 240 px.
GO = """() => {
  const room = document.scrollingElement.scrollHeight - innerHeight
  const place = node => node.getBoundingClientRect().top + scrollY - 120
  const marks = [...document.querySelectorAll(".md-content :is(h2, h3, .eq, .eq-row)[id]")]
  const last = marks.filter(mark => /^H/.test(mark.tagName) && mark.checkVisibility()
    && place(mark) > 200 && place(mark) < room).at(-1)
  if (!last) return null
  scrollTo({top: place(last), behavior: "instant"})
  const top = last.getBoundingClientRect().top - 1
  return marks.filter(mark => {
    const here = mark.getBoundingClientRect().top
    return here > top && here < 240
  }).map(mark => mark.id)
}"""
TOP = "id => document.getElementById(id).getBoundingClientRect().top"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One page for all: nothing of it needs an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", sorted(TEMPLATES - {"404.html"}))
def test_language_switch_keeps_page_and_place(page: Page, name: str) -> None:
    page.goto(URL + name)
    for prefix in ("zh/", ""):
        here = page.evaluate(GO)
        page.locator("[data-language]").click()
        page.wait_for_url(re.compile(f"^{re.escape(URL + prefix + name)}(#.*)?$"))
        page.evaluate("document.fonts.ready")
        if here is not None:
            anchor = unquote(urlsplit(page.url).fragment)
            assert anchor in here
            assert -5 < page.evaluate(TOP, anchor) < 600


def test_language_link_follows_instant_navigation(page: Page) -> None:
    page.goto(URL, wait_until="networkidle")
    page.evaluate("window.stays = true")
    page.locator(".md-content a[href*='notation'], .md-nav a[href*='notation']").first.evaluate(
        "link => link.click()"
    )
    page.wait_for_url(URL + "notation/")
    assert page.evaluate("window.stays"), "the page was loaded anew"
    page.wait_for_function("document.querySelector('[data-language]').href.endsWith('/notation/')")
    page.locator("[data-language]").click()
    page.wait_for_url(URL + "zh/notation/")
