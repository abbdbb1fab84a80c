"""Print a scalar SymPy expression as NumPy, LaTeX or plain text, arguments in the order they have.

Imports SymPy and the project's functions. SymPy's own printers sort sums and products; here
``f * c_prev + i * g`` stays as it was written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy

from derivations.functions import FUNCTIONS

SUM, PRODUCT, POWER, ATOM = range(4)
LATEX_NAMES = {f.__name__: f.latex for f in FUNCTIONS}


@dataclass(frozen=True)
class Style:
    """How the parts of an expression are written in one language.

    ``name`` also says how tightly the text that stands for an array binds, so that a name can be
    replaced by a whole expression. ``special`` may know how to write what is not elementwise.
    """

    name: Callable[[str], tuple[str, int]]
    times: str
    power: Callable[[str, int], str]
    call: Callable[[str, str], str]
    brackets: Callable[[str], str]
    special: Callable[[sympy.Expr], tuple[str, int] | None] = lambda e: None


def print_expression(expression: sympy.Expr, style: Style, within: int = SUM) -> str:
    """The expression in a style, in brackets where ``within`` binds more tightly."""
    text, binding = _fold(expression, style)
    return style.brackets(text) if binding < within else text


def _fold(e: sympy.Expr, style: Style) -> tuple[str, int]:
    if special := style.special(e):
        return special
    if isinstance(e, sympy.Symbol):
        return style.name(e.name)
    if isinstance(e, sympy.Integer):
        return str(e), ATOM if e >= 0 else SUM
    if isinstance(e, FUNCTIONS):
        return style.call(e.func.__name__, print_expression(e.args[0], style)), ATOM
    if isinstance(e, sympy.Pow) and isinstance(e.exp, sympy.Integer):
        return style.power(print_expression(e.base, style, ATOM), int(e.exp)), POWER
    if isinstance(e, sympy.Mul):
        if e.args[0] == -1:
            rest = sympy.Mul(*e.args[1:], evaluate=False) if len(e.args) > 2 else e.args[1]
            return f"-{print_expression(rest, style, PRODUCT)}", SUM
        return style.times.join(print_expression(a, style, PRODUCT) for a in e.args), PRODUCT
    if isinstance(e, sympy.Add):
        first, *others = (print_expression(a, style) for a in e.args)
        return first + "".join(
            f" - {text[1:]}" if text.startswith("-") else f" + {text}" for text in others
        ), SUM
    raise TypeError(f"no way to print {sympy.srepr(e)}: use + - * **, integers and {FUNCTIONS}")


def numpy_style(name: Callable[[str], str] = str) -> Style:
    """NumPy, with arrays renamed by ``name``; as plain text it reads well, too."""
    return Style(
        name=lambda array: (name(array), ATOM),
        times=" * ",
        power=lambda base, exponent: f"{base}**{exponent}",
        call=lambda function, argument: f"{function}({argument})",
        brackets="({})".format,
    )


def latex_style(name: Callable[[str], tuple[str, int]]) -> Style:
    """LaTeX, with elementwise products and powers marked as such."""
    return Style(
        name=name,
        times=r" \odot ",
        power=lambda base, exponent: f"{base}^{{\\odot {exponent}}}",
        call=lambda function, argument: f"{LATEX_NAMES[function]}({argument})",
        brackets=r"({})".format,
    )
