"""What the site changes within a line of Markdown: mathematics, Chinese line ends, references."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import katex
from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

if TYPE_CHECKING:
    from cards import Cards

INLINE = r"(?<![\\$])\$(?![\s$])((?:\\.|[^\\$])+?)(?<!\s)\$(?![\d$])"
DISPLAYED = r"\$\$.*?(?:\$\$|$)|\\\[.*?(?:\\\]|$)|\\begin\{\w+\*?\}"
_HAN, _STOP = r"\u3400-\u9fff", r"\u3001-\u3011\uff01-\uff1f"
_BREAK = re.compile(
    rf"[{_HAN}{_STOP}]\n {{0,4}}[{_HAN}{_STOP}]|[{_STOP}]\n {{0,4}}(?!\d+\. )[\w$`\[]"
)
"""A line that goes on, also in an item of a list; the next item of a numbered list is none."""
_NOT_PROSE = re.compile(r"#|\||/// | {4}\w+: ")


class ChineseLines(Preprocessor):
    """Chinese has no spaces between words, so a line break between two characters is none."""

    def run(self, lines: list[str]) -> list[str]:
        """Called by Python-Markdown with the lines of the page."""
        joined: list[str] = []
        for line in lines:
            before = joined[-1] if joined else ""
            if _BREAK.search(f"{before}\n{line}") and not _NOT_PROSE.match(before):
                joined[-1] += line.lstrip()
            else:
                joined.append(line)
        return joined


class InlineMath(InlineProcessor):
    """``$...$``, set while the site is built."""

    def __init__(self, pattern: str, md: Markdown, cards: Cards) -> None:
        """``cards`` collects the problems of the page."""
        super().__init__(pattern, md)
        self.cards = cards

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        """Called by Python-Markdown for each match."""
        return self.cards.stash(self.md, katex.html, m[1]), m.start(), m.end()


class DisplayMath(InlineMath):
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


class References(dict[str, tuple[str, str | None]]):
    """Markdown's link references, in which every ``eq:...`` exists; the hooks find its place."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or str(key).startswith("eq:")

    def __missing__(self, key: str) -> tuple[str, str | None]:
        return key, None
