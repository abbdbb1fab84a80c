"""The derivative of one equation with respect to one array that it reads.

Imports notation and SymPy. An elementwise equation is differentiated by ``diff`` of its scalar
expression; an affine one needs no calculus. Nothing is composed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sympy

from derivations.notation import Affine, Array, Cell, Equation


@dataclass(frozen=True)
class Diagonal:
    """``diag(expression)``: the derivative of an elementwise equation."""

    expression: sympy.Expr


@dataclass(frozen=True)
class Weight:
    """``W``: the derivative of ``W v + b`` with respect to ``v``."""

    matrix: Array


@dataclass(frozen=True)
class Outer:
    """The derivative of ``W v + b`` with respect to ``W``: entry (j, (k, l)) is delta_jk v_l."""

    vector: Array


@dataclass(frozen=True)
class Identity:
    """The derivative of ``W v + b`` with respect to ``b``."""


Factor = Diagonal | Weight | Outer | Identity


@dataclass(frozen=True)
class Edge:
    """``out`` reads ``source``; ``factor`` is its derivative with respect to ``source``."""

    out: Array
    source: Array
    factor: Factor


def edges(cell: Cell) -> tuple[Edge, ...]:
    """Every local derivative of a cell, in the order of its equations."""
    return tuple(edge for equation in cell.equations for edge in _edges(cell, equation))


def _edges(cell: Cell, equation: Equation) -> Iterator[Edge]:
    out = equation.out
    if isinstance(equation.right, Affine):
        for product in equation.right.products:
            yield Edge(out, product.vector, Weight(product.weight))
            yield Edge(out, product.weight, Outer(product.vector))
            if product.bias:
                yield Edge(out, product.bias, Identity())
        return
    value = equation.right.expression.doit()
    for name in equation.reads:
        source = cell.arrays[name]
        derivative = value.diff(source.symbol).subs(value, out.symbol)
        yield Edge(out, source, Diagonal(ordered(derivative)))


def ordered(expression: sympy.Expr) -> sympy.Expr:
    """The same expression in a reading order that SymPy will not undo.

    Sums: numbers, then what is added, then what is taken away. Products: numbers, names, powers,
    then sums in brackets.
    """
    if not expression.args or isinstance(expression, sympy.Function):
        return expression
    parts = [ordered(a) for a in expression.args]
    if isinstance(expression, sympy.Add):
        parts.sort(key=lambda a: (not a.is_number, _is_negative(a)))
    elif isinstance(expression, sympy.Mul):
        parts.sort(key=lambda a: (not a.is_number, isinstance(a, sympy.Add), a.is_Pow))
    return expression.func(*parts, evaluate=False)


def _is_negative(term: sympy.Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)
