"""When gradient descent diverges, how suddenly a gradient can grow, and what clipping prevents.

Imports the definitions and SymPy. Descent on ``L = lambda theta^2 / 2`` with the step eta; the
vanilla network with relu, one unit, from a positive state and without input, is the linear
recurrence ``h_t = w h_(t-1)``.
"""

from __future__ import annotations

import sympy
from sympy import Matrix, Max, Min

from derivations.cells import CELLS
from derivations.proofs.exact import run, scalars

CURVATURE, STEP = sympy.symbols("lambda eta", positive=True)
START = sympy.Symbol("theta_0", real=True)
W = sympy.Symbol("w", positive=True)


def descended(theta: sympy.Expr, step: sympy.Expr, curvature: sympy.Expr) -> sympy.Expr:
    """One step of gradient descent."""
    return theta - step * _gradient(theta, curvature)


def clipped(theta: sympy.Expr, step: sympy.Expr, threshold: sympy.Expr) -> sympy.Expr:
    """One step with the gradient clipped, curvature 1."""
    return theta - step * Max(-threshold, Min(threshold, _gradient(theta, sympy.S.One)))


def _gradient(theta: sympy.Expr, curvature: sympy.Expr) -> sympy.Expr:
    at = sympy.Dummy("theta", real=True)
    return (curvature * at**2 / 2).diff(at).subs(at, theta)


def factor() -> sympy.Expr:
    """By what a step multiplies theta."""
    return sympy.cancel(descended(START, STEP, CURVATURE) / START)


def gradient_over_time(steps: int) -> sympy.Expr:
    """``dL/dw`` of ``L = h_T^2 / 2`` for the linear recurrence, ``h_0 = 1``."""
    cell = CELLS["rnn_relu"]
    at = scalars(cell, W_hh=W, h_prev=sympy.S.One)
    last = run(cell, at, [Matrix([0])] * steps)[-1]["h"][0]
    return (last**2 / 2).diff(W)
