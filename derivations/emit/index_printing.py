"""Print an index expression of a loss as NumPy, LaTeX or plain text.

Imports SymPy, the language of losses and printing. In NumPy every array keeps all its axes: what
has no class has an axis of length 1 in its place, so that nothing is broadcast by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.emit.printing import (
    ATOM,
    PRODUCT,
    SUM,
    Style,
    latex_style,
    numpy_style,
    print_expression,
)
from derivations.losses.language import exp, i, k, largest, log, n, reciprocal
from derivations.notation import Array

Printed = tuple[str, int]
Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class Operations:
    """How what index expressions have besides sums and products is written in one language.

    ``entry`` is given the array and its indices; the others are given what is already written.
    """

    style: Style
    entry: Callable[[Array, list[sympy.Symbol]], str]
    over_classes: Callable[[Printed], Printed]
    over_positions: Callable[[Printed], Printed]
    largest: Callable[[str], Printed]
    call: Callable[[str, str], Printed]
    quotient: Callable[[str, Printed], Printed]


def written(expression: sympy.Expr, arrays: Arrays, language: Operations) -> str:
    """The right side of a line."""
    return _Writer(arrays, language).text(expression, SUM)


def entry(array: Array, language: Operations) -> str:
    """The left side of a line: the array at position n, class i."""
    return language.entry(array, [n, i][: len(array.shape)])


@dataclass(frozen=True)
class _Writer:
    """Writes one expression; ``of_class`` is the index that entries must have where it stands."""

    arrays: Arrays
    language: Operations
    of_class: sympy.Symbol = i

    def text(self, e: sympy.Expr, within: int) -> str:
        return print_expression(e, replace(self.language.style, special=self.special), within)

    def printed(self, e: sympy.Expr) -> Printed:
        """A text, and whether it is a name alone."""
        return self.text(e, SUM), ATOM if isinstance(e, MatrixElement) else SUM

    def special(self, e: sympy.Expr) -> Printed | None:
        language = self.language
        if isinstance(e, MatrixElement):
            array = self.arrays[e.parent.name]
            index = [x for x in e.indices if x.is_Symbol]
            if index != [n, self.of_class][: len(array.shape)]:
                raise ValueError(f"{e} does not belong under the index {self.of_class}")
            return language.entry(array, index), ATOM
        if isinstance(e, sympy.Sum):
            if e.limits[0][0] == k:
                return language.over_classes(replace(self, of_class=k).printed(e.function))
            return language.over_positions(self.printed(e.function))
        if isinstance(e, largest):
            return language.largest(replace(self, of_class=k).text(e.args[0], ATOM))
        if isinstance(e, exp | log):
            return language.call(type(e).__name__, self.text(e.args[0], SUM))
        if isinstance(e, sympy.Mul) and isinstance(e.args[-1], reciprocal):
            numerator = self.text(sympy.Mul(*e.args[:-1], evaluate=False), PRODUCT)
            return language.quotient(numerator, self.printed(e.args[-1].args[0]))
        return None


def _bracketed(printed: Printed) -> str:
    text, binding = printed
    return text if binding == ATOM else f"({text})"


def _numpy_name(array: Array, index: list[sympy.Symbol]) -> str:
    return array.name


NUMPY = Operations(
    style=numpy_style(),
    entry=_numpy_name,
    over_classes=lambda e: (f"{_bracketed(e)}.sum(axis=-1, keepdims=True)", ATOM),
    over_positions=lambda e: (f"{_bracketed(e)}.sum()", ATOM),
    largest=lambda v: (f"{v}.max(axis=-1, keepdims=True)", ATOM),
    call=lambda f, v: (f"np.{f}({v})", ATOM),
    quotient=lambda u, v: (f"{u} / {_bracketed(v)}", PRODUCT),
)

TEXT = replace(
    NUMPY,
    over_classes=lambda e: (f"sum_k {_bracketed(e)}", PRODUCT),
    over_positions=lambda e: (f"sum_n {_bracketed(e)}", PRODUCT),
    largest=lambda v: (f"max_k {v}", PRODUCT),
    call=lambda f, v: (f"{f}({v})", ATOM),
)


def _latex_entry(array: Array, index: list[sympy.Symbol]) -> str:
    return replace(array, sub="".join(map(str, index))).latex()


LATEX = Operations(
    style=replace(
        latex_style(lambda name: (name, ATOM)),
        times=r"\, ",
        power=lambda base, exponent: f"{base}^{{{exponent}}}",
        brackets="({})".format,
    ),
    entry=_latex_entry,
    over_classes=lambda e: (rf"\sum_{{k=1}}^{{K}} {e[0]}", PRODUCT),
    over_positions=lambda e: (rf"\sum_{{n=1}}^{{N}} {e[0]}", PRODUCT),
    largest=lambda v: (rf"\max_{{k}} {v}", PRODUCT),
    call=lambda f, v: (rf"\{f}({v})", ATOM),
    quotient=lambda u, v: (rf"\frac{{{u}}}{{{v[0]}}}", PRODUCT),
)
