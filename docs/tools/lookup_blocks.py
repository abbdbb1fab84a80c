"""The blocks of tables that are looked up by name: ``/// glossary | networks`` etc."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import lookups
import results
import tolerances
import vector_tables
from pymdownx.blocks.block import Block


class _Lookup(Block):
    """What a function makes, given the argument of the block."""

    ARGUMENT = True
    make: Any

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The listing, in a box of its own."""
        box = ElementTree.SubElement(parent, "div", {"class": "made"})
        cards = self.config["cards"]
        box.text = cards.stash(self.md, type(self).make, cards.pieces, self.argument or "")
        return box


class _Glossary(_Lookup):
    NAME = "glossary"
    make = lookups.glossary


class _Works(_Lookup):
    NAME = "works"
    ARGUMENT = None
    make = lookups.works


class _Conventions(_Lookup):
    NAME = "conventions"
    make = lookups.conventions


class _Counts(_Lookup):
    NAME = "counts"
    make = lookups.counts


class _Record(_Lookup):
    NAME = "record"
    make = results.record


class _Tolerances(_Lookup):
    NAME = "tolerances"
    make = tolerances.tolerances


class _Frameworks(_Lookup):
    NAME = "frameworks"
    ARGUMENT = None
    make = lookups.frameworks


class _Vectors(_Lookup):
    NAME = "vectors"
    make = vector_tables.vectors


LOOKUPS = (_Glossary, _Works, _Conventions, _Counts, _Frameworks, _Record, _Tolerances, _Vectors)
