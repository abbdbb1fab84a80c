"""What becomes of a cell and of its Jacobian where a gate tends to 0 or to 1, for any size.

Imports the definitions, SymPy, and `derivations.calculus` for its results, which `any_size` proves.
With the gates as free arrays every value and every block is continuous in them, so its limit is
its value at 0 or 1; `sigmoid` tends to both.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.calculus.jacobians import step_jacobian
from derivations.functions import sigmoid
from derivations.notation import Cell
from derivations.proofs import swept
from derivations.proofs.indices import Entries, Index, J, K, element

A = sympy.Symbol("a", real=True)


def value(cell: Cell, gates: Iterable[str], name: str, gate: str, limit: int) -> sympy.Expr:
    """The entry j of an array where a gate is 0 or 1; the gates are free arrays."""
    return _at(Entries(cell, frozenset(gates)).entry(name, J), gate, limit)


def block(
    cell: Cell, gates: Iterable[str], exit: str, by: str, gate: str, limit: int
) -> sympy.Expr:
    """The entry (j, k) of a Jacobian block of a step where a gate is 0 or 1."""
    found = step_jacobian(cell, exit, by)
    if found is None:
        return sympy.S.Zero
    return _at(swept.closed_form(Entries(cell, frozenset(gates)), found, J, K), gate, limit)


def free(name: str, index: Index = J) -> sympy.Expr:
    """The entry of a gate or a state that stands for itself."""
    return element(name, ("H",), index)


def sigmoid_limits() -> tuple[sympy.Expr, sympy.Expr]:
    """What the logistic function tends to at minus and plus infinity."""
    exact = sigmoid(A).rewrite(sympy.exp)
    return sympy.limit(exact, A, -sympy.oo), sympy.limit(exact, A, sympy.oo)


def _at(e: sympy.Expr, gate: str, limit: int) -> sympy.Expr:
    def replaced(matrix: sympy.MatrixSymbol, *index: Index) -> sympy.Expr:
        return sympy.Integer(limit) if matrix.name == gate else matrix[index]

    return e.replace(MatrixElement, replaced)
