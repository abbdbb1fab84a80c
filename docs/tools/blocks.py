"""The blocks of a page: formulas, displayed mathematics, claims, and tables from the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from xml.etree import ElementTree

import tables
from claims import claim_html, claim_link, summary_html
from costs import costs_html
from explorer import explorer_html
from formula_cards import card, display
from formulas import Formula, UnknownNameError
from markdown.util import AtomicString
from pieces import Pieces
from pymdownx.blocks.block import Block, type_boolean, type_string

if TYPE_CHECKING:
    from cards import Cards


class _Formula(Block):
    """One formula with an optional caption; ``repeat: true`` shows it once more."""

    NAME = "formula"
    ARGUMENT = True
    OPTIONS: ClassVar = {"repeat": (False, type_boolean)}
    BRIEF = False

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The card, with an empty caption."""
        self.card = ElementTree.SubElement(parent, "div", {"class": "eq"})
        self.fill()
        self.caption = ElementTree.SubElement(self.card, "div", {"class": "eq-caption"})
        return self.card

    def fill(self) -> None:
        """Put the one formula into the card."""
        if len(found := self.found(self.argument)) == 1:
            self.show(found[0], self.card)
        elif found:
            problem = f"/// formula takes one id, {self.argument!r} matches {len(found)}"
            self.card.text = self.stash(lambda: self.cards.complain(problem))

    def on_markdown(self) -> str:
        """The caption is Markdown."""
        return "block"

    def on_add(self, block: ElementTree.Element) -> ElementTree.Element:
        """What stands in the block goes into the caption."""
        return self.caption

    def on_end(self, block: ElementTree.Element) -> None:
        """No empty caption."""
        if len(self.caption) == 0 and not self.caption.text:
            self.card.remove(self.caption)

    @property
    def cards(self) -> Cards:
        """The extension."""
        return self.config["cards"]

    def stash(self, make: Any, *arguments: Any) -> AtomicString:
        """See ``Cards.stash``."""
        return self.cards.stash(self.md, make, *arguments)

    def found(self, pattern: str) -> list[Formula]:
        """The formulas that an argument names; if there are none, a note in the card."""
        try:
            return self.cards.pieces.ledger.select(pattern)
        except UnknownNameError as error:
            problem = ElementTree.SubElement(self.card, "p")
            problem.text = self.stash(self.cards.complain, str(error))
            return []

    def show(self, formula: Formula, element: ElementTree.Element) -> None:
        """Fill ``element`` with ``formula``."""
        if not self.options["repeat"]:
            self.cards.place(formula, element)
        element.text = self.stash(card, self.cards.pieces, formula, self.BRIEF)


class _Formulas(_Formula):
    """Several formulas in one compact card, a row each, in the order of their numbers.

    ``*`` stands for any letters; what it matches is left out if the page already has it.
    ``folded: Title`` folds the card under that title.
    """

    NAME = "formulas"
    OPTIONS: ClassVar = {**_Formula.OPTIONS, "folded": ("", type_string)}
    BRIEF = True

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The card, with a row for each formula."""
        card = super().on_create(parent)
        card.set("class", "eq eq-rows")
        if title := self.options["folded"]:
            card.tag = "details"
            summary = ElementTree.Element("summary")
            summary.text = f"{title} ({len(card) - 1})"
            card.insert(0, summary)
        return card

    def fill(self) -> None:
        """Put a row for each formula into the card."""
        chosen: set[str] = set()
        for pattern in self.argument.split():
            known = self.cards.placed if "*" in pattern or "?" in pattern else ()
            chosen.update(f.id for f in self.found(pattern) if f.id not in known)
        for formula in self.cards.pieces.ledger.formulas.values():
            if formula.id in chosen:
                self.show(formula, ElementTree.SubElement(self.card, "div", {"class": "eq-row"}))


class _Display(Block):
    """Displayed mathematics that is not in the ledger of formulas.

    ``/// display | why it is not``, or ``/// display | claim: id`` if a claim establishes it.
    """

    NAME = "display"
    ARGUMENT = True

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The frame."""
        return ElementTree.SubElement(parent, "div", {"class": "eq eq-display"})

    def on_markdown(self) -> str:
        """What stands in the block is LaTeX."""
        return "raw"

    def on_end(self, block: ElementTree.Element) -> None:
        """Set it."""
        cards = self.config["cards"]
        block.text = cards.stash(self.md, self.make, cards, block.text)

    def make(self, cards: Cards, tex: str) -> str:
        """The formula and its note."""
        word, _, name = self.argument.partition(":")
        if word != "claim":
            reason = f"{cards.pieces.say('not_in_ledger')}: {cards.pieces.rich(self.argument)}"
            return display(cards.pieces, tex, reason)
        claim = cards.claim(name.strip())
        return display(cards.pieces, tex, claim_link(claim, cards.pieces))


class _Claim(Block):
    """One claim of the ledger of claims, on a page of its own subject: ``/// claim | id``."""

    NAME = "claim"
    ARGUMENT = True

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The box of the claim."""
        cards = self.config["cards"]
        box = ElementTree.SubElement(parent, "div", {"class": "claim"})
        box.text = cards.stash(self.md, self.make, cards)
        return box

    def make(self, cards: Cards) -> str:
        """The claim; its id leads to its place in the ledger."""
        return claim_html(cards.claim(self.argument), cards.pieces)


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


class _Counts(_Table):
    """What cells cost: ``/// counts | name of a table``."""

    NAME = "counts"
    ARGUMENT = True

    def make(self, pieces: Pieces) -> str:
        """The table."""
        return costs_html(self.argument, pieces)


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


class _Routes(_Table):
    NAME = "routes"


class _Results(_Table):
    NAME = "results"


class _Versions(_Table):
    NAME = "versions"


BLOCKS = (
    _Formula,
    _Formulas,
    _Display,
    _Claim,
    _Claims,
    _Counts,
    _Explorer,
    _Symbols,
    _Cite,
    _Routes,
    _Results,
    _Versions,
)
"""Every block, for the extension to register."""
