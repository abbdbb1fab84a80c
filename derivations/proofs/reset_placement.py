"""The two gated recurrent units are different functions: where they differ and where they agree.

Imports the definitions and SymPy. The reset gate multiplies after the linear map in one and before
it in the other; the source document has the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import sympy
from sympy import Matrix
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.cells import CELLS
from derivations.functions import sigmoid, tanh
from derivations.notation import Affine, Cell, Equation, Product
from derivations.proofs.indices import Index, J, delta, element, entry, sum_over
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

AFTER, BEFORE = CELLS["gru_reset_after"], CELLS["gru_reset_before"]


def candidate_difference() -> Checked:
    """How the arguments of the candidates differ, for any size and any reset gate r.

    After minus before, at j: ``sum_k W_hn[j, k] (r_j - r_k) h_prev[k] + (r_j - 1) b_hn[j]``. For
    this to vanish at every state and every r in (0, 1)^H, ``W_hn`` must be diagonal and ``b_hn`` 0.
    """
    r, b, h = (partial(element, name, ("H",)) for name in ("r", "b_hn", "h_prev"))

    def term(m: Index) -> sympy.Expr:
        return element("W_hn", ("H", "H"), J, m) * (r(J) - r(m)) * h(m)

    difference = entry(AFTER, "a_n", J, free=["r"]) - entry(BEFORE, "a_n", J, free=["r"])
    stated = sum_over("H", "m", term) + (r(J) - 1) * b(J)
    return Checked("gru_reset_after.source", residual(difference, stated))


def agreement() -> Checked:
    """With ``W_hn`` diagonal and ``b_hn`` zero both units are the same function, for any size."""

    def restricted(matrix: sympy.MatrixSymbol, *index: Index) -> sympy.Expr:
        if matrix.name == "W_hn":
            return element("w", ("H",), index[0]) * delta("H", *index)
        return sympy.S.Zero if matrix.name == "b_hn" else matrix[index]

    after, before = (
        entry(cell, "h", J).replace(MatrixElement, restricted) for cell in (AFTER, BEFORE)
    )
    return Checked("gru_reset_after.source", residual(after, before))


@dataclass(frozen=True)
class Counterexample:
    """Parameters and a state at which the two units give different new states."""

    values: Mapping[str, Matrix]
    after: Matrix
    before: Matrix

    def digits(self, n: int = 50) -> Matrix:
        """Their difference, after minus before, to n digits."""
        return (self.after - self.before).evalf(n)


def counterexample() -> Counterexample:
    """Two hidden units, one input of 0, no biases, an update gate of 1/2.

    The reset gate is (1/2, sigmoid(1)), and ``W_hn`` exchanges the two entries.
    """
    sizes = {"D": 1, "H": 2}
    values = {
        a.name: sympy.zeros(*(sizes[s] for s in a.shape), *[1] * (2 - len(a.shape)))
        for a in (*AFTER.sources, *AFTER.parameters)
    }
    values["h_prev"] = Matrix([1, 1])
    values["W_hr"] = Matrix([[0, 0], [0, 1]])
    values["W_hn"] = Matrix([[0, 1], [1, 0]])
    return Counterexample(values, evaluated(AFTER, values)["h"], evaluated(BEFORE, values)["h"])


def evaluated(cell: Cell, values: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """Every array of a step, exactly, from those that it is given."""
    found = dict(values)
    for equation in cell.equations:
        found[equation.out.name] = _value(equation, found)
    return found


def _value(equation: Equation, found: Mapping[str, Matrix]) -> Matrix:
    if isinstance(equation.right, Affine):
        first, *rest = (_product(p, found) for p in equation.right.products)
        return sum(rest, first)
    names = [sympy.Symbol(name) for name in equation.reads]
    rows = zip(*(found[name] for name in equation.reads), strict=True)
    expression = equation.right.expression.doit()
    return Matrix([_exact(expression.xreplace(dict(zip(names, r, strict=True)))) for r in rows])


def _product(p: Product, found: Mapping[str, Matrix]) -> Matrix:
    product = found[p.weight.name] * found[p.vector.name]
    return product + found[p.bias.name] if p.bias else product


def _exact(e: sympy.Expr) -> sympy.Expr:
    return e.replace(sigmoid, lambda a: 1 / (1 + sympy.exp(-a))).replace(tanh, sympy.tanh)
