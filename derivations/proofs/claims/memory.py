"""The claim that a recurrent network can hold on to something over any length."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Matrix, tanh

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs import latch
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, positive
from derivations.proofs.exact import run, scalars


def any_length() -> Iterable[Shown]:
    """The latch, and a relu unit that keeps a number."""
    edge = Text(
        r"$\tanh(w \tanh a - m)$ with $w = (a + m)/\tanh a$",
        r"$\tanh(w \tanh a - m)$，其中 $w = (a + m)/\tanh a$",
    )
    yield equal(edge, latch.edge(), tanh(latch.A))
    for name, slope, stated in zip("hx", latch.slopes(), (latch.WEIGHT, 1), strict=True):
        what = Text(
            rf"$\partial h_t / \partial {name}$ is positive: it is this over $\cosh^2(w h + x)$",
            rf"$\partial h_t / \partial {name}$ 为正：它等于此数除以 $\cosh^2(w h + x)$",
        )
        over = sympy.cosh(latch.WEIGHT * latch.H + latch.X) ** 2
        yield equal(what, slope * over, sympy.sympify(stated))
    what = Text("step at $(-h, -x)$ plus step at $(h, x)$", "$(-h, -x)$ 处与 $(h, x)$ 处之和")
    yield equal(what, latch.reflected(), sympy.S.Zero)
    at = {latch.A: 2, latch.M: 1}
    what = Text("$h_1$ for $x_1 = 2$, $h_0 = 0$", "$x_1 = 2$、$h_0 = 0$ 时的 $h_1$")
    yield equal(what, latch.stepped(latch.WEIGHT, sympy.S.Zero, 2).subs(at), tanh(2))
    what = Text(
        r"the largest $\partial h_t / \partial h_{t-1}$ on the set",
        r"该集合上 $\partial h_t / \partial h_{t-1}$ 的最大值",
    )
    yield equal(what, latch.slope_at(latch.A), latch.steepest())
    what = Text(r"$\tfrac{11}{50} - 6/\sinh 4$", r"$\tfrac{11}{50} - 6/\sinh 4$")
    yield positive(what, sympy.Rational(11, 50) - latch.steepest().subs(at))
    kept = sympy.Symbol("x_1", positive=True)
    relu = CELLS["rnn_relu"]
    inputs = [Matrix([kept]), *[Matrix([0])] * 3]
    steps = run(relu, scalars(relu, W_hh=1, W_ih=1), inputs)
    what = Text("`rnn_relu`, $W_{hh} = 1$: states", "`rnn_relu`，$W_{hh} = 1$：各步状态")
    yield Shown(what, [s["h"][0] for s in steps] == [kept] * 4, str([s["h"][0] for s in steps]))


CLAIMS = (
    Claim(
        "memory.any_length",
        ("2.2.6",),
        Text(
            "In principle a recurrent network can capture dependencies of any length.",
            "理论上循环网络可以捕获任意长度的依赖。",
        ),
        Text(
            "Exact real arithmetic; that suitable weights exist, not that training finds them.",
            "精确实数运算；只论合适的权重存在，不论训练能否找到。",
        ),
        Verdict.PROVED,
        Text(
            r"One unit is enough to keep a bit for ever. Let $h_t = \tanh(w h_{t-1} + x_t)$ with "
            r"$w = 3/\tanh 2$, $h_0 = 0$, $x_1 = \pm 2$ and any later $|x_t| \le 1$; then $h_T$ "
            r"has the sign of $x_1$ for every $T$. Proof: if $h_{t-1} \ge \tanh 2$ and "
            r"$x_t \ge -1$, then $w h_{t-1} + x_t \ge 3 - 1 = 2$, so $h_t \ge \tanh 2$; "
            r"$h_1 = \tanh 2$ begins the induction, and the step is odd. The program checks the "
            r"edge, the monotonicity and the symmetry, for $w = (a + m)/\tanh a$ in general. But "
            r"what can be kept need not be learnt: on that set "
            r"$\partial h_t/\partial h_{t-1} \le 6/\sinh 4 < 0.22$, so "
            r"$\partial h_T/\partial h_1 < 0.22^{T-1}$ in the very network that remembers. A relu "
            r"unit with $W_{hh} = 1$ keeps a positive $x_1$ exactly, with derivative 1, as long "
            r"as nothing else comes in.",
            r"一个单元就足以永久保存一比特。设 $h_t = \tanh(w h_{t-1} + x_t)$，$w = 3/\tanh 2$，"
            r"$h_0 = 0$，$x_1 = \pm 2$，此后任意 $|x_t| \le 1$，则对任意 $T$，$h_T$ 与 $x_1$ 同"
            r"号。证明：若 $h_{t-1} \ge \tanh 2$ 且 $x_t \ge -1$，则 "
            r"$w h_{t-1} + x_t \ge 3 - 1 = 2$，故 $h_t \ge \tanh 2$；归纳始于 $h_1 = \tanh 2$，而"
            r"单步映射是奇函数。程序对一般的 $w = (a + m)/\tanh a$ 验证了边界、单调性与对称性。然而"
            r"能保存不等于能学到：在该集合上 $\partial h_t/\partial h_{t-1} \le 6/\sinh 4 < "
            r"0.22$，于是正是这个记得住的网络，有 $\partial h_T/\partial h_1 < "
            r"0.22^{T-1}$。取 $W_{hh} = 1$ 的 relu 单元可精确保存正数 $x_1$，导数为 1，前提是此后"
            r"没有别的输入。",
        ),
        any_length,
    ),
)
