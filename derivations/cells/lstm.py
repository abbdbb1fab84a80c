"""Long short-term memory with a forget gate and without peepholes, as PyTorch and cuDNN have it."""

from __future__ import annotations

import sympy

from derivations.cells import lstm_gates as gates
from derivations.notation import Cell, State, Text, elementwise, previous, vector
from derivations.references import cited

_h = vector("h", "hidden state", "隐状态")
_h_prev = previous(_h)
_stacks = gates.gate_stacks(_h)

with sympy.evaluate(False):
    _equations = (
        *gates.cell_state_equations(_h_prev, _stacks),
        elementwise(_h, gates.o.symbol * gates.s.symbol),
    )

LSTM = Cell(
    id="lstm",
    title=Text("Long short-term memory", "长短期记忆网络"),
    number_prefix="LSTM",
    inputs=(gates.x,),
    states=(State(_h_prev, _h), State(gates.c_prev, gates.c)),
    stacks=_stacks,
    equations=_equations,
    output=_h,
    cite=cited("hochreiter_1997", "gers_2000"),
)
