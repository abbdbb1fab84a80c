r"""A network of one unit that keeps a bit for ever, against any bounded input.

Imports the definitions and SymPy. The cell is ``h_t = tanh(w h_(t-1) + x_t)`` with
``w = (a + m) / tanh a`` for numbers a, m > 0. If ``h_(t-1) >= tanh a`` and ``x_t >= -m``, then
``w h_(t-1) + x_t >= (a + m) - m = a``, so ``h_t >= tanh a``: the set is never left, because the
new state increases with both, and its lower edge is mapped to itself.
"""

from __future__ import annotations

import sympy
from sympy import Matrix, cosh, sinh, tanh

from derivations.cells import CELLS
from derivations.proofs.exact import run, scalars

CELL = CELLS["rnn_tanh"]
A, M = sympy.symbols("a m", positive=True)
H, X = sympy.symbols("h x", real=True)

WEIGHT = (A + M) / tanh(A)


def stepped(weight: sympy.Expr, h: sympy.Expr, x: sympy.Expr) -> sympy.Expr:
    """The state after a step."""
    at = scalars(CELL, W_hh=weight, W_ih=sympy.S.One, h_prev=h)
    return run(CELL, at, [Matrix([x])])[-1]["h"][0]


def edge() -> sympy.Expr:
    """Where the lower edge of the set goes under the worst input."""
    return stepped(WEIGHT, tanh(A), -M)


def slopes() -> tuple[sympy.Expr, sympy.Expr]:
    """The derivative of the new state with respect to the old one and to the input."""
    h = stepped(WEIGHT, H, X)
    return h.diff(H), h.diff(X)


def reflected() -> sympy.Expr:
    """The step at (-h, -x) plus that at (h, x): zero, so what holds for + holds for -."""
    return stepped(WEIGHT, H, X) + stepped(WEIGHT, -H, -X)


def steepest() -> sympy.Expr:
    """The largest derivative with respect to the old state: at the set's edge, |w h + x| = a."""
    return 2 * (A + M) / sinh(2 * A)


def slope_at(argument: sympy.Expr) -> sympy.Expr:
    """The derivative with respect to the old state where ``w h + x`` is the argument."""
    return WEIGHT / cosh(argument) ** 2
