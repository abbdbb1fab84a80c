"""Long short-term memory with a recurrent projection, as PyTorch's ``LSTM(proj_size=P)`` has it.

The gates read the projection of the cell output instead of the cell output itself.
"""

from __future__ import annotations

import sympy

from derivations.cells import lstm_gates as gates
from derivations.notation import (
    Array,
    Cell,
    Stack,
    State,
    Text,
    affine,
    elementwise,
    previous,
    vector,
)
from derivations.references import cited

_h = vector("h", "hidden state", "隐状态", size="P")
_h_prev = previous(_h)
_m = vector("m", "cell output", "细胞输出")
_W = Array("W_hr", ("P", "H"), Text("projection weights", "投影权重"), "W", sub="hr", time=None)
_gate_stacks = gates.gate_stacks(_h)

with sympy.evaluate(False):
    _equations = (
        *gates.cell_state_equations(_h_prev, _gate_stacks),
        elementwise(_m, gates.o.symbol * gates.s.symbol),
        affine(_h, (_W, _m, None)),
    )

LSTM_PROJECTED = Cell(
    id="lstm_projected",
    title=Text("Long short-term memory with recurrent projection", "带循环投影的长短期记忆网络"),
    number_prefix="LSTM-projected",
    inputs=(gates.x,),
    states=(State(_h_prev, _h), State(gates.c_prev, gates.c)),
    stacks=(*_gate_stacks, Stack("weight_hr", _W.title, (_W,))),
    equations=_equations,
    output=_h,
    cite=cited("sak_2014", "sak_preprint", "gers_2000"),
)
