"""What the LSTMs share: four gates, a cell state, and the equations down to its squashed value.

How the hidden state follows from the output gate and that value, and of which size it is, is left
to each cell.
"""

from __future__ import annotations

import sympy

from derivations.functions import sigmoid, tanh
from derivations.notation import (
    Array,
    Equation,
    Stack,
    Text,
    affine,
    elementwise,
    preactivations,
    previous,
    stack,
    vector,
)

x = vector("x", "input", "输入", size="D")
c = vector("c", "cell state", "细胞状态")
c_prev = previous(c)
s = vector("s", "squashed cell state", "压缩后的细胞状态", auxiliary=True)

# The order of the gates is the order of the rows in the stacked parameters.
_gates = {
    "i": Text("input gate", "输入门"),
    "f": Text("forget gate", "遗忘门"),
    "g": Text("candidate", "候选值"),
    "o": Text("output gate", "输出门"),
}
i, f, g, o = (vector(name, title.en, title.zh) for name, title in _gates.items())
_a = preactivations(_gates)


def gate_stacks(h: Array) -> tuple[Stack, ...]:
    """The parameters of the gates that read the input and the hidden state ``h``."""
    return (
        stack("weight_ih", "W", "i", _gates, ("H", "D")),
        stack("weight_hh", "W", "h", _gates, ("H", *h.shape)),
        stack("bias_ih", "b", "i", _gates, ("H",)),
        stack("bias_hh", "b", "h", _gates, ("H",)),
    )


def cell_state_equations(h_prev: Array, stacks: tuple[Stack, ...]) -> tuple[Equation, ...]:
    """The gates, the cell state and ``s = tanh(c)``, from the previous hidden state."""
    weight_ih, weight_hh, bias_ih, bias_hh = stacks
    with sympy.evaluate(False):
        return (
            *(
                affine(
                    _a[gate],
                    (weight_ih[gate], x, bias_ih[gate]),
                    (weight_hh[gate], h_prev, bias_hh[gate]),
                )
                for gate in _gates
            ),
            elementwise(i, sigmoid(_a["i"].symbol)),
            elementwise(f, sigmoid(_a["f"].symbol)),
            elementwise(g, tanh(_a["g"].symbol)),
            elementwise(o, sigmoid(_a["o"].symbol)),
            elementwise(c, f.symbol * c_prev.symbol + i.symbol * g.symbol),
            elementwise(s, tanh(c.symbol)),
        )
