"""Truncated backpropagation through time, for any size: what is kept and what is dropped.

Imports notation, SymPy, and `derivations.calculus` for the results to be judged.

The steps are cut after each multiple of ``every``. Let ``B_t`` be the sweep of step t back to the
states before it. Of the adjoints that arrive at step t, in the full recursion there are
``a_t = l_t + r_t + B_{t+1} a_{t+1}``; ``l_t`` and ``r_t`` come from outside, from the loss or from
a layer above. A program that takes the states at a cut for given has of ``l_t`` the kept ones,

    ``k_t = l_t``, and where t is no cut, ``+ B_{t+1} k_{t+1}``.

The dropped ones are swept back over every cut, and take up there what is cut off:

    ``d_t = r_t + B_{t+1} d_{t+1}``, and where t is a cut, ``+ B_{t+1} k_{t+1}``.

The sweep is linear, so ``a_t = k_t + d_t``, from the last step to the first; and what is swept from
these, gradients of inputs, states and parameters, is a sum likewise. In the last layer ``r_t`` is
0. In one below, ``l_t`` is what the layer above sends down of the kept ones and ``r_t`` of the
dropped ones, together all that it sends. So the sum holds layer by layer.

The states that enter a step are symbols of their own: what is proved here holds at every point.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple, TypeAlias

import sympy

from derivations.calculus.sweeps import reverse_sweep
from derivations.notation import Array, Cell
from derivations.proofs import swept
from derivations.proofs.indices import Entries, Entry, Index, J, indices
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

Arriving: TypeAlias = Mapping[str, Entry]
"""The adjoints that arrive at what a step hands on, by its name."""

_A = sympy.Symbol("a")


class Split(NamedTuple):
    """What arrives in the full recursion, what of it is kept, what is dropped."""

    full: Arriving
    kept: Arriving
    dropped: Arriving


def linear(cell: Cell) -> list[Checked]:
    """The sweep of a step is linear in what arrives: every line of it at ``u + a v``."""
    u, v = _symbols(cell, "u"), _symbols(cell, "v")
    both = {name: partial(_combined, u[name], v[name]) for name in u}
    found = []
    for line in reverse_sweep(cell):
        at_both, at_u, at_v = (_swept(Entries(cell), line.of, a) for a in (both, u, v))
        found.append(Checked(f"{cell.id}.d_{line.of.name}", residual(at_both, at_u + _A * at_v)))
    return found


def induction(cell: Cell) -> list[Checked]:
    """If the sum holds of what arrives at step t + 1, it holds of what is sent back to step t.

    Where t is a cut and where it is none.
    """
    kept, dropped = _symbols(cell, "kept"), _symbols(cell, "dropped")
    ahead = Split(_sum(cell, kept, dropped), kept, dropped)
    return [
        found
        for cut in (False, True)
        for found in _checked(cell, sent_back(Entries(cell), ahead, cut))
    ]


def unrolled(cell: Cell, every: int = 2, steps: int = 3) -> list[Checked]:
    """The sum at each step of a whole sequence, from the last to the first."""
    found = []
    ahead = Split(end := _symbols(cell, "end"), end, {})
    for t in reversed(range(1, steps + 1)):
        loss, lost = (_output(cell, f"{kind}_{t}") for kind in ("loss", "lost"))
        here = Split(
            _sum(cell, loss, lost, ahead.full),
            _sum(cell, loss, ahead.kept),
            _sum(cell, lost, ahead.dropped),
        )
        found += _checked(cell, here)
        ahead = sent_back(Entries(cell, mark=f"_{t}"), here, cut=(t - 1) % every == 0)
    return found


def sent_back(step: Entries, ahead: Split, cut: bool) -> Split:
    """What the sweep of a step sends back to the one before, with a cut between them or none."""
    full, kept, dropped = (_back(step, part) for part in ahead)
    return Split(full, {}, _sum(step.cell, dropped, kept)) if cut else Split(full, kept, dropped)


def _checked(cell: Cell, split: Split) -> list[Checked]:
    def residual_of(state: str) -> sympy.Expr:
        full, kept, dropped = (part[state](J) if state in part else 0 for part in split)
        return residual(full, kept + dropped)

    return [Checked(f"{cell.id}.bptt", residual_of(s.name)) for s in cell.states]


def _back(step: Entries, arriving: Arriving) -> Arriving:
    """What the sweep of a step sends back to the states before it."""
    sweep = reverse_sweep(step.cell)
    return {
        s.name: partial(swept.adjoint, step, sweep, arriving, s.previous.name)
        for s in step.cell.states
    }


def _swept(step: Entries, of: Array, arriving: Arriving) -> sympy.Expr:
    return swept.adjoint(step, reverse_sweep(step.cell), arriving, of.name, *indices(of))


def _symbols(cell: Cell, mark: str) -> Arriving:
    return {e.name: swept.arriving(e.name, e.shape[0], f"_{mark}") for e in cell.exits}


def _output(cell: Cell, mark: str) -> Arriving:
    name = cell.output.name
    return {name: _symbols(cell, mark)[name]}


def _combined(one: Entry, other: Entry, index: Index) -> sympy.Expr:
    return one(index) + _A * other(index)


def _sum(cell: Cell, *parts: Arriving) -> Arriving:
    def at(name: str, index: Index) -> sympy.Expr:
        return sympy.Add(*(part[name](index) for part in parts if name in part))

    return {e.name: partial(at, e.name) for e in cell.exits}
