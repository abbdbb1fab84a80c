"""All that can be clicked on a page is reached with the Tab key, and one sees where one is."""

from __future__ import annotations

import pytest
from browser.pages import LANGUAGES
from browser.visits import STILL
from playwright.sync_api import Browser
from site_build import URL

CLICKABLE = "a[href], button, input:not([type=hidden]), summary"

# Number what is shown; what Material takes out of the order of the Tab key is not counted.
NUMBER = """selector => [...document.querySelectorAll(selector)]
  .filter(node => node.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter(node => node.tabIndex >= 0 && !node.closest(".md-search__output"))
  .map((node, k) => { node.dataset.key = k; return node.outerHTML.slice(0, 90) })"""

# Where the focus is, and whether that place looks different without it.
STEP = """() => {
  const here = document.activeElement
  if (here === document.body) return null
  const near = [here, here.nextElementSibling, here.parentElement].filter(Boolean)
  const names = ["outlineStyle", "outlineWidth", "boxShadow", "backgroundColor", "borderColor",
    "color", "opacity", "textDecorationColor", "transform"]
  const look = () => near.flatMap(node => names.map(name => getComputedStyle(node)[name])).join()
  const focused = look()
  here.blur()
  const seen = look() !== focused || here.matches("input[type=text]")
  here.focus({preventScroll: true})
  return {key: here.dataset.key ?? null, seen, what: here.outerHTML.slice(0, 90)}
}"""


@pytest.mark.parametrize("page", ["", "bptt/", "notation/", "404.html"])
@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_tab_reaches_everything_and_shows_where(browser: Browser, page: str, language: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.goto(URL + language + page, wait_until="networkidle")
    tab.add_style_tag(content=STILL)
    wanted = dict(enumerate(tab.evaluate(NUMBER, CLICKABLE)))
    unseen = []
    for _ in range(3 * len(wanted) + 50):
        tab.keyboard.press("Tab")
        step = tab.evaluate(STEP)
        if step is None:
            break
        if step["key"] is not None:
            wanted.pop(int(step["key"]), None)
        if not step["seen"]:
            unseen.append(step["what"])
    context.close()
    assert list(wanted.values()) == []
    assert unseen == []
