"""Print a scalar SymPy expression as NumPy, LaTeX or plain text, arguments in the order they have.

Imports SymPy and the project's functions. SymPy's own printers sort sums and products; here
``f * c_prev + i * g`` stays as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sympy

from derivations.functions import CHOSEN, FUNCTIONS

SUM, PRODUCT, POWER, ATOM = range(4)
KNOWN = (*FUNCTIONS, *CHOSEN)
LATEX_NAMES = {f.__name__: f.latex for f in KNOWN}


@dataclass(frozen=True)
class Style:
    """How the parts of an expression are written in one language.

    ``name`` also says how tightly the text that stands for an array binds, so that a name can be
    replaced by a whole expression. ``special`` may know how to write what is not elementwise.
    """

    name: Callable[[str], tuple[str, int]]
    times: str
    number_times: str
    power: Callable[[str, int], str]
    call: Callable[[str, str], str]
    brackets: Callable[[str], str]
    special: Callable[[sympy.Expr], tuple[str, int] | None] = lambda e: None


def print_product(left: str, expression: sympy.Expr, style: Style) -> str:
    """``left * expression``: a number stands in front, a factor 1 is left out."""
    number, rest = expression.as_coeff_Mul()
    parts = [left] if rest == 1 else [left, print_expression(rest, style, PRODUCT)]
    return _numbered(number, style.times.join(parts), style)


def add_up(terms: Iterable[str]) -> str:
    """The sum of printed terms; one that begins with a minus sign is taken away."""
    first, *others = terms
    return first + "".join(
        f" - {text[1:]}" if text.startswith("-") else f" + {text}" for text in others
    )


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
    if isinstance(e, KNOWN):
        return style.call(e.func.__name__, print_expression(e.args[0], style)), ATOM
    if isinstance(e, sympy.Pow) and isinstance(e.exp, sympy.Integer):
        return style.power(print_expression(e.base, style, ATOM), int(e.exp)), POWER
    if isinstance(e, sympy.Mul):
        if isinstance(e.args[0], sympy.Integer):
            number, rest = e.as_coeff_Mul()
            text = _numbered(number, print_expression(rest, style, PRODUCT), style)
            return text, PRODUCT if number >= 0 else SUM
        return style.times.join(print_expression(a, style, PRODUCT) for a in e.args), PRODUCT
    if isinstance(e, sympy.Add):
        return add_up(print_expression(a, style) for a in e.args), SUM
    raise TypeError(f"no way to print {sympy.srepr(e)}: use + - * **, integers and {FUNCTIONS}")


def _numbered(number: sympy.Integer, text: str, style: Style) -> str:
    sign = "-" if number < 0 else ""
    return f"{sign}{text}" if abs(number) == 1 else f"{sign}{abs(number)}{style.number_times}{text}"


def numpy_style(name: Callable[[str], str] = str) -> Style:
    """NumPy, with arrays renamed by ``name``; as plain text it reads well, too."""
    return Style(
        name=lambda array: (name(array), ATOM),
        times=" * ",
        number_times=" * ",
        power=lambda base, exponent: f"{base}**{exponent}",
        call=lambda function, argument: f"{function}({argument})",
        brackets="({})".format,
    )


def latex_style(name: Callable[[str], tuple[str, int]]) -> Style:
    """LaTeX, with elementwise products and powers marked as such."""
    return Style(
        name=name,
        times=r" \odot ",
        number_times=" ",
        power=lambda base, exponent: f"{base}^{{\\odot {exponent}}}",
        call=lambda function, argument: f"{LATEX_NAMES[function]}({argument})",
        brackets=r"({})".format,
    )
