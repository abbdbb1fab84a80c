"""The equations of the papers are our cells with other parameters, or are not, for any size.

Imports the definitions, the papers' equations and SymPy. Where a map exists both directions are
shown, as for the source document.
"""

from __future__ import annotations

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.calculus.jacobians import step_jacobian
from derivations.cells import CELLS
from derivations.functions import sigmoid, tanh
from derivations.notation import Cell
from derivations.proofs import papers, swept
from derivations.proofs.indices import Entries, Index, J, K, delta, element
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked
from derivations.proofs.source_forms import Combination, Form

_NO_BIASES: dict[str, Combination] = {f"b_{side}{g}": {} for side in "ih" for g in "rzn"}


def _gru(cell: Cell, document: dict[str, sympy.MatrixExpr], update: int) -> Form:
    """A GRU without biases; ``update`` is -1 where its z is one minus ours."""
    signs = {"r": 1, "z": update, "n": 1}
    blocks = {
        (f"W_{ours}{g}", f"W_{theirs}{g}"): sign
        for g, sign in signs.items()
        for ours, theirs in ("ix", "hh")
    }
    return Form(
        cell,
        document,
        ours={ours: {theirs: sign} for (ours, theirs), sign in blocks.items()} | _NO_BIASES,
        theirs={theirs: {ours: sign} for (ours, theirs), sign in blocks.items()},
        restricted=_NO_BIASES,
    )


_LSTM_GATES = {"i": "i", "f": "f", "g": "c", "o": "o"}
PEEPHOLE = Form(
    CELLS["lstm"],
    papers.lstm_peephole(),
    ours={f"W_i{g}": {f"W_x{p}": 1} for g, p in _LSTM_GATES.items()}
    | {f"W_h{g}": {f"W_h{p}": 1} for g, p in _LSTM_GATES.items()}
    | {f"b_i{g}": {f"b_{p}": 1} for g, p in _LSTM_GATES.items()}
    | {f"b_h{g}": {} for g in _LSTM_GATES},
    theirs={f"W_x{p}": {f"W_i{g}": 1} for g, p in _LSTM_GATES.items()}
    | {f"W_h{p}": {f"W_h{g}": 1} for g, p in _LSTM_GATES.items()}
    | {f"b_{p}": {f"b_i{g}": 1, f"b_h{g}": 1} for g, p in _LSTM_GATES.items()}
    | {f"w_c{g}": {} for g in "ifo"},
)
"""Only its second direction holds: ours is theirs with all peepholes zero."""

CHO = _gru(CELLS["gru_reset_before"], papers.gru_cho(), 1)
CHO_PREPRINT = _gru(CELLS["gru_reset_after"], papers.gru_cho_preprint(), 1)
CHUNG = _gru(CELLS["gru_reset_before"], papers.gru_chung(), -1)


def squashing() -> list[sympy.Expr]:
    """``4 sigmoid(a) - 2 = 2 tanh(a/2)`` and ``2 sigmoid(a) - 1 = tanh(a/2)``: the differences."""
    a = sympy.Symbol("a", real=True)
    s, t = (f.rewrite(sympy.exp) for f in (sigmoid(a), tanh(a / 2)))
    return [sympy.simplify(d) for d in (4 * s - 2 - 2 * t, 2 * s - 1 - t)]


def without_forget_gate() -> list[Checked]:
    """The LSTM of 1997 is ours with f = 1, half the cell state and half the candidate's weights.

    Theirs on the left, ours on the right: ``s = 2 c``.
    """
    half = sympy.Rational(1, 2)
    theirs = papers.lstm_1997()
    step = Entries(CELLS["lstm"], frozenset("f"))

    def ours(matrix: sympy.MatrixSymbol, *index: Index) -> sympy.Expr:
        name, gate = matrix.name[:-1], {"g": "c"}.get(matrix.name[-1], matrix.name[-1])
        scale = half if gate == "c" else sympy.S.One
        known = {"W_i": f"W_x{gate}", "W_h": f"W_h{gate}", "b_i": f"b_{gate}"}
        if matrix.name == "f":
            return sympy.S.One
        if matrix.name == "c_prev":
            return half * matrix[index]
        if name == "b_h":
            return sympy.S.Zero
        if name not in known:
            return matrix[index]
        return scale * sympy.MatrixSymbol(known[name], *matrix.shape)[index]

    c, h = (step.entry(name, J).replace(MatrixElement, ours) for name in "ch")
    return [
        Checked("lstm.c", residual(2 * c, theirs["c"][J, 0])),
        Checked("lstm.h", residual(h, theirs["h"][J, 0])),
    ]


def affine_in_cell_state() -> Checked:
    """In our LSTM ``dc/dc_prev = diag(f)`` does not depend on ``c_prev``, whatever the parameters.

    So ``c`` is affine in ``c_prev``.
    """
    block = step_jacobian(CELLS["lstm"], "c", "c_prev")
    assert block is not None
    found = swept.closed_form(Entries(CELLS["lstm"], frozenset("f")), block, J, K)
    stated = element("f", ("H",), J) * delta("H", J, K)
    without = CELLS["lstm"].equation("a_f").reads == ("x", "h_prev")
    return Checked("lstm.c_D_c_prev", residual(found, stated) + (0 if without else 1))


def curvature_of_peephole() -> sympy.Expr:
    """``d2c/dc_prev2`` at ``c_prev = 0`` with peepholes p from c to i and f, all else zero.

    The same for each entry, so that the index does not matter.
    """
    p, old = sympy.symbols("p c_prev", real=True)
    given = {"c_prev": old, "w_ci": p, "w_cf": p}
    c = papers.lstm_peephole()["c"][J, 0]
    c = c.replace(MatrixElement, lambda matrix, *_: given.get(matrix.name, sympy.S.Zero)).doit()
    return sympy.simplify(c.rewrite(sympy.exp).diff(old, 2).subs(old, 0))
