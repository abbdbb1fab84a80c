"""Claims on when gradients do explode, on the spectral radius, and on what follows in training."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import sympy
from sympy import Matrix, Rational

from derivations.notation import Text
from derivations.proofs import norm_bounds
from derivations.proofs import norm_examples as examples
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, vanish
from derivations.proofs.exact import point, run

JORDAN = examples.JORDAN


def explosion() -> Iterable[Shown]:
    """A lower bound, and a network where it is above 1 away from the state zero."""
    what = Text(
        r"$\delta^2 |v|^2 - |D v|^2 - \sum_m (\delta - d_m)(\delta + d_m) v_m^2$",
        r"$\delta^2 |v|^2 - |D v|^2 - \sum_m (\delta - d_m)(\delta + d_m) v_m^2$",
    )
    yield vanish(what, [norm_bounds.diagonal()])
    W, h = examples.ROTATION, Matrix([Rational(3, 5)] * 2)
    what = Text("$W^\\top W$: both singular values are 3", "$W^\\top W$：两个奇异值都是 3")
    yield equal(what, W.T * W, 9 * sympy.eye(2))
    at = examples.staying(W, h)
    what = Text("the state after two steps", "两步之后的状态")
    yield equal(what, examples.after(at, 2), h)
    J, growth = examples.jacobian(at), Rational(48, 25)
    what = Text(
        r"$J^\top J = (48/25)^2 I$: every step stretches by $48/25$",
        r"$J^\top J = (48/25)^2 I$：每步伸长 $48/25$ 倍",
    )
    yield equal(what, J.T * J, growth**2 * sympy.eye(2))


def spectral_radius() -> Iterable[Shown]:
    """At rest the product is a power of W; elsewhere it is not."""
    for steps in (1, 2, 3):
        found, power = examples.at_rest(steps)
        what = Text(
            rf"at the state zero, $H = 2$: $\partial h_{steps}/\partial h_0 - W^{steps}$",
            rf"零状态处，$H = 2$：$\partial h_{steps}/\partial h_0 - W^{steps}$",
        )
        yield equal(what, found - power, sympy.zeros(2))
    n = examples.N
    what = Text(
        r"$W = \begin{pmatrix} 0.9 & 10 \\ 0 & 0.9 \end{pmatrix}$: induction step for $W^n$",
        r"$W = \begin{pmatrix} 0.9 & 10 \\ 0 & 0.9 \end{pmatrix}$：$W^n$ 的归纳步",
    )
    yield equal(what, examples.jordan_power(n) * JORDAN, examples.jordan_power(n + 1))
    corner = [examples.jordan_power(sympy.Integer(k))[0, 1] for k in range(1, 12)]
    grows = all(a < b for a, b in pairwise(corner[:9]))
    falls = corner[8] == corner[9] > corner[10]
    what = Text("upper right entry of $W^9$, the largest", "$W^9$ 的右上元素，为最大者")
    yield Shown(what, grows and falls, str(corner[8].evalf(6)))
    what = Text(r"$\lim W^n$", r"$\lim W^n$")
    limit = examples.jordan_power(n).applyfunc(lambda e: sympy.limit(e, n, sympy.oo))
    yield equal(what, limit, sympy.zeros(2))
    W, h = examples.CANCELLING, Matrix([0, Rational(4, 5)])
    what = Text(
        r"$W = \begin{pmatrix} 2 & -2 \\ 2 & -2 \end{pmatrix}$: $W^2$",
        r"$W = \begin{pmatrix} 2 & -2 \\ 2 & -2 \end{pmatrix}$：$W^2$",
    )
    yield equal(what, W * W, sympy.zeros(2))
    at = examples.staying(W, h)
    what = Text(
        "with a suitable bias, the state after $(0, 4/5)$", "偏置适当时，$(0, 4/5)$ 之后的状态"
    )
    yield equal(what, examples.after(at, 1), h)
    J = examples.jacobian(at)
    what = Text(r"there $J^2 = \tfrac{32}{25} J$", r"该处 $J^2 = \tfrac{32}{25} J$")
    yield equal(what, J * J, Rational(32, 25) * J)


def learning() -> Iterable[Shown]:
    """The gradient with respect to a distant input is small, and yet points the right way."""
    w, u, T, y = sympy.symbols("w u T y", positive=True)
    loss = (u * w ** (T - 1) - y) ** 2 / 2
    at = point(examples.CELL, {"D": 1, "H": 1}, W_ih=Matrix([[u]]), W_hh=Matrix([[w]]))
    x = sympy.Symbol("x_1")
    h = run(examples.CELL, at, [Matrix([x]), *[Matrix([0])] * 3])[-1]["h"][0]
    what = Text(
        r"$\partial h_4/\partial x_1$ at zero, $H = 1$, $W_{hh} = w$, $W_{ih} = u$",
        r"零点处 $\partial h_4/\partial x_1$，$H = 1$，$W_{hh} = w$，$W_{ih} = u$",
    )
    yield equal(what, h.diff(x).subs(x, 0), u * w**3)
    what = Text(
        r"$\partial/\partial u$ of $\tfrac12 (u w^{T-1} - y)^2$, divided by $w^{2(T-1)}$",
        r"$\tfrac12 (u w^{T-1} - y)^2$ 对 $u$ 的导数除以 $w^{2(T-1)}$",
    )
    yield equal(what, loss.diff(u) / w ** (2 * (T - 1)), u - y / w ** (T - 1))


def training() -> Iterable[Shown]:
    """One step of gradient descent on the linear unit, for any rate: what the loss becomes."""
    w, T, eta = sympy.symbols("w T eta", positive=True)
    loss = w ** (2 * T) / 2
    stepped = w - eta * loss.diff(w)
    what = Text(
        r"$L = \tfrac12 (w^T)^2$: $(w - \eta L')/w$",
        r"$L = \tfrac12 (w^T)^2$：$(w - \eta L')/w$",
    )
    yield equal(what, stepped / w, 1 - eta * T * w ** (2 * T - 2))
    at = {w: Rational(3, 2), T: 20}
    for rate in (Rational(1, 100), Rational(1, 10**9)):
        ratio = ((stepped / w) ** (2 * T)).subs({**at, eta: rate})
        falls = rate < Rational(1, 100)
        what = Text(
            rf"$w = \tfrac32$, $T = 20$, $\eta = {sympy.latex(rate)}$: loss after a step over "
            rf"loss before, {'below' if falls else 'above'} 1",
            rf"$w = \tfrac32$，$T = 20$，$\eta = {sympy.latex(rate)}$：一步之后与之前的损失之比，"
            rf"{'小' if falls else '大'}于 1",
        )
        yield Shown(what, bool(ratio < 1) == falls, str(ratio.evalf(6)))


CLAIMS = (
    Claim(
        "norm.explosion",
        ("4.3.6",),
        Text(
            "A condition on the recurrent weight makes gradients explode.",
            "循环权重满足某个条件时梯度爆炸。",
        ),
        Text(
            r"Vanilla RNN; $\delta \ge 0$ is a lower bound of $|\varphi'|$ along the trajectory, "
            r"$W_{hh}$ invertible.",
            r"基本循环网络；$\delta \ge 0$ 是沿轨道 $|\varphi'|$ 的下界，$W_{hh}$ 可逆。",
        ),
        Verdict.CORRECTED,
        Text(
            r"$|D_i W v| \ge \delta\, \sigma_{\min}(W_{hh})\, |v|$, so if "
            r"$\delta\, \sigma_{\min} > 1$ every direction grows at least like "
            r"$(\delta\, \sigma_{\min})^{t-k}$. It takes the smallest singular value and the "
            r"smallest slope, and slopes near saturation are small: with tanh the condition "
            r"confines the state. An example away from zero: "
            r"$W = \begin{pmatrix} 0 & -3 \\ 3 & 0 \end{pmatrix}$ and a bias that keeps "
            r"$h = (\tfrac35, \tfrac35)$, slope $\tfrac{16}{25}$, growth exactly $(48/25)^n$.",
            r"$|D_i W v| \ge \delta\, \sigma_{\min}(W_{hh})\, |v|$，故若 "
            r"$\delta\, \sigma_{\min} > 1$，每个方向至少按 $(\delta\, \sigma_{\min})^{t-k}$ 增长。"
            r"要看的是最小奇异值与最小斜率，而接近饱和处斜率很小：对 tanh，这个条件限制了状态的范"
            r"围。零点之外的例子：$W = \begin{pmatrix} 0 & -3 \\ 3 & 0 \end{pmatrix}$，取偏置使 "
            r"$h = (\tfrac35, \tfrac35)$ 不动，斜率为 $\tfrac{16}{25}$，增长恰为 $(48/25)^n$。",
        ),
        explosion,
        ("rnn_tanh.h_D_h_prev",),
    ),
    Claim(
        "norm.spectral_radius",
        ("4.3.5", "4.3.6"),
        Text(
            "One number, above or below 1, decides between explosion and vanishing.",
            "一个数与 1 的大小关系决定梯度爆炸还是消失。",
        ),
        Text(
            r"Vanilla RNN with tanh. At rest: inputs, biases and $h_0$ are zero, so that "
            r"$h_t = 0$ and all slopes are 1.",
            r"采用 tanh 的基本循环网络。静止：输入、偏置与 $h_0$ 皆为零，从而 $h_t = 0$，斜率全为 "
            r"1。",
        ),
        Verdict.CORRECTED,
        Text(
            r"At rest it is the spectral radius: $\partial h_t/\partial h_k = W^{t-k}$, and "
            r"$\rho^n \le \|W^n\|$ (apply $W^n$ to an eigenvector), while $W^n \to 0$ if "
            r"$\rho < 1$. The norm says less: $W = \begin{pmatrix} 0.9 & 10 \\ 0 & 0.9 "
            r"\end{pmatrix}$ has norm above 10 and $W^n \to "
            r"0$, after growing for nine steps to an entry above 38. Away from rest no number of "
            r"$W$ alone decides: $W = \begin{pmatrix} 2 & -2 \\ 2 & -2 \end{pmatrix}$ has "
            r"$W^2 = 0$, so at rest the gradient is zero after two steps; but a bias that keeps "
            r"$h = (0, \tfrac45)$ gives $J^n = (\tfrac{32}{25})^{n-1} J$, and it explodes.",
            r"静止时是谱半径：$\partial h_t/\partial h_k = W^{t-k}$，且 $\rho^n \le \|W^n\|$（作用"
            r"于特征向量即得），而 $\rho < 1$ 时 $W^n \to 0$。范数说明不了这么多："
            r"$W = \begin{pmatrix} 0.9 & 10 \\ 0 & 0.9 \end{pmatrix}$ 的范数大于 10，而 "
            r"$W^n \to 0$，只是先增长九步，元素超过 38。离开静止状态，单凭 $W$ 的任何一个数都不能"
            r"判定：$W = \begin{pmatrix} 2 & -2 \\ 2 & -2 \end{pmatrix}$ 满足 $W^2 = 0$，静止时梯"
            r"度两步之后为零；但取偏置使 $h = (0, \tfrac45)$ 不动，便有 "
            r"$J^n = (\tfrac{32}{25})^{n-1} J$，梯度爆炸。",
        ),
        spectral_radius,
        ("rnn_tanh.h_D_h_prev",),
    ),
    Claim(
        "norm.learning",
        ("4.3.8",),
        Text(
            "Where gradients vanish, long-term dependencies cannot be learnt.",
            "梯度消失时无法学习长期依赖。",
        ),
        Text("Gradient descent; one unit in the example.", "梯度下降；例中为一个单元。"),
        Verdict.CORRECTED,
        Text(
            r"What follows from the bound is that the share of a step $n$ steps back in any "
            r"gradient is at most $(\gamma\, \sigma_{\max})^n$ times what arrives, so nearby "
            r"steps outweigh it. That it cannot be learnt does not follow. The derivative is "
            r"small, not zero: at rest $\partial h_T/\partial x_1 = w^{T-1} u$. And its sign is "
            r"right at every distance: for $L = \tfrac12 (u w^{T-1} - y)^2$, $w > 0$, it is that "
            r"of $u - y/w^{T-1}$, so a rule that divides by the size of the gradient moves $u$ "
            r"the right way as fast for large $T$ as for small. That plain gradient descent fails "
            r"at it in practice is an observation (Bengio, Simard and Frasconi 1994), not a "
            r"theorem.",
            r"由上界只能推出：相隔 $n$ 步的那一步在任何梯度中的份额不超过传来之量的 "
            r"$(\gamma\, \sigma_{\max})^n$ 倍，因而被近处各步盖过。由此推不出无法学习。导数虽小却"
            r"不为零：静止时 $\partial h_T/\partial x_1 = w^{T-1} u$。其符号也总是对的：对 "
            r"$L = \tfrac12 (u w^{T-1} - y)^2$、$w > 0$，符号同 $u - y/w^{T-1}$，故凡按梯度大小归"
            r"一的更新规则，不论 $T$ 大小，都以同样的快慢把 $u$ 推向正确方向。普通梯度下降在实践中"
            r"学不好，是观察所得（Bengio、Simard 与 Frasconi，1994），不是定理。",
        ),
        learning,
    ),
    Claim(
        "norm.training",
        ("4.3.9",),
        Text("Where gradients explode, training is unstable.", "梯度爆炸时训练不稳定。"),
        Text(
            r"Gradient descent with rate $\eta$ on $h_t = w h_{t-1}$, $h_0 = 1$, "
            r"$L = \tfrac12 h_T^2$.",
            r"对 $h_t = w h_{t-1}$、$h_0 = 1$、$L = \tfrac12 h_T^2$ 以学习率 $\eta$ 作梯度下降。",
        ),
        Verdict.CORRECTED,
        Text(
            r"Unstable for a rate that is fixed beforehand. A step multiplies the loss by "
            r"$(1 - \eta T w^{2T-2})^{2T}$. For $w > 1$ and any $\eta > 0$ this is above 1 from "
            r"some $T$ on and grows without bound. For a given $T$ a small enough $\eta$ makes it "
            r"less than 1: what is too large is the step, and that is what clipping limits.",
            r"对预先固定的学习率而言不稳定。一步更新使损失乘以 $(1 - \eta T w^{2T-2})^{2T}$。当 "
            r"$w > 1$ 时，对任意 $\eta > 0$，从某个 $T$ 起此数大于 1 且无界增长。而对给定的 $T$，"
            r"只要 $\eta$ 足够小，它就小于 1：过大的是步长，裁剪所限制的正是步长。",
        ),
        training,
    ),
)
