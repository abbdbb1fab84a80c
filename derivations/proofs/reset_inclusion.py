"""Which reset-after units are reset-before units with other parameters, and the other way round.

Imports the definitions, SymPy and a Jacobian block of the calculus. A unit stands for the map of
one step, ``(x, h_prev) -> h``. With ``W_hn`` diagonal every reset-before unit is a reset-after one:
with one hidden unit these have all the others. Nothing else is included in either direction.

A reset-after unit can be ``G(x) = tanh(b sigmoid(x))/2`` at ``h_prev = 0``. A reset-before unit is
``F(x) = sigmoid(p x + q) tanh(w x + d)`` there. If ``w`` is not 0 the limits of F are wrong. If it
is 0 they leave ``p > 0`` and ``tanh d = tanh(b)/2``; the leading terms as x -> -oo then leave
``p = 1`` and ``e^q tanh d = b/2``, the next terms ``e^q = 1``, so that ``tanh b = b`` and b = 0.

A reset-before unit with two hidden units can have ``h_1 = 0`` at ``h_prev = 0`` for every x, with
derivatives ``1/2 + sigmoid(x)/2`` by the first and 1/4 by the second entry of ``h_prev``. If a
reset-after unit is 0 there, the argument ``u x + c + b r`` of its tanh is, so that ``u = 0`` and r
is constant or ``b = c = 0``; its derivatives are ``(1 - z)(m_k r + b r (1 - r) kappa_k)``, for the
first plus z. In either case z would have to be a constant plus ``sigmoid(x)/2`` or a constant.
"""

from __future__ import annotations

import sympy
from sympy import Matrix, oo
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.calculus.jacobians import step_jacobian
from derivations.functions import sigmoid, tanh
from derivations.proofs import swept
from derivations.proofs.exact import evaluated, point, scalars
from derivations.proofs.indices import Entries, Index, J, K, delta, element, entry, sum_over
from derivations.proofs.normal import residual
from derivations.proofs.reset_placement import AFTER, BEFORE
from derivations.proofs.results import Checked

ID = "gru_reset_after.source"
X = sympy.Symbol("x", real=True)
Q, D = sympy.symbols("q d", real=True)
B, S = sympy.symbols("b s", positive=True)
"""``b > 0``: a negative one is its mirror image. S is the size of a number whose sign is given."""


def sigma(a: sympy.Expr) -> sympy.Expr:
    """The logistic function in exponentials."""
    return 1 / (1 + sympy.exp(-a))


def one_hidden_unit() -> Checked:
    """With ``W_hn`` diagonal a reset-before unit is a reset-after one, its biases of n merged."""

    def diagonal(matrix: sympy.MatrixSymbol, *index: Index) -> sympy.Expr:
        w = element("w", ("H",), index[0]) * delta("H", *index) if len(index) > 1 else 0
        return w if matrix.name == "W_hn" else matrix[index]

    def merged(matrix: sympy.MatrixSymbol, *index: Index) -> sympy.Expr:
        if matrix.name == "b_in":
            return matrix[index] + element("b_hn", ("H",), index[0])
        return sympy.S.Zero if matrix.name == "b_hn" else diagonal(matrix, *index)

    after = entry(AFTER, "h", J).replace(MatrixElement, merged)
    return Checked(ID, residual(after, entry(BEFORE, "h", J).replace(MatrixElement, diagonal)))


def before_at_zero() -> Checked:
    """At ``h_prev = 0`` a reset-before unit is ``(1 - z) tanh(W_in x + b_in + b_hn)``, any size."""

    def affine(gate: str) -> sympy.Expr:
        x = sum_over("D", "m", lambda m: _weight(gate, m) * element("x", ("D",), m))
        return x + element(f"b_i{gate}", ("H",), J) + element(f"b_h{gate}", ("H",), J)

    def zero(matrix: sympy.MatrixSymbol, *index: Index) -> sympy.Expr:
        return sympy.S.Zero if matrix.name == "h_prev" else matrix[index]

    found = entry(BEFORE, "h", J).replace(MatrixElement, zero)
    return Checked(ID, residual(found, (1 - sigmoid(affine("z"))) * tanh(affine("n"))))


def _weight(gate: str, m: Index) -> sympy.Expr:
    return element(f"W_i{gate}", ("H", "D"), J, m)


def after_only() -> sympy.Expr:
    """G: a reset-after unit with ``W_ir = 1``, ``b_hn = b``, all else 0, at ``h_prev = 0``."""
    return evaluated(AFTER, scalars(AFTER, x=X, W_ir=sympy.S.One, b_hn=B))["h"][0]


def before_form(p: sympy.Expr, w: sympy.Expr) -> sympy.Expr:
    """F, with ``sigmoid(p x + q)`` for ``1 - z``."""
    return sigma(p * X + Q) * sympy.tanh(w * X + D)


SIGNS = tuple((p, w) for p in (-1, 0, 1) for w in (-1, 0, 1))


def ends(f: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """The limits of a function of x at both ends.

    In exponentials: SymPy 1.14 takes ``tanh(b sigmoid(x))`` to tend to b, not to tanh(b).
    """
    f = f.rewrite(sympy.exp)
    return sympy.limit(f, X, -oo), sympy.limit(f, X, oo)


def excluded(p: int, w: int) -> bool:
    """Whether F, for p and w of these signs, tends to something else than G at one of the ends.

    G tends to 0 and to ``tanh(b)/2``, which lies strictly between 0 and 1/2.
    """
    left, right = ends(before_form(p * S, w * S))
    return bool(left.is_nonzero or right == 0 or abs(right) == 1 or left == right)


def leading_terms() -> tuple[tuple[sympy.Expr, sympy.Expr], tuple[sympy.Expr, sympy.Expr]]:
    """Of G and F as x -> -oo: the limits of ``G/e^x`` and ``F/e^(p x)``, the terms in ``e^2x``.

    With ``w = 0``; in the second pair ``p = 1``.
    """
    left = [
        sympy.limit((f * sympy.exp(-p * X)).rewrite(sympy.exp), X, -oo)
        for f, p in ((after_only(), 1), (before_form(S, sympy.S.Zero), S))
    ]
    power = sympy.Symbol("e^x", positive=True)
    second = [
        f.subs(X, sympy.log(power)).series(power, 0, 3).coeff(power, 2)
        for f in (after_only(), before_form(sympy.S.One, sympy.S.Zero))
    ]
    return (left[0], left[1]), (second[0], second[1])


def before_only() -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
    """A reset-before unit with two hidden units: ``h_1`` and its derivatives at ``h_prev = 0``.

    ``W_ir = (1, 0)``, the first row of ``W_hn`` is (1, 1), all else is 0.
    """
    state = Matrix(sympy.symbols("h_1 h_2", real=True))
    weights = {"W_ir": Matrix([1, 0]), "W_hn": Matrix([[1, 1], [0, 0]])}
    values = point(BEFORE, {"D": 1, "H": 2}, x=Matrix([X]), h_prev=state, **weights)
    h = evaluated(BEFORE, values)["h"][0]
    zero = dict.fromkeys(state, sympy.S.Zero)
    return h.subs(zero), h.diff(state[0]).subs(zero), h.diff(state[1]).subs(zero)


def after_slopes() -> Checked:
    """Where ``h_prev = 0`` and n = 0, a reset-after unit has the derivatives stated, any size.

    By ``h_prev[k]``: ``(1 - z_j) (r_j W_hn[j, k] + b_hn[j] r_j (1 - r_j) W_hr[j, k])``, plus z_j
    if k = j.
    """

    def zero(matrix: sympy.MatrixSymbol, *index: Index) -> sympy.Expr:
        return sympy.S.Zero if matrix.name in ("h_prev", "n") else matrix[index]

    block = step_jacobian(AFTER, "h", "h_prev")
    assert block is not None
    found = swept.closed_form(Entries(AFTER, frozenset("zrn")), block, J, K)
    z, r, b = (element(name, ("H",), J) for name in ("z", "r", "b_hn"))
    W_hn, W_hr = (element(name, ("H", "H"), J, K) for name in ("W_hn", "W_hr"))
    stated = (1 - z) * (r * W_hn + b * r * (1 - r) * W_hr) + z * delta("H", J, K)
    return Checked(ID, residual(found.replace(MatrixElement, zero), stated))


def span(f: sympy.Expr) -> sympy.Expr:
    """How far apart the ends of a monotone function of x are."""
    left, right = ends(f)
    return abs(right - left)
