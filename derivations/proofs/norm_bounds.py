r"""The identities behind the bounds on products of Jacobians, for any size.

Imports index notation, the elementwise functions and SymPy. From them, for ``J_i = D_i W`` with
``D_i`` diagonal and its entries between ``delta`` and ``gamma`` in absolute value:

    ``|D v| <= gamma |v|`` and ``|D v| >= delta |v|``       (diagonal)
    ``|A B|_F <= |A|_F |B|_F``                              (cauchy_schwarz, row by column)
    gamma = 1 for tanh, 1/4 for sigmoid                     (slopes)

and hence ``(delta sigma_min)^n <= |J_n ... J_1|_2 <= (gamma sigma_max)^n``.
"""

from __future__ import annotations

from functools import partial

import sympy

from derivations.functions import sigmoid, tanh
from derivations.proofs.indices import Index, element, inner, sum_over
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

GAMMA = sympy.Symbol("gamma")


def diagonal() -> Checked:
    """``gamma^2 |v|^2 - |D v|^2 = sum_m (gamma - d_m) (gamma + d_m) v_m^2``.

    Not negative if every ``|d_m| <= gamma``, not positive if every ``|d_m| >= gamma >= 0``.
    """
    d, v = (partial(element, name, ("H",)) for name in "dv")

    def scaled(m: Index) -> sympy.Expr:
        return d(m) * v(m)

    def term(m: Index) -> sympy.Expr:
        return (GAMMA - d(m)) * (GAMMA + d(m)) * v(m) ** 2

    difference = GAMMA**2 * inner("H", v, v) - inner("H", scaled, scaled)
    return Checked("diagonal", residual(difference, sum_over("H", "m", term)))


def cauchy_schwarz() -> Checked:
    """Lagrange's identity: ``|a|^2 |b|^2 - (a . b)^2 = 1/2 sum_mn (a_m b_n - a_n b_m)^2``."""
    a, b = (partial(element, name, ("H",)) for name in "ab")

    def row(m: Index) -> sympy.Expr:
        return sum_over("H", "n", lambda n: (a(m) * b(n) - a(n) * b(m)) ** 2 / 2)

    difference = inner("H", a, a) * inner("H", b, b) - inner("H", a, b) ** 2
    return Checked("cauchy_schwarz", residual(difference, sum_over("H", "m", row)))


def slopes() -> list[Checked]:
    """``1 - tanh' = tanh^2`` and ``1/4 - sigmoid' = (1/2 - sigmoid)^2``, neither negative."""
    a = sympy.Symbol("a")
    half = sympy.Rational(1, 2)
    return [
        Checked("tanh", sympy.expand(1 - tanh(a).diff(a) - tanh(a) ** 2)),
        Checked("sigmoid", sympy.expand(half**2 - sigmoid(a).diff(a) - (half - sigmoid(a)) ** 2)),
    ]
