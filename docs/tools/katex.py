"""LaTeX to HTML while the site is built: the vendored KaTeX, run in QuickJS.

Every rendering is kept in a file beside the build, so that a second build renders nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

import quickjs

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


class Katex:
    """Renders LaTeX, each formula once."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is where the renderings are kept between builds."""
        source = SCRIPT.read_text(encoding="utf-8")
        self._render = quickjs.Function("render", source + _RENDER, own_executor=True)
        version = hashlib.sha256(
            (source + _RENDER + Path(__file__).read_text()).encode()
        ).hexdigest()[:12]
        self._file = folder / f"katex-{version}.json"
        self._known: dict[str, str] = _read(self._file)
        self._saved = len(self._known)

    def html(self, tex: str, *, display: bool = False) -> str:
        """HTML and MathML of ``tex``, in an ``x-math`` element.

        Raises ``MathError``.
        """
        return _wrap(self._rendered(tex.strip(), display), display)

    def marked(self, tex: str, marks: str) -> str:
        """``tex`` displayed, with a ``data-s`` on each part that ``marks`` names.

        ``marks`` is ``tex`` with ``\\htmlData{s=...}`` round those parts. MathML and source are
        those of ``tex``; only what is drawn carries the marks. Raises ``MathError``.
        """
        plain = self._rendered(tex.strip(), True)
        drawn = self._rendered(marks.strip(), True, marked=True)
        spoken = plain[: plain.index(_DRAWN)]
        return _wrap(spoken + _MARKED.sub(r"<span data-s=\1>", drawn[drawn.index(_DRAWN) :]), True)

    def _rendered(self, tex: str, display: bool, marked: bool = False) -> str:
        kind = ("marked " if marked else "") + ("display" if display else "inline")
        key = f"{kind} {tex}"
        if key not in self._known:
            answer = json.loads(self._render(tex, display, marked))
            if "error" in answer:
                message = answer["error"].replace(_UNDERLINE, "")
                raise MathError(f"{message.removeprefix('KaTeX parse error: ')} (in {tex!r})")
            self._known[key] = answer["html"]
        return self._known[key]

    def save(self) -> None:
        """Keep what was rendered for the next build."""
        if len(self._known) == self._saved:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(self._known, ensure_ascii=False), encoding="utf-8")
        part.replace(self._file)
        self._saved = len(self._known)


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


def _read(file: Path) -> dict[str, str]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
