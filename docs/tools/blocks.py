"""The blocks that show formulas, each with prose or LaTeX inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from xml.etree import ElementTree

from claims import claim_link
from formula_cards import card, display
from formulas import Formula, UnknownNameError
from markdown.util import AtomicString
from pymdownx.blocks.block import Block, type_boolean, type_string

if TYPE_CHECKING:
    from cards import Cards


class Captioned(Block):
    """What stands in the block is its caption, in Markdown; ``on_create`` makes ``caption``."""

    caption: ElementTree.Element

    def on_markdown(self) -> str:
        """The caption is Markdown."""
        return "block"

    def on_add(self, block: ElementTree.Element) -> ElementTree.Element:
        """What stands in the block goes into the caption."""
        return self.caption


class _Formula(Captioned):
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
        title = formula.title[self.cards.pieces.lang]
        element.set("role", "group")
        element.set("aria-label", f"{title} ({formula.number})")
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


BLOCKS = (_Formula, _Formulas, _Display)
"""The blocks, for the extension to register."""
