"""Use the search field as a reader does."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page

TERMS = json.loads((Path(__file__).parent / "terms.json").read_text("utf-8"))
CASES = [(language, term) for language, terms in TERMS.items() for term in terms]


def look_up(page: Page, term: str) -> list[str]:
    """The addresses of what is found, best first."""
    page.locator(".md-search__input").click()
    page.keyboard.insert_text(term)
    page.keyboard.press("Shift")  # the theme listens to keys that go up
    page.locator(".md-search-result__link").first.wait_for(state="attached", timeout=10_000)
    return page.locator(".md-search-result__link").evaluate_all("links => links.map(a => a.href)")
