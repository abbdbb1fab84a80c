r"""A little TeX as SVG text: ``$h_{t-1}$``, ``$\sigma_{\max}$``, in the fonts of the formulas.

Letters are italic, all else upright. A superscript and the subscript after it stand one above the
other. What is not known is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

_SIGNS = {
    "sigma": "σ",
    "partial": "∂",
    "odot": "⊙",
    "cdot": "·",
    "to": "→",
    "infty": "∞",
    "leq": "≤",
    "rightarrow": "→",
    "leftarrow": "←",
}
_UPRIGHT = {"tanh", "max"}
_TOKEN = re.compile(r"\\([A-Za-z]+)|([_^])(?:\{((?:[^{}]|\{[^{}]*\})*)\}|(\S))|(\s+)|(.)")
_SPACED = {"+", "-", "=", "→", "≤", "⊙"}
_SMALL = 0.72
_DROP, _RISE = 0.2, 0.38
_WIDTHS = {"(": 0.39, ")": 0.39, ",": 0.28, "t": 0.36, "−": 0.78, "→": 1.0, "←": 1.0}


class TexError(ValueError):
    """TeX that the pictures do not know."""


def spans(source: str, size: float) -> str:
    """The tspans of a label: prose, with mathematics between dollars, in letters of ``size``."""
    parts = source.split("$")
    if len(parts) % 2 == 0:
        raise TexError(f"a dollar too few or too many in {source!r}")
    return "".join(
        _math(part, 1.12 * size) if k % 2 else escape(part) for k, part in enumerate(parts)
    )


def plain(tex: str) -> str:
    r"""What ``spans`` shows, as a string: ``h_{t-1}`` is ``ht−1``."""
    return "".join(sign for sign, *_ in _glyphs(tex))


def _math(tex: str, size: float) -> str:
    """Neighbours that are alike share a tspan."""
    found, level, back = [], 0.0, 0.0
    runs: list[list[str | float | bool]] = []
    for sign, italic, small, height, left in _glyphs(tex):
        if runs and runs[-1][1:4] == [italic, small, height] and not left:
            runs[-1][0] = f"{runs[-1][0]}{sign}"
        else:
            runs.append([sign, italic, small, height, left])
    for sign, italic, small, height, left in runs:
        back = float(height) - level
        level = float(height)
        own = size * (_SMALL if small else 1)
        place = f' dy="{-back * size:.2f}"' if back else ""
        place += f' dx="{-float(left) * size:.2f}"' if left else ""
        style = "math" if italic else "math upright"
        found.append(
            f'<tspan class="{style}" font-size="{own:.4g}"{place}>{escape(str(sign))}</tspan>'
        )
    if level:  # what follows stands on the line again
        found.append(f'<tspan dy="{level * size:.2f}">\u200b</tspan>')
    return "".join(found)


def _glyphs(
    tex: str, small: bool = False, height: float = 0.0
) -> Iterator[tuple[str, bool, bool, float, float]]:
    """Each sign with its style: italic, small, how high, and how far to the left it moves first."""
    rise = 0.0
    for command, script, group, single, space, sign in _TOKEN.findall(tex):
        if space:
            continue
        if script:
            inner = list(_glyphs(group or single, True, _RISE if script == "^" else -_DROP))
            if script == "_" and rise:
                first, *rest = inner
                inner = [(*first[:4], rise), *rest]
            rise = _width(inner) if script == "^" else 0.0
            yield from inner
            continue
        rise = 0.0
        if command in _UPRIGHT:
            yield command, False, small, height, 0.0
        elif command in _SIGNS or not command:
            shown = _SIGNS.get(command, sign.replace("-", "−"))
            wide = not small and ("-" if sign == "-" else shown) in _SPACED
            yield f"\u2009{shown}\u2009" if wide else shown, shown.isalpha(), small, height, 0.0
        else:
            raise TexError(rf"\{command} is not known to the pictures (in {tex!r})")


def _width(glyphs: list[tuple[str, bool, bool, float, float]]) -> float:
    """About how wide a script is, in letters of the line."""
    return sum(_SMALL * _WIDTHS.get(c, 0.5) for sign, *_ in glyphs for c in sign)
