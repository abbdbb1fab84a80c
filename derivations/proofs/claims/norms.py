"""Claims on the norm of the recurrent weight: below 1, and above 1."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Rational

from derivations.notation import Text
from derivations.proofs import copies, norm_bounds
from derivations.proofs import norm_examples as examples
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, vanish

HALF, STEPS = Rational(1, 2), 12


def small() -> Iterable[Shown]:
    """The identities behind the bound, and a norm for which there is none."""
    what = Text(
        r"$\gamma^2 |v|^2 - |D v|^2 - \sum_m (\gamma - d_m)(\gamma + d_m) v_m^2$",
        r"$\gamma^2 |v|^2 - |D v|^2 - \sum_m (\gamma - d_m)(\gamma + d_m) v_m^2$",
    )
    yield vanish(what, [norm_bounds.diagonal()])
    what = Text(
        r"$|a|^2 |b|^2 - (a \cdot b)^2 - \tfrac12 \sum_{mn} (a_m b_n - a_n b_m)^2$",
        r"$|a|^2 |b|^2 - (a \cdot b)^2 - \tfrac12 \sum_{mn} (a_m b_n - a_n b_m)^2$",
    )
    yield vanish(what, [norm_bounds.cauchy_schwarz()])
    what = Text(
        r"$1 - \tanh' - \tanh^2$ and $\tfrac14 - \sigma' - (\tfrac12 - \sigma)^2$",
        r"$1 - \tanh' - \tanh^2$ 与 $\tfrac14 - \sigma' - (\tfrac12 - \sigma)^2$",
    )
    yield vanish(what, norm_bounds.slopes())
    W = examples.ENTRIES
    what = Text("the largest entry of $W$", "$W$ 的最大元素")
    yield equal(what, max(abs(e) for e in W), Rational(3, 4))
    what = Text(
        r"$W^2 = \tfrac32 W$, so that $W^n = (\tfrac32)^{n-1} W$",
        r"$W^2 = \tfrac32 W$，故 $W^n = (\tfrac32)^{n-1} W$",
    )
    yield equal(what, W * W, Rational(3, 2) * W)
    far = copies.double_count(STEPS).gradient
    at = dict.fromkeys(far.free_symbols, 1) | dict(
        zip(sympy.symbols("w h_0"), (HALF, 0), strict=True)
    )
    what = Text(
        rf"$h_t = \tfrac12 h_{{t-1}} + 1$: $4 - \partial h_T/\partial w$ at $T = {STEPS}$, "
        rf"between 0 and 1/10",
        rf"$h_t = \tfrac12 h_{{t-1}} + 1$：$T = {STEPS}$ 时 $4 - \partial h_T/\partial w$，在 0 "
        rf"与 1/10 之间",
    )
    left = 4 - far.subs(at)
    yield Shown(what, bool(0 < left < Rational(1, 10)), str(left))


def large() -> Iterable[Shown]:
    """A large norm with a product of zero, and one with a product that vanishes."""
    what = Text(r"$\|W\|_2$ of the nilpotent weight", r"幂零权重的 $\|W\|_2$")
    yield equal(what, examples.spectral_norm(examples.NILPOTENT), examples.SCALE)
    what = Text("$D_2 W D_1 W$ for any diagonals", "任意对角矩阵的 $D_2 W D_1 W$")
    yield equal(what, examples.nilpotent_product(), sympy.zeros(2))
    what = Text(
        r"$\partial h_2/\partial h_0$ of that network, for all inputs and states",
        r"该网络对一切输入与状态的 $\partial h_2/\partial h_0$",
    )
    yield equal(what, examples.nilpotent_network(), sympy.zeros(2))
    a, at = examples.A, examples.saturated()
    what = Text(
        r"$w = a/\tanh a$: the state after $\tanh a$", r"$w = a/\tanh a$：$\tanh a$ 之后的状态"
    )
    yield equal(what, examples.after(at, 1)[0], sympy.tanh(a))
    what = Text(
        r"$\partial h_t/\partial h_{t-1}$ there is $2a/\sinh 2a$",
        r"该处 $\partial h_t/\partial h_{t-1} = 2a/\sinh 2a$",
    )
    yield equal(what, examples.jacobian(at)[0], 2 * a / sympy.sinh(2 * a))
    what = Text(
        r"$(\sinh y - y)' = 2\sinh^2(y/2) \ge 0$, so $\sinh y > y$ for $y > 0$",
        r"$(\sinh y - y)' = 2\sinh^2(y/2) \ge 0$，故 $y > 0$ 时 $\sinh y > y$",
    )
    y = sympy.Symbol("y")
    yield equal(what, (sympy.sinh(y) - y).diff(y), 2 * sympy.sinh(y / 2) ** 2)
    w = a / sympy.tanh(a)
    what = Text(
        r"$w' = (\sinh 2a - 2a)/(2\sinh^2 a)$: $w$ increases with $a$",
        r"$w' = (\sinh 2a - 2a)/(2\sinh^2 a)$：$w$ 随 $a$ 递增",
    )
    yield equal(what, w.diff(a), (sympy.sinh(2 * a) - 2 * a) / (2 * sympy.sinh(a) ** 2))
    for to, stated in ((sympy.S.Zero, sympy.S.One), (sympy.oo, sympy.oo)):
        what = Text(
            rf"$\lim w$ as $a \to {sympy.latex(to)}$", rf"$a \to {sympy.latex(to)}$ 时 $w$ 的极限"
        )
        found = sympy.limit(w.rewrite(sympy.exp), a, to)
        yield Shown(what, found == stated, str(found))
    what = Text(
        r"$(y \cosh y - \sinh y)' = y \sinh y \ge 0$, so $y/\sinh y$ decreases for $y > 0$",
        r"$(y \cosh y - \sinh y)' = y \sinh y \ge 0$，故 $y > 0$ 时 $y/\sinh y$ 递减",
    )
    yield equal(what, (y * sympy.cosh(y) - sympy.sinh(y)).diff(y), y * sympy.sinh(y))


CLAIMS = (
    Claim(
        "norm.small",
        ("4.3.5",),
        Text(
            r"If $\|W_{hh}\| < 1$, gradients decay exponentially with the distance in time: they "
            r"vanish.",
            r"若 $\|W_{hh}\| < 1$，梯度随时间间隔指数衰减，即梯度消失。",
        ),
        Text(
            r"Vanilla RNN with activation $\varphi$, $\gamma = \sup |\varphi'|$: 1 for tanh and "
            r"relu, $\tfrac14$ for sigmoid. Any inputs, any size.",
            r"激活函数为 $\varphi$ 的基本循环网络，$\gamma = \sup |\varphi'|$：tanh 与 relu 为 1，"
            r"sigmoid 为 $\tfrac14$。任意输入，任意尺寸。",
        ),
        Verdict.CORRECTED,
        Text(
            r"$\|\partial h_t/\partial h_k\|_2 \le (\gamma\, \sigma_{\max}(W_{hh}))^{t-k}$, so "
            r"$\gamma\, \sigma_{\max} < 1$ is enough. Proof: there are $t - k$ factors $D_i W$; "
            r"$|D_i v| \le \gamma |v|$ by the first identity below, and the norm of a product is "
            r"at most the product of the norms. The same holds for the norms induced by "
            r"$|\cdot|_1$ and $|\cdot|_\infty$ and for the Frobenius norm, where the second "
            r"identity (Cauchy–Schwarz) gives $\|AB\|_F \le \|A\|_F \|B\|_F$. It does not hold "
            r"for every norm: the largest entry of $W = \tfrac34 \begin{pmatrix} 1 & 1 \\ 1 & 1 "
            r"\end{pmatrix}$ is below 1, yet at rest the Jacobian is $W^n = (\tfrac32)^{n-1} "
            r"W$. And what vanishes is the share of distant steps, not the gradient: for $h_t = w "
            r"h_{t-1} + 1$, $h_0 = 0$, $w = \tfrac12$, $\partial h_T/\partial w$ tends to 4.",
            r"$\|\partial h_t/\partial h_k\|_2 \le (\gamma\, \sigma_{\max}(W_{hh}))^{t-k}$，故 "
            r"$\gamma\, \sigma_{\max} < 1$ 即已足够。证明：共有 $t - k$ 个因子 $D_i W$；由下面第一"
            r"个恒等式 $|D_i v| \le \gamma |v|$，而乘积的范数不超过范数之积。对 $|\cdot|_1$、"
            r"$|\cdot|_\infty$ 诱导的范数同样成立；对 Frobenius 范数亦然，由第二个恒等式（柯西–施"
            r"瓦茨）得 $\|AB\|_F \le \|A\|_F \|B\|_F$。但并非对一切范数成立："
            r"$W = \tfrac34 \begin{pmatrix} 1 & 1 \\ 1 & 1 \end{pmatrix}$ 的最大元素小于 1，而在零"
            r"状态处雅可比矩阵为 $W^n = (\tfrac32)^{n-1} W$。此外，消失的是远处各步的份额，而不是"
            r"梯度本身：对 $h_t = w h_{t-1} + 1$、$h_0 = 0$、$w = \tfrac12$，"
            r"$\partial h_T/\partial w$ 趋于 4。",
        ),
        small,
        ("rnn_tanh.h_D_h_prev",),
    ),
    Claim(
        "norm.large",
        ("4.3.6",),
        Text(
            r"If $\|W_{hh}\| > 1$, gradients grow exponentially: they explode.",
            r"若 $\|W_{hh}\| > 1$，梯度指数增长，即梯度爆炸。",
        ),
        Text("Vanilla RNN with tanh.", "采用 tanh 的基本循环网络。"),
        Verdict.REFUTED,
        Text(
            r"By the bound of `norm.small`, growth needs $\gamma\, \sigma_{\max} > 1$; the "
            r"condition is necessary, not sufficient. First, "
            r"$W = \begin{pmatrix} 0 & s \\ 0 & 0 \end{pmatrix}$ has norm $s$, as large as one "
            r"likes, and $D_2 W D_1 W = 0$ for all diagonal $D_1, D_2$: whatever the inputs, the "
            r"gradient is exactly zero after two steps. Second, saturation: for every $w > 1$ "
            r"there is one $a > 0$ with $w = a/\tanh a$, since this increases from 1 to $\infty$. "
            r"The unit $h_t = \tanh(w h_{t-1})$ then stays at $\tanh a$, where "
            r"$\partial h_t/\partial h_{t-1} = w (1 - \tanh^2 a) = 2a/\sinh 2a < 1$. The gradient "
            r"vanishes like $(2a/\sinh 2a)^n$, the faster the larger $w$ is.",
            r"由 `norm.small` 的上界，增长必须 $\gamma\, \sigma_{\max} > 1$；此条件必要而不充分。"
            r"其一，$W = \begin{pmatrix} 0 & s \\ 0 & 0 \end{pmatrix}$ 的范数为 $s$，可任意大，而"
            r"对一切对角矩阵 $D_1, D_2$ 有 $D_2 W D_1 W = 0$：不论输入如何，两步之后梯度恰为零。其"
            r"二，饱和：$a/\tanh a$ 由 1 递增至 $\infty$，故对每个 $w > 1$ 恰有一个 $a > 0$ 使 "
            r"$w = a/\tanh a$。此时单元 $h_t = \tanh(w h_{t-1})$ 停留在 $\tanh a$，该处 "
            r"$\partial h_t/\partial h_{t-1} = w (1 - \tanh^2 a) = 2a/\sinh 2a < 1$。梯度按 "
            r"$(2a/\sinh 2a)^n$ 消失，$w$ 越大消失得越快。",
        ),
        large,
        ("rnn_tanh.h_D_h_prev",),
    ),
    Claim(
        "norm.measured",
        ("4.3.5", "4.3.6"),
        Text(
            "In practice the norm of the weight tells vanishing from explosion.",
            "实践中可由权重的范数判断梯度消失还是爆炸。",
        ),
        Text(
            r"Twenty Gaussian weights each, $H = 16$, divided by their norm and multiplied by "
            r"$\sigma_{\max}$; Gaussian inputs, $W_{ih}$ Gaussian over $\sqrt D$; 50 steps from "
            r"$h_0 = 0$.",
            r"每种情形取二十个高斯权重，$H = 16$，除以自身范数再乘 $\sigma_{\max}$；输入为高斯，"
            r"$W_{ih}$ 为高斯除以 $\sqrt D$；从 $h_0 = 0$ 起 50 步。",
        ),
        Verdict.EMPIRICAL,
        Text(
            r"Every norm lies within the bound $\sigma_{\max}^n$, at rest and with inputs. But "
            r"above 1 the norm tells little. With $\sigma_{\max} = 1.5$ the gradient is below 1 "
            r"after 50 steps in most draws even at rest, for the spectral radius of such a matrix "
            r"is mostly below 1. With $\sigma_{\max} = 3$ it explodes in most draws at rest, and "
            r"vanishes in most when inputs of size 1 drive the state into saturation.",
            r"不论静止还是有输入，所有范数都不超过上界 $\sigma_{\max}^n$。但范数大于 1 时说明不了"
            r"什么。$\sigma_{\max} = 1.5$ 时，即使静止，50 步之后梯度也多半小于 1，因为这种矩阵的"
            r"谱半径多半小于 1。$\sigma_{\max} = 3$ 时，静止则多半爆炸；而大小为 1 的输入使状态饱"
            r"和，梯度便多半消失。",
        ),
        "claims.norms:measured",
        ("rnn_tanh.h_D_h_prev",),
    ),
)
