"""The derivative of a gated state by an earlier one: the way along the state, and all the others.

Imports the definitions, SymPy, and `derivations.calculus` for its results, which `any_size` proves.
"""

from __future__ import annotations

from functools import partial

import sympy
from sympy import Matrix, Rational
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.calculus.jacobians import Block, step_jacobian
from derivations.calculus.local import Diagonal, Weight
from derivations.cells import CELLS
from derivations.notation import Cell
from derivations.proofs import swept
from derivations.proofs.exact import run, scalars, state_jacobian
from derivations.proofs.indices import Entries, Index, J, K, delta, sum_over, unrolled
from derivations.proofs.normal import normal, residual
from derivations.proofs.results import Checked

LSTM = CELLS["lstm"]
GRUS = [CELLS["gru_reset_after"], CELLS["gru_reset_before"]]
LSTM_GATES = ("i", "f", "g", "o")
W = sympy.Symbol("w")
ZERO = Matrix([0])


def block(cell: Cell, exit: str, by: str) -> Block:
    """A block that exists."""
    found = step_jacobian(cell, exit, by)
    if found is None:
        raise ValueError(f"{cell.id}: {exit} does not depend on {by}")
    return found


def held_fixed(cell: Cell, state: str, gate: str, free: tuple[str, ...], steps: int = 3) -> Checked:
    """The derivative over some steps, ``free`` held fixed, less the product of one of them."""
    sequence = unrolled(cell, steps, free)
    direct = sequence[-1].entry(state, J).diff(sequence[0].element(f"{state}_prev", K))
    path = delta("H", J, K) * sympy.Mul(*(step.entry(gate, J) for step in sequence))
    return Checked(f"{cell.id}.{state}_D_{state}_prev", residual(path, direct))


def lstm_two_steps() -> Checked:
    """``dc_2/dc_0 = diag(f_2 f_1) + (dc_2/dh_1) (dh_1/dc_0)``, the total derivative."""
    first, second = unrolled(LSTM, 2)
    direct = second.entry("c", J).diff(first.element("c_prev", K))
    return Checked(
        "lstm.c_D_c_prev", residual(_along(second, first) + _through_h(second, first), direct)
    )


def lstm_without_recurrence() -> sympy.Expr:
    """The second term where the recurrent weights of f, i and g are zero."""
    first, second = unrolled(LSTM, 2)

    def cut(matrix: sympy.MatrixSymbol, *index: Index) -> sympy.Expr:
        return sympy.S.Zero if matrix.name in {"W_hf", "W_hi", "W_hg"} else matrix[index]

    return normal(_through_h(second, first).replace(MatrixElement, cut))


def _along(second: Entries, first: Entries) -> sympy.Expr:
    return delta("H", J, K) * second.entry("f", J) * first.entry("f", J)


def _through_h(second: Entries, first: Entries) -> sympy.Expr:
    later = partial(swept.closed_form, second, block(LSTM, "c", "h_prev"), J)
    earlier = partial(swept.closed_form, first, block(LSTM, "h", "c_prev"))
    return sum_over("H", "q", lambda q: later(q) * earlier(q, K))


def without_weight(found: Block) -> list[sympy.Expr]:
    """The ways through a block that meet no weight, each a diagonal."""
    ways = [path for path in found.paths if not any(isinstance(f, Weight) for f in path)]
    return [
        sympy.Mul(*(f.expression.doit() for f in way if isinstance(f, Diagonal))) for way in ways
    ]


def idle_lstm(steps: int) -> sympy.Expr:
    """The cell state after some steps of an LSTM whose parameters are all zero."""
    c = sympy.Symbol("c_0")
    return run(LSTM, scalars(LSTM, c_prev=c), [ZERO] * steps)[-1]["c"][0]


def idle_gru(cell: Cell, steps: int) -> sympy.Expr:
    """The state after some steps of a GRU whose parameters are all zero."""
    h = sympy.Symbol("h_0")
    return run(cell, scalars(cell, h_prev=h), [ZERO] * steps)[-1]["h"][0]


def resting_lstm(weight: sympy.Expr = W, steps: int = 1) -> Matrix:
    """The Jacobian of (h, c) at zero with ``W_hg`` alone not zero; all gates are 1/2."""
    return state_jacobian(LSTM, scalars(LSTM, W_hg=weight), [ZERO] * steps)


def resting_gru(cell: Cell, weight: sympy.Expr = W, steps: int = 1) -> sympy.Expr:
    """The same for a GRU, with ``W_hn`` alone not zero."""
    return state_jacobian(cell, scalars(cell, W_hn=weight), [ZERO] * steps)[0]


GROWTH = Rational(1, 2) + W / 4
"""What both are multiplied by at each step."""
