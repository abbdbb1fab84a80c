"""A recurrent layer whose next input is the last output, step by step. Imports NumPy and rnnref.

Each step is a sequence of length 1. It hands its state and its output to the next step, so that a
gradient comes back to it through both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnref.arrays import Array
from rnnref.records import Gradients, Pair
from rnnref.whole import Whole


@dataclass(frozen=True)
class Stepwise:
    """How one step runs, and how many there are; called like `Whole`."""

    step: Whole
    steps: int

    def forward(
        self, params: Pair, x: Array, state: Any, options: dict[str, Any]
    ) -> tuple[Array, Any, tuple[Pair, ...]]:
        """Outputs, last state, the tapes of each step; dropout by ``masks`` alone."""
        outputs, runs = [], []
        for t in range(self.steps):
            own = {name: masks[:, t : t + 1] for name, masks in options.items()}
            x, state, (run,) = self.step.forward(params, x, state, own)
            outputs.append(x)
            runs.append(run)
        return np.concatenate(outputs), state, tuple(runs)

    def backward(self, runs: tuple[Pair, ...], d_y: Array, d_state: Any) -> Gradients[Any]:
        """Gradients of everything that `forward` was given."""
        found: list[Gradients[Any]] = []
        d_x = np.zeros_like(d_y[:1])
        for t in reversed(range(self.steps)):
            found.append(self.step.backward((runs[t],), d_y[t : t + 1] + d_x, d_state))
            d_x, d_state, _ = found[-1]
        return _summed(found)

    def jvp(
        self, runs: tuple[Pair, ...], x_dot: Array, state_dot: Any, params_dot: Pair
    ) -> tuple[Array, Any]:
        """Tangents of outputs and last state."""
        moved = self._moved(runs, x_dot, state_dot, params_dot)
        return np.concatenate([x for x, _ in moved[1:]]), moved[-1][1]

    def _moved(
        self, runs: tuple[Pair, ...], x_dot: Array, state_dot: Any, params_dot: Pair
    ) -> list[tuple[Array, Any]]:
        """Tangents of the input and the state of each step, then of what the last one leaves."""
        moved = [(x_dot, state_dot)]
        for run in runs:
            moved.append(self.step.jvp((run,), *moved[-1], params_dot))
        return moved

    def backward_jvp(
        self,
        runs: tuple[Pair, ...],
        x_dot: Array,
        state_dot: Any,
        params_dot: Pair,
        arriving: Pair,
        arriving_dot: Pair,
    ) -> Gradients[Any]:
        """The tangents of `backward`; what arrives there are ``d_y`` and ``d_state``, a pair."""
        (d_y, d_state), (d_y_dot, d_state_dot) = arriving, arriving_dot
        moved = self._moved(runs, x_dot, state_dot, params_dot)
        found: list[Gradients[Any]] = []
        d_x, d_x_dot = np.zeros_like(d_y[:1]), np.zeros_like(d_y[:1])
        for t in reversed(range(self.steps)):
            own = Pair(d_y[t : t + 1] + d_x, d_state)
            own_dot = Pair(d_y_dot[t : t + 1] + d_x_dot, d_state_dot)
            step = self.step.backward_jvp((runs[t],), *moved[t], params_dot, own, own_dot)
            found.append(step)
            d_x, d_state, _ = self.step.backward((runs[t],), *own)
            d_x_dot, d_state_dot, _ = step
        return _summed(found)


def _summed(steps: Sequence[Gradients[Any]]) -> Gradients[Any]:
    """The gradients of all steps, last to first: those of parameters add up."""
    first = steps[-1]
    params = {k: np.asarray(sum(step.params[k] for step in steps)) for k in first.params}
    return Gradients(first.x, first.state, params)
