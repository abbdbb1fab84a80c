"""A recurrent layer over whole sequences, then the output layer. Imports NumPy and rnnref.

What lies between and around the two is linear: which of the recurrent layer's results the output
layer reads, where the input enters, which outputs are hidden. So tangents go through the same maps,
and gradients through their transposes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnref.arrays import Array
from rnnref.masks import length_mask
from rnnref.output_layer import Output
from rnnref.records import Gradients, OutputGradients, Pair
from rnnref.recurrent import Recurrent


def joined(rnn: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, Any]:
    """What belongs to the parameters of both layers, by the names that they have in a model."""
    return {f"rnn.{k}": v for k, v in rnn.items()} | {f"output.{k}": v for k, v in output.items()}


@dataclass(frozen=True)
class Whole:
    """Both layers. With ``last`` the output layer reads the last state of the last layer below.

    With ``steps`` the input has one step and that many run; what enters at the others is zero.
    """

    recurrent: Recurrent[Any]
    output: Output
    last: bool = False
    steps: int | None = None

    def forward(
        self, params: Pair, x: Array, state: Any, options: dict[str, Any]
    ) -> tuple[Array, Any, tuple[Pair, ...]]:
        """Outputs, last state, tapes."""
        h, end, rnn = self.recurrent.forward(params.rnn, self._spread(x), state, **options)
        y, output = self.output.forward(params.output, self._read(h, end))
        return self._shown(rnn, y), end, (Pair(rnn, output),)

    def backward(self, runs: tuple[Pair, ...], d_y: Array, d_state: Any) -> Gradients[Any]:
        """Gradients of everything that `forward` was given."""
        (tape,) = runs
        d = self.output.backward(tape.output, self._shown(tape.rnn, d_y))
        return self._gathered(self.recurrent.backward(tape.rnn, *self._unread(d.h, d_state)), d)

    def jvp(
        self, runs: tuple[Pair, ...], x_dot: Array, state_dot: Any, params_dot: Pair
    ) -> tuple[Array, Any]:
        """Tangents of outputs and last state."""
        (tape,) = runs
        h_dot, end_dot = self.recurrent.jvp(
            tape.rnn, self._spread(x_dot), state_dot, params_dot.rnn
        )
        y_dot = self.output.jvp(tape.output, self._read(h_dot, end_dot), params_dot.output)
        return self._shown(tape.rnn, y_dot), end_dot

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
        (tape,) = runs
        (d_y, d_state), (d_y_dot, d_state_dot) = arriving, arriving_dot
        moved = self._spread(x_dot), state_dot, params_dot.rnn
        h_dot = self._read(*self.recurrent.jvp(tape.rnn, *moved))
        d_y, d_y_dot = (self._shown(tape.rnn, d) for d in (d_y, d_y_dot))
        d = self.output.backward(tape.output, d_y)
        d_dot = self.output.backward_jvp(
            tape.output, d_y, h_dot=h_dot, params_dot=params_dot.output, d_y_dot=d_y_dot
        )
        d_h, d_end = self._unread(d.h, d_state)
        d_h_dot, d_end_dot = self._unread(d_dot.h, d_state_dot)
        found = self.recurrent.backward_jvp(
            tape.rnn,
            d_h,
            d_end,
            x_dot=moved[0],
            state_dot=state_dot,
            params_dot=params_dot.rnn,
            d_y_dot=d_h_dot,
            d_state_dot=d_end_dot,
        )
        return self._gathered(found, d_dot)

    def _spread(self, x: Array) -> Array:
        """The input of every step."""
        if self.steps is None:
            return x
        spread = np.zeros((self.steps, *x.shape[1:]), x.dtype)
        spread[:1] = x
        return spread

    def _gathered(self, rnn: Gradients[Any], output: OutputGradients) -> Gradients[Any]:
        """The gradients of the model, that of x where x entered: the transpose of `_spread`."""
        x = rnn.x if self.steps is None else rnn.x[:1].copy()
        return Gradients(x, rnn.state, joined(rnn.params, output.params))

    def _read(self, h: Array, end: Any) -> Array:
        """What the output layer reads, of the outputs (T, B, size) or of the last state."""
        if not self.last:
            return h
        return np.concatenate(end.h[-self._directions :], axis=-1)[None]

    def _unread(self, d_h: Array, d_state: Any) -> tuple[Array | None, Any]:
        """Gradients of the outputs and of the last state: the transpose of `_read`."""
        if not self.last:
            return d_h, d_state
        added = d_state.h.copy()
        added[-self._directions :] += np.split(d_h[0], self._directions, axis=-1)
        return None, d_state._replace(h=added)

    @property
    def _directions(self) -> int:
        return 2 if self.recurrent.bidirectional else 1

    def _shown(self, rnn: Any, y: Array) -> Array:
        """Zeros where a sequence has ended."""
        if self.last or rnn.lengths is None:
            return y
        return np.asarray(y * length_mask(rnn.lengths, len(y))[:, :, None])
