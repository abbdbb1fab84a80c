"""The gated recurrent unit, with the reset gate after the linear map or before it."""

from __future__ import annotations

import sympy

from derivations.functions import sigmoid, tanh
from derivations.notation import (
    Cell,
    Citation,
    Equation,
    State,
    Text,
    affine,
    elementwise,
    preactivations,
    previous,
    stack,
    vector,
)
from derivations.references import cited

_x = vector("x", "input", "输入", size="D")
_h = vector("h", "hidden state", "隐状态")
_h_prev = previous(_h)

# The order of the gates is the order of the rows in the stacked parameters.
_gates = {
    "r": Text("reset gate", "重置门"),
    "z": Text("update gate", "更新门"),
    "n": Text("candidate", "候选值"),
}
_r, _z, _n = (vector(name, title.en, title.zh) for name, title in _gates.items())
_a = preactivations(_gates)
_u = vector("u", "input part of the candidate", "候选值的输入部分", auxiliary=True)
_v = vector("v", "recurrent part of the candidate", "候选值的循环部分", auxiliary=True)
_q = vector("q", "reset hidden state", "重置后的隐状态", auxiliary=True)

_weight_ih = stack("weight_ih", "W", "i", _gates, ("H", "D"))
_weight_hh = stack("weight_hh", "W", "h", _gates, ("H", "H"))
_bias_ih = stack("bias_ih", "b", "i", _gates, ("H",))
_bias_hh = stack("bias_hh", "b", "h", _gates, ("H",))

with sympy.evaluate(False):
    _gate_equations = (
        *(
            affine(
                _a[gate],
                (_weight_ih[gate], _x, _bias_ih[gate]),
                (_weight_hh[gate], _h_prev, _bias_hh[gate]),
            )
            for gate in "rz"
        ),
        elementwise(_r, sigmoid(_a["r"].symbol)),
        elementwise(_z, sigmoid(_a["z"].symbol)),
    )
    _reset_after = (
        affine(_u, (_weight_ih["n"], _x, _bias_ih["n"])),
        affine(_v, (_weight_hh["n"], _h_prev, _bias_hh["n"])),
        elementwise(_a["n"], _u.symbol + _r.symbol * _v.symbol),
    )
    _reset_before = (
        elementwise(_q, _r.symbol * _h_prev.symbol),
        affine(
            _a["n"],
            (_weight_ih["n"], _x, _bias_ih["n"]),
            (_weight_hh["n"], _q, _bias_hh["n"]),
        ),
    )
    _state_equations = (
        elementwise(_n, tanh(_a["n"].symbol)),
        elementwise(_h, (1 - _z.symbol) * _n.symbol + _z.symbol * _h_prev.symbol),
    )


def _gru(
    id: str,
    title: Text,
    number_prefix: str,
    candidate: tuple[Equation, ...],
    cite: tuple[Citation, ...],
) -> Cell:
    return Cell(
        id=id,
        title=title,
        number_prefix=number_prefix,
        inputs=(_x,),
        states=(State(_h_prev, _h),),
        stacks=(_weight_ih, _weight_hh, _bias_ih, _bias_hh),
        equations=(*_gate_equations, *candidate, *_state_equations),
        output=_h,
        cite=cite,
    )


GRU_RESET_AFTER = _gru(
    "gru_reset_after",
    Text("Gated recurrent unit, reset after the linear map", "门控循环单元（线性映射之后重置）"),
    "GRU",
    _reset_after,
    cited("cho_preprint", "appleyard_2016"),
)
GRU_RESET_BEFORE = _gru(
    "gru_reset_before",
    Text("Gated recurrent unit, reset before the linear map", "门控循环单元（线性映射之前重置）"),
    "GRU-before",
    _reset_before,
    cited("cho_2014", "chung_2014"),
)
