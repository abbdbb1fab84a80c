"""What the proofs take for granted about the elementwise functions: derivatives, and a symmetry.

Imports the functions and SymPy. sigmoid and tanh are rewritten in exponentials; relu is taken on
each side of 0.
"""

from __future__ import annotations

import sympy

from derivations.functions import heaviside, relu, sigmoid, tanh
from derivations.proofs.results import Checked

_A = sympy.Symbol("a", real=True)


def derivatives() -> list[Checked]:
    """The derivatives that the functions declare are those of their exponential forms."""
    return [
        Checked(f.__name__, _difference(f(_A).diff(_A), f(_A).rewrite(sympy.exp).diff(_A)))
        for f in (sigmoid, tanh)
    ]


def relu_derivative() -> list[Checked]:
    """The declared derivative of relu is 1 above 0 and 0 below; at 0 it is 0, by convention."""
    declared = relu(_A).diff(_A).replace(relu, _relu).replace(heaviside, _step)
    return [Checked("relu", declared.subs(_A, a) - slope) for a, slope in ((2, 1), (0, 0), (-2, 0))]


def reflection() -> Checked:
    """``sigmoid(-a) = 1 - sigmoid(a)``."""
    return Checked("sigmoid", _difference(sigmoid(-_A), 1 - sigmoid(_A)))


def _difference(left: sympy.Expr, right: sympy.Expr) -> sympy.Expr:
    return sympy.simplify((left - right).rewrite(sympy.exp))


def _relu(a: sympy.Expr) -> sympy.Expr:
    return sympy.Max(a, 0)


def _step(a: sympy.Expr) -> sympy.Expr:
    return sympy.Piecewise((1, a > 0), (0, True))
