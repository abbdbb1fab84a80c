"""Mistakes that people make, planted around a generated module: checks must catch them.

Knows how the sequence functions are called and nothing of how they are written. Imports NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from derivations.notation import Cell

Planted = Callable[[Any], Any]


def mistakes(cell: Cell) -> dict[str, Planted]:
    """What can be done wrong with this cell: from a module to one that makes the mistake."""
    found: dict[str, Planted] = {
        "last output forgotten": lambda m: _with(m, upstream=_last_output_forgotten),
        "gradients doubled": lambda m: _with(m, upstream=lambda *u: tuple(2 * a for a in u)),
        **second_order(cell),
    }
    if any(len(s.blocks) > 1 for s in cell.stacks):
        found["gates in another order"] = lambda m: _with(m, params=_reordered(cell))
    if any(len(set(s.blocks[0].shape)) < len(s.blocks[0].shape) for s in cell.stacks):
        found["recurrent weights transposed"] = lambda m: _with(m, params=_transposed(cell))
    if cell.states:
        count = len(cell.states)
        found |= {
            "final state forgotten": lambda m: _with(m, upstream=_last_forgotten(1)),
            "initial states forgotten": lambda m: _with(m, given=_last_forgotten(count)),
            "tangent of an initial state forgotten": lambda m: _with(m, along=_last_forgotten(1)),
        }
    return found


def second_order(cell: Cell) -> dict[str, Planted]:
    """What can be done wrong in the tangents of gradients alone."""
    found: dict[str, Planted] = {
        "local derivatives held still": lambda m: _with(
            m, moved=lambda p, t: (_zeros(p), _zeros(t))
        ),
        "weights held still": lambda m: _with(m, moved=lambda p, t: (_zeros(p), t)),
        "what arrives held still": lambda m: _with(m, upstream_dot=lambda *u: _zeros(u)),
    }
    if cell.states:
        found["final state held still"] = lambda m: _with(m, upstream_dot=_last_forgotten(1))
    return found


def _zeros(arrays: Any) -> Any:
    zeros = [0 * a for a in arrays]
    return type(arrays)(*zeros) if hasattr(arrays, "_fields") else tuple(zeros)


def _last_output_forgotten(y: Any, *finals: Any) -> tuple[Any, ...]:
    changed = y.copy()
    changed[-1] = 0 * y[-1]
    return (changed, *finals)


def _last_forgotten(count: int) -> Callable[..., tuple[Any, ...]]:
    return lambda *arrays: (*arrays[:-count], *(0 * a for a in arrays[-count:]))


def _reordered(cell: Cell) -> Planted:
    """The first gate's rows are taken for the last's."""
    rows = {s.name: len(s.blocks) for s in cell.stacks}
    return lambda params: params._replace(
        **{n: np.roll(a, len(a) // rows[n], axis=0) for n, a in params._asdict().items()}
    )


def _transposed(cell: Cell) -> Planted:
    square = [s for s in cell.stacks if len(set(s.blocks[0].shape)) < len(s.blocks[0].shape)]

    def change(params: Any) -> Any:
        parts = {s.name: np.split(getattr(params, s.name), len(s.blocks)) for s in square}
        return params._replace(**{n: np.concatenate([p.T for p in b]) for n, b in parts.items()})

    return change


def _same(*arrays: Any) -> tuple[Any, ...]:
    return arrays


def _with(
    module: Any,
    params: Planted = lambda p: p,
    given: Callable[..., Any] = _same,
    upstream: Callable[..., Any] = _same,
    along: Callable[..., Any] = _same,
    moved: Callable[..., Any] = _same,
    upstream_dot: Callable[..., Any] = _same,
) -> Any:
    """A module whose sequence functions change some of their arguments first."""

    def backward_jvp(p: Any, tape: Any, p_dot: Any, tape_dot: Any, *arriving: Any) -> Any:
        half = len(arriving) // 2
        d, d_dot = upstream(*arriving[:half]), upstream_dot(*upstream(*arriving[half:]))
        p_dot, tape_dot = moved(p_dot, tape_dot)
        return module.backward_jvp(params(p), tape, p_dot, tape_dot, *d, *d_dot)

    return SimpleNamespace(
        Params=module.Params,
        forward=lambda p, *a: module.forward(params(p), *given(*a)),
        backward=lambda p, tape, *a: module.backward(params(p), tape, *upstream(*a)),
        jvp=lambda p, tape, dot, *a: module.jvp(params(p), tape, dot, *along(*a)),
        backward_jvp=backward_jvp,
    )
