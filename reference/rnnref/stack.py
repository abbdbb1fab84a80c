"""Layers upon layers, each with one direction or two, on arrays that are right. Imports rnnref.

A cell here is one layer in one direction; cells are counted as PyTorch counts them: layer by
layer, in each the forward direction first. States are one array (cells, B, size) for each state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from rnnref.arrays import Array
from rnnref.direction import Adjoints, Direction, States

Sweep = Callable[..., Sequence[Adjoints]]
"""From the number of a cell and the gradients of its output to what is before it; for several
sweeps side by side, each with a gradient of its own."""


class StackGradients(NamedTuple):
    """dL/d of the input, of the states before the first step, of each cell's parameters."""

    x: Array
    start: States
    params: list[Any]


@dataclass(frozen=True)
class Stack:
    """The cells, and what the output of each layer but the last is multiplied by.

    ``scales`` is None, or an array (layers - 1, T, B, size of an output): the masks of dropout.
    """

    layers: tuple[tuple[Direction, ...], ...]
    scales: Array | None = None

    def forward(self, x: Array, start: States) -> tuple[Array, States, list[Any]]:
        """The output of the last layer, the last states, and the tape of each cell."""
        return self._up(lambda cell, k, x: cell.forward(x, _of(start, k)), x)

    def jvp(
        self, tapes: Sequence[Any], params_dot: Sequence[Any], x_dot: Array, start_dot: States
    ) -> tuple[Array, States, list[Any]]:
        """The tangents of what `forward` gives."""
        return self._up(
            lambda cell, k, x_dot: cell.jvp(tapes[k], params_dot[k], x_dot, _of(start_dot, k)),
            x_dot,
        )

    def backward(self, tapes: Sequence[Any], d_y: Array, d_end: States) -> StackGradients:
        """Backpropagation through time, layer by layer from the last to the first."""
        (found,) = self._down(
            lambda cell, k, d_y: [cell.backward(tapes[k], d_y, _of(d_end, k))], d_y
        )
        return found

    def backward_jvp(
        self,
        tapes: Sequence[Any],
        params_dot: Sequence[Any],
        tapes_dot: Sequence[Any],
        d_y: Array,
        d_end: States,
        d_y_dot: Array,
        d_end_dot: States,
    ) -> StackGradients:
        """The tangents of what `backward` gives."""

        def sweep(cell: Direction, k: int, d_y: Array, d_y_dot: Array) -> Sequence[Adjoints]:
            run = tapes[k], params_dot[k], tapes_dot[k]
            return cell.backward_jvp(*run, d_y, _of(d_end, k), d_y_dot, _of(d_end_dot, k))

        _, dots = self._down(sweep, d_y, d_y_dot)
        return dots

    def truncated_backward(
        self, steps: int, tapes: Sequence[Any], d_y: Array, d_end: States
    ) -> list[StackGradients]:
        """Backpropagation cut every ``steps`` steps in all layers, and what is lost by it.

        Of a layer let C be the cut sweep and R what it loses; both are linear, and the sweep of
        `backward` is C + R, as `Direction.truncated_backward` says. If c arrives from the layer
        above in the cut run and r is what that lost, the layer sends C c down in the cut run, and
        loses (C + R)(c + r) - C c = R c + (C + R) r: the other run takes up what is cut off of c
        here, and carries on with all of r.
        """

        def sweep(cell: Direction, k: int, d_y: Array, dropped_d_y: Array) -> Sequence[Adjoints]:
            return cell.truncated_backward(steps, tapes[k], d_y, _of(d_end, k), dropped_d_y)

        return self._down(sweep, d_y, np.zeros_like(d_y))

    def _up(
        self, run: Callable[[Direction, int, Array], tuple[Any, States]], x: Array
    ) -> tuple[Array, States, list[Any]]:
        tapes: list[Any] = []
        ends = []
        for n, layer in enumerate(self.layers):
            below = x if n == 0 else self._dropped(n - 1, x)
            for cell in layer:
                tape, end = run(cell, len(tapes), below)
                tapes.append(tape)
                ends.append(end)
            x = np.concatenate([tape.h for tape in tapes[-len(layer) :]], axis=-1)
        return x, _stacked(ends), tapes

    def _down(self, sweep: Sweep, *d_ys: Array) -> list[StackGradients]:
        """One result for each of the gradients ``d_ys`` that are swept back side by side."""
        found: list[Sequence[Adjoints]] = []
        for n, layer in reversed(list(enumerate(self.layers))):
            shares = zip(*(np.split(d_y, len(layer), axis=-1) for d_y in d_ys), strict=True)
            cells = [
                sweep(cell, n * len(layer) + i, *share)
                for i, (cell, share) in enumerate(zip(layer, shares, strict=True))
            ]
            found = cells + found
            d_ys = tuple(
                reduce(np.add, (a.x for a in adjoints)) for adjoints in zip(*cells, strict=True)
            )
            if n:
                d_ys = tuple(self._dropped(n - 1, d_y) for d_y in d_ys)
        return [
            StackGradients(d_x, _stacked([a.start for a in adjoints]), [a.params for a in adjoints])
            for d_x, adjoints in zip(d_ys, zip(*found, strict=True), strict=True)
        ]

    def _dropped(self, n: int, y: Array) -> Array:
        """The output of layer n after dropout, or the gradient of it before."""
        return y if self.scales is None else y * self.scales[n]


def _of(states: States, k: int) -> States:
    return [state[k] for state in states]


def _stacked(states: Sequence[States]) -> States:
    return [np.stack(arrays) for arrays in zip(*states, strict=True)]
