"""The Jacobian of a state by an earlier one as a product: which factors, in which order.

Imports the definitions and SymPy. In the numerator layout row j, column k holds
``d h_t[j] / d h_k[k]``; in the transposed layout it holds ``d h_t[k] / d h_k[j]``. The factor of
step i has ``D_i = diag(tanh'(a_i)) = diag(1 - h_i^2)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import sympy
from sympy import Matrix, Rational

from derivations.cells import CELLS
from derivations.functions import tanh
from derivations.proofs.indices import Entries, Index, J, K, element, sum_over, unrolled
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

CELL = CELLS["rnn_tanh"]


@dataclass(frozen=True)
class Factor:
    """``D W`` and its kin: whether D stands on the left, and whether W is transposed."""

    diagonal_first: bool
    transposed: bool

    def matrix(self, D: Matrix, W: Matrix) -> Matrix:
        """The factor of matrices."""
        M = W.T if self.transposed else W
        return D * M if self.diagonal_first else M * D

    def entry(self, step: Entries, row: Index, column: Index) -> sympy.Expr:
        """The entry of the factor of a step, for any size."""
        at = (column, row) if self.transposed else (row, column)
        slope = 1 - step.entry("h", row if self.diagonal_first else column) ** 2
        return element("W_hh", ("H", "H"), *at) * slope


FACTORS = {
    "D W": Factor(diagonal_first=True, transposed=False),
    "W^T D": Factor(diagonal_first=False, transposed=True),
    "D W^T": Factor(diagonal_first=True, transposed=True),
    "W D": Factor(diagonal_first=False, transposed=False),
}
ORDERS = {"k+1 first": 1, "t first": -1}
LAYOUTS: dict[str, Callable[[Matrix], Matrix]] = {
    "numerator": lambda M: M,
    "transposed": lambda M: M.T,
}


class Reading(NamedTuple):
    """A way to read the product: the factor, which step stands on the left, and the layout."""

    factor: str
    order: str
    layout: str


RIGHT = {Reading("D W", "t first", "numerator"), Reading("W^T D", "k+1 first", "transposed")}


def any_size(reading: Reading, steps: int) -> Checked:
    """The product over some steps, entry by entry, against the derivative of the last state."""
    sequence = unrolled(CELL, steps)
    row, column = (J, K) if reading.layout == "numerator" else (K, J)
    direct = sequence[-1].entry("h", row).diff(sequence[0].element("h_prev", column))
    ordered = sequence[:: ORDERS[reading.order]]
    found = _product(FACTORS[reading.factor], ordered, J, K)
    return Checked("rnn_tanh.h_D_h_prev", residual(found, direct))


def _product(factor: Factor, steps: Sequence[Entries], row: Index, column: Index) -> sympy.Expr:
    first, *rest = steps
    if not rest:
        return factor.entry(first, row, column)

    def term(m: Index) -> sympy.Expr:
        return factor.entry(first, row, m) * _product(factor, rest, m, column)

    return sum_over("H", f"s{len(rest)}", term)


def slope(argument: str) -> Checked:
    """The derivative of tanh, taken at the pre-activation ``a`` or at the state ``h``."""
    step = unrolled(CELL, 1)[0]
    at = sympy.Symbol("argument")
    taken = tanh(at).diff(at).xreplace({at: step.entry(argument, J)})
    return Checked(f"rnn_tanh.h_D_{argument}", residual(taken, 1 - step.entry("h", J) ** 2))


def differences() -> Iterator[tuple[Reading, Matrix]]:
    """Every reading over two steps, less the Jacobian, for one W and two D with rational entries.

    Any D with entries in (0, 1] occurs: the inputs can lead to any state in (-1, 1)^H.
    """
    W = Matrix([[1, 2], [0, 3]])
    D = [sympy.diag(Rational(1, 2), Rational(1, 3)), sympy.diag(1, Rational(1, 5))]
    jacobian = D[1] * W * D[0] * W
    for factor, order, layout in product(FACTORS, ORDERS, LAYOUTS):
        first, second = (FACTORS[factor].matrix(d, W) for d in D[:: ORDERS[order]])
        yield Reading(factor, order, layout), first * second - LAYOUTS[layout](jacobian)
