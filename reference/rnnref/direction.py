"""One cell over time in one direction, on arrays that are right. Imports rnnref.

The states are handed from span to span: values and tangents in the order of the run, adjoints
against it. A sequence that does not run in a span keeps what it has: before its start the state
that it is given, after its end its last state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from rnnref.arrays import Array
from rnnref.spans import Span, joined

States = list[Array]
"""For each state of the cell an array (B, size)."""


class Adjoints(NamedTuple):
    """dL/d of the input (T, B, D), of the states before the first step, of the parameters."""

    x: Array
    start: States
    params: Any


@dataclass(frozen=True)
class Direction:
    """A generated module, its parameters, and the spans in the order in which they are run."""

    code: ModuleType
    params: Any
    spans: tuple[Span, ...]

    def forward(self, x: Array, start: States) -> tuple[Any, States]:
        """The tape, its arrays (T, B, size) in the time of the input, and the last states."""
        tapes, state = [], _copies(start)
        for span in self.spans:
            tape = self.code.forward(self.params, span.of(x), *self._at(span, state))
            self._hand_on(span, tape, state)
            tapes.append(tape)
        return self._tape(tapes, x), state

    def jvp(
        self, tape: Any, params_dot: Any, x_dot: Array, start_dot: States
    ) -> tuple[Any, States]:
        """The tangents of the tape and of the last states."""
        dots, state_dot = [], _copies(start_dot)
        for span in self.spans:
            at = self._at(span, state_dot)
            dot = self.code.jvp(self.params, _share(span, tape), params_dot, span.of(x_dot), *at)
            self._hand_on(span, dot, state_dot)
            dots.append(dot)
        return self._tape(dots, x_dot), state_dot

    def backward(self, tape: Any, d_y: Array, d_end: States) -> Adjoints:
        """Backpropagation through time, from the gradients of the output and the last states."""
        d_state = _copies(d_end)
        found = [self._back(span, tape, d_y, d_state) for span in reversed(self.spans)]
        return self._adjoints(found, d_state, d_y)

    def backward_jvp(
        self,
        tape: Any,
        params_dot: Any,
        tape_dot: Any,
        d_y: Array,
        d_end: States,
        d_y_dot: Array,
        d_end_dot: States,
    ) -> tuple[Adjoints, Adjoints]:
        """What `backward` gives, and its tangents."""
        found, dots = [], []
        d_state, d_state_dot = _copies(d_end), _copies(d_end_dot)
        for span in reversed(self.spans):
            dot = self.code.backward_jvp(
                self.params,
                _share(span, tape),
                params_dot,
                _share(span, tape_dot),
                span.of(d_y),
                *self._at(span, d_state),
                span.of(d_y_dot),
                *self._at(span, d_state_dot),
            )
            found.append(self._back(span, tape, d_y, d_state))
            self._hand_back(span, dot, d_state_dot)
            dots.append(dot)
        return self._adjoints(found, d_state, d_y), self._adjoints(dots, d_state_dot, d_y)

    def truncated_backward(
        self, steps: int, tape: Any, d_y: Array, d_end: States, dropped_d_y: Array
    ) -> tuple[Adjoints, Adjoints]:
        """Backpropagation cut every ``steps`` steps, and what is lost by it.

        One of the spans must begin at each multiple of ``steps``. What arrives at such a step in
        the cut run is handed to the other run, which is not cut and is given ``dropped_d_y``
        besides. The sweep of a span is linear in what arrives. So the two runs together are
        `backward` for ``d_y + dropped_d_y``, and at each cut the other run alone carries what
        that sends back there.
        """
        found, dropped = [], []
        kept, lost = _copies(d_end), [np.zeros_like(d) for d in d_end]
        for span in reversed(self.spans):
            found.append(self._back(span, tape, d_y, kept))
            dropped.append(self._back(span, tape, dropped_d_y, lost))
            if span.times.start and span.times.start % steps == 0:
                for cut, other in zip(kept, lost, strict=True):
                    other[span.rows] += cut[span.rows]
                    cut[span.rows] = 0
        return self._adjoints(found, kept, d_y), self._adjoints(dropped, lost, d_y)

    @property
    def _states(self) -> Sequence[str]:
        """The names of the states."""
        fields: tuple[str, ...] = self.code.Gradients._fields
        return fields[1:-1]

    def _at(self, span: Span, states: States) -> States:
        return [state[span.rows] for state in states]

    def _hand_on(self, span: Span, run: Any, states: States) -> None:
        """Put the states after the last step of a run in their place."""
        for name, state in zip(self._states, states, strict=True):
            state[span.rows] = getattr(run, name)[-1]

    def _hand_back(self, span: Span, found: Any, d_states: States) -> None:
        for name, d in zip(self._states, d_states, strict=True):
            d[span.rows] = getattr(found, name)

    def _back(self, span: Span, tape: Any, d_y: Array, d_states: States) -> Any:
        """One span back; ``d_states`` are after it before the call, and before it afterwards."""
        at = self._at(span, d_states)
        found = self.code.backward(self.params, _share(span, tape), span.of(d_y), *at)
        self._hand_back(span, found, d_states)
        return found

    def _tape(self, parts: Sequence[Any], like: Array) -> Any:
        T, B = like.shape[:2]
        arrays = (joined(self.spans, arrays, T, B) for arrays in zip(*parts, strict=True))
        return type(parts[0])(*arrays)

    def _adjoints(self, parts: Sequence[Any], d_start: States, like: Array) -> Adjoints:
        """Those of the spans, found last span first, as one."""
        T, B = like.shape[:2]
        x = joined(self.spans[::-1], [part.x for part in parts], T, B)
        sums = (reduce(np.add, arrays) for arrays in zip(*(p.params for p in parts), strict=True))
        return Adjoints(x, d_start, self.code.Params(*sums))


def _share(span: Span, tape: Any) -> Any:
    return type(tape)(*map(span.of, tape))


def _copies(states: States) -> States:
    return [state.copy() for state in states]
