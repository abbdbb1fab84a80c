"""The block of the pictures.

/// figure | lstm_cell
A caption, in Markdown.
///
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from blocks import Captioned
from drawings.kit import Kit
from drawings.registry import panels


class Figure(Captioned):
    """A picture in the language of the page, with its caption."""

    NAME = "figure"
    ARGUMENT = True

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The panels, and an empty caption."""
        figure = ElementTree.SubElement(parent, "figure", {"class": "picture"})
        # The search index leaves out what stands in this element, which holds no other of its kind.
        shown = ElementTree.SubElement(figure, "div", {"data-search-exclude": ""})
        cards = self.config["cards"]
        shown.text = cards.stash(self.md, self._html, cards.kit)
        self.caption = ElementTree.SubElement(figure, "figcaption")
        return figure

    def _html(self, kit: Kit) -> str:
        return "".join(panels(self.argument, kit))

    def on_end(self, block: ElementTree.Element) -> None:
        """A picture says what it shows."""
        if len(self.caption) == 0 and not self.caption.text:
            cards: Any = self.config["cards"]
            self.caption.text = cards.stash(
                self.md, cards.complain, f"figure {self.argument!r} has no caption"
            )
