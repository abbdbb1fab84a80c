"""The card of a formula: title, badge, formula, NumPy, shape and derivation. Knows no Markdown."""

from __future__ import annotations

from html import escape

from badges import badge
from formulas import Formula
from pieces import Pieces, fold
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

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
    shown = pieces.katex.html(tex, display=True)
    return f'<div class="eq-body">{shown}</div><p class="eq-outside">{note}</p>'


def _head(pieces: Pieces, formula: Formula) -> str:
    title = escape(formula.title[pieces.lang])
    tools = badge(pieces, formula) + _copy(pieces, "TeX", "copy_tex", formula.latex)
    if formula.numpy:
        tools += _copy(pieces, "NumPy", "copy_numpy", "\n".join(formula.numpy))
    return (
        f'<div class="eq-head"><a class="eq-title" href="{formula.anchor}">{title}</a>'
        f'<div class="eq-tools">{tools}</div></div>'
    )


def _copy(pieces: Pieces, label: str, what: str, text: str) -> str:
    return (
        f'<button class="eq-copy" type="button" aria-label="{pieces.say(what)}" '
        f'data-copied="{pieces.say("copied")}" data-copy="{escape(text)}">{label}</button>'
    )


def _body(pieces: Pieces, formula: Formula) -> str:
    shown = _display(pieces, formula.latex)
    return (
        f'<div class="eq-body">{shown}<a class="eq-number" href="{formula.anchor}">'
        f"({escape(formula.number)})</a></div>"
    )


def _code(pieces: Pieces, formula: Formula) -> str:
    if not formula.numpy:
        shape = _shape(pieces, formula)
        return f'<div class="eq-foot">{shape}</div>' if shape else ""
    lines = len(formula.numpy)
    code = highlight("\n".join(formula.numpy), PythonLexer(), HtmlFormatter(nowrap=True))
    block = f'<pre class="eq-numpy highlight no-copy"><code>{code.rstrip()}</code></pre>'
    if lines >= LONG:
        foot = f'<div class="eq-foot">{_shape(pieces, formula)}</div>' if formula.shape else ""
        return foot + fold(pieces.say("numpy_lines", count=lines), block)
    return f'<div class="eq-foot">{block}{_shape(pieces, formula)}</div>'


def _display(pieces: Pieces, tex: str) -> str:
    return pieces.katex.html(tex, display=True)


def _shape(pieces: Pieces, formula: Formula) -> str:
    if not formula.shape:
        return ""
    return f'<span class="eq-shape">{pieces.say("shape")} {pieces.space(formula.shape)}</span>'


def _steps(pieces: Pieces, formula: Formula, brief: bool) -> str:
    if not formula.steps:
        return ""
    steps, used = list(formula.steps), []
    if brief:
        derived = pieces.ledger.derived(formula.home)
        used = [derived[s.latex] for s in steps[:-1] if s.latex in derived]
        steps = [s for s in steps[:-1] if s.latex not in derived] + steps[-1:]
    items = [
        f"<li><p>{pieces.rich(step.why[pieces.lang])}</p>"
        + ("" if brief and step.latex == formula.latex else _display(pieces, step.latex))
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
