"""The equations of the source document are our cells with other parameters, for any size.

Imports the definitions, the document's equations and SymPy. Both directions: our cell at the
parameters that stand for the document's, and the document's equations at those that stand for ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.cells import CELLS
from derivations.functions import sigmoid
from derivations.notation import Cell
from derivations.proofs import source_document
from derivations.proofs.indices import J, entry
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

Combination: TypeAlias = Mapping[str, int]
"""A sum of arrays with integer coefficients; empty for zero."""


@dataclass(frozen=True)
class Form:
    """The document's equations; ``ours`` in terms of its parameters, ``theirs`` in terms of ours.

    ``restricted`` says which parameters of ours are zero for the second direction to hold.
    """

    cell: Cell
    document: Mapping[str, sympy.MatrixExpr]
    ours: Mapping[str, Combination]
    theirs: Mapping[str, Combination]
    restricted: Mapping[str, Combination] = field(default_factory=dict)


VANILLA = Form(
    CELLS["rnn_tanh"],
    source_document.vanilla(),
    ours={"W_ih": {"W_xh": 1}, "b_ih": {"b_h": 1}, "b_hh": {}},
    theirs={"W_xh": {"W_ih": 1}, "b_h": {"b_ih": 1, "b_hh": 1}},
)
OUTPUT = Form(CELLS["output"], source_document.output(), ours={}, theirs={})

_LSTM_GATES = {"i": "i", "f": "f", "g": "c", "o": "o"}
LSTM = Form(
    CELLS["lstm"],
    source_document.lstm(),
    ours={f"W_i{g}": {f"W_{d}_x": 1} for g, d in _LSTM_GATES.items()}
    | {f"W_h{g}": {f"W_{d}_h": 1} for g, d in _LSTM_GATES.items()}
    | {f"b_i{g}": {f"b_{d}": 1} for g, d in _LSTM_GATES.items()}
    | {f"b_h{g}": {} for g in _LSTM_GATES},
    theirs={f"W_{d}_x": {f"W_i{g}": 1} for g, d in _LSTM_GATES.items()}
    | {f"W_{d}_h": {f"W_h{g}": 1} for g, d in _LSTM_GATES.items()}
    | {f"b_{d}": {f"b_i{g}": 1, f"b_h{g}": 1} for g, d in _LSTM_GATES.items()},
)

_GRU_GATES = {"r": ("W_r", 1), "z": ("W_z", -1), "n": ("W", 1)}
_GRU_BIASES: dict[str, dict[str, int]] = {f"b_{side}{g}": {} for side in "ih" for g in _GRU_GATES}
GRU = Form(
    CELLS["gru_reset_before"],
    source_document.gru(),
    ours={f"W_i{g}": {f"{d}_x": sign} for g, (d, sign) in _GRU_GATES.items()}
    | {f"W_h{g}": {f"{d}_h": sign} for g, (d, sign) in _GRU_GATES.items()}
    | _GRU_BIASES,
    theirs={f"{d}_x": {f"W_i{g}": sign} for g, (d, sign) in _GRU_GATES.items()}
    | {f"{d}_h": {f"W_h{g}": sign} for g, (d, sign) in _GRU_GATES.items()},
    restricted=_GRU_BIASES,
)

FORMS = {form.cell.id: form for form in (VANILLA, OUTPUT, LSTM, GRU)}


def ours_is_theirs(form: Form) -> list[Checked]:
    """Our cell at the parameters that stand for the document's gives the document's values."""
    return [
        _checked(form, at(entry(form.cell, name, J), form.ours), value[J, 0])
        for name, value in form.document.items()
    ]


def theirs_is_ours(form: Form) -> list[Checked]:
    """The document's equations at the parameters that stand for ours give our values."""
    return [
        _checked(
            form,
            at(entry(form.cell, name, J), form.restricted),
            at(at(value[J, 0], form.theirs), form.restricted),
        )
        for name, value in form.document.items()
    ]


def at(e: sympy.Expr, parameters: Mapping[str, Combination]) -> sympy.Expr:
    """An entry with some of its parameters replaced by combinations of others."""

    def replaced(matrix: sympy.MatrixSymbol, *index: sympy.Expr) -> sympy.Expr:
        combination = parameters.get(matrix.name, {matrix.name: 1})
        return sympy.Add(
            *(c * sympy.MatrixSymbol(name, *matrix.shape)[index] for name, c in combination.items())
        )

    return e.replace(MatrixElement, replaced)


def _checked(form: Form, ours: sympy.Expr, theirs: sympy.Expr) -> Checked:
    return Checked(f"{form.cell.id}.source", residual(_reflected(ours), _reflected(theirs)))


def _reflected(e: sympy.Expr) -> sympy.Expr:
    """``sigmoid(-a)`` written as ``1 - sigmoid(a)``, as `elementwise.reflection` proves."""

    def positive(a: sympy.Expr) -> sympy.Expr:
        terms = sympy.Add.make_args(a)
        if all(_inside(t).as_coeff_Mul()[0] < 0 for t in terms):
            return 1 - sigmoid(sympy.Add(*(_negated(t) for t in terms)))
        return sigmoid(a)

    return e.replace(sigmoid, positive)


def _inside(term: sympy.Expr) -> sympy.Expr:
    return term.function if isinstance(term, sympy.Sum) else term


def _negated(term: sympy.Expr) -> sympy.Expr:
    return term.func(-term.function, *term.limits) if isinstance(term, sympy.Sum) else -term
