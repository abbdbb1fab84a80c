"""The gated recurrent unit, with the reset gate after the linear map or before it.

The general ones are the operator of ONNX: a layer chooses the functions of gates and candidate,
clips of the pre-activations among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sympy

from derivations.functions import phi_f, phi_g, sigmoid, tanh
from derivations.notation import (
    Cell,
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


class Functions(NamedTuple):
    """What acts on gates and candidate."""

    gate: type[sympy.Function]
    candidate: type[sympy.Function]


PLAIN = Functions(sigmoid, tanh)
GENERAL = Functions(phi_f, phi_g)

with sympy.evaluate(False):
    _linear = tuple(
        affine(
            _a[gate],
            (_weight_ih[gate], _x, _bias_ih[gate]),
            (_weight_hh[gate], _h_prev, _bias_hh[gate]),
        )
        for gate in "rz"
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


def _equations(candidate: tuple[Equation, ...], functions: Functions) -> Iterator[Equation]:
    yield from _linear
    yield elementwise(_r, functions.gate(_a["r"].symbol))
    yield elementwise(_z, functions.gate(_a["z"].symbol))
    yield from candidate
    yield elementwise(_n, functions.candidate(_a["n"].symbol))
    yield elementwise(_h, (1 - _z.symbol) * _n.symbol + _z.symbol * _h_prev.symbol)


def _gru(
    id: str,
    title: Text,
    number_prefix: str,
    candidate: tuple[Equation, ...],
    cite: tuple[str, ...],
    functions: Functions = PLAIN,
) -> Cell:
    with sympy.evaluate(False):
        equations = tuple(_equations(candidate, functions))
    return Cell(
        id=id,
        title=title,
        number_prefix=number_prefix,
        inputs=(_x,),
        states=(State(_h_prev, _h),),
        stacks=(_weight_ih, _weight_hh, _bias_ih, _bias_hh),
        equations=equations,
        output=_h,
        cite=cited(*cite),
    )


GRU_RESET_AFTER = _gru(
    "gru_reset_after",
    Text("Gated recurrent unit, reset after the linear map", "门控循环单元（线性映射之后重置）"),
    "GRU",
    _reset_after,
    cite=("cho_preprint", "appleyard_2016"),
)
GRU_RESET_BEFORE = _gru(
    "gru_reset_before",
    Text("Gated recurrent unit, reset before the linear map", "门控循环单元（线性映射之前重置）"),
    "GRU-before",
    _reset_before,
    cite=("cho_2014", "chung_2014"),
)
GRU_GENERAL = _gru(
    "gru_general",
    Text(
        "Gated recurrent unit with arbitrary activations, reset after the linear map",
        "激活函数任选的门控循环单元（线性映射之后重置）",
    ),
    "GRU-general",
    _reset_after,
    cite=("cho_preprint", "onnx_gru"),
    functions=GENERAL,
)
GRU_GENERAL_BEFORE = _gru(
    "gru_general_before",
    Text(
        "Gated recurrent unit with arbitrary activations, reset before the linear map",
        "激活函数任选的门控循环单元（线性映射之前重置）",
    ),
    "GRU-general-before",
    _reset_before,
    cite=("cho_2014", "onnx_gru"),
    functions=GENERAL,
)
