"""Backpropagation through time, for any size: the adjoint recursion and the sum of gradients.

Imports the definitions, SymPy, and `derivations.calculus` for the results to be judged.

The loss is ``sum_t l_t(y_t) + l_end(states at T)``. ``remaining`` at t is what of it the states at
t still influence: ``l_t(y_t)`` plus ``remaining`` at t + 1 of the states that step t + 1 leaves.
The adjoint of a state at t is the derivative of that, inputs and parameters held fixed. At the
point where it is taken, the derivative of ``f(g(v))`` with respect to v is that of
``<gradient of f, g(v)>``, so each loss stands here as its gradient, a vector of symbols, times its
argument; `derivations.proofs.copies` does without that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypeAlias

import sympy

from derivations.calculus.jacobians import Block, jacobian_blocks
from derivations.calculus.sweeps import Adjoint, reverse_sweep
from derivations.notation import Array, Cell, Stack, State
from derivations.proofs import swept
from derivations.proofs.indices import (
    Entries,
    Entry,
    Index,
    J,
    indices,
    inner,
    sum_over,
    unrolled,
)
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

Gradients: TypeAlias = Mapping[str, Entry]


def base_case(cell: Cell) -> list[Checked]:
    """At T the adjoint of a state is its gradient in ``l_T`` plus its gradient in ``l_end``."""
    at_end = Entries(cell, frozenset(s.name for s in cell.states))
    remaining = _paired(_loss(cell), at_end) + _paired(_end(cell), at_end)
    adjoints = _sum(_loss(cell), _end(cell))
    return [
        _checked(cell, adjoints[s.name](J), remaining.diff(at_end.element(s.name, J)))
        for s in cell.states
    ]


def induction_step(cell: Cell, sweep: tuple[Adjoint, ...] | None = None) -> list[Checked]:
    """One step back is the gradient in ``l_t`` plus the vector-Jacobian product of step t + 1."""
    ahead, later = Entries(cell), _ahead(cell)
    lines = reverse_sweep(cell) if sweep is None else sweep
    return [
        _step_back(cell, s, swept.adjoint(ahead, lines, later, s.previous.name, J))
        for s in cell.states
    ]


def induction_by_blocks(cell: Cell, blocks: tuple[Block, ...] | None = None) -> list[Checked]:
    """The same step back, written with the transposed Jacobian blocks of step t + 1."""
    ahead, later = Entries(cell), _ahead(cell)
    if blocks is None:
        blocks = tuple(b for exit in cell.exits for b in jacobian_blocks(cell, exit))

    def sent_back(block: Block) -> sympy.Expr:
        def at(m: Index) -> sympy.Expr:
            return swept.closed_form(ahead, block, m, J) * later[block.exit.name](m)

        return sum_over(block.exit.shape[0], "m", at)

    return [
        _step_back(cell, s, sympy.Add(*(sent_back(b) for b in blocks if b.by == s.previous)))
        for s in cell.states
    ]


def gradient(
    cell: Cell, stack: Stack, steps: int = 2, counted: Sequence[int] = ()
) -> list[Checked]:
    """The gradient of each block of a parameter, used at every step, is the sum of the sweeps'.

    A whole sequence is unrolled, and its loss differentiated by the shared parameter directly.
    ``counted`` are the steps whose shares are added up: all of them, unless it says otherwise.
    """
    counted = counted or range(1, steps + 1)
    return [_unrolled(cell, f"d_{stack.name}", block, steps, counted) for block in stack.blocks]


def initial_states(cell: Cell, steps: int = 2) -> list[Checked]:
    """The gradient of each initial state over a whole sequence is what step 1 sends back."""
    return [_unrolled(cell, "bptt", s.previous, steps, (1,)) for s in cell.states]


def inputs(cell: Cell, steps: int = 2) -> list[Checked]:
    """The gradient of the input at each step of a sequence is what that step's sweep gives."""
    every = range(1, steps + 1)
    return [_unrolled(cell, f"d_{x.name}", x, steps, (t,)) for x in cell.inputs for t in every]


def _step_back(cell: Cell, state: State, sent_back: sympy.Expr) -> Checked:
    """The adjoint at t against the derivative of what remains.

    Seen from step t + 1, the states at t are its previous states.
    """
    ahead = Entries(cell)
    previous = {s.name: s.previous.name for s in cell.states}
    loss = _loss(cell)[cell.output.name]
    own = inner(cell.output.shape[0], loss, partial(ahead.entry, previous[cell.output.name]))
    remaining = own + _paired(_ahead(cell), ahead)
    adjoint = sent_back + (loss(J) if state.next == cell.output else 0)
    return _checked(cell, adjoint, remaining.diff(ahead.element(state.previous.name, J)))


def _unrolled(cell: Cell, name: str, of: Array, steps: int, at: Sequence[int]) -> Checked:
    """The gradient of ``of`` as it enters the steps ``at``, over a sequence, against ``diff``."""
    sequence = unrolled(cell, steps)
    losses = (_paired(_loss(cell, t), step) for t, step in enumerate(sequence, 1))
    loss = sympy.Add(_paired(_end(cell), sequence[-1]), *losses)
    by = indices(of)
    sweep = reverse_sweep(cell)
    swept_back = sympy.Add(
        *(
            swept.adjoint(sequence[t - 1], sweep, _arriving(cell, sequence, t), of.name, *by)
            for t in at
        )
    )
    direct = loss.diff(sequence[at[0] - 1].element(of.name, *by))
    return Checked(f"{cell.id}.{name}", residual(swept_back, direct))


def _arriving(cell: Cell, sequence: list[Entries], t: int) -> Gradients:
    """The adjoints of what step t hands on, by the recursion from the end of the sequence."""
    if t == len(sequence):
        return _sum(_loss(cell, t), _end(cell))
    later = _arriving(cell, sequence, t + 1)
    back = partial(swept.adjoint, sequence[t], reverse_sweep(cell), later)
    return _sum(_loss(cell, t), {s.name: partial(back, s.previous.name) for s in cell.states})


def _paired(gradients: Gradients, step: Entries) -> sympy.Expr:
    """``sum <gradient, array>`` over the arrays of a step."""
    arrays = step.cell.arrays
    return sympy.Add(
        *(inner(arrays[v].shape[0], g, partial(step.entry, v)) for v, g in gradients.items())
    )


def _loss(cell: Cell, t: int | None = None) -> Gradients:
    mark = "" if t is None else f"_{t}"
    return {cell.output.name: swept.arriving("y", cell.output.shape[0], mark)}


def _end(cell: Cell) -> Gradients:
    return {s.name: swept.arriving(s.name, s.next.shape[0], "_end") for s in cell.states}


def _ahead(cell: Cell) -> Gradients:
    return {s.name: swept.arriving(s.name, s.next.shape[0], "_ahead") for s in cell.states}


def _sum(one: Gradients, other: Gradients) -> Gradients:
    def at(name: str, index: Index) -> sympy.Expr:
        return sympy.Add(*(part[name](index) for part in (one, other) if name in part))

    return {name: partial(at, name) for name in {**one, **other}}


def _checked(cell: Cell, adjoint: sympy.Expr, direct: sympy.Expr) -> Checked:
    return Checked(f"{cell.id}.bptt", residual(adjoint, direct))
