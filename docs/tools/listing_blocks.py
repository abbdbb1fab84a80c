"""The blocks of terms, works, conventions and results: ``/// glossary | networks`` and its like."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import listings
import results
from pymdownx.blocks.block import Block


class _Listing(Block):
    """What a function makes, given the argument of the block."""

    ARGUMENT = True
    make: Any

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The listing, in a box of its own."""
        box = ElementTree.SubElement(parent, "div", {"class": "made"})
        cards = self.config["cards"]
        box.text = cards.stash(self.md, type(self).make, cards.pieces, self.argument or "")
        return box


class _Glossary(_Listing):
    NAME = "glossary"
    make = listings.glossary


class _Works(_Listing):
    NAME = "works"
    ARGUMENT = None
    make = listings.works


class _Conventions(_Listing):
    NAME = "conventions"
    make = listings.conventions


class _Record(_Listing):
    NAME = "record"
    make = results.record


LISTINGS = (_Glossary, _Works, _Conventions, _Record)
