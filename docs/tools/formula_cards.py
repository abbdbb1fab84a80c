"""The card of a formula: title, badge, formula, code, shape, derivation. Knows no Markdown."""

from __future__ import annotations

from html import escape

import katex
from badges import badge
from formulas import Formula
from pieces import Pieces, fold, python_html

LONG = 4
"""From so many lines of NumPy on, a card shows them folded."""


def card(pieces: Pieces, formula: Formula, brief: bool = False) -> str:
    """The inside of a card: title, badge, formula, NumPy, shape and derivation.

    A brief derivation refers to other formulas instead of deriving them once more.

    Links are written ``eq:lstm.c`` and ``page:bptt.md``; the hooks turn them into URLs.
    """
    parts = (_head(pieces, formula), _body(pieces, formula), _code(pieces, formula))
    return _indexed(formula, "".join(parts) + _steps(pieces, formula, brief))


def display(pieces: Pieces, tex: str, note: str) -> str:
    """A displayed formula that is not in the ledger of formulas, with a note that is HTML."""
    shown = katex.html(tex, display=True)
    return f'<div class="eq-body">{shown}</div><p class="eq-outside">{note}</p>'


def bibtex(formula: Formula, pieces: Pieces) -> str:
    """How to cite a formula; ``{#}`` stands for its address, which ``site.js`` knows."""
    fields = {
        "title": f"{{{formula.title[pieces.lang]}}} ({formula.number})",
        "howpublished": f"rnnref {pieces.version}",
        "number": formula.number,
        "version": pieces.version,
        "url": "#",
    }
    lines = (f"  {name} = {{{value}}}," for name, value in fields.items())
    return "\n".join((f"@misc{{rnnref:{formula.id},", *lines, "}"))


def _head(pieces: Pieces, formula: Formula) -> str:
    title = escape(formula.title[pieces.lang])
    tools = badge(pieces, formula) + _copy(pieces, "tex")
    if formula.numpy:
        tools += _copy(pieces, "numpy")
    tools += _copy(pieces, "cite", f' data-cite="{escape(bibtex(formula, pieces))}"')
    return (
        f'<div class="eq-head"><a class="eq-title" href="{formula.anchor}">{title}</a>'
        f'<div class="eq-tools">{tools}</div></div>'
    )


def _copy(pieces: Pieces, what: str, more: str = "") -> str:
    """A button; what it copies is read from the card by ``site.js``."""
    return (
        f'<button class="eq-copy" type="button" aria-label="{pieces.say(f"copy_{what}")}" '
        f'data-copy="{what}"{more}>{pieces.say(f"label_{what}")}</button>'
    )


def _body(pieces: Pieces, formula: Formula) -> str:
    shown = pieces.formula(formula.latex, pieces.ledger.homes[formula.home])
    number = escape(formula.number)
    name = pieces.say("permalink", number=formula.number)
    return (
        f'<div class="eq-body">{shown}<a class="eq-number" href="{formula.anchor}" '
        f'aria-label="{name}">({number})</a></div>'
    )


def _code(pieces: Pieces, formula: Formula) -> str:
    shape = _shape(pieces, formula) + _assumed(pieces, formula)
    if not formula.numpy:
        return f'<div class="eq-foot">{shape}</div>' if shape else ""
    lines = len(formula.numpy)
    code = python_html("\n".join(formula.numpy))
    block = f'<pre class="eq-numpy highlight no-copy"><code>{code.rstrip()}</code></pre>'
    about = _module(pieces, formula) + shape
    if lines >= LONG:
        folded = fold(pieces.say("numpy_lines", count=lines), block)
        return f'<div class="eq-foot">{about}</div>{folded}'
    return f'<div class="eq-foot">{block}{about}</div>'


def _module(pieces: Pieces, formula: Formula) -> str:
    """A link to the line of the generated module that names the formula."""
    home = pieces.ledger.homes[formula.home]
    line = home.line(formula.id)
    if line is None:
        return ""
    name = pieces.say("source_line", file=home.file, line=line)
    return (
        f'<a class="eq-code" href="page:code/{home.id}.md#line-{line}" '
        f'aria-label="{name}">{home.file}:{line}</a>'
    )


def _shape(pieces: Pieces, formula: Formula) -> str:
    if not formula.shape:
        return ""
    return f'<span class="eq-shape">{pieces.say("shape")} {pieces.space(formula.shape)}</span>'


def _assumed(pieces: Pieces, formula: Formula) -> str:
    if not formula.assumes:
        return ""
    between = "" if pieces.lang == "zh" else " "
    said = between.join(escape(text[pieces.lang]) for text in formula.assumes)
    return f'<span class="eq-assumed">{pieces.say("assumes")} {said}</span>'


def _steps(pieces: Pieces, formula: Formula, brief: bool) -> str:
    if not formula.steps:
        return ""
    home = pieces.ledger.homes[formula.home]
    steps, used = list(formula.steps), []
    if brief:
        derived = pieces.ledger.derived(formula.home)
        used = [derived[s.latex] for s in steps[:-1] if s.latex in derived]
        steps = [s for s in steps[:-1] if s.latex not in derived] + steps[-1:]
    items = [
        f"<li><p>{pieces.rich(step.why[pieces.lang])}</p>"
        + ("" if brief and step.latex == formula.latex else pieces.formula(step.latex, home))
        + "</li>"
        for step in steps
    ]
    uses = ", ".join(f'<a href="{f.anchor}">({f.number})</a>' for f in used)
    if used:
        items.insert(0, f"<li><p>{pieces.say('uses')} {uses}</p></li>")
    kind = "proof" if formula.kind == "bptt" else "steps"
    title = pieces.say(kind if len(items) > 1 else f"{kind}_one", count=len(items))
    return fold(title, f'<ol class="eq-steps">{"".join(items)}</ol>')


def _indexed(formula: Formula, html: str) -> str:
    """Mark where a formula begins and ends, for the search index."""
    return f"<!--{formula.anchor}-->{html}<!--/{formula.anchor}-->"
