"""How large states can become: a GRU's stay within bounds, an LSTM's cell state counts.

Imports the definitions and SymPy.
"""

from __future__ import annotations

import sympy

from derivations.cells import CELLS
from derivations.notation import Cell
from derivations.proofs.indices import Entries, J
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

M = sympy.Symbol("M")
F, K = sympy.symbols("f k", positive=True)
T = sympy.Symbol("t", integer=True, positive=True)


def within(cell: Cell, sign: int) -> Checked:
    """``M - h = (1 - z)(M - n) + z (M - h_prev)`` for any size; with sign -1 the same of ``-h``.

    Both right-hand terms are positive if ``|n| < 1 <= M``, ``|h_prev| <= M`` and z is in (0, 1).
    """
    step = Entries(cell, frozenset({"z", "n"}))
    z, n, old = (step.element(name, J) for name in ("z", "n", "h_prev"))
    stated = (1 - z) * (M - sign * n) + z * (M - sign * old)
    return Checked(f"{cell.id}.h", residual(M - sign * step.entry("h", J), stated))


def cell_state() -> Checked:
    """``|c| <= f |c_prev| + i |g|`` rests on ``c = f c_prev + i g``, which is what the cell has."""
    step = Entries(CELLS["lstm"], frozenset("ifg"))
    i, f, g, old = (step.element(name, J) for name in ("i", "f", "g", "c_prev"))
    return Checked("lstm.c", residual(step.entry("c", J), f * old + i * g))


def counter(t: sympy.Expr = T) -> sympy.Expr:
    """c after t steps from 0 with a constant forget gate f and a constant ``i g = k``."""
    return K * (1 - F**t) / (1 - F)


def counter_recursion() -> sympy.Expr:
    """``counter(t + 1) - (f counter(t) + k)``: zero; and ``counter(0)`` is."""
    return sympy.simplify(counter(T + 1) - F * counter(T) - K) + counter(sympy.S.Zero)


def counter_ends() -> tuple[sympy.Expr, sympy.Expr]:
    """Its limit as f -> 1, t steps being fixed, and as t -> oo with ``f = sigmoid(a)``."""
    a = sympy.Symbol("a", real=True)
    gate = 1 / (1 + sympy.exp(-a))
    return sympy.limit(counter(), F, 1), sympy.simplify(K / (1 - gate))


def bernoulli() -> sympy.Expr:
    """``f^(j+1) - 1 + (j+1)(1-f) = f (f^j - 1 + j(1-f)) + j (1-f)^2``: the difference.

    By induction ``f^j >= 1 - j (1 - f)`` for f in (0, 1), so that summed over j < t the counter is
    at least ``k (t - (1 - f) t (t - 1)/2)``.
    """
    j = sympy.Symbol("j", integer=True, nonnegative=True)
    step = F ** (j + 1) - 1 + (j + 1) * (1 - F)
    return sympy.expand(step - F * (F**j - 1 + j * (1 - F)) - j * (1 - F) ** 2)


def least() -> sympy.Expr:
    """The sum over j < t of ``k (1 - j (1 - f))``, minus ``k (t - (1 - f) t (t - 1)/2)``."""
    j = sympy.Symbol("j", integer=True, nonnegative=True)
    summed = sympy.summation(K * (1 - j * (1 - F)), (j, 0, T - 1))
    return sympy.simplify(summed - K * (T - (1 - F) * T * (T - 1) / 2))
