"""Mathematics is drawn and text is read with JavaScript switched off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser.pages import LANGUAGES, TEMPLATES
from playwright.sync_api import Browser, Page
from site_build import URL

DRAWN = """() => {
  for (const math of document.querySelectorAll("x-math.display"))
    math.style.contentVisibility = "visible"
  const shown = [...document.querySelectorAll(".md-content .katex-html")]
    .filter(math => math.checkVisibility())
  const flat = shown.filter(math => {
    const {width, height} = math.getBoundingClientRect()
    return width < 2 || height < 2
  })
  const fonts = [...document.fonts].filter(font => font.status === "loaded").map(f => f.family)
  return {
    shown: shown.length,
    flat: flat.length,
    fonts: [...new Set(fonts)],
    text: document.querySelector(".md-content").innerText.length,
  }
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A reader without JavaScript."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", sorted(TEMPLATES - {"404.html"}))
@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_page_is_whole_without_javascript(page: Page, language: str, name: str) -> None:
    page.goto(URL + language + name)
    drawn = page.evaluate(DRAWN)
    assert drawn["text"] > 200
    assert drawn["flat"] == 0
    if drawn["shown"]:
        assert "KaTeX_Math" in drawn["fonts"] or "KaTeX_Main" in drawn["fonts"]
    if name == "bptt/":
        assert drawn["shown"] > 10, "the test sees no formula"
