"""Every page of the site in Chromium, on a desktop and a phone, in light and dark."""

from __future__ import annotations

import re
from pathlib import Path

from browser.pages import ADDRESSES
from browser.visits import Findings

# Of all bytes that a reader's browser fetches to show one page. The index of the search, which a
# worker fetches beside it and which serves every page, is weighed by itself.
WEIGHT = 350 * 1024
INDEX = 120 * 1024
SHIFT = 0.05

# axe's findings in what Material writes: rule and target, with the reason why it stays.
MATERIALS = {
    r"aria-dialog-name \.md-search": "its search is a dialog; the field in it has the name",
    r"landmark-unique .* > \.md-code__nav": "it makes the copy button of each block a landmark",
}

# What Material lets one click that has no key of its own, and what one uses instead.
MATERIALS_LABELS = {
    "LABEL.md-search__icon md-icon": "the field beside it, or Escape",
    "LABEL.md-header__button md-icon": "opens search (also the key f) and, on a phone, the menu",
    "LABEL.md-nav__title": "goes back in the menu of a phone",
    "SPAN.md-nav__icon md-icon": "the arrow in it",
}


def test_every_page_is_visited(site: Path) -> None:
    built = {
        file.relative_to(site).as_posix().removesuffix("index.html")
        for file in site.rglob("*.html")
    }
    assert built == set(ADDRESSES)


def test_no_request_leaves_the_host(found: Findings) -> None:
    assert found.outside == []
    assert found.failed == []
    assert len(found.sent) > 5


def test_console_is_silent(found: Findings) -> None:
    assert found.messages == []


def test_page_does_not_scroll_sideways(found: Findings) -> None:
    assert found.sideways == []


def test_no_display_formula_is_cut_off(found: Findings) -> None:
    assert found.cut == []


def test_whatever_can_be_clicked_has_a_key(found: Findings) -> None:
    assert [what for what in found.mouse_only if what not in MATERIALS_LABELS] == []


def test_axe_finds_nothing_of_ours(found: Findings) -> None:
    assert [said for said in found.axe if not re.fullmatch("|".join(MATERIALS), said)] == []


def test_layout_stays_where_it_is(found: Findings) -> None:
    assert found.shift < SHIFT


def test_page_is_light(found: Findings) -> None:
    sent = dict(found.sent)
    index = sum(sent.pop(name) for name in list(sent) if name.endswith("search_index.json"))
    assert index < INDEX
    assert sum(sent.values()) < WEIGHT, sorted(sent.items(), key=lambda item: -item[1])[:5]
