"""The equations of the source document, letter for letter, as SymPy matrix expressions.

Imports SymPy and the elementwise functions; the cells are not looked at. The document writes one
weight on the concatenation ``[h, x]``; its two column blocks are ``W_f_h`` and ``W_f_x`` here.
"""

from __future__ import annotations

from typing import TypeAlias

import sympy
from sympy import BlockMatrix, HadamardProduct, MatrixSymbol, OneMatrix, block_collapse

from derivations.functions import sigmoid, tanh
from derivations.proofs.indices import LENGTH

Matrix: TypeAlias = sympy.MatrixExpr

D, H, K = (LENGTH[size] for size in "DHK")
x = MatrixSymbol("x", D, 1)
h_prev = MatrixSymbol("h_prev", H, 1)
c_prev = MatrixSymbol("c_prev", H, 1)
ones = OneMatrix(H, 1)


def weight(name: str) -> BlockMatrix:
    """A weight on ``[h, x]``."""
    return BlockMatrix([[MatrixSymbol(f"{name}_h", H, H), MatrixSymbol(f"{name}_x", H, D)]])


def bias(name: str) -> MatrixSymbol:
    """A bias of a gate."""
    return MatrixSymbol(name, H, 1)


def on_concatenation(W: BlockMatrix, upper: Matrix, lower: Matrix) -> Matrix:
    """``W [upper, lower]``."""
    return block_collapse(W * BlockMatrix([[upper], [lower]]))


def vanilla() -> dict[str, Matrix]:
    """Definition 1.1: the vanilla RNN with its output layer."""
    W_hh, W_xh = MatrixSymbol("W_hh", H, H), MatrixSymbol("W_xh", H, D)
    h = (W_hh * h_prev + W_xh * x + bias("b_h")).applyfunc(tanh)
    return {"h": h}


def output() -> dict[str, Matrix]:
    """Definition 1.1, second line: the output of a hidden state."""
    W_hy, b_y, h = MatrixSymbol("W_hy", K, H), MatrixSymbol("b_y", K, 1), MatrixSymbol("h", H, 1)
    return {"y": W_hy * h + b_y}


def lstm() -> dict[str, Matrix]:
    """Definition 2.1: the LSTM."""
    f = (on_concatenation(weight("W_f"), h_prev, x) + bias("b_f")).applyfunc(sigmoid)
    i = (on_concatenation(weight("W_i"), h_prev, x) + bias("b_i")).applyfunc(sigmoid)
    candidate = (on_concatenation(weight("W_c"), h_prev, x) + bias("b_c")).applyfunc(tanh)
    c = HadamardProduct(f, c_prev) + HadamardProduct(i, candidate)
    o = (on_concatenation(weight("W_o"), h_prev, x) + bias("b_o")).applyfunc(sigmoid)
    h = HadamardProduct(o, c.applyfunc(tanh))
    return {"h": h, "c": c}


def gru() -> dict[str, Matrix]:
    """Definition 1.1 of its section: the GRU, without biases."""
    z = on_concatenation(weight("W_z"), h_prev, x).applyfunc(sigmoid)
    r = on_concatenation(weight("W_r"), h_prev, x).applyfunc(sigmoid)
    candidate = on_concatenation(weight("W"), HadamardProduct(r, h_prev), x).applyfunc(tanh)
    h = HadamardProduct(ones - z, h_prev) + HadamardProduct(z, candidate)
    return {"h": h}
