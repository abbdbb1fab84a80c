"""What a page of the built site has in it: ids, headings, links, and what it loads."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

LOADING = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "prefetch", "manifest"}

MATHEMATICS = re.compile("<x-math.*?</x-math>", re.DOTALL)
"""Nearly all of a page, and slow to parse: thousands of elements without ids, links or loads."""


def _nothing(math: re.Match[str]) -> str:
    assert not re.search(r"\b(?:id|href|src|srcset|poster|data)=|url\(", math[0]), math[0]
    return ""


class Parsed(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.feed(MATHEMATICS.sub(_nothing, file.read_text(encoding="utf-8")))

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
        self.loads += css_urls(given.get("style", ""))


@cache
def parsed(file: Path) -> Parsed:
    """A page, read once for all tests."""
    return Parsed(file)


def css_urls(css: str) -> list[str]:
    found = re.findall(r"url\(([^)]*)\)|@import\s+([^;]+)", css)
    return [url.strip("'\" ") for urls in found for url in urls]


def missing(site: Path, file: Path) -> list[str]:
    """What a page loads that is no file of the site, other hosts included."""

    def found(url: str) -> Path:
        path = url.partition("?")[0].partition("#")[0]
        return site / path.lstrip("/") if path.startswith("/") else file.parent / path

    return [url for url in parsed(file).loads if not found(url).is_file()]
