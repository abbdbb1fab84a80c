"""What every room of the site's HTML needs: the language, the data, and the small parts.

Knows no Markdown. The rooms are ``formula_cards``, ``badges``, ``tables`` and ``claims``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape

import katex
from evidence import Evidence
from formulas import Cite, Home, Ledger
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from symbols import keys, mark, meaning
from words import say

MARKS = {"passed": "✓", "failed": "✗", "absent": "–", "stale": "–"}
"""The mark of each state of a finding."""

_INLINE = re.compile(r"\$(?P<tex>[^$]+)\$|`(?P<code>[^`]+)`")


@dataclass(frozen=True)
class Pieces:
    """The data and the language of one build. Every method may raise ``MathError``.

    ``version`` is that of the package. ``legend`` collects, by home, what the symbols of the
    formulas of a page mean.
    """

    lang: str
    ledger: Ledger
    evidence: Evidence
    version: str
    legend: dict[str, dict[str, str]] = field(default_factory=dict)

    def say(self, name: str, **values: object) -> str:
        """The site's own words, escaped."""
        return escape(say(self.lang, name, **values))

    def rich(self, text: str) -> str:
        """Text of the data files, in which ``$...$`` is mathematics and backticks are code."""
        parts, end = [], 0
        for found in _INLINE.finditer(text):
            parts.append(escape(text[end : found.start()]))
            if found["tex"]:
                parts.append(katex.html(found["tex"]))
            else:
                parts.append(f"<code>{escape(found['code'])}</code>")
            end = found.end()
        return "".join(parts) + escape(text[end:])

    def formula(self, tex: str, home: Home) -> str:
        """A displayed formula of ``home``, in which each symbol can say what it is."""
        marks = mark(tex, home)
        known = self.legend.setdefault(home.id, {})
        known.update({key: meaning(key, home, self.lang) for key in keys(marks)})
        return katex.marked(tex, marks)

    def space(self, shape: Sequence[str]) -> str:
        """The shape of an array."""
        return " × ".join(f"<var>{escape(size)}</var>" for size in shape) or "1"

    def works(self, works: Iterable[Cite]) -> str:
        """A list of works, each with its link."""
        return bullets(map(self.work, works))

    def work(self, cite: Cite) -> str:
        """One work with its link."""
        link = escape(cite.link)
        shown = escape(cite.link.removeprefix("https://").removeprefix("doi.org/"))
        return f'{escape(cite.text)} <a href="{link}">{shown}</a>' if link else escape(cite.text)


def fold(title: str, html: str) -> str:
    """HTML that is hidden under a title until it is opened."""
    return f'<details class="eq-fold"><summary>{title}</summary>{html}</details>'


def bullets(items: Iterable[str]) -> str:
    """A list of items that are HTML."""
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def date(created: str) -> str:
    """The day of a time in ISO 8601."""
    return created.partition("T")[0]


def power(number: float) -> str:
    """``3.1e-16`` as 3.1 × 10⁻¹⁶, in HTML, on one line."""
    if number == 0:
        return "0"
    digits, _, exponent = f"{number:.1e}".partition("e")
    digits = digits.removesuffix(".0")
    shown = f"10<sup>{int(exponent)}</sup>".replace("-", "−")
    times = "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}"
    return shown if digits == "1" else f"{digits}{times}{shown}"


@cache
def python_html(code: str) -> str:
    """Lines of Python with their colours, the same in every language."""
    return highlight(code, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
