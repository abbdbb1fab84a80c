"""LaTeX to HTML while the site is built: the vendored KaTeX, run in V8, each formula once."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from py_mini_racer import MiniRacer

SCRIPT = Path(__file__).parent / "vendor" / "katex.min.js"

_RENDER = """
const allow = code => code === "htmlExtension" ? "ignore" : "error"
function render(tex, display, marked) {
  const options = {displayMode: display, throwOnError: true, ...marked
    ? {output: "html", strict: allow, trust: context => context.command === "\\\\htmlData"}
    : {output: "htmlAndMathml", strict: "error"}}
  try {
    return JSON.stringify({html: katex.renderToString(tex, options)})
  } catch (error) {
    return JSON.stringify({error: error.message})
  }
}
"""
_STRUT = re.compile(r'katex-strut" style="height:([\d.]+)em;(?:vertical-align:-([\d.]+)em;)?"')
_MARKED = re.compile(r'<span class="(?:katex-)?enclosing" data-s="(\w+)">')
_DRAWN = '<span class="katex-html"'
_BASE = '<span class="katex-base">'
_UNDERLINE = "\N{COMBINING LOW LINE}"


class MathError(ValueError):
    """LaTeX that KaTeX does not accept; the message says what and where."""


def html(tex: str, *, display: bool = False) -> str:
    """HTML and MathML of ``tex``, in an ``x-math`` element.

    Raises ``MathError``.
    """
    return _wrap(_rendered(tex.strip(), display), display)


def marked(tex: str, marks: str) -> str:
    """``tex`` displayed, with a ``data-s`` on each part that ``marks`` names.

    ``marks`` is ``tex`` with ``\\htmlData{s=...}`` round those parts. MathML and source are
    those of ``tex``; only what is drawn carries the marks. Raises ``MathError``.
    """
    whole = _rendered(tex.strip(), True)
    drawn = _rendered(marks.strip(), True, with_marks=True)
    spoken = whole[: whole.index(_DRAWN)]
    return _wrap(spoken + _MARKED.sub(r"<span data-s=\1>", drawn[drawn.index(_DRAWN) :]), True)


@cache
def _v8() -> MiniRacer:
    context = MiniRacer()
    context.eval(SCRIPT.read_text(encoding="utf-8") + _RENDER)
    return context


@cache
def _rendered(tex: str, display: bool, with_marks: bool = False) -> str:
    answer = json.loads(str(_v8().call("render", tex, display, with_marks)))
    if "error" in answer:
        message = answer["error"].replace(_UNDERLINE, "")
        raise MathError(f"{message.removeprefix('KaTeX parse error: ')} (in {tex!r})")
    return str(answer["html"])


def plain(tex: str) -> str:
    """A short text for ``tex``, as the search index wants it: ``h_t = o_t ⊙ tanh(c_t)``."""
    tex = re.sub(r"\\begin\{\w+\*?\}|\\end\{\w+\*?\}|\\left|\\right|\\[,;:!]|&|\\\\", " ", tex)
    tex = re.sub(r"\\(?:operatorname|mathrm|mathbb|mathcal|text|bar|dot|tilde)\b", "", tex)
    for name, sign in (("odot", "⊙"), ("partial", "∂"), ("sum", "Σ"), ("times", "×")):
        tex = re.sub(rf"\\{name}(?![A-Za-z])", sign, tex)
    tex = re.sub(r"[{}\\]", "", tex)
    return re.sub(r"\s+", " ", tex).strip()


def _wrap(html: str, display: bool) -> str:
    if not display:
        # Lines may break inside a formula, but not between it and the full stop that follows.
        html = html.replace(f"</span>{_BASE}", f"</span><wbr>{_BASE}")
        return f"<x-math>{html}</x-math>"
    style = f"--height:{_height(html):.2f}"
    return f'<x-math class="display" tabindex="0" style="{style}">{html}</x-math>'


def _height(html: str) -> float:
    """Height of a displayed formula in em, so that the page does not move when it is drawn."""
    struts = [(float(h), float(d or 0)) for h, d in _STRUT.findall(html)]
    return max(h - d for h, d in struts) + max(d for _, d in struts) if struts else 1.0
