"""What a step and its Jacobian blocks tend to as gates close or open, for any size.

Imports the definitions, SymPy and the calculus for its Jacobian blocks. A gate is ``sigmoid(a)``,
strictly between 0 and 1, and tends to these as a -> -oo and a -> oo. A step and its blocks are
continuous in the values of the gates, so that a limit is what they are with 0 or 1 put in.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.calculus.jacobians import step_jacobian
from derivations.notation import Cell
from derivations.proofs import swept
from derivations.proofs.indices import Entries, Index, J, K

Gates = Mapping[str, int]
"""Gates by name, with the value 0 or 1 that each tends to."""

_A = sympy.Symbol("a", real=True)


def sigmoid_ends() -> tuple[sympy.Expr, sympy.Expr, bool]:
    """Both limits of sigmoid, and whether it and its complement are positive everywhere."""
    s = 1 / (1 + sympy.exp(-_A))
    complement = 1 / (1 + sympy.exp(_A))
    inside = s.is_positive and complement.is_positive and sympy.simplify(1 - s - complement) == 0
    return sympy.limit(s, _A, -sympy.oo), sympy.limit(s, _A, sympy.oo), bool(inside)


def array(cell: Cell, name: str, gates: Gates) -> sympy.Expr:
    """Entry j of an array of a step, the gates being what they tend to."""
    return _put(Entries(cell, frozenset(gates)).entry(name, J), gates)


def block(cell: Cell, exit: str, by: str, gates: Gates) -> sympy.Expr:
    """Entry (j, k) of a Jacobian block of a step, the gates being what they tend to."""
    found = step_jacobian(cell, exit, by)
    if found is None:
        return sympy.S.Zero
    return _put(swept.closed_form(Entries(cell, frozenset(gates)), found, J, K), gates)


def _put(e: sympy.Expr, gates: Gates) -> sympy.Expr:
    def value(matrix: sympy.MatrixSymbol, *index: Index) -> sympy.Expr:
        return sympy.Integer(gates[matrix.name]) if matrix.name in gates else matrix[index]

    return e.replace(MatrixElement, value)
