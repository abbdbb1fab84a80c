"""One SVG: what is drawn is collected as text; colours and line widths are classes of the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from drawings.mathtext import plain, spans

Point = tuple[float, float]

SIZE = 16
"""Letters of a diagram, so large that they can be read when it is as narrow as a phone."""


class Drawing:
    """A panel of a picture, ``width`` by ``height``; on the page about as many pixels."""

    def __init__(self, width: float, height: float, title: str, about: str) -> None:
        """``title`` and ``about`` say what is seen to who does not see it."""
        self.width, self.height = width, height
        self._title = re.sub(r"\$([^$]*)\$", lambda m: plain(m[1]), title)
        self._about = about
        self._parts: list[str] = []

    def add(self, tag: str, style: str, **attributes: float | str) -> None:
        """An element without content."""
        given = "".join(f' {k.replace("_", "-")}="{number(v)}"' for k, v in attributes.items())
        self._parts.append(f'<{tag} class="{style}"{given}/>')

    def raw(self, svg: str) -> None:
        """An element as it is written."""
        self._parts.append(svg)

    def text(
        self, at: Point, label: str, style: str = "", anchor: str = "middle", size: float = SIZE
    ) -> None:
        """A label whose base line begins, has its middle or ends at a point."""
        named = f' class="{style}"' if style else ""
        turned = "" if anchor == "start" else f' text-anchor="{anchor}"'
        place = f'x="{number(at[0])}" y="{number(at[1])}"'
        body = spans(label, size)
        self._parts.append(f'<text{named} {place} font-size="{size:g}"{turned}>{body}</text>')

    def polyline(self, points: Iterable[Point], style: str) -> None:
        """Straight pieces from point to point."""
        self.add("path", style, d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points))

    def svg(self) -> str:
        """The whole element, on one line."""
        return (
            f'<svg viewBox="0 0 {number(self.width)} {number(self.height)}" role="img"'
            f' style="--width:{number(self.width)}"><title>{escape(self._title)}</title>'
            f"<desc>{escape(self._about)}</desc>{''.join(self._parts)}</svg>"
        )


def number(v: float | str) -> str:
    """Without zeros at the end; strings as they are."""
    return v if isinstance(v, str) else f"{v:.1f}".removesuffix(".0")
