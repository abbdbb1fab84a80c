"""Boxes, circles and wires: a graph as data, and how it is drawn.

Wires run level or upright, round their corners and end in an arrowhead. A wire that branches off
another begins in a dot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import copysign, hypot

from drawings.svg import Drawing, Point

RADIUS = 13
_HALF = {
    "source": (0, 0),
    "exit": (0, 0),
    "gate": (43, 28),
    "map": (39, 21),
    "function": (31, 17),
    "operation": (RADIUS, RADIUS),
}
_CORNER = 9


@dataclass(frozen=True)
class Node:
    """Where something is computed.

    ``kind``: ``source`` is given; ``gate`` is a function of an affine map of what it reads, ``map``
    a linear or affine map, ``function`` and ``operation`` act entry by entry; ``exit`` hands on.
    ``label`` is what stands in it, ``array`` the array whose value it is, by its name in code;
    ``parameters`` are what a ``map`` has.
    """

    kind: str
    at: Point
    label: str = ""
    array: str = ""
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wire:
    """From a node to another, round the corners ``via``; ``branch``: from there, off a wire."""

    source: str
    target: str
    via: tuple[Point, ...] = ()
    branch: Point | None = None


@dataclass(frozen=True)
class Graph:
    """A cell as a picture: nodes by name, wires, and where the names of arrays stand.

    ``names`` has for each array that is named the place of its label and how it is aligned there.
    """

    cell: str
    size: Point
    body: tuple[float, float, float, float]
    nodes: Mapping[str, Node]
    wires: Sequence[Wire]
    names: Mapping[str, tuple[float, float, str]]


def box(drawing: Drawing, at: Point, half: Point, style: str, radius: float = 7) -> None:
    """A rectangle round its middle."""
    (x, y), (w, h) = at, half
    drawing.add("rect", style, x=x - w, y=y - h, width=2 * w, height=2 * h, rx=radius)


def operation(drawing: Drawing, at: Point, sign: str) -> None:
    """A circle with a product, a sum or a short expression in it."""
    drawing.add("circle", "node", cx=at[0], cy=at[1], r=RADIUS)
    r = 5.5
    x, y = at
    if sign == "+":
        drawing.add("path", "sign", d=f"M{x - r} {y}h{2 * r}M{x} {y - r}v{2 * r}")
    elif sign == "×":
        r = 4.5
        drawing.add(
            "path", "sign", d=f"M{x - r} {y - r}l{2 * r} {2 * r}m0 {-2 * r}l{-2 * r} {2 * r}"
        )
    else:
        drawing.text((x, y + 5.5), sign, size=16)


def wire(drawing: Drawing, points: Sequence[Point], style: str = "wire") -> None:
    """A line through points, with round corners and a head at its end."""
    *before, (x, y) = points
    px, py = before[-1]
    length = hypot(x - px, y - py)
    u, v = (x - px) / length, (y - py) / length
    points = [*before, (x - 5 * u, y - 5 * v)]  # the line ends inside its head
    d = f"M{_at(points[0])}"
    for a, b, c in zip(points, points[1:], points[2:], strict=False):
        d += f"L{_at(_toward(b, a))}Q{_at(b)} {_at(_toward(b, c))}"
    drawing.add("path", style, d=f"{d}L{_at(points[-1])}")
    left, right = (x - 9 * u - 4 * v, y - 9 * v + 4 * u), (x - 9 * u + 4 * v, y - 9 * v - 4 * u)
    drawing.add("path", f"head {style}", d=f"M{_at((x, y))}L{_at(left)}L{_at(right)}z")


def draw_graph(
    drawing: Drawing, graph: Graph, tex: Mapping[str, str], words: Mapping[str, str]
) -> None:
    """Draw a cell: ``tex`` has what its arrays are called, ``words`` the word in a gate's box."""
    x, y, right, below = graph.body
    drawing.add("rect", "body", x=x, y=y, width=right - x, height=below - y, rx=14)
    for w in graph.wires:
        source, target = graph.nodes[w.source], graph.nodes[w.target]
        start = w.branch or _edge(source, (*w.via, target.at)[0])
        wire(drawing, [start, *w.via, _edge(target, (start, *w.via)[-1])])
        if w.branch:
            drawing.add("circle", "dot", cx=w.branch[0], cy=w.branch[1], r=3.2)
    for node in graph.nodes.values():
        _node(drawing, node, tex, words)
    for name, (x, y, anchor) in graph.names.items():
        drawing.text((x, y), f"${tex[name]}$", "symbol", anchor, 18)


def _node(drawing: Drawing, node: Node, tex: Mapping[str, str], words: Mapping[str, str]) -> None:
    x, y = node.at
    if node.kind == "operation":
        operation(drawing, node.at, node.label)
    elif node.kind == "gate":
        box(drawing, node.at, _HALF["gate"], "node")
        drawing.text((x, y - 3), f"${node.label}$", size=18)
        drawing.text((x, y + 18), words[node.array], "note")
    elif node.kind == "map":
        box(drawing, node.at, _HALF["map"], "node weights")
        label = ", ".join(f"${tex[name]}$" for name in node.parameters)
        drawing.text((x, y + 5), label, "symbol", size=16)
    elif node.kind == "function":
        box(drawing, node.at, _HALF["function"], "node")
        drawing.text((x, y + 5), f"${node.label}$", size=17)


def _edge(node: Node, toward: Point) -> Point:
    """Where a level or upright line from a node's middle leaves it."""
    (x, y), (w, h) = node.at, _HALF[node.kind]
    dx, dy = toward[0] - x, toward[1] - y
    return (x + copysign(w, dx), toward[1]) if abs(dx) > w else (toward[0], y + copysign(h, dy))


def _toward(a: Point, b: Point) -> Point:
    length = hypot(b[0] - a[0], b[1] - a[1])
    k = min(_CORNER, length / 2) / length
    return a[0] + k * (b[0] - a[0]), a[1] + k * (b[1] - a[1])


def _at(p: Point) -> str:
    return f"{p[0]:.4g} {p[1]:.4g}"
