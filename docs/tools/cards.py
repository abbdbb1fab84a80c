"""The Markdown extension: formulas by their id, claims, tables from the data, inline mathematics.

    /// formula | lstm.c
    A caption, in Markdown.
    ///

    /// formulas | lstm.d_f lstm.h_D_W_*
    ///

    /// claim | rnn.shapes
    ///

    [the cell state][eq:lstm.c]

The blocks are in ``blocks`` and ``data_blocks``, what happens within a line in ``inline``. Whatever
is wrong with a page is added to ``problems``; the hooks make the build fail on it. Knows no MkDocs.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from blocks import BLOCKS
from claims import Claim, Claims
from data_blocks import DATA_BLOCKS
from drawings.kit import Kit
from figures import Figure
from formulas import Formula, UnknownNameError
from inline import DISPLAYED, INLINE, ChineseLines, DisplayMath, InlineMath, References
from katex import MathError
from lookup_blocks import LOOKUPS
from markdown import Markdown
from markdown.util import AtomicString
from pieces import Pieces
from pymdownx.blocks import BlocksExtension


class Cards(BlocksExtension):
    """The extension. One object serves every page of one language, one page after another."""

    def __init__(self, pieces: Pieces, claims: Claims, kit: Kit) -> None:
        """``pieces`` decides the language; ``kit`` draws in it."""
        super().__init__()
        self.pieces = pieces
        self.claims = claims
        self.kit = kit
        self.problems: list[str] = []
        self.placed: list[str] = []
        self.claimed: list[str] = []

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:
        """Called by Python-Markdown once for each page."""
        self.problems, self.placed, self.claimed = [], [], []
        self.pieces.legend.clear()
        md.references = References(md.references)
        # after fenced code, which stays as it is, and before HTML that has Markdown in it
        md.preprocessors.register(ChineseLines(md), "chinese-lines", 22)
        md.inlinePatterns.register(InlineMath(INLINE, md, self), "inline-math", 185)
        md.inlinePatterns.register(DisplayMath(DISPLAYED, md, self), "display-math", 184)
        for block in (*BLOCKS, *DATA_BLOCKS, Figure, *LOOKUPS):
            block_mgr.register(block, {"cards": self})

    def claim(self, name: str) -> Claim:
        """The claim of that id, noted as shown on this page. Raises ``UnknownNameError``."""
        claim = self.claims.claim(name)
        self.claimed.append(name)
        return claim

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
