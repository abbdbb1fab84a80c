"""The index of all formulas, and the generated modules line by line. Knows no Markdown."""

from __future__ import annotations

from html import escape

from badges import VERDICTS
from formulas import Home, UnknownNameError
from pieces import Pieces, python_html
from words import say


def filter_html(pieces: Pieces) -> str:
    """The field that ``site.js`` filters the index by, and what the marks mean."""
    verdicts = [pieces.evidence.verdict(f) for f in pieces.ledger.formulas.values()]
    marks = "".join(
        f'<li class="{v}">{mark} {pieces.say(v)} {verdicts.count(v)}</li>'
        for v, mark in VERDICTS.items()
    )
    name = pieces.say("filter")
    return (
        f'<input class="index-filter" type="search" placeholder="{name}" aria-label="{name}">'
        f'<ul class="index-marks">{marks}</ul>'
    )


def index_html(home: Home, pieces: Pieces) -> str:
    """Every formula of a home, in the order of the numbers: mark, number, title, id.

    An id that is no formula any more keeps its number and its anchor, and says what replaced it.
    Raises ``UnknownNameError`` if nothing did.
    """
    rows = (
        _row(name, pieces)
        if name in pieces.ledger.formulas
        else _retired(name, f"{home.number_prefix}.{number}", pieces)
        for number, name in enumerate(pieces.ledger.numbers[home.id], 1)
    )
    return f'<ul class="index">{"".join(rows)}</ul>'


def code_page(home: Home, lang: str) -> str:
    """The Markdown of the page that shows a generated module."""
    title = say(lang, "code_title", home=home.title[lang])
    about = say(lang, "code_about", file=home.code)
    head = "---\nhide: [toc]\nsearch:\n  exclude: true\n---\n"
    return f"{head}# {title}\n\n{about}\n\n/// code | {home.id}\n///\n"


def code_html(pieces: Pieces, home: Home) -> str:
    """The generated module, with an anchor for each line."""
    code = python_html(home.module)
    lines = "\n".join(
        f'<span id="line-{number}">{line}</span>'
        for number, line in enumerate(code.rstrip("\n").split("\n"), 1)
    )
    return f'<pre class="module highlight" tabindex="0"><code>{lines}</code></pre>'


def _row(name: str, pieces: Pieces) -> str:
    formula = pieces.ledger.formulas[name]
    verdict = pieces.evidence.verdict(formula)
    return (
        f'<li><span class="{verdict}" role="img" aria-label="{pieces.say(verdict)}">'
        f'{VERDICTS[verdict]}</span> <a href="{formula.anchor}">{escape(formula.number)}</a> '
        f"{escape(formula.title[pieces.lang])} <code>{escape(name)}</code></li>"
    )


def _retired(name: str, number: str, pieces: Pieces) -> str:
    if name not in pieces.ledger.retired:
        raise UnknownNameError(f"{name!r} is no formula any more; docs/data/retired.json must say")
    new = pieces.ledger.reference(pieces.ledger.retired[name])
    return (
        f'<li id="eq:{escape(name)}"><span>–</span> {escape(number)} {pieces.say("retired")} '
        f'<a href="{new.anchor}">({escape(new.number)})</a> <code>{escape(name)}</code></li>'
    )
