"""The elementwise functions a cell may use. Each derivative is written in the function's own value.

Imports SymPy only. They are opaque on purpose: SymPy's own ``tanh`` rewrites ``tanh(-x)`` and
its kin, which would undo the form in which the papers write an equation.
"""

from __future__ import annotations

from typing import Any

import sympy


class sigmoid(sympy.Function):
    """The logistic function: 1/(1 + exp(-x)), with derivative s(1 - s)."""

    latex = r"\sigma"

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """s(1 - s), where s is the value itself."""
        return self * (1 - self)

    def _eval_rewrite_as_exp(self, argument: sympy.Expr, **_: Any) -> sympy.Expr:
        return 1 / (1 + sympy.exp(-argument))


class tanh(sympy.Function):
    """The hyperbolic tangent, with derivative 1 - t**2."""

    latex = r"\tanh"

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """1 - t**2, where t is the value itself."""
        return 1 - self**2

    def _eval_rewrite_as_exp(self, argument: sympy.Expr, **_: Any) -> sympy.Expr:
        return (1 - sympy.exp(-2 * argument)) / (1 + sympy.exp(-2 * argument))


class relu(sympy.Function):
    """max(x, 0). Its derivative is 1 where the value is positive and 0 elsewhere, at 0 too."""

    latex = r"\operatorname{relu}"

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """heaviside(relu(x)), which equals heaviside(x) because relu(x) > 0 just where x > 0."""
        return heaviside(self)


class heaviside(sympy.Function):
    """1 where x > 0, else 0: the convention of PyTorch for the derivative of relu at 0."""

    latex = r"\operatorname{heaviside}"

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Zero: it is constant on each side of the kink."""
        return sympy.Integer(0)


class Chosen(sympy.Function):
    """A function that a layer chooses; its derivative is a function of the same argument."""

    latex: str
    derivative: type[sympy.Function]

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """The next function of the family, at the same argument."""
        return self.derivative(*self.args)


class phi_f_2(Chosen):
    """The second derivative of the function of the gates."""

    latex = r"\phi_{f}''"


class phi_f_1(Chosen):
    """The derivative of the function of the gates."""

    latex = r"\phi_{f}'"
    derivative = phi_f_2


class phi_f(Chosen):
    """The function of the gates, the sigmoid as a rule."""

    latex = r"\phi_{f}"
    derivative = phi_f_1


class phi_g_2(Chosen):
    """The second derivative of the function of the candidate."""

    latex = r"\phi_{g}''"


class phi_g_1(Chosen):
    """The derivative of the function of the candidate."""

    latex = r"\phi_{g}'"
    derivative = phi_g_2


class phi_g(Chosen):
    """The function of the candidate, tanh as a rule."""

    latex = r"\phi_{g}"
    derivative = phi_g_1


class phi_h_2(Chosen):
    """The second derivative of the function of the cell state."""

    latex = r"\phi_{h}''"


class phi_h_1(Chosen):
    """The derivative of the function of the cell state."""

    latex = r"\phi_{h}'"
    derivative = phi_h_2


class phi_h(Chosen):
    """The function of the cell state, tanh as a rule."""

    latex = r"\phi_{h}"
    derivative = phi_h_1


class kappa_1(Chosen):
    """The derivative of the clip: 1 up to the threshold, 0 beyond it, and constant on each side."""

    latex = r"\kappa'"

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Zero on each side of the threshold."""
        return sympy.Integer(0)


class kappa(Chosen):
    """The clip of the cell state: the nearest number in [-threshold, threshold]."""

    latex = r"\kappa"
    derivative = kappa_1


FUNCTIONS = (sigmoid, tanh, relu, heaviside)
CHOSEN = (phi_f, phi_f_1, phi_f_2, phi_g, phi_g_1, phi_g_2, phi_h, phi_h_1, phi_h_2, kappa, kappa_1)
