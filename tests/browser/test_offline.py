"""The offline build opens by double click and asks nobody for anything, search included."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.looking_up import CASES, TERMS, look_up
from browser.pages import ADDRESSES, LANGUAGES, template
from browser.visits import watch
from html_pages import missing, parsed
from playwright.sync_api import Browser, BrowserContext

READ = [address for address in ADDRESSES if "404" not in address]
# Beside other tests one page of each kind is opened; `make browser` opens all.
OPENED = list(filter(template, READ)) if "PYTEST_XDIST_WORKER" in os.environ else READ


def _file(folder: Path, address: str) -> Path:
    if address.endswith(".html"):
        return folder / address
    if address in LANGUAGES.values():
        return folder / address / "index.html"
    return folder / f"{address.rstrip('/')}.html"


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One reader for all pages."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def test_every_page_loads_files_beside_it_alone(offline: Path) -> None:
    for address in READ:
        loads = parsed(_file(offline, address)).loads
        assert len(loads) > 5
        assert [url for url in loads if url.startswith("/")] == []
        assert missing(offline, _file(offline, address)) == [], address


@pytest.mark.parametrize("address", OPENED)
def test_page_from_a_file_needs_nothing_else(
    context: BrowserContext, offline: Path, address: str
) -> None:
    page = context.new_page()
    requests: list[str] = []
    failed: list[str] = []
    messages: list[str] = []
    watch(page, requests, failed, messages)
    page.goto(_file(offline, address).as_uri())
    page.evaluate("document.fonts.ready")
    page.locator("[data-language]").click()
    other = address.removeprefix("zh/") if address.startswith("zh/") else f"zh/{address}"
    page.wait_for_url(_file(offline, other).as_uri())
    page.evaluate("document.fonts.ready")
    page.close()
    inside = (offline.as_uri() + "/", "data:", "blob:")
    assert len(requests) > 5
    assert [url for url in requests if not url.startswith(inside)] == []
    assert failed == []
    assert messages == []


@pytest.mark.parametrize(("language", "term"), CASES)
def test_search_works_from_a_file(
    browser: Browser, offline: Path, language: str, term: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    requests: list[str] = []
    watch(page, requests, [], [])
    home = _file(offline, LANGUAGES[language])
    page.goto(home.as_uri())
    found = look_up(page, term)
    context.close()
    wanted = {_file(home.parent, page).as_uri() for page in TERMS[language][term]}
    assert found[0].partition("?")[0].partition("#")[0] in wanted, found[:5]
    inside = (offline.as_uri() + "/", "data:", "blob:")
    assert [url for url in requests if not url.startswith(inside)] == []
