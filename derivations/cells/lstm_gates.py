"""What the LSTMs share: gates, a cell state, and the equations down to its squashed value.

How the hidden state follows from the output gate and that value, and of which size it is, is left
to each cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sympy

from derivations.functions import kappa, phi_f, phi_g, phi_h, sigmoid, tanh
from derivations.notation import (
    Array,
    Equation,
    Stack,
    Text,
    affine,
    elementwise,
    linear_parts,
    preactivations,
    previous,
    stack,
    vector,
)

x = vector("x", "input", "输入", size="D")
c = vector("c", "cell state", "细胞状态")
c_prev = previous(c)
s = vector("s", "squashed cell state", "压缩后的细胞状态", auxiliary=True)
_v = vector("v", "cell state before its clip", "裁剪前的细胞状态", auxiliary=True)

# The order of the gates is the order of the rows in the stacked parameters.
_titles = {
    "i": Text("input gate", "输入门"),
    "f": Text("forget gate", "遗忘门"),
    "g": Text("candidate", "候选值"),
    "o": Text("output gate", "输出门"),
}
i, f, g, o = (vector(name, title.en, title.zh) for name, title in _titles.items())
_a = preactivations(_titles)
_u = linear_parts(_titles)

ALL, COUPLED = "ifgo", "igo"
"""The gates of an LSTM, and those of one whose forget gate is one minus its input gate."""


class Functions(NamedTuple):
    """What acts on gates, candidate and cell state, and what clips the cell state, if anything."""

    gate: type[sympy.Function]
    candidate: type[sympy.Function]
    squash: type[sympy.Function]
    clip: type[sympy.Function] | None = None


PLAIN = Functions(sigmoid, tanh, tanh)
GENERAL = Functions(phi_f, phi_g, phi_h, kappa)


def _gates(letters: str) -> dict[str, Text]:
    return {gate: _titles[gate] for gate in letters}


def gate_stacks(h: Array, gates: str = ALL) -> tuple[Stack, ...]:
    """The parameters of the gates that read the input and the hidden state ``h``."""
    titles = _gates(gates)
    return (
        stack("weight_ih", "W", "i", titles, ("H", "D")),
        stack("weight_hh", "W", "h", titles, ("H", *h.shape)),
        stack("bias_ih", "b", "i", titles, ("H",)),
        stack("bias_hh", "b", "h", titles, ("H",)),
    )


def peephole_stack(gates: str = ALL) -> Stack:
    """The diagonal weights by which the gates, but not the candidate, read the cell state."""
    return stack("weight_ch", "w", "c", _gates(gates.replace("g", "")), ("H",))


def cell_state_equations(
    h_prev: Array,
    stacks: tuple[Stack, ...],
    peepholes: Stack | None = None,
    functions: Functions = PLAIN,
) -> tuple[Equation, ...]:
    """The gates, the cell state and its squashed value, from the previous hidden state.

    With peepholes i and f read the previous cell state and o the new one.
    """
    with sympy.evaluate(False):
        return tuple(_equations(h_prev, stacks, peepholes, functions))


def _equations(
    h_prev: Array, stacks: tuple[Stack, ...], peepholes: Stack | None, functions: Functions
) -> Iterator[Equation]:
    weight_ih, weight_hh, bias_ih, bias_hh = stacks
    gates = [block.sub[1:] for block in weight_ih.blocks]
    linear = _a | {gate: _u[gate] for gate in gates if peepholes and gate != "g"}
    for gate in gates:
        from_x = (weight_ih[gate], x, bias_ih[gate])
        yield affine(linear[gate], from_x, (weight_hh[gate], h_prev, bias_hh[gate]))
    if peepholes:
        yield from (_peephole(gate, peepholes, c_prev) for gate in gates if gate in "if")
    yield elementwise(i, functions.gate(_a["i"].symbol))
    if "f" in gates:
        yield elementwise(f, functions.gate(_a["f"].symbol))
    yield elementwise(g, functions.candidate(_a["g"].symbol))
    output_gate = elementwise(o, functions.gate(_a["o"].symbol))
    if not peepholes:
        yield output_gate
    kept = f.symbol if "f" in gates else 1 - i.symbol
    yield elementwise(_v if functions.clip else c, kept * c_prev.symbol + i.symbol * g.symbol)
    if functions.clip:
        yield elementwise(c, functions.clip(_v.symbol))
    if peepholes:
        yield _peephole("o", peepholes, c)
        yield output_gate
    yield elementwise(s, functions.squash(c.symbol))


def _peephole(gate: str, peepholes: Stack, cell_state: Array) -> Equation:
    seen = peepholes[gate].symbol * cell_state.symbol
    return elementwise(_a[gate], _u[gate].symbol + seen)
