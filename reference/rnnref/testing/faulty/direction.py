"""One cell over time in one direction, forward and backward, with the ways to get it wrong.

A `Plan` says for every step which input it reads, whether it counts, where its output goes and
which step is the last: lengths and directions are such plans, and so are the mistakes with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, NamedTuple

import numpy as np

from rnnref.arrays import Array
from rnnref.testing.cases import Layer
from rnnref.testing.faulty.parameters import Parameters, added


@dataclass(frozen=True)
class Faults:
    """What goes wrong over time; each default is right.

    Attributes:
        reverse: what the reverse direction does.
        padding: what happens after the end of a sequence.
        final: which state is handed back as the last.
        put_out: which state is put out at a step.
        restarts: the states (h, c) that every step takes as they were at the start.
        not_carried: the states (h, c) whose gradient is not handed to the step before.
        d_y_counts: the steps whose output's gradient counts.
        backward_runs_through_padding: the backward pass takes the padding for steps.
        d_y_of_padding_counts: the outputs' gradients after the end reach the last state.
        over_time: how the parameters' gradients of the steps become one.
        over_batch: how those of the sequences become one.
        biases_over_batch: the same for the biases.
    """

    reverse: Literal["", "not reversed", "not flipped back", "from the padded end"] = ""
    padding: Literal["", "counts", "final after it", "repeated", "put out"] = ""
    final: Literal["", "first", "before the last", "reverse first"] = ""
    put_out: Literal["", "before the step"] = ""
    restarts: str = ""

    not_carried: str = ""
    d_y_counts: Literal["all", "last", "all but the last"] = "all"
    backward_runs_through_padding: bool = False
    d_y_of_padding_counts: bool = False
    over_time: Literal["sum", "mean", "first", "last"] = "sum"
    over_batch: Literal["sum", "mean", "first"] = "sum"
    biases_over_batch: Literal["sum", "mean"] = "sum"


class Plan(NamedTuple):
    """Arrays (T, B) in the order of the run.

    ``reads`` and ``writes`` are times; ``runs`` and ``shown`` say whether a step changes the state
    and whether its output is put out; ``last`` is 1 at the step whose state is the last.
    """

    reads: Array
    writes: Array
    runs: Array
    shown: Array
    last: Array


class Run(NamedTuple):
    """Everything that a backward pass needs: the plan, the steps, the states before and after."""

    plan: Plan
    parameters: Parameters
    steps: list[Any]
    states: list[list[Array]]


class Swept(NamedTuple):
    """Gradients of the input, of the first states, of the parameters as they were read."""

    x: Array
    start: list[Array]
    params: Parameters


def plan(w: Faults, T: int, lengths: Array, reverse: bool) -> Plan:
    """When which sequence reads what."""
    end = np.full_like(lengths, T) if w.padding == "counts" else lengths
    time = np.arange(T)[:, None] + 0 * end
    within = time < end
    runs = within | (w.padding in ("final after it", "put out"))
    stop = np.full_like(end, T) if w.padding == "final after it" else end
    last = time == stop - 1
    shown = within | (w.padding in ("repeated", "put out"))
    reads = time
    if reverse and w.reverse != "not reversed":
        from_padding = w.reverse == "from the padded end"
        reads = T - 1 - time if from_padding else np.where(within, end - 1 - time, time)
        if from_padding:
            runs, last = np.ones_like(within), time == T - 1
            shown = shown[::-1]
    if w.final == "first" or (reverse and w.final == "reverse first"):
        last = time == 0
    return Plan(reads, time if w.reverse == "not flipped back" else reads, runs, shown, last)


def forward(
    layer: Layer,
    cell: ModuleType,
    w: Faults,
    faults: Any,
    at: Plan,
    p: Parameters,
    x: Array,
    start: list[Array],
) -> tuple[Array, list[Array], Run]:
    """The output, the last states, and what the backward pass needs."""
    steps, states, ready = [], [start], cell.prepare(layer, faults, p)
    for t, runs in enumerate(at.runs[:, :, None]):
        pairs = zip("hc", start, states[-1], strict=False)
        given = [first if k in w.restarts else latest for k, first, latest in pairs]
        s = cell.step(ready, t == 0, _taken(x, at.reads[t]), *given)
        after = [s.h, s.c_next] if len(start) == 2 else [s.h]
        states.append(
            [np.where(runs, new, old) for new, old in zip(after, states[-1], strict=True)]
        )
        steps.append(s)
    shift = w.put_out == "before the step"
    y = np.zeros((*x.shape[:2], start[0].shape[1]), start[0].dtype)
    for t, shown in enumerate(at.shown[:, :, None]):
        h = states[t if shift else t + 1][0]
        y[at.writes[t], np.arange(len(h))] = np.where(shown, h, 0)
    handed = states[:-1] if w.final == "before the last" else states[1:]
    step = at.last.argmax(axis=0)
    ends = [_taken(np.stack([s[k] for s in handed]), step) for k in range(len(start))]
    return y, ends, Run(at, p, steps, states)


def backward(
    layer: Layer,
    cell: ModuleType,
    w: Faults,
    faults: Any,
    p: Parameters,
    run: Run,
    d_y: Array,
    d_end: list[Array],
) -> Swept:
    """Backpropagation through time; ``p`` are the parameters as the backward pass takes them."""
    at, T = run.plan, len(d_y)
    arriving = _arriving(w, at, d_y, d_end)
    d_x, d_states = np.zeros((*d_y.shape[:2], run.steps[0].x.shape[1]), d_y.dtype), arriving[T]
    sums: Parameters = {}
    d_start = [np.zeros_like(d) for d in d_states]
    ready = cell.prepare(layer, faults, p)
    for t in reversed(range(T)):
        runs = at.runs[t][:, None] | w.backward_runs_through_padding
        before = cell.back(ready, t == 0, run.steps[t], *d_states)
        d_x[at.reads[t], np.arange(d_y.shape[1])] += np.where(runs, before.x, 0)
        weight = _weight(w, at.runs[t] | w.backward_runs_through_padding, t, T, d_y.dtype)
        for name, shares in before.params.items():
            share = added(shares, _weight_of(w, name, weight))
            sums[name] = sums[name] + share if name in sums else share
        carried = [before.states[k] for k in range(len(d_end))]
        for k in (k for k, name in enumerate("hc"[: len(d_end)]) if name in w.restarts):
            d_start[k] += np.where(runs, carried[k], 0)
            carried[k] = np.zeros_like(carried[k])
        d_states = [np.where(runs, new, old) for new, old in zip(carried, d_states, strict=True)]
        if t:
            d_states = [d * (k not in w.not_carried) for k, d in zip("hc", d_states, strict=False)]
        d_states = [d + new for d, new in zip(d_states, arriving[t], strict=True)]
    return Swept(d_x, [d + new for d, new in zip(d_states, d_start, strict=True)], sums)


def _arriving(w: Faults, at: Plan, d_y: Array, d_end: list[Array]) -> list[list[Array]]:
    """What reaches the states directly, before the first step and after each: T + 1 of them."""
    T, B = d_y.shape[:2]
    found = [[np.zeros_like(d) for d in d_end] for _ in range(T + 1)]
    final = 0 if w.final == "before the last" else 1
    shown_at = 0 if w.put_out == "before the step" else 1
    for t in range(T):
        shown = at.shown[t] | w.d_y_of_padding_counts
        if w.d_y_counts != "all":
            shown = shown & (at.last[t] == (w.d_y_counts == "last"))
        found[t + shown_at][0] += np.where(shown[:, None], d_y[at.writes[t], np.arange(B)], 0)
        last = (t == T - 1) if w.backward_runs_through_padding else at.last[t]
        for d, end in zip(found[t + final], d_end, strict=True):
            d += np.where(np.reshape(last, (-1, 1)), end, 0)
    return found


def _weight(w: Faults, runs: Array, t: int, T: int, dtype: np.dtype[Any]) -> Array:
    """How much the step of each sequence counts in the parameters' gradients."""
    counts = {"sum": 1.0, "mean": 1 / T, "first": float(t == 0), "last": float(t == T - 1)}
    weight = np.asarray(runs * dtype.type(counts[w.over_time]))
    if w.over_batch == "first":
        weight = weight * (np.arange(len(runs)) == 0)
    return weight / (len(runs) if w.over_batch == "mean" else 1)


def _weight_of(w: Faults, name: str, weight: Array) -> Array:
    mean = name.startswith("bias") and w.biases_over_batch == "mean"
    return weight / (len(weight) if mean else 1)


def _taken(x: Array, times: Array) -> Array:
    """What each sequence reads, each at a time of its own."""
    return np.asarray(x[times, np.arange(len(times))])
