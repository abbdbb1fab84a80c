"""Networks over time: the recurrence and its copies, both directions, several layers."""

from __future__ import annotations

from itertools import pairwise

from drawings.diagram import box, wire
from drawings.kit import Kit
from drawings.svg import Drawing, Point

_HALF = (27, 21)
_STEPS = ("t-1", "t", "t+1")


def unrolled(kit: Kit) -> list[Drawing]:
    """The network with its loop, and its copies at three steps."""
    about = kit.say("unrolled.about")
    loop = Drawing(205, 320, kit.say("recurrent view"), about)
    loop.text((95, 18), kit.say("recurrent view"), "note")
    _step(loop, 95, "t")
    wire(loop, [(122, 172), (158, 172), (158, 224), (112, 224), (112, 193)], "wire shared")
    loop.text((166, 203), "$W_{hh}$", "accent", "start", 15)
    copies = Drawing(500, 320, kit.say("unrolled view"), about)
    copies.text((250, 18), kit.say("unrolled view"), "note")
    for x, step in zip((110, 250, 390), "123", strict=True):
        _step(copies, x, step)
    for start, end in ((30, 83), (137, 223), (277, 363), (417, 496)):
        wire(copies, [(start, 172), (end, 172)], "wire shared")
        copies.text(((start + end) / 2, 163), "$W_{hh}$", "accent", size=15)
    copies.text((26, 178), "$h_0$", "symbol", "end", 18)
    return [loop, copies]


def bidirectional(kit: Kit) -> list[Drawing]:
    """A state that runs forward, one that runs backward, and what they give together."""
    drawing = Drawing(500, 380, kit.say("bidirectional"), kit.say("bidirectional.about"))
    forward, backward, top = 240, 150, 60
    for x, step in zip((150, 280, 410), _STEPS, strict=True):
        a, b = (x - 26, forward), (x + 26, backward)
        wire(drawing, [(x - 8, 334), (x - 8, 300), (a[0], 300), (a[0], forward + 21)])
        wire(drawing, [(x + 8, 334), (x + 8, 300), (b[0], 300), (b[0], backward + 21)])
        wire(drawing, [(a[0], forward - 21), (a[0], 106), (x - 8, 106), (x - 8, top + 12)])
        wire(drawing, [(b[0], backward - 21), (b[0], 106), (x + 8, 106), (x + 8, top + 12)])
        drawing.text((x, 354), f"$x_{{{step}}}$", "symbol", size=18)
        drawing.text((x, top), f"$y_{{{step}}}$", "symbol", size=18)
    for start, end in ((72, 97), (151, 227), (281, 357), (411, 496)):
        wire(drawing, [(start, forward), (end, forward)], "wire shared")
    for start, end in ((496, 463), (409, 333), (279, 203), (149, 72)):
        wire(drawing, [(start, backward), (end, backward)], "wire second")
    for x, step in zip((150, 280, 410), _STEPS, strict=True):
        for at, sign in (((x - 26, forward), "right"), ((x + 26, backward), "left")):
            box(drawing, at, _HALF, "node")
            _over(drawing, at, step, sign)
    drawing.text((0, forward + 5), kit.say("forward"), "accent", "start", 15)
    drawing.text((0, backward + 5), kit.say("backward"), "violet", "start", 15)
    return [drawing]


def stacked(kit: Kit) -> list[Drawing]:
    """Three layers over three steps, with dropout on what one hands up to the next."""
    drawing = Drawing(500, 430, kit.say("stacked"), kit.say("stacked.about"))
    levels = (320, 215, 110)
    columns = (150, 280, 410)
    for x, step in zip(columns, _STEPS, strict=True):
        wire(drawing, [(x, 382), (x, levels[0] + 21)])
        drawing.text((x, 402), f"$x_{{{step}}}$", "symbol", size=18)
        for below, above in pairwise(levels):
            wire(drawing, [(x, below - 21), (x, above + 21)], "wire dropped")
        wire(drawing, [(x, levels[-1] - 21), (x, 52)])
        drawing.text((x, 40), f"$y_{{{step}}}$", "symbol", size=18)
    for k, y in enumerate(levels, 1):
        edges = [88, *(x + s for x in columns for s in (-31, 31)), 496]
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            wire(drawing, [(start, y), (end, y)])
        for x, step in zip(columns, _STEPS, strict=True):
            box(drawing, (x, y), (31, 21), "node")
            drawing.text((x, y + 6), f"$h^{{({k})}}_{{{step}}}$", "symbol", size=16)
        drawing.text((0, y + 5), kit.say("layer").format(k=k), "note", "start", 15)
    for below, above in pairwise(levels):
        drawing.text((0, (below + above) / 2 + 5), kit.say("dropout"), "accent", "start", 15)
    return [drawing]


def _step(drawing: Drawing, x: float, step: str) -> None:
    """A state with what it reads, below, and what is read off it, above."""
    wire(drawing, [(x, 268), (x, 193)], "wire")
    wire(drawing, [(x, 151), (x, 74)], "wire")
    box(drawing, (x, 172), _HALF, "node")
    drawing.text((x, 178), f"$h_{{{step}}}$", "symbol", size=18)
    drawing.text((x, 288), f"$x_{{{step}}}$", "symbol", size=18)
    drawing.text((x, 62), f"$y_{{{step}}}$", "symbol", size=18)
    drawing.text((x - 8, 246), "$W_{ih}$", "accent", "end", 15)
    drawing.text((x - 8, 120), "$W_{hy}$", "accent", "end", 15)


def _over(drawing: Drawing, at: Point, step: str, direction: str) -> None:
    """A state under an arrow."""
    x, y = at
    drawing.text((x, y + 8), f"$h_{{{step}}}$", "symbol", size=17)
    width = 13 if step == "t" else 27
    left = x - width / 2 - 1
    tip, tail = (left + 13, left) if direction == "right" else (left, left + 13)
    back = tip + (-4 if direction == "right" else 4)
    d = f"M{tail:.1f} {y - 10}H{tip:.1f}M{back:.1f} {y - 13}L{tip:.1f} {y - 10}L{back:.1f} {y - 7}"
    drawing.add("path", "sign", d=d)
