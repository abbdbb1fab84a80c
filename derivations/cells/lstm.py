"""Long short-term memory with a forget gate and without peepholes, as PyTorch and cuDNN have it."""

from __future__ import annotations

import sympy

from derivations.functions import sigmoid, tanh
from derivations.notation import (
    Cell,
    Citation,
    State,
    Text,
    affine,
    elementwise,
    preactivations,
    previous,
    stack,
    vector,
)

_x = vector("x", "input", "输入", size="D")
_h = vector("h", "hidden state", "隐状态")
_c = vector("c", "cell state", "细胞状态")
_h_prev, _c_prev = previous(_h), previous(_c)
_s = vector("s", "squashed cell state", "压缩后的细胞状态", auxiliary=True)

# The order of the gates is the order of the rows in the stacked parameters.
_gates = {
    "i": Text("input gate", "输入门"),
    "f": Text("forget gate", "遗忘门"),
    "g": Text("candidate", "候选值"),
    "o": Text("output gate", "输出门"),
}
_i, _f, _g, _o = (vector(name, title.en, title.zh) for name, title in _gates.items())
_a = preactivations(_gates)
_weight_ih = stack("weight_ih", "W", "i", _gates, ("H", "D"))
_weight_hh = stack("weight_hh", "W", "h", _gates, ("H", "H"))
_bias_ih = stack("bias_ih", "b", "i", _gates, ("H",))
_bias_hh = stack("bias_hh", "b", "h", _gates, ("H",))

with sympy.evaluate(False):
    _equations = (
        *(
            affine(
                _a[gate],
                (_weight_ih[gate], _x, _bias_ih[gate]),
                (_weight_hh[gate], _h_prev, _bias_hh[gate]),
            )
            for gate in _gates
        ),
        elementwise(_i, sigmoid(_a["i"].symbol)),
        elementwise(_f, sigmoid(_a["f"].symbol)),
        elementwise(_g, tanh(_a["g"].symbol)),
        elementwise(_o, sigmoid(_a["o"].symbol)),
        elementwise(_c, _f.symbol * _c_prev.symbol + _i.symbol * _g.symbol),
        elementwise(_s, tanh(_c.symbol)),
        elementwise(_h, _o.symbol * _s.symbol),
    )

LSTM = Cell(
    id="lstm",
    title=Text("Long short-term memory", "长短期记忆网络"),
    number_prefix="LSTM",
    inputs=(_x,),
    states=(State(_h_prev, _h), State(_c_prev, _c)),
    stacks=(_weight_ih, _weight_hh, _bias_ih, _bias_hh),
    equations=_equations,
    output=_h,
    cite=(
        Citation(
            "S. Hochreiter and J. Schmidhuber, Long short-term memory, "
            "Neural Computation 9 (1997) 1735–1780",
            doi="10.1162/neco.1997.9.8.1735",
        ),
        Citation(
            "F. A. Gers, J. Schmidhuber and F. Cummins, Learning to forget: continual prediction "
            "with LSTM, Neural Computation 12 (2000) 2451–2471",
            doi="10.1162/089976600300015015",
        ),
    ),
)
