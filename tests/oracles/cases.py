"""What a check is run on: sizes, a point, a direction and the gradients that arrive from outside.

Imports NumPy, hypothesis and the notation of cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.cells import CELLS
from derivations.notation import Array, Cell

Results = dict[str, Any]
Shape = tuple[int, ...]
Make = Callable[[str, Shape], Any]


@dataclass(frozen=True)
class Point:
    """A value for everything that a cell is given: stacked parameters, inputs, earlier states."""

    params: Results
    inputs: Results
    states: Results

    def map(self, change: Callable[[Any], Any]) -> Point:
        """The same with every array changed."""
        parts = (self.params, self.inputs, self.states)
        return Point(*({name: change(a) for name, a in part.items()} for part in parts))

    def join(self, other: Point, combine: Callable[[Any, Any], Any]) -> Point:
        """Each array combined with that of another point."""
        mine = (self.params, self.inputs, self.states)
        theirs = (other.params, other.inputs, other.states)
        pairs = zip(mine, theirs, strict=True)
        return Point(
            *({name: combine(a, b[name]) for name, a in part.items()} for part, b in pairs)
        )

    def items(self) -> Iterator[tuple[str, Any]]:
        """Every array with its name; the state before a step or a sequence is ``h_prev``."""
        yield from self.params.items()
        yield from self.inputs.items()
        yield from ((f"{name}_prev", a) for name, a in self.states.items())


@dataclass(frozen=True)
class Case:
    """One step (``T`` is None) or one sequence of a cell.

    ``upstream`` holds dL/d of what is handed on, in the order in which it is asked for: of a step
    its exits; of a sequence ``y``, the output at each step, then every final state.
    """

    cell: Cell
    T: int | None
    B: int
    at: Point
    along: Point
    upstream: Results

    def map(self, change: Callable[[Any], Any]) -> Case:
        """The same with every array changed, for example to another dtype."""
        upstream = {name: change(a) for name, a in self.upstream.items()}
        at, along = self.at.map(change), self.along.map(change)
        return Case(self.cell, self.T, self.B, at, along, upstream)


@dataclass(frozen=True)
class Config:
    """What determines a random case; its repr is all that is needed to draw the case again.

    At scale 1 and sizes below 10 no gate is saturated. The arrays cannot be written to.
    """

    cell: str
    sizes: dict[str, int]
    T: int
    B: int
    seed: int
    scale: float = field(default=1.0)

    def sequence(self) -> Case:
        """A sequence of ``T`` steps."""
        return self._case(self.T)

    def step(self) -> Case:
        """One step."""
        return self._case(None)

    def _case(self, T: int | None) -> Case:
        rng = np.random.default_rng(self.seed)

        def make(name: str, shape: Shape) -> Any:
            weight = name.startswith(("weight", "bias"))
            array = self.scale * rng.uniform(-0.7, 0.7, shape) if weight else rng.normal(size=shape)
            array.flags.writeable = False
            return array

        return build(CELLS[self.cell], self.sizes, T, self.B, make)


def build(cell: Cell, sizes: dict[str, int], T: int | None, B: int, make: Make) -> Case:
    """A case with the arrays ``make(name, shape)``; the direction's names end in ``_dot``."""
    ahead = (B,) if T is None else (T, B)

    def point(end: str) -> Point:
        stacks = {s.name: stacked_shape(s.blocks, sizes) for s in cell.stacks}
        return Point(
            {name: make(name + end, shape) for name, shape in stacks.items()},
            {a.name: make(a.name + end, (*ahead, *shape(a, sizes))) for a in cell.inputs},
            {s.name: make(s.previous.name + end, (B, *shape(s.next, sizes))) for s in cell.states},
        )

    if T is None:
        handed_on = {a.name: (B, *shape(a, sizes)) for a in cell.exits}
    else:
        handed_on = {"y": (T, B, *shape(cell.output, sizes))}
        handed_on |= {s.name: (B, *shape(s.next, sizes)) for s in cell.states}
    upstream = {name: make(f"d_{name}", of) for name, of in handed_on.items()}
    return Case(cell, T, B, point(""), point("_dot"), upstream)


def shape(array: Array, sizes: dict[str, int]) -> Shape:
    """The shape of an array in numbers."""
    return tuple(sizes[size] for size in array.shape)


def stacked_shape(blocks: tuple[Array, ...], sizes: dict[str, int]) -> Shape:
    """The shape of blocks stacked one below the other."""
    rows, *rest = shape(blocks[0], sizes)
    return (len(blocks) * rows, *rest)


def size_names(cell: Cell) -> list[str]:
    """The sizes that a cell's arrays have."""
    return sorted({size for a in cell.arrays.values() for size in a.shape})


@st.composite
def configs(draw: st.DrawFn, cell: Cell, largest: int = 7, edges: bool = True) -> Config:
    """All sizes different and greater than 1; at the edges T, B or both are 1 all the same."""
    names = size_names(cell)
    numbers = draw(st.permutations(range(2, largest + 1)))
    sizes = dict(zip([*names, "T", "B"], numbers, strict=False))
    for name in draw(st.sampled_from(["", "", "", "T", "B", "TB"])) if edges else "":
        sizes[name] = 1
    T, B = sizes.pop("T"), sizes.pop("B")
    return Config(cell.id, sizes, T, B, draw(st.integers(0, 2**32 - 1)))


def over_configs(
    cell: Cell,
    examples: int,
    check: Callable[[Config], None],
    fits: Callable[[dict[str, int]], bool] = lambda sizes: True,
) -> None:
    """Run a check on random configurations that fit; hypothesis prints the one that fails."""
    drawn = configs(cell).filter(lambda config: fits(config.sizes))
    settings(max_examples=examples, deadline=None)(given(config=drawn)(check))()
