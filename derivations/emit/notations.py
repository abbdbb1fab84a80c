"""The two ways in which a formula is written down: LaTeX for the page, plain text for the terminal.

Imports notation, tangents and printing. A formula is built once, out of these few pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import sympy

from derivations.calculus.second import with_tangents
from derivations.emit.printing import (
    ATOM,
    PRODUCT,
    SUM,
    Style,
    latex_style,
    numpy_style,
    print_expression,
    print_product,
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
    sent_back: Callable[[Array, int], str]
    own_copy: Callable[[Array], str]
    tangent: Callable[[Array], str]
    moving: Callable[[str], str]
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
        """An elementwise expression of a cell's arrays and tangents."""
        return print_expression(e, self._in_arrays(cell), within)

    def product(self, cell: Cell, left: str, e: sympy.Expr) -> str:
        """Something already written times an elementwise expression."""
        return print_product(left, e, self._in_arrays(cell))

    def _in_arrays(self, cell: Cell) -> Style:
        arrays = with_tangents(cell)
        return self.style(lambda name: (self.array(arrays[name], 0), ATOM))

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


def _dotted_bar(array: Array, mark: str, shift: int = 0) -> str:
    return replace(array, sup=mark, base=rf"\bar{{{array.base}}}").latex(r"\dot", shift)


LATEX = Notation(
    array=lambda a, shift: a.latex(shift=shift),
    inline=lambda a: f"${a.latex()}$",
    adjoint=lambda a: a.latex(r"\bar"),
    arriving=lambda a, shift: _marked_bar(a, "+", shift),
    sent_back=lambda a, shift: _marked_bar(a, r"\leftarrow", shift),
    own_copy=lambda a: _marked_bar(a, "(t)"),
    tangent=lambda a: a.latex(r"\dot"),
    moving=lambda e: rf"\left({e}\right)^{{\boldsymbol{{\cdot}}}}",
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


LATEX_DOT = replace(
    LATEX,
    adjoint=lambda a: _dotted_bar(a, a.sup),
    arriving=lambda a, shift: _dotted_bar(a, "+", shift),
    sent_back=lambda a, shift: _dotted_bar(a, r"\leftarrow", shift),
    own_copy=lambda a: _dotted_bar(a, "(t)"),
    upstream=lambda a: rf"\frac{{\partial^{{+}} \dot{{L}}}}{{\partial {a.latex()}}}",
)
"""The same for the tangents of adjoints: of ``d_v`` wherever ``LATEX`` writes ``d_v``."""


def _text(array: Array, shift: int, before: str = "", after: str = "") -> str:
    name = f"{before}{array.name}{after}"
    return f"{name}[t{shift:+d}]" if shift and array.time is not None else name


def _plain_style(name: Callable[[str], tuple[str, int]]) -> Style:
    style = numpy_style()
    return replace(style, name=name)


TEXT = Notation(
    array=lambda a, shift: _text(a, shift),
    inline=lambda a: a.name,
    adjoint=lambda a: f"d_{a.name}",
    sent_back=lambda a, shift: _text(a, shift, "d_"),
    own_copy=lambda a: f"d_{a.name}",
    arriving=lambda a, shift: _text(a, shift, "d_", "+"),
    tangent=lambda a: f"{a.name}_dot",
    moving=lambda e: f"({e})_dot",
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

TEXT_DOT = replace(
    TEXT,
    adjoint=lambda a: f"d_{a.name}_dot",
    sent_back=lambda a, shift: _text(a, shift, "d_", "_dot"),
    own_copy=lambda a: f"d_{a.name}_dot",
    arriving=lambda a, shift: _text(a, shift, "d_", "_dot+"),
    upstream=lambda a: f"D+L_dot/D{a.name}",
)
