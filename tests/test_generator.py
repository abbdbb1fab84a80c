"""The generator knows no cell by name: a cell that nobody has seen is generated and right at once.

All that it computes is checked by autograd of its definition.
"""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from oracles import code
from oracles.agreement import FLOAT64, Agreement
from oracles.cases import build
from oracles.torch_definition import Definition

from derivations.emit.module import module
from derivations.functions import sigmoid, tanh
from derivations.notation import (
    Array,
    Cell,
    Citation,
    Stack,
    State,
    Text,
    affine,
    elementwise,
    previous,
    stack,
    vector,
)


def minimal_gated_unit() -> Cell:
    """One gate that both resets and updates, its candidate below it in the stack."""
    gates = {"f": Text("gate", "门"), "n": Text("candidate", "候选值")}
    x, h = vector("x", "input", "输入", size="D"), vector("h", "hidden state", "隐状态")
    h_prev = previous(h)
    a_f, f, q, a_n, n = (vector(name, name, "量") for name in ("a_f", "f", "q", "a_n", "n"))
    w, u = (
        stack("weight_ih", "W", "i", gates, ("H", "D")),
        stack("weight_hh", "W", "h", gates, ("H", "H")),
    )
    b, c = stack("bias_ih", "b", "i", gates, ("H",)), stack("bias_hh", "b", "h", gates, ("H",))
    with sympy.evaluate(False):
        equations = (
            affine(a_f, (w["f"], x, b["f"]), (u["f"], h_prev, c["f"])),
            elementwise(f, sigmoid(a_f.symbol)),
            elementwise(q, f.symbol * h_prev.symbol),
            affine(a_n, (w["n"], x, b["n"]), (u["n"], q, c["n"])),
            elementwise(n, tanh(a_n.symbol)),
            elementwise(h, (1 - f.symbol) * h_prev.symbol + f.symbol * n.symbol),
        )
    title = Text("Minimal gated unit", "最小门控单元")
    cite = (Citation("G.-B. Zhou et al. (2016)", url="https://arxiv.org/abs/1603.09420"),)
    return Cell("mgu", title, "MGU", (x,), (State(h_prev, h),), (w, u, b, c), equations, h, cite)


def two_sizes() -> Cell:
    """Two states of different sizes, each with an intermediate of its own; no biases."""
    x, c = vector("x", "input", "输入", size="D"), vector("c", "cell state", "细胞状态")
    h = vector("h", "hidden state", "隐状态", size="P")
    a, b = vector("a", "a", "量"), vector("b", "b", "量", size="P")
    hidden = {"": Text("state", "状态")}
    w, u = (stack(f"weight_{s}h", "W", s, hidden, ("H", n)) for s, n in (("i", "D"), ("h", "P")))
    v = Stack("weight_hr", h.title, (Array("V", ("P", "H"), h.title, "V", time=None),))
    h_prev, c_prev = previous(h), previous(c)
    with sympy.evaluate(False):
        equations = (
            affine(a, (w[""], x, None), (u[""], h_prev, None)),
            elementwise(c, tanh(a.symbol) + sigmoid(c_prev.symbol)),
            affine(b, (v[""], c, None)),
            elementwise(h, tanh(b.symbol) * h_prev.symbol),
        )
    states = (State(h_prev, h), State(c_prev, c))
    return Cell("two", h.title, "TWO", (x,), states, (w, u, v), equations, h, ())


@pytest.mark.parametrize("cell", [minimal_gated_unit(), two_sizes()], ids=lambda cell: cell.id)
def test_a_new_cell_is_right_without_any_further_line(cell: Cell) -> None:
    rng = np.random.default_rng(3)
    generated, oracle = code.load(module(cell)), Definition(cell)
    for T, kind in ((None, "step"), (5, "sequence")):
        case = build(
            cell, {"D": 3, "H": 2, "P": 6}, T, B=4, make=lambda _, shape: rng.normal(size=shape)
        )
        got, want = getattr(code, kind)(generated, case), getattr(oracle, kind)(case)
        Agreement("torch_cpu", cell).check(got, want, got, FLOAT64)
