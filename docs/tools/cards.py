"""The Markdown extension: formulas by their id, tables from the data, and inline mathematics.

    /// formula | lstm.c
    A caption, in Markdown.
    ///

    /// formulas | lstm.d_f lstm.h_D_W_*
    ///

    [the cell state][eq:lstm.c]

Whatever is wrong with a page is added to ``problems``; the hooks make the build fail on it.
Knows no MkDocs.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar
from xml.etree import ElementTree

from claims import Claims, claim_html, summary_html
from formulas import Formula, UnknownNameError
from katex import MathError
from listing_blocks import LISTINGS
from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import AtomicString
from pieces import Pieces
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block, type_boolean, type_string

INLINE = r"(?<![\\$])\$(?![\s$])((?:\\.|[^\\$])+?)(?<!\s)\$(?![\d$])"
_HAN, _STOP = r"\u3400-\u9fff", r"\u3001-\u3011\uff01-\uff1f"
_BREAK = re.compile(rf"[{_HAN}{_STOP}]\n[{_HAN}{_STOP}]|[{_STOP}]\n[\w$`\[]")
_NOT_PROSE = re.compile(r"#|\||/// | {4}\w+: ")
DISPLAYED = r"\$\$.*?(?:\$\$|$)|\\\[.*?(?:\\\]|$)|\\begin\{\w+\*?\}"


class Cards(BlocksExtension):
    """The extension. One object serves every page of one language, one page after another."""

    def __init__(self, pieces: Pieces, claims: Claims) -> None:
        """``pieces`` makes the HTML, and so decides the language."""
        super().__init__()
        self.pieces = pieces
        self.claims = claims
        self.problems: list[str] = []
        self.placed: list[str] = []

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:
        """Called by Python-Markdown once for each page."""
        self.problems, self.placed = [], []
        md.references = _References(md.references)
        md.preprocessors.register(_ChineseLines(md), "chinese-lines", 5)
        md.inlinePatterns.register(_InlineMath(INLINE, md, self), "inline-math", 185)
        md.inlinePatterns.register(_DisplayMath(DISPLAYED, md, self), "display-math", 184)
        for block in (_Formula, _Display, _Claims, *_TABLES, *LISTINGS):
            block_mgr.register(block, {"cards": self})
        block_mgr.register(_Formulas, {"cards": self})

    def place(self, formula: Formula, element: ElementTree.Element) -> None:
        """Give ``formula`` its place on this page: the id that references point at."""
        if formula.id in self.placed:
            self.problems.append(f"formula {formula.id!r} is shown twice; mark one `repeat: true`")
        self.placed.append(formula.id)
        element.set("id", formula.anchor)

    def stash(self, md: Markdown, make: Any, *arguments: Any) -> AtomicString:
        """What ``make`` returns, as Markdown's placeholder; on an error, a note of it."""
        try:
            html = make(*arguments)
        except (MathError, UnknownNameError) as error:
            html = self.complain(str(error))
        return AtomicString(md.htmlStash.store(html))

    def complain(self, problem: str) -> str:
        """Record a problem; return a note for the page, for who builds without --strict."""
        self.problems.append(problem)
        note = problem.replace("&", "&amp;").replace("<", "&lt;")
        return f'<strong class="problem">{note}</strong>'


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
        element.text = self.stash(self.cards.pieces.card, formula, self.BRIEF)


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
    """Displayed mathematics that is not in the ledger: ``/// display | why it is not``."""

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
        block.text = cards.stash(self.md, cards.pieces.display, block.text, self.argument)


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
    """A table made from the data."""

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The table, in a box of its own."""
        box = ElementTree.SubElement(parent, "div", {"class": "made"})
        box.text = self.config["cards"].stash(self.md, self.make, self.config["cards"].pieces)
        return box

    def make(self, pieces: Pieces) -> str:
        """The method of ``Pieces`` that is called as the block is; its argument is a home."""
        method = getattr(pieces, self.NAME)
        return method(pieces.ledger.home(self.argument)) if self.ARGUMENT else method()


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


_TABLES = (_Symbols, _Cite, _Routes, _Results, _Versions)


class _ChineseLines(Preprocessor):
    """Chinese has no spaces between words, so a line break between two characters is none."""

    def run(self, lines: list[str]) -> list[str]:
        """Called by Python-Markdown with the lines of the page."""
        joined: list[str] = []
        for line in lines:
            before = joined[-1] if joined else ""
            if _BREAK.search(f"{before}\n{line}") and not _NOT_PROSE.match(before):
                joined[-1] += line
            else:
                joined.append(line)
        return joined


class _InlineMath(InlineProcessor):
    """``$...$``, set while the site is built."""

    def __init__(self, pattern: str, md: Markdown, cards: Cards) -> None:
        super().__init__(pattern, md)
        self.cards = cards

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        """Called by Python-Markdown for each match."""
        return self.cards.stash(self.md, self.cards.pieces.katex.html, m[1]), m.start(), m.end()


class _DisplayMath(_InlineMath):
    """Displayed mathematics typed into a page: refused."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        """Called by Python-Markdown for each match."""
        start = " ".join(m[0].split())[:40]
        problem = (
            f"displayed mathematics typed by hand: {start!r}; insert a formula by its id, "
            "or use /// display | reason"
        )
        return self.cards.stash(self.md, self.cards.complain, problem), m.start(), m.end()


class _References(dict[str, tuple[str, str | None]]):
    """Markdown's link references, in which every ``eq:...`` exists; the hooks find its place."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or str(key).startswith("eq:")

    def __missing__(self, key: str) -> tuple[str, str | None]:
        return key, None
