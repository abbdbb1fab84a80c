"""With equal sizes neither the LSTM nor the GRU includes the other, as a map of sequences.

Imports the definitions and SymPy. A cell stands for the map from ``x_1, ..., x_T`` to
``h_1, ..., h_T``, the initial states being zero.

The output of a GRU is its whole state: if two sequences have led to the same output, then equal
inputs lead to equal outputs from there on. An LSTM can tell them apart by its cell state.

The first output of an LSTM is ``o tanh(i g)``, less than tanh(1) in absolute value. That of a GRU
is ``(1 - z) n``, which comes as close to 1 as one likes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy
from sympy import Matrix
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.cells import CELLS
from derivations.functions import tanh
from derivations.notation import Cell
from derivations.proofs.exact import evaluated, point
from derivations.proofs.indices import Entries, Index, J
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

LSTM, GRUS = CELLS["lstm"], (CELLS["gru_reset_after"], CELLS["gru_reset_before"])
S = sympy.Symbol("s", positive=True)


@dataclass(frozen=True)
class Pair:
    """What two sequences give: their outputs after one step, then after one more zero input."""

    first: tuple[sympy.Expr, sympy.Expr]
    second: tuple[sympy.Expr, sympy.Expr]


def told_apart() -> Pair:
    """An LSTM with one hidden unit, two inputs: the first moves the candidate, the second o.

    All other parameters are 0. The second input of the second sequence makes the outputs equal.
    """
    weights = {"W_ig": Matrix([[1, 0]]), "W_io": Matrix([[0, 1]])}
    one, two = (sympy.tanh(sympy.tanh(x) / 2) for x in (1, 2))
    gate = one / (2 * two)
    inputs = (Matrix([1, 0]), Matrix([2, sympy.log(gate / (1 - gate))]))
    first = [step(LSTM, weights | {"x": x}) for x in inputs]
    second = [step(LSTM, weights | {"h_prev": s["h"], "c_prev": s["c"]}) for s in first]
    outputs = [tuple(sympy.simplify(s["h"][0]) for s in steps) for steps in (first, second)]
    return Pair(*((a, b) for a, b in outputs))


def output_is_state() -> bool:
    """Whether a GRU hands on nothing but its output, in both forms."""
    return all(cell.exits == (cell.output,) for cell in GRUS)


def first_output() -> Checked:
    """From zero states the LSTM's output is ``o tanh(i g)``, any size."""
    step = Entries(LSTM, frozenset("igo"))

    def zero(matrix: sympy.MatrixSymbol, *index: Index) -> sympy.Expr:
        return sympy.S.Zero if matrix.name == "c_prev" else matrix[index]

    i, g, o = (step.element(name, J) for name in "igo")
    return Checked(
        "lstm.h", residual(step.entry("h", J).replace(MatrixElement, zero), o * tanh(i * g))
    )


def first_outputs_of_gru() -> list[sympy.Expr]:
    """From a zero state, with ``W_in = 1`` and ``W_iz = -1``, all else 0, at the input s."""
    weights = {"W_in": Matrix([[1, 0]]), "W_iz": Matrix([[-1, 0]]), "x": Matrix([S, 0])}
    return [step(cell, weights)["h"][0] for cell in GRUS]


def step(cell: Cell, given: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """One step with two inputs and one hidden unit; what is not given is zero."""
    return evaluated(cell, point(cell, {"D": 2, "H": 1}, **given))
