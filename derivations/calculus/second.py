"""Forward over reverse: the tangent of each line of the reverse sweep.

Imports notation, local derivatives and the sweeps. By the product rule a line
``d_v = sum factor^T d_out`` has the tangent
``d_v_dot = sum factor^T d_out_dot + factor_dot^T d_out``. The tangent of an array is an array,
called ``v_dot``, so that the tangent of a factor is a factor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from derivations.calculus.local import Diagonal, Edge, Factor, Identity, Outer, Weight, ordered
from derivations.calculus.sweeps import Adjoint, reverse_sweep
from derivations.notation import Array, Cell, Text


@dataclass(frozen=True)
class AdjointTangent:
    """The tangent of an adjoint: of its line and of the factors in it.

    The line itself with the tangents of all adjoints, plus the sum of
    ``factor^T * adjoint(out)`` over ``moved``, whose factors are the tangents of the line's.
    """

    line: Adjoint
    moved: tuple[Edge, ...]


def adjoint_tangents(cell: Cell) -> tuple[AdjointTangent, ...]:
    """The tangent of each line of the reverse sweep, in its order."""
    return tuple(AdjointTangent(line, _moved(cell, line)) for line in reverse_sweep(cell))


def tangent_of(array: Array) -> Array:
    """The tangent as an array: ``v_dot``."""
    title = Text(f"tangent of the {array.title.en}", f"{array.title.zh}的切向量")
    return replace(array, name=f"{array.name}_dot", title=title, base=rf"\dot{{{array.base}}}")


def with_tangents(cell: Cell) -> dict[str, Array]:
    """Every array of a cell and every tangent, by name."""
    dots = (tangent_of(array) for array in cell.arrays.values())
    return cell.arrays | {dot.name: dot for dot in dots}


def _moved(cell: Cell, line: Adjoint) -> tuple[Edge, ...]:
    factors = ((edge, _tangent(cell, edge.factor)) for edge in line.terms)
    return tuple(replace(edge, factor=factor) for edge, factor in factors if factor)


def _tangent(cell: Cell, factor: Factor) -> Factor | None:
    """How a local derivative moves; None where it is constant."""
    match factor:
        case Weight(matrix):
            return Weight(tangent_of(matrix))
        case Outer(vector):
            return Outer(tangent_of(vector))
        case Diagonal(expression):
            moved = _directional(cell, expression)
            return Diagonal(moved) if moved else None
        case Identity():
            return None


def _directional(cell: Cell, expression: sympy.Expr) -> sympy.Expr | None:
    """The derivative with respect to each array that is read, times its tangent, in that order."""
    value = expression.doit()
    terms = []
    for name in (n for n in cell.arrays if sympy.Symbol(n) in value.free_symbols):
        slope = ordered(value.diff(sympy.Symbol(name)))
        dot = tangent_of(cell.arrays[name]).symbol
        if slope != 0:
            terms.append(dot if slope == 1 else sympy.Mul(*_factors(slope), dot, evaluate=False))
    return sympy.Add(*terms, evaluate=False) if len(terms) > 1 else next(iter(terms), None)


def _factors(product: sympy.Expr) -> tuple[sympy.Expr, ...]:
    return product.args if isinstance(product, sympy.Mul) else (product,)
