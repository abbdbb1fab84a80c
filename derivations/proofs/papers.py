"""The equations of the papers that defined the cells, as SymPy matrix expressions.

Imports SymPy and the elementwise functions; the cells are not looked at. Units are written as
vectors and weights as matrices; where a paper has no biases or says that they are left out for
readability, there are none here.
"""

from __future__ import annotations

import sympy
from sympy import HadamardProduct, MatrixSymbol

from derivations.functions import sigmoid, tanh
from derivations.proofs.source_document import D, H, Matrix, bias, c_prev, h_prev, ones, x


def _on_both(gate: str) -> Matrix:
    """``W_xg x + W_hg h_prev``."""
    return MatrixSymbol(f"W_x{gate}", H, D) * x + MatrixSymbol(f"W_h{gate}", H, H) * h_prev


def lstm_1997() -> dict[str, Matrix]:
    """Hochreiter and Schmidhuber: no forget gate, centred logistic functions g and h.

    ``g(a) = 4 sigmoid(a) - 2`` and ``h(a) = 2 sigmoid(a) - 1``, which are ``2 tanh(a/2)`` and
    ``tanh(a/2)``; one cell in each block.
    """
    half = sympy.Rational(1, 2)
    i, o = ((_on_both(g) + bias(f"b_{g}")).applyfunc(sigmoid) for g in "io")
    candidate = 2 * (half * (_on_both("c") + bias("b_c"))).applyfunc(tanh)
    c = c_prev + HadamardProduct(i, candidate)
    return {"c": c, "h": HadamardProduct(o, (half * c).applyfunc(tanh))}


def lstm_peephole() -> dict[str, Matrix]:
    """Gers and Schmidhuber (2000) as Graves (2013) has it: the gates also read the cell state."""
    i, f = (
        (_on_both(g) + HadamardProduct(bias(f"w_c{g}"), c_prev) + bias(f"b_{g}")).applyfunc(sigmoid)
        for g in "if"
    )
    candidate = (_on_both("c") + bias("b_c")).applyfunc(tanh)
    c = HadamardProduct(f, c_prev) + HadamardProduct(i, candidate)
    o = (_on_both("o") + HadamardProduct(bias("w_co"), c) + bias("b_o")).applyfunc(sigmoid)
    return {"c": c, "h": HadamardProduct(o, c.applyfunc(tanh))}


def gru_cho() -> dict[str, Matrix]:
    """Cho et al. as published: z keeps the old state, the reset comes before the product."""
    z, r = (_on_both(g).applyfunc(sigmoid) for g in "zr")
    candidate = (
        MatrixSymbol("W_xn", H, D) * x + MatrixSymbol("W_hn", H, H) * HadamardProduct(r, h_prev)
    ).applyfunc(tanh)
    return {"h": HadamardProduct(z, h_prev) + HadamardProduct(ones - z, candidate)}


def gru_cho_preprint() -> dict[str, Matrix]:
    """The first preprint of Cho et al.: the reset comes after the product."""
    z, r = (_on_both(g).applyfunc(sigmoid) for g in "zr")
    recurrent = HadamardProduct(r, MatrixSymbol("W_hn", H, H) * h_prev)
    candidate = (MatrixSymbol("W_xn", H, D) * x + recurrent).applyfunc(tanh)
    return {"h": HadamardProduct(z, h_prev) + HadamardProduct(ones - z, candidate)}


def gru_chung() -> dict[str, Matrix]:
    """Chung et al.: z takes the new state, the reset comes before the product."""
    z, r = (_on_both(g).applyfunc(sigmoid) for g in "zr")
    candidate = (
        MatrixSymbol("W_xn", H, D) * x + MatrixSymbol("W_hn", H, H) * HadamardProduct(r, h_prev)
    ).applyfunc(tanh)
    return {"h": HadamardProduct(ones - z, h_prev) + HadamardProduct(z, candidate)}
