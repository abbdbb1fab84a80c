"""A panel with axes: lines, bands and labels in the units of the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import log10

from drawings.svg import Drawing, Point

WIDTH = 332
"""Two panels stand side by side on a page, one on a phone."""
LETTERS = 12.5
LINE = 15.0


class Chart(Drawing):
    """A plane with ticks. Above it what is drawn, below it what it is drawn over."""

    def __init__(
        self,
        title: str,
        about: str,
        *,
        x: Mapping[float, str],
        y: Mapping[float, str],
        over: str,
        span: tuple[float, float] | None = None,
        height: float = 224,
        log: bool = False,
        right: float = 14,
    ) -> None:
        """``x`` and ``y`` are the ticks with what stands at them; they are the ends of the axes.

        ``span`` are the ends of the y axis, where these are not the outermost ticks. ``right`` is
        the room for labels beside the plane.
        """
        super().__init__(WIDTH, height, title, about)
        self._left, self._top = 40.0, 34.0
        self._right, self._below = WIDTH - right, height - 40.0
        self._scale: Callable[[float], float] = log10 if log else float
        self._x = min(x), max(x)
        low, high = span or (min(y), max(y))
        self._y = self._scale(low), self._scale(high)
        self.text((0, 14), title, "title", "start", 13)
        self.text(((self._left + self._right) / 2, height - 4), over, "note", size=LETTERS)
        for value, label in y.items():
            if label:
                _, level = self.at(self._x[0], value)
                self.add("path", "grid", d=f"M{self._left} {level:.1f}H{self._right}")
                self.text((self._left - 7, level + 4), label, "tick", "end", 12)
        for value, label in x.items():
            where, _ = self.at(value, low)
            self.text((where, self._below + 17), label, "tick", size=12)
        self.add("path", "axis", d=f"M{self._left} {self._below}H{self._right}")

    def at(self, x: float, y: float) -> Point:
        """Where a value stands in the panel."""
        across = (x - self._x[0]) / (self._x[1] - self._x[0])
        up = (self._scale(y) - self._y[0]) / (self._y[1] - self._y[0])
        return (
            self._left + across * (self._right - self._left),
            self._below - up * (self._below - self._top),
        )

    def line(self, xs: Sequence[float], ys: Sequence[float], style: str) -> Point:
        """A curve, cut off where it leaves the plane above or below; returns where it ends."""
        pieces = self._inside([self.at(x, y) for x, y in zip(xs, ys, strict=True)])
        for piece in pieces:
            self.polyline(piece, f"line {style}")
        return pieces[-1][-1]

    def at_ends(self, ends: Sequence[tuple[Point, str, str]]) -> None:
        """Label curves where they end, from place, words and style; labels keep their distance."""
        before = self._below + LINE
        for (x, y), words, style in sorted(ends, key=lambda end: -end[0][1]):
            before = min(y, before - LINE)
            self.text((x + 7, before + 4), words, f"halo {style}", "start", LETTERS)

    def band(
        self, xs: Sequence[float], low: Sequence[float], high: Sequence[float], style: str
    ) -> None:
        """All that lies between two curves."""
        there = [self.at(x, y) for x, y in zip(xs, high, strict=True)]
        back = [self.at(x, y) for x, y in zip(xs, low, strict=True)]
        self.polyline([*there, *reversed(back)], f"band {style}")

    def level(self, y: float, label: str = "", style: str = "", above: bool = True) -> None:
        """A dashed line across the plane, with its label at the right end."""
        _, level = self.at(self._x[0], y)
        self.add("path", f"line dashed {style}", d=f"M{self._left} {level:.1f}H{self._right}")
        if label:
            place = (self._right, level - 5 if above else level + 14)
            self.text(place, label, f"halo {style or 'note'}", "end", LETTERS)

    def label(
        self,
        at: Point,
        words: str,
        style: str,
        anchor: str = "start",
        shift: Point = (0.0, 0.0),
    ) -> None:
        """Words at a value, moved by ``shift``."""
        x, y = self.at(*at)
        self.text((x + shift[0], y + shift[1]), words, f"halo {style}", anchor, LETTERS)

    def bar(self, x: float, y: float, half: float, style: str) -> None:
        """A bar from the axis up."""
        (left, top), (right, _) = self.at(x - half, y), self.at(x + half, y)
        self.add(
            "rect", f"bar {style}", x=left, y=top, width=right - left, height=self._below - top
        )

    def _inside(self, points: Sequence[Point]) -> list[list[Point]]:
        """The pieces of a curve that lie in the plane."""
        pieces: list[list[Point]] = [[]]
        for a, b in pairwise(points):
            cut = self._cut(a, b)
            if cut is None:
                continue
            if pieces[-1] and pieces[-1][-1] == cut[0]:
                pieces[-1].append(cut[1])
            else:
                pieces.append([*cut])
        return [piece for piece in pieces if piece]

    def _cut(self, a: Point, b: Point) -> tuple[Point, Point] | None:
        """The part of a straight piece that lies in the plane."""
        top, below = self._top, self._below
        if max(a[1], b[1]) < top or min(a[1], b[1]) > below:
            return None

        def clip(p: Point, q: Point) -> Point:
            edge = top if p[1] < top else below if p[1] > below else None
            if edge is None:
                return p
            k = (edge - p[1]) / (q[1] - p[1])
            return p[0] + k * (q[0] - p[0]), edge

        return clip(a, b), clip(b, a)


def ticks(*values: float, every: int = 1) -> dict[float, str]:
    """Ticks that are labelled with their value; only each ``every``-th has a label."""
    return {v: f"{v:g}".replace("-", "−") if k % every == 0 else "" for k, v in enumerate(values)}


def powers(*exponents: int) -> dict[float, str]:
    """Ticks at powers of ten."""
    return {10.0**e: f"$10^{{{e}}}$" if e else "1" for e in exponents}
