"""Backpropagation through time, for any size: the adjoint recursion and the sum of gradients.

Imports the definitions, SymPy, and `derivations.calculus` for the results to be judged.

The loss is ``sum_t l_t(y_t) + l_end(states at T)``. ``remaining`` at t is what of it the states at
t still influence: ``l_t(y_t)`` plus ``remaining`` at t + 1 of the states that step t + 1 leaves.
The adjoint of a state at t is the derivative of that, inputs and parameters held fixed. At the
point where it is taken, the derivative of ``f(g(v))`` by v is that of ``<gradient of f, g(v)>``;
so each loss stands below as its gradient, a vector of symbols, times its argument. That the losses
need not be linear for this is proved in `derivations.proofs.copies`.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from derivations.calculus.jacobians import jacobian_blocks
from derivations.calculus.sweeps import reverse_sweep
from derivations.notation import Array, Cell, Stack
from derivations.proofs import swept
from derivations.proofs.indices import Entries, Entry, Index, J, indices, sum_over
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked


def base_case(cell: Cell) -> list[Checked]:
    """At T the adjoint of a state is its gradient in ``l_T`` plus its gradient in ``l_end``."""
    states = Entries(cell, frozenset(s.next.name for s in cell.states))
    remaining = _paired(_loss(cell), states) + _paired(_end(cell), states)
    return [
        Checked(
            f"{cell.id}.bptt",
            residual(
                _of_loss(cell, state.next, J) + _end(cell)[state.name](J),
                remaining.diff(states.element(state.name, J)),
            ),
        )
        for state in cell.states
    ]


def induction_step(cell: Cell) -> list[Checked]:
    """One step back is the gradient in ``l_t`` plus the vector-Jacobian product of step t + 1."""
    ahead, later, remaining = _step_ahead(cell)
    sweep = reverse_sweep(cell)
    found = []
    for state in cell.states:
        name = state.previous.name
        back = swept.adjoint(ahead, sweep, later, name, J)
        direct = remaining.diff(ahead.element(name, J))
        found.append(
            Checked(f"{cell.id}.bptt", residual(_of_loss(cell, state.next, J) + back, direct))
        )
    return found


def induction_by_blocks(cell: Cell) -> list[Checked]:
    """The same step back, written with the transposed Jacobian blocks of step t + 1."""
    ahead, later, remaining = _step_ahead(cell)
    found = []
    for state in cell.states:
        name = state.previous.name
        blocks = [b for e in cell.exits for b in jacobian_blocks(cell, e) if b.by.name == name]
        back = sympy.Add(
            *(
                sum_over(
                    block.exit.shape[0],
                    "m",
                    lambda m, block=block: (  # type: ignore[misc]
                        swept.closed_form(ahead, block, m, J) * later[block.exit.name](m)
                    ),
                )
                for block in blocks
            )
        )
        direct = remaining.diff(ahead.element(name, J))
        found.append(
            Checked(f"{cell.id}.bptt", residual(_of_loss(cell, state.next, J) + back, direct))
        )
    return found


def gradient(cell: Cell, stack: Stack, steps: int = 2) -> list[Checked]:
    """The gradient of each block of a parameter, used at every step, is the sum of the sweeps'.

    A whole sequence is unrolled; the loss is differentiated by the shared parameter directly.
    """
    return [_unrolled(cell, f"{cell.id}.d_{stack.name}", block, steps) for block in stack.blocks]


def given(cell: Cell, steps: int = 2) -> list[Checked]:
    """The gradients of the inputs at every step and of the initial states, over a sequence."""
    initial = [_unrolled(cell, f"{cell.id}.bptt", s.previous, steps, 1) for s in cell.states]
    inputs = [
        _unrolled(cell, f"{cell.id}.d_{x.name}", x, steps, t)
        for x in cell.inputs
        for t in range(1, steps + 1)
    ]
    return [*initial, *inputs]


def _unrolled(cell: Cell, formula: str, of: Array, steps: int, at: int | None = None) -> Checked:
    """The gradient of ``of``, as it enters step ``at`` (all steps, if None), against ``diff``."""
    sequence = _sequence(cell, steps)
    loss = _paired(_end(cell), sequence[-1])
    for t, step in enumerate(sequence, 1):
        loss += _paired(_loss(cell, t), step)
    direct = loss.diff(sequence[(at or 1) - 1].element(of.name, *indices(of)))
    sweep = reverse_sweep(cell)
    total: sympy.Expr = sympy.S.Zero
    for t in range(1, steps + 1):
        if at in (None, t):
            arrive = _arriving(cell, sequence, t)
            total += swept.adjoint(sequence[t - 1], sweep, arrive, of.name, *indices(of))
    return Checked(formula, residual(total, direct))


def _arriving(cell: Cell, sequence: list[Entries], t: int) -> Mapping[str, Entry]:
    """The adjoints of what step t hands on, by the recursion from the end of the sequence."""
    if t == len(sequence):
        return _sum(_loss(cell, t), _end(cell))
    later, ahead, sweep = _arriving(cell, sequence, t + 1), sequence[t], reverse_sweep(cell)
    back: dict[str, Entry] = {
        s.name: lambda m, s=s: swept.adjoint(ahead, sweep, later, s.previous.name, m)  # type: ignore[misc]
        for s in cell.states
    }
    return _sum(_loss(cell, t), back)


def _sequence(cell: Cell, steps: int) -> list[Entries]:
    sequence: list[Entries] = []
    for t in range(1, steps + 1):
        sequence.append(Entries(cell, mark=f"_{t}", before=sequence[-1] if sequence else None))
    return sequence


def _step_ahead(cell: Cell) -> tuple[Entries, Mapping[str, Entry], sympy.Expr]:
    """Step t + 1, the adjoints of what it leaves, and what of the loss the states at t influence.

    Seen from step t + 1, the states at t are its previous states.
    """
    ahead = Entries(cell)
    later = {s.name: swept.arriving(s.name, s.next.shape[0], "_ahead") for s in cell.states}
    carried = {s.name: s.previous.name for s in cell.states}
    loss = _loss(cell)[cell.output.name]
    own = sum_over(
        cell.output.shape[0],
        "m",
        lambda m: loss(m) * ahead.entry(carried[cell.output.name], m),
    )
    return ahead, later, own + _paired(later, ahead)


def _paired(gradients: Mapping[str, Entry], step: Entries) -> sympy.Expr:
    """``sum <gradient, array>`` over the arrays of a step."""
    return sympy.Add(
        *(
            sum_over(
                step.cell.arrays[name].shape[0],
                "m",
                lambda m, name=name: gradients[name](m) * step.entry(name, m),  # type: ignore[misc]
            )
            for name in gradients
        )
    )


def _loss(cell: Cell, t: int | None = None) -> dict[str, Entry]:
    mark = "" if t is None else f"_{t}"
    return {cell.output.name: swept.arriving("y", cell.output.shape[0], mark)}


def _end(cell: Cell) -> dict[str, Entry]:
    return {s.name: swept.arriving(s.name, s.next.shape[0], "_end") for s in cell.states}


def _of_loss(cell: Cell, state: Array, index: Index) -> sympy.Expr:
    return _loss(cell)[state.name](index) if state == cell.output else sympy.S.Zero


def _sum(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> dict[str, Entry]:
    def at(name: str, index: Index) -> sympy.Expr:
        return sympy.Add(*(part[name](index) for part in (one, other) if name in part))

    return {name: lambda m, name=name: at(name, m) for name in {**one, **other}}  # type: ignore[misc]
