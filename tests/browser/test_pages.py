"""Every page of the site in Chromium, on a desktop and a phone, in light and dark."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from browser.pages import ADDRESSES
from browser.visits import Visit
from site_build import URL

# Of all bytes that a reader's browser fetches to show one page, the index of the search included.
WEIGHT = 350 * 1024
LEDGER_OF_CLAIMS = 450 * 1024  # all that is said of the document, on one page
SHIFT = 0.05

# axe's findings in what Material writes: rule and target, with the reason why it stays.
MATERIALS = {
    r"aria-dialog-name \.md-search": "its search is a dialog; the field in it has the name",
    r"scrollable-region-focusable .*\.md-typeset__scrollwrap.*": "Chromium's Tab key stops there",
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


def test_no_request_leaves_the_host(visited: Visit) -> None:
    inside = (URL, "data:", "blob:")
    assert [url for url in visited.requests if not url.startswith(inside)] == []
    assert visited.failed == []
    assert len(visited.requests) > 5


def test_console_is_silent(visited: Visit) -> None:
    assert visited.messages == []


def test_page_does_not_scroll_sideways(visited: Visit) -> None:
    assert visited.looks
    assert {device: look.sideways for device, look in visited.looks.items() if look.sideways} == {}


def test_no_display_formula_is_cut_off(visited: Visit) -> None:
    assert {device: look.cut for device, look in visited.looks.items() if look.cut} == {}


def test_whatever_can_be_clicked_has_a_key(visited: Visit) -> None:
    ours = {
        device: [what for what in look.mouse_only if what not in MATERIALS_LABELS]
        for device, look in visited.looks.items()
    }
    assert not any(ours.values()), ours


def test_axe_finds_nothing_of_ours(visited: Visit) -> None:
    ours = {
        device: [said for said in look.axe if not re.fullmatch("|".join(MATERIALS), said)]
        for device, look in visited.looks.items()
    }
    assert not any(ours.values()), ours


@pytest.mark.skipif(
    "PYTEST_XDIST_WORKER" in os.environ,
    reason="fonts come late where other tests take the processor: `make browser` measures this",
)
def test_layout_stays_where_it_is(visited: Visit) -> None:
    assert {
        device: load.shift for device, load in visited.loads.items() if load.shift > SHIFT
    } == {}


def test_page_is_light(address: str, visited: Visit) -> None:
    limit = LEDGER_OF_CLAIMS if "claims/" in address else WEIGHT
    for load in visited.loads.values():
        heaviest = sorted(load.sent.items(), key=lambda item: -item[1])[:5]
        assert sum(load.sent.values()) < limit, heaviest
