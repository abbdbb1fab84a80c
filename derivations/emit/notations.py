"""The two ways in which a formula is written down: LaTeX for the page, plain text for the terminal.

Imports notation and printing. A formula is built once, out of these few pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import sympy

from derivations.emit.printing import (
    ATOM,
    PRODUCT,
    SUM,
    Style,
    latex_style,
    numpy_style,
    print_expression,
)
from derivations.notation import Affine, Array, Cell, Product


@dataclass(frozen=True)
class Notation:
    """How arrays, their adjoints and tangents, and the operations between them are written.

    Of an array ``v`` that a step hands on, ``arriving`` is the part of its adjoint that comes from
    outside the step. ``sent_back`` is what a step adds to the adjoint of a state it was given, and
    ``own_copy`` the gradient of the step's own copy of a parameter.
    """

    array: Callable[[Array, int], str]
    inline: Callable[[Array], str]
    adjoint: Callable[[Array], str]
    arriving: Callable[[Array, int], str]
    sent_back: Callable[[Array], str]
    own_copy: Callable[[Array], str]
    tangent: Callable[[Array], str]
    upstream: Callable[[Array], str]
    partial: Callable[[Array, Array], str]
    partial_ahead: Callable[[Array, Array], str]
    immediate: Callable[[Array, Array], str]
    bracketed: Callable[[str], str]
    transpose: Callable[[str], str]
    diag: Callable[[str], str]
    outer: Callable[[str, str], str]
    tensor: Callable[[str, str], str]
    sum_over_time: str
    hadamard: str
    apply: str
    style: Callable[[Callable[[str], tuple[str, int]]], Style]

    def expression(self, cell: Cell, e: sympy.Expr, within: int = SUM) -> str:
        """An elementwise expression of a cell's arrays."""
        style = self.style(lambda name: (self.array(cell.arrays[name], 0), ATOM))
        return print_expression(e, style, within)

    def coefficient(self, cell: Cell, expressions: Sequence[sympy.Expr]) -> str:
        """The elementwise product of expressions, factors 1 left out."""
        parts = [e for e in expressions if e != 1]
        within = PRODUCT if len(parts) > 1 else SUM
        return self.hadamard.join(self.expression(cell, e, within) for e in parts)

    def definition(self, cell: Cell, name: str) -> str:
        """The right-hand side of an equation as it is defined."""
        right = cell.equation(name).right
        if not isinstance(right, Affine):
            return self.expression(cell, right.expression)
        return " + ".join(self._product(p, self.array(p.vector, 0)) for p in right.products)

    def paper(self, cell: Cell, name: str) -> tuple[str, int]:
        """The right-hand side as papers write it: auxiliary arrays replaced by what they are."""
        right = cell.equation(name).right

        def inlined(array: str) -> tuple[str, int]:
            if cell.arrays[array].auxiliary:
                return self.paper(cell, array)
            return self.array(cell.arrays[array], 0), ATOM

        if not isinstance(right, Affine):
            binding = ATOM if right.expression.is_Function else SUM
            return print_expression(right.expression, self.style(inlined)), binding
        terms = []
        for p in right.products:
            vector, binding = inlined(p.vector.name)
            terms.append(self._product(p, vector if binding == ATOM else f"({vector})"))
        return " + ".join(terms), SUM

    def _product(self, p: Product, argument: str) -> str:
        product = f"{self.array(p.weight, 0)}{self.apply}{argument}"
        return f"{product} + {self.array(p.bias, 0)}" if p.bias else product


def _marked_bar(array: Array, mark: str, shift: int = 0) -> str:
    return replace(array, sup=mark).latex(r"\bar", shift)


LATEX = Notation(
    array=lambda a, shift: a.latex(shift=shift),
    inline=lambda a: f"${a.latex()}$",
    adjoint=lambda a: a.latex(r"\bar"),
    arriving=lambda a, shift: _marked_bar(a, "+", shift),
    sent_back=lambda a: _marked_bar(a, r"\leftarrow"),
    own_copy=lambda a: _marked_bar(a, "(t)"),
    tangent=lambda a: a.latex(r"\dot"),
    upstream=lambda a: rf"\frac{{\partial^{{+}} L}}{{\partial {a.latex()}}}",
    partial=lambda y, v: rf"\frac{{\partial {y.latex()}}}{{\partial {v.latex()}}}",
    partial_ahead=lambda y, v: rf"\frac{{\partial {y.latex(shift=1)}}}{{\partial {v.latex()}}}",
    immediate=lambda y, v: rf"\frac{{\partial^{{+}} {y.latex()}}}{{\partial {v.latex()}}}",
    bracketed=lambda m: rf"\left({m}\right)",
    transpose=lambda m: f"{m}^{{\\top}}",
    diag=lambda v: rf"\operatorname{{diag}}({v})",
    outer=lambda u, v: rf"{u}\, {v}^{{\top}}",
    tensor=lambda m, v: rf"{m} \otimes {v}",
    sum_over_time=r"\sum_{t=1}^{T} ",
    hadamard=r" \odot ",
    apply=r"\, ",
    style=latex_style,
)


def _text(array: Array, shift: int) -> str:
    return f"{array.name}[t{shift:+d}]" if shift and array.time is not None else array.name


def _plain_style(name: Callable[[str], tuple[str, int]]) -> Style:
    style = numpy_style()
    return Style(name, style.times, style.power, style.call, style.brackets)


TEXT = Notation(
    array=_text,
    inline=lambda a: a.name,
    adjoint=lambda a: f"d_{a.name}",
    sent_back=lambda a: f"d_{a.name}",
    own_copy=lambda a: f"d_{a.name}",
    arriving=lambda a, shift: f"d_{a.name}+{f'[t{shift:+d}]' if shift else ''}",
    tangent=lambda a: f"{a.name}_dot",
    upstream=lambda a: f"D+L/D{a.name}",
    partial=lambda y, v: f"{y.name}_D_{v.name}",
    partial_ahead=lambda y, v: f"{y.name}_D_{v.name}_prev[t+1]",
    immediate=lambda y, v: f"{y.name}_D+_{v.name}",
    bracketed=lambda m: f"({m})" if " " in m else m,
    transpose=lambda m: f"{m}^T",
    diag=lambda v: f"diag({v})",
    outer=lambda u, v: f"{u} {v}^T",
    tensor=lambda m, v: f"{m} (x) {v}",
    sum_over_time="sum_t ",
    hadamard=" * ",
    apply=" ",
    style=_plain_style,
)
