"""The blocks that show what the data have: claims, the index of formulas, tables, code."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import tables
from claims import claim_brief, claim_html, summary_html
from explorer import explorer_html
from listing import filter_html, index_html
from pieces import Pieces
from pymdownx.blocks.block import Block

if TYPE_CHECKING:
    from cards import Cards


class _Claim(Block):
    """One claim of the ledger of claims, on a page of its own subject: ``/// claim | id``."""

    NAME = "claim"
    ARGUMENT = True

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The box of the claim."""
        cards = self.config["cards"]
        box = ElementTree.SubElement(parent, "details", {"class": "claim"})
        box.text = cards.stash(self.md, self.make, cards)
        return box

    def make(self, cards: Cards) -> str:
        """The claim, folded; its id leads to its place in the ledger, where it is searched for."""
        brief = claim_brief(cards.claim(self.argument), cards.pieces)
        return f"<!--aside-->{brief}<!--/aside-->"


class _Claims(Block):
    """The ledger of claims: a heading for each section of the source document, and its claims."""

    NAME = "claims"

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The sections, with a box for each claim."""
        cards: Cards = self.config["cards"]
        box = ElementTree.SubElement(parent, "div", {"class": "claims"})
        box.text = cards.stash(self.md, summary_html, cards.claims, cards.pieces)
        for section, title in cards.claims.sections.items():
            place = {"id": f"section-{section.replace('.', '-')}"}
            heading = ElementTree.SubElement(box, "h2", place)
            heading.text = f"{section} {title[cards.pieces.lang]}"
            for claim in cards.claims.of(section):
                element = ElementTree.SubElement(box, "div", {"class": "claim", "id": claim.anchor})
                element.text = cards.stash(self.md, claim_html, claim, cards.pieces)
        return box


class _Index(Block):
    """The index of all formulas: a heading for each home, and its formulas."""

    NAME = "index"

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The field to filter by, and the lists."""
        cards: Cards = self.config["cards"]
        box = ElementTree.SubElement(parent, "div", {"class": "made"})
        box.text = cards.stash(self.md, filter_html, cards.pieces)
        for home in cards.pieces.ledger.homes.values():
            heading = ElementTree.SubElement(box, "h2", {"id": home.id.replace("_", "-")})
            heading.text = home.title[cards.pieces.lang]
            element = ElementTree.SubElement(box, "div")
            element.text = cards.stash(self.md, index_html, home, cards.pieces)
        return box


class _Table(Block):
    """A table made from the data, by the function of ``tables`` that is called as the block is."""

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The table, in a box of its own."""
        box = ElementTree.SubElement(parent, "div", {"class": "made"})
        box.text = self.config["cards"].stash(self.md, self.make, self.config["cards"].pieces)
        return box

    def make(self, pieces: Pieces) -> str:
        """The table; the argument of a block that has one is a home."""
        table = getattr(tables, self.NAME)
        return table(pieces, pieces.ledger.home(self.argument)) if self.ARGUMENT else table(pieces)


class _Explorer(_Table):
    """The gradient explorer, in a box to which the page can link."""

    NAME = "explorer"

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The box."""
        box = super().on_create(parent)
        box.set("id", self.NAME)
        return box

    def make(self, pieces: Pieces) -> str:
        """The controls and the empty drawings."""
        return explorer_html(pieces)


class _Symbols(_Table):
    NAME = "symbols"
    ARGUMENT = True


class _Cite(_Table):
    NAME = "cite"
    ARGUMENT = True


class _Code(_Table):
    NAME = "code"
    ARGUMENT = True


class _Routes(_Table):
    NAME = "routes"


class _Results(_Table):
    NAME = "results"


class _Versions(_Table):
    NAME = "versions"


DATA_BLOCKS = (
    _Claim,
    _Claims,
    _Index,
    _Explorer,
    _Symbols,
    _Cite,
    _Code,
    _Routes,
    _Results,
    _Versions,
)
"""The blocks, for the extension to register."""
