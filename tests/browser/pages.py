"""The pages of the site, known before it is built, and those of which pictures are kept."""

from __future__ import annotations

import json
from pathlib import Path

from site_build import ROOT

LANGUAGES = {"en": "", "zh": "zh/"}
SHOTS = ROOT / "build/screenshots"

# One page of each kind.
TEMPLATES = {
    "",
    "404.html",
    "applications/language-model/",
    "applications/sunspots/",
    "bptt/",
    "cells/lstm/",
    "cells/output/",
    "claims/",
    "conventions/",
    "explorer/",
    "formulas/",
    "glossary/",
    "notation/",
    "theory/gradients/",
    "theory/gru-and-lstm/",
    "use/api/",
    "use/testing/",
    "use/vectors/",
    "verification/",
}


def _address(page: Path) -> str:
    name = page.with_suffix("").as_posix()
    return "" if name == "index" else f"{name}/"


HOMES = json.loads((ROOT / "docs/data/formulas.json").read_text("utf-8"))["homes"]
PAGES = sorted(
    [_address(file.relative_to(ROOT / "docs/en")) for file in (ROOT / "docs/en").rglob("*.md")]
    + [f"code/{home}/" for home in HOMES]
)
ADDRESSES = [prefix + page for prefix in LANGUAGES.values() for page in [*PAGES, "404.html"]]


def language(address: str) -> str:
    """The language of a page."""
    return "zh" if address.startswith(LANGUAGES["zh"]) else "en"


def template(address: str) -> str | None:
    """The name for pictures of a page, if pictures are kept of it."""
    page = address.removeprefix(LANGUAGES["zh"])
    if page not in TEMPLATES:
        return None
    name = page.removesuffix(".html").strip("/").replace("/", "-") or "home"
    return f"{name}-{language(address)}"
