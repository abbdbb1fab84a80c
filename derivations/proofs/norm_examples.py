"""Networks whose Jacobian products do what the norm of the weight does not tell, exactly.

Imports the definitions and SymPy. All are the vanilla RNN with tanh; where a state is to stay,
the bias ``atanh(h) - W h`` keeps it.
"""

from __future__ import annotations

import sympy
from sympy import Matrix, Rational, tanh

from derivations.cells import CELLS
from derivations.proofs.exact import Values, point, run, scalars, state_jacobian

CELL = CELLS["rnn_tanh"]
A = sympy.Symbol("a", positive=True)
SCALE, N = sympy.symbols("s n", positive=True)

NILPOTENT = Matrix([[0, SCALE], [0, 0]])
"""Its norm is s in every usual norm; its square is zero, also with a diagonal in between."""

CANCELLING = Matrix([[2, -2], [2, -2]])
"""Its square is zero too, but not with a diagonal in between."""

ROTATION = Matrix([[0, -3], [3, 0]])
"""Both singular values are 3."""

ENTRIES = Rational(3, 4) * sympy.ones(2)
"""No entry exceeds 3/4, but the spectral radius is 3/2."""

JORDAN = Matrix([[Rational(9, 10), 10], [0, Rational(9, 10)]])
"""Spectral radius 9/10, norm above 10."""


def spectral_norm(W: Matrix) -> sympy.Expr:
    """The largest singular value."""
    return sympy.Max(*(sympy.sqrt(e) for e in (W.T * W).eigenvals()))


def staying(W: Matrix, h: Matrix) -> dict[str, Matrix]:
    """A point whose state h stays."""
    bias = h.applyfunc(sympy.atanh) - W * h
    return point(CELL, {"D": 1, "H": W.rows}, W_hh=W, b_hh=bias, h_prev=h)


def after(at: Values, steps: int) -> Matrix:
    """The state after some steps without input."""
    return run(CELL, at, [Matrix([0])] * steps)[-1]["h"]


def jacobian(at: Values, steps: int = 1) -> Matrix:
    """The derivative of the state after some steps without input by the first."""
    return state_jacobian(CELL, at, [Matrix([0])] * steps)


def nilpotent_product() -> Matrix:
    """``D_2 W D_1 W`` for any diagonals."""
    D_1, D_2 = (sympy.diag(*sympy.symbols(f"d_{i}1 d_{i}2")) for i in (1, 2))
    return D_2 * NILPOTENT * D_1 * NILPOTENT


def nilpotent_network() -> Matrix:
    """The Jacobian over two steps of a network with this weight, any inputs and any state."""
    x = [Matrix(sympy.symbols(f"x_{t}1 x_{t}2")) for t in (1, 2)]
    h = Matrix(sympy.symbols("h_1 h_2"))
    at = point(CELL, {"D": 2, "H": 2}, W_hh=NILPOTENT, W_ih=sympy.eye(2), h_prev=h)
    return state_jacobian(CELL, at, x)


def saturated() -> dict[str, Matrix]:
    """One unit, no bias: ``w = a / tanh a`` keeps the state ``tanh a``."""
    return scalars(CELL, W_hh=A / tanh(A), h_prev=tanh(A))


def at_rest(steps: int) -> tuple[Matrix, Matrix]:
    """At the state zero without inputs and biases: the Jacobian, and the power of W."""
    W = Matrix(2, 2, sympy.symbols("w_11 w_12 w_21 w_22"))
    return jacobian(point(CELL, {"D": 1, "H": 2}, W_hh=W), steps), W**steps


def jordan_power(n: sympy.Expr) -> Matrix:
    """What the power n of ``JORDAN`` is said to be."""
    q, b = JORDAN[0, 0], JORDAN[0, 1]
    return Matrix([[q**n, n * b * q ** (n - 1)], [0, q**n]])
