"""The generator knows no cell by name: a cell that nobody has seen is generated and right at once.

Its gradients are checked by complex step through its own forward function.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import sympy

from derivations.emit.module import module
from derivations.functions import sigmoid, tanh
from derivations.notation import (
    Cell,
    Citation,
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


@pytest.fixture(scope="module")
def mgu() -> SimpleNamespace:
    namespace: dict[str, object] = {"__name__": "mgu"}
    exec(module(minimal_gated_unit()), namespace)
    return SimpleNamespace(**namespace)


def test_a_new_cell_is_right_without_any_further_line(mgu: SimpleNamespace) -> None:
    rng = np.random.default_rng(3)
    T, B, D, H = 5, 4, 3, 2
    shapes = ((2 * H, D), (2 * H, H), (2 * H,), (2 * H,), (T, B, D), (B, H))
    values = [rng.normal(size=s) for s in shapes]
    dots = [rng.normal(size=s) for s in shapes]
    d_y, d_h = rng.normal(size=(T, B, H)), rng.normal(size=(B, H))

    def run(arrays: list[np.ndarray]) -> object:
        return mgu.forward(mgu.Params(*arrays[:4]), *arrays[4:])

    tape = run(values)
    grads = mgu.backward(mgu.Params(*values[:4]), tape, d_y, d_h)
    inner = sum(np.sum(g * d) for g, d in zip((*grads.params, grads.x, grads.h), dots, strict=True))
    step = 1e-30
    moved = run([v + 1j * step * d for v, d in zip(values, dots, strict=True)])
    h_dot = moved.h.imag / step
    assert inner == pytest.approx(np.sum(d_y * h_dot) + np.sum(d_h * h_dot[-1]), rel=1e-13)
    tangents = mgu.jvp(mgu.Params(*values[:4]), tape, mgu.Params(*dots[:4]), *dots[4:])
    np.testing.assert_allclose(tangents.h, h_dot, rtol=1e-12, atol=1e-14)
