"""Which symbols of a cell or loss stand where in a formula, and what each of them is.

``mark`` puts KaTeX's ``\\htmlData`` round every symbol that the home's table has, with a short key;
``meaning`` says what a key stands for. A bar (gradient) or a dot (tangent) over a symbol belongs
to it, and so do its scripts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import escape

from formulas import Home, Symbol
from words import say

Heads = tuple[tuple[str, str, int], ...]
"""Base, subscript and number of each symbol, the longest base first."""

_GROUP = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_SCRIPTS = re.compile(rf"(?:[_^](?:{_GROUP}|\\[A-Za-z]+|[^\\{{}}]))*")
_SCRIPT = re.compile(rf"([_^])({_GROUP}|\\[A-Za-z]+|[^\\{{}}])")
_NOT_SYMBOLS = re.compile(
    rf"\\(?:operatorname|mathrm|mathbb|mathcal|text|begin|end){_GROUP}|\\(?:tilde|hat){_GROUP}"
)
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)")
_ACCENTS = {r"\dot{\bar{": ("db", "}}"), r"\bar{": ("b", "}"), r"\dot{": ("d", "}"), "": ("", "")}
_ARROWS = {"+": "p", r"\leftarrow": "l", "(t)": "t"}
_KEY = re.compile(r"\\htmlData\{s=(\w+)\}")
_INDICES = re.compile("[nikc]*")


def mark(tex: str, home: Home) -> str:
    """``tex`` with ``\\htmlData`` round each symbol of ``home``."""
    return _marked(tex, _heads(home))


@cache
def _marked(tex: str, heads: Heads) -> str:
    parts, at = [], 0
    while at < len(tex):
        if found := _symbol(tex, at, heads):
            key, end = found
            parts.append(f"\\htmlData{{s={key}}}{{{tex[at:end]}}}")
        else:
            end = _skip(tex, at)
            parts.append(tex[at:end])
        at = end
    return "".join(parts)


def keys(marks: str) -> set[str]:
    """The keys of the symbols that ``mark`` found."""
    return set(_KEY.findall(marks))


def meaning(key: str, home: Home, lang: str) -> str:
    """What the symbol with that key is, and its shape."""
    found = re.match(r"(\d+)(.*)", key)
    if not found:
        raise ValueError(f"a key is the number of a symbol and its accents, got {key!r}")
    symbol, accents = home.symbols[int(found[1])], found[2]
    title = symbol.title[lang]
    if accents:
        title = say(lang, f"accent_{accents}", title=title)
    shape = " × ".join(symbol.shape) or say(lang, "scalar")
    return f"{title} · {shape}"


def legend_html(used: Mapping[str, Mapping[str, str]], lang: str) -> str:
    """The meanings of the keys on a page, by home, and its own words, for ``site.js`` to show."""
    known = {"words": {"copied": say(lang, "copied")}, **used}
    content = json.dumps(known, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    content = escape(content, quote=False).replace("'", "&#39;")
    return f"<div hidden id=\"legend\" data-legend='{content}'></div>"


def _heads(home: Home) -> Heads:
    heads = [(*_split(symbol), number) for number, symbol in enumerate(home.symbols)]
    return tuple(sorted(heads, key=lambda head: -len(head[0])))


def _split(symbol: Symbol) -> tuple[str, str]:
    base, _, subscript = symbol.latex.partition("_")
    return base, _bare(subscript)


def _symbol(tex: str, at: int, heads: Heads) -> tuple[str, int] | None:
    """The key of the symbol that begins at ``at``, and where it ends."""
    for accent, (name, close) in _ACCENTS.items():
        if not tex.startswith(accent, at):
            continue
        for base, subscript, number in heads:
            begin = at + len(accent)
            end = begin + len(base) + len(close)
            if not tex.startswith(base + close, begin) or _goes_on(tex, end, base):
                continue
            scripts = _SCRIPTS.match(tex, end)
            ends = scripts.end() if scripts else end
            parts = {m[1]: _bare(m[2]) for m in _SCRIPT.finditer(tex, end, ends)}
            given = parts.get("_", "")
            fits = given == subscript or (not subscript and _INDICES.fullmatch(given))
            if fits:
                return f"{number}{name}{_ARROWS.get(parts.get('^', ''), '')}", ends
    return None


def _goes_on(tex: str, end: int, base: str) -> bool:
    """Whether a command such as ``\\ell`` is only the beginning of a longer one."""
    return bool(_COMMAND.fullmatch(base)) and tex[end : end + 1].isalpha()


def _skip(tex: str, at: int) -> int:
    """Where what is no symbol ends: a command, what is upright in it, scripts, one character."""
    for pattern in (_NOT_SYMBOLS, _COMMAND):
        if found := pattern.match(tex, at):
            break
    end = found.end() if found else at + 1
    scripts = _SCRIPTS.match(tex, end) if tex[at] not in "&{" else None
    return scripts.end() if scripts else end


def _bare(script: str) -> str:
    return script[1:-1] if script.startswith("{") else script
