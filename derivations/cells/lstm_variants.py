"""LSTMs with peepholes, with coupled gates, and with arbitrary activations.

The general ones are the operator of ONNX: a layer chooses the functions of gates, candidate and
cell state, clips of the pre-activations among them, and the clip of the cell state.
"""

from __future__ import annotations

import sympy

from derivations.cells import lstm_gates as gates
from derivations.notation import Cell, State, Text, elementwise, previous, vector
from derivations.references import cited

_h = vector("h", "hidden state", "隐状态")
_h_prev = previous(_h)


def _variant(
    id: str,
    title: Text,
    number_prefix: str,
    letters: str,
    cite: tuple[str, ...],
    peepholes: bool = True,
    functions: gates.Functions = gates.PLAIN,
) -> Cell:
    stacks = gates.gate_stacks(_h, letters)
    peephole = gates.peephole_stack(letters) if peepholes else None
    with sympy.evaluate(False):
        hidden = elementwise(_h, gates.o.symbol * gates.s.symbol)
    return Cell(
        id=id,
        title=title,
        number_prefix=number_prefix,
        inputs=(gates.x,),
        states=(State(_h_prev, _h), State(gates.c_prev, gates.c)),
        stacks=(*stacks, *((peephole,) if peephole else ())),
        equations=(*gates.cell_state_equations(_h_prev, stacks, peephole, functions), hidden),
        output=_h,
        cite=cited(*cite),
    )


LSTM_PEEPHOLE = _variant(
    "lstm_peephole",
    Text("Long short-term memory with peepholes", "带窥孔连接的长短期记忆网络"),
    "LSTM-peephole",
    gates.ALL,
    cite=("gers_peephole", "graves_2013"),
)

LSTM_COUPLED = _variant(
    "lstm_coupled",
    Text("Long short-term memory with coupled gates", "输入门与遗忘门耦合的长短期记忆网络"),
    "LSTM-coupled",
    gates.COUPLED,
    peepholes=False,
    cite=("greff_2017",),
)
LSTM_GENERAL = _variant(
    "lstm_general",
    Text("Long short-term memory with arbitrary activations", "激活函数任选的长短期记忆网络"),
    "LSTM-general",
    gates.ALL,
    cite=("gers_peephole", "onnx_lstm"),
    functions=gates.GENERAL,
)
LSTM_GENERAL_COUPLED = _variant(
    "lstm_general_coupled",
    Text(
        "Long short-term memory with coupled gates and arbitrary activations",
        "输入门与遗忘门耦合、激活函数任选的长短期记忆网络",
    ),
    "LSTM-general-coupled",
    gates.COUPLED,
    cite=("greff_2017", "onnx_lstm"),
    functions=gates.GENERAL,
)
