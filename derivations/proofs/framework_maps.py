"""What the layouts of frameworks are to ours: orders of gates, merged biases, senses of z.

Imports the definitions, SymPy, and the calculus for its Jacobian blocks.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from derivations.calculus.jacobians import jacobian_blocks
from derivations.cells import CELLS
from derivations.notation import Cell
from derivations.proofs import swept
from derivations.proofs.exact import evaluated, scalars
from derivations.proofs.indices import Entries, J, indices
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

LSTM_ORDERS = {"PyTorch, Keras, cuDNN": "ifgo", "ONNX": "iofg"}
GRU_ORDERS = {"PyTorch, cuDNN": "rzn", "Keras, ONNX": "zrn"}
"""In which order the blocks stand, in our letters."""

LSTM, AFTER, BEFORE = (CELLS[id] for id in ("lstm", "gru_reset_after", "gru_reset_before"))


def reordering(cell: Cell, order: str) -> list[int]:
    """Which block of theirs stands where ours does: ``theirs[reordering]`` are ours."""
    return [order.index(b.sub[-1]) for b in cell.stacks[0].blocks]


def restored(cell: Cell, order: str) -> bool:
    """Whether blocks written in their order and taken back by `reordering` are ours again."""
    for stack in cell.stacks:
        theirs = [stack[gate] for gate in order]
        if tuple(theirs[k] for k in reordering(cell, order)) != stack.blocks:
            return False
    return True


def misread(cell: Cell, order: str) -> sympy.Expr:
    """By how much h is wrong if blocks in their order are read as if they were in ours.

    One unit, ``x = 1``, the input weights of the gates 1, 2, 3, ... in our order, the previous
    states 1, all else zero.
    """
    given = dict.fromkeys((a.name for a in cell.sources), sympy.S.One)
    gates = [b.sub[-1] for b in cell.stacks[0].blocks]

    def h(names: Sequence[str]) -> sympy.Expr:
        weights = {f"W_i{gate}": sympy.Integer(k) for k, gate in enumerate(names, 1)}
        return evaluated(cell, scalars(cell, **given, **weights))["h"][0]

    return h(gates) - h([gates[order.index(gate)] for gate in gates])


def bias_differences(cell: Cell, gate: str) -> list[Checked]:
    """For each exit its derivative in one bias of a gate minus that in the other, any size.

    Where all are zero everywhere the step depends on the biases through their sum alone.
    """
    entries, found = Entries(cell), []
    for exit in cell.exits:
        blocks = {b.by.name: b for b in jacobian_blocks(cell, exit)}
        by = [blocks.get(f"b_{side}{gate}") for side in "ih"]
        one, other = (
            swept.closed_form(entries, b, J, *indices(b.by)) if b else sympy.S.Zero for b in by
        )
        found.append(Checked(f"{cell.id}.{exit.name}_D_b_i{gate}", residual(one, other)))
    return found


def candidate_biases_apart() -> sympy.Expr:
    """h of a reset-after unit with ``b_in = 1``, minus h with ``b_hn = 1``, all else zero."""
    one, other = (scalars(AFTER, **{name: sympy.S.One}) for name in ("b_in", "b_hn"))
    return evaluated(AFTER, one)["h"][0] - evaluated(AFTER, other)["h"][0]


def opposite_update(cell: Cell) -> Checked:
    """``(1 - y) h_prev + y n`` with ``y = 1 - z`` is our new state; ``y = sigmoid(-a_z)``."""
    step = Entries(cell, frozenset("zn"))
    z, n, old = (step.element(name, J) for name in ("z", "n", "h_prev"))
    y = 1 - z
    return Checked(f"{cell.id}.h", residual(step.entry("h", J), (1 - y) * old + y * n))
