"""The vanilla (Elman) recurrent network, with tanh, relu, or a function that a layer chooses."""

from __future__ import annotations

import sympy

from derivations.functions import phi_f, relu, tanh
from derivations.notation import (
    Cell,
    State,
    Text,
    affine,
    elementwise,
    previous,
    stack,
    vector,
)
from derivations.references import cited

_x = vector("x", "input", "输入", size="D")
_h = vector("h", "hidden state", "隐状态")
_h_prev = previous(_h)
_a = vector("a", "pre-activation", "预激活值", auxiliary=True)

_hidden = {"h": _h.title}
_weight_ih = stack("weight_ih", "W", "i", _hidden, ("H", "D"))
_weight_hh = stack("weight_hh", "W", "h", _hidden, ("H", "H"))
_bias_ih = stack("bias_ih", "b", "i", _hidden, ("H",))
_bias_hh = stack("bias_hh", "b", "h", _hidden, ("H",))


def _vanilla(
    id: str,
    title: Text,
    number_prefix: str,
    function: type[sympy.Function],
    cite: tuple[str, ...] = ("elman_1990",),
) -> Cell:
    return Cell(
        id=id,
        title=title,
        number_prefix=number_prefix,
        inputs=(_x,),
        states=(State(_h_prev, _h),),
        stacks=(_weight_ih, _weight_hh, _bias_ih, _bias_hh),
        equations=(
            affine(
                _a,
                (_weight_ih["h"], _x, _bias_ih["h"]),
                (_weight_hh["h"], _h_prev, _bias_hh["h"]),
            ),
            elementwise(_h, function(_a.symbol)),
        ),
        output=_h,
        cite=cited(*cite),
    )


RNN_TANH = _vanilla(
    "rnn_tanh",
    Text("Vanilla recurrent network with tanh", "基本循环网络（tanh）"),
    "RNN-tanh",
    tanh,
)
RNN_RELU = _vanilla(
    "rnn_relu",
    Text("Vanilla recurrent network with relu", "基本循环网络（relu）"),
    "RNN-relu",
    relu,
)
RNN_GENERAL = _vanilla(
    "rnn_general",
    Text("Vanilla recurrent network with arbitrary activations", "激活函数任选的基本循环网络"),
    "RNN-general",
    phi_f,
    cite=("elman_1990", "onnx_rnn"),
)
