"""The vanilla (Elman) recurrent network, with tanh or relu."""

from __future__ import annotations

from derivations.functions import relu, tanh
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


def _vanilla(nonlinearity: type[tanh] | type[relu]) -> Cell:
    name = nonlinearity.__name__
    return Cell(
        id=f"rnn_{name}",
        title=Text(f"Vanilla recurrent network with {name}", f"基本循环网络（{name}）"),
        number_prefix=f"RNN-{name}",
        inputs=(_x,),
        states=(State(_h_prev, _h),),
        stacks=(_weight_ih, _weight_hh, _bias_ih, _bias_hh),
        equations=(
            affine(
                _a,
                (_weight_ih["h"], _x, _bias_ih["h"]),
                (_weight_hh["h"], _h_prev, _bias_hh["h"]),
            ),
            elementwise(_h, nonlinearity(_a.symbol)),
        ),
        output=_h,
        cite=cited("elman_1990"),
    )


RNN_TANH = _vanilla(tanh)
RNN_RELU = _vanilla(relu)
