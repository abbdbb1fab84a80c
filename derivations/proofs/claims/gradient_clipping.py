"""Claims on exploding gradients and on clipping them."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Integer, Rational

from derivations.notation import Text
from derivations.proofs import clipping, descent
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, vanish
from derivations.references import cited

TINY, HUGE = Rational(1, 10**6), Integer(10**6)
STEPS = 50


def explosion() -> Iterable[Shown]:
    """Divergence by step times curvature; a gradient that grows all at once."""
    stated = 1 - descent.STEP * descent.CURVATURE
    yield equal(Text("$u_{k+1} / u_k$", "$u_{k+1} / u_k$"), descent.factor(), stated)
    product = descent.STEP * descent.CURVATURE
    what = Text("its square, less 1", "其平方减 1")
    yield equal(what, descent.factor() ** 2 - 1, product * (product - 2))
    after = descent.descended(
        descent.descended(TINY, Integer(3), Integer(1)), Integer(3), Integer(1)
    )
    what = Text(
        "gradient $10^{-6}$, step 3, curvature 1: after two steps",
        "梯度 $10^{-6}$、步长 3、曲率 1：两步之后",
    )
    yield equal(what, after, 4 * TINY)
    what = Text(
        "gradient $10^6$, step $10^{-6}$, curvature $10^6$: after one",
        "梯度 $10^6$、步长 $10^{-6}$、曲率 $10^6$：一步之后",
    )
    yield equal(what, descent.descended(Integer(1), TINY, HUGE), 0)
    slope = descent.gradient_over_time(STEPS)
    yield equal(
        Text("$dL/dw$ after 50 steps", "50 步之后的 $dL/dw$"),
        slope,
        STEPS * descent.W ** (2 * STEPS - 1),
    )
    low, high = (slope.subs(descent.W, Rational(k, 10)) for k in (9, 11))
    what = Text("at $w = 1.1$ over that at $w = 0.9$", "$w = 1.1$ 处与 $w = 0.9$ 处之比")
    yield Shown(what, bool(high / low > 10**8), str((high / low).evalf(3)))


def detection() -> Iterable[Shown]:
    """The norm scales with the loss; what it says depends on the units of the loss."""
    k, a, b = sympy.symbols("k a b", positive=True)
    theta = sympy.Matrix(sympy.symbols("theta_1 theta_2", real=True))
    loss = (a * theta[0] ** 2 + b * theta[1] ** 2) / 2
    norms = [sympy.Matrix([f]).jacobian(theta).norm() for f in (loss, k * loss)]
    what = Text("norm of the gradient of $kL$ over that of $L$", "$kL$ 与 $L$ 的梯度范数之比")
    yield equal(what, sympy.simplify(norms[1] / norms[0]), k)
    slope = descent.gradient_over_time(STEPS).subs(descent.W, 1)
    what = Text(
        "linear recurrence, $w = 1$: norm after 50 steps", "线性递推，$w = 1$：50 步之后的范数"
    )
    yield equal(what, slope, STEPS)


def by_value() -> Iterable[Shown]:
    """What clipping by value does, any number of entries."""
    yield vanish(
        Text("nearest point of the box", "方盒中的最近点"), clipping.value_clipping_projects()
    )
    yield vanish(Text("turns $(3, 1)$", "改变 $(3, 1)$ 的方向"), clipping.value_clipping_turns())
    yield vanish(
        Text("when it keeps the direction", "何时保持方向"),
        clipping.value_clipping_keeps_direction(),
    )
    yield vanish(Text("bound on the angle", "夹角的界"), clipping.value_clipping_angle())


def by_norm() -> Iterable[Shown]:
    """What clipping by norm does, any number of entries."""
    yield vanish(Text("direction and norm", "方向与范数"), clipping.norm_clipping_scales())
    yield vanish(
        Text("nearest point of the ball", "球中的最近点"), clipping.norm_clipping_projects()
    )


def recommended() -> Iterable[Shown]:
    """By norm the direction is kept, by value it need not be; neither makes descent converge."""
    yield vanish(
        Text("by norm: direction kept", "按范数：方向保持"), clipping.norm_clipping_scales()
    )
    yield vanish(
        Text("by value: direction lost", "按值：方向改变"), clipping.value_clipping_turns()
    )
    orbit = [Integer(1)]
    for _ in range(2):
        orbit.append(descent.clipped(orbit[-1], Integer(3), Integer(1)))
    what = Text(
        "curvature 1, step 3, threshold 1: from 1, two steps",
        "曲率 1、步长 3、阈值 1：从 1 出发的两步",
    )
    yield Shown(what, orbit == [1, -2, 1], str(orbit))


def pytorch() -> Iterable[Shown]:
    """PyTorch's rule against the formula."""
    yield vanish(
        Text(
            "factor $\\min(1, \\theta / (n + 10^{-6}))$", "因子 $\\min(1, \\theta / (n + 10^{-6}))$"
        ),
        clipping.torch_rule(),
    )


_THRESHOLD = Text(
    "A gradient of any number of entries, in the Euclidean norm; a positive threshold $\\theta$.",
    "任意多个分量的梯度，欧氏范数；阈值 $\\theta > 0$。",
)

CLAIMS = (
    Claim(
        "clipping.explosion",
        ("8.1.2", "8.1.3", "8.1.4"),
        Text(
            "The norm of the gradient suddenly becomes large, updates become too large, and "
            "training diverges.",
            "梯度范数突然变得很大，参数更新过大，训练发散。",
        ),
        Text("Gradient descent with a fixed step.", "固定步长的梯度下降。"),
        Verdict.CORRECTED,
        Text(
            "Each can happen. For $h_t = w h_{t-1}$ and $L = \\frac12 h_T^2$ the gradient with "
            "respect to $w$ is $T w^{2T-1} h_0^2$: with $T = 50$ it is $4 \\cdot 10^8$ times as "
            "large at $w = 1.1$ as at $w = 0.9$. But a large gradient is neither needed for "
            "divergence nor enough. On $\\frac\\lambda2 u^2$ a step multiplies $u$ by $1 - "
            "\\eta\\lambda$ and diverges if and only if $\\eta\\lambda > 2$: from a gradient of "
            "$10^{-6}$ with $\\lambda = 1$, $\\eta = 3$, while from one of $10^6$ with $\\lambda "
            "= 10^6$, $\\eta = 10^{-6}$ it is at the minimum after one step.",
            "三者都可能发生。对 $h_t = w h_{t-1}$、$L = \\frac12 h_T^2$，关于 $w$ 的梯度为 $T "
            "w^{2T-1} h_0^2$：$T = 50$ 时，它在 $w = 1.1$ 处是 $w = 0.9$ 处的 $4 \\cdot 10^8$ 倍。"
            "但梯度大对发散既非必要也非充分。对 $\\frac\\lambda2 u^2$，每步把 $u$ 乘以 $1 - "
            "\\eta\\lambda$，当且仅当 $\\eta\\lambda > 2$ 时发散：$\\lambda = 1$、$\\eta = 3$ 时，"
            "从大小为 $10^{-6}$ 的梯度开始也会发散；而 $\\lambda = 10^6$、$\\eta = 10^{-6}$ 时，"
            "从 $10^6$ 的梯度出发一步即达最小点。",
        ),
        explosion,
        cite=cited("pascanu_2013"),
    ),
    Claim(
        "clipping.detection",
        ("8.1.6",),
        Text(
            "An explosion is detected by the norm of the gradient exceeding a threshold.",
            "梯度范数超过阈值即判定为梯度爆炸。",
        ),
        Text("Any loss with a gradient.", "任意可微的损失。"),
        Verdict.CORRECTED,
        Text(
            "The test is a convention; it has no meaning of its own. The norm of the gradient of "
            "$kL$ is $k$ times that of $L$, though both have the same minima, so that any gradient "
            "other than zero is above or below a given threshold by the choice of units. It also "
            "grows with $T$ where nothing explodes: $T$ for the linear recurrence at $w = 1$.",
            "这一判据只是约定，本身没有意义。$kL$ 的梯度范数是 $L$ 的 $k$ 倍，而两者的极小点相同；"
            "因此任一非零梯度高于还是低于给定阈值，取决于单位的选取。没有爆炸时它也随 $T$ 增长："
            "线性递推取 $w = 1$ 时，它等于 $T$。",
        ),
        detection,
    ),
    Claim(
        "clipping.by_value",
        ("8.2.2",),
        Text(
            "Clipping by value: each entry above the threshold becomes the threshold, each below "
            "its negative becomes that, the others stay.",
            "按值裁剪：大于阈值的分量取阈值，小于负阈值的分量取负阈值，其余不变。",
        ),
        _THRESHOLD,
        Verdict.PROVED,
        Text(
            "A definition: it goes to the nearest point of the box $[-\\theta, \\theta]^N$. It "
            "keeps the direction only where it clips nothing or all entries other than zero are "
            "alike in size; $(3, 1)$ with $\\theta = 1$ becomes $(1, 1)$. The angle is always "
            "less than 90 degrees, its cosine above $1/\\sqrt N$ for $N > 1$, and no better bound "
            "holds.",
            "这是一个定义：结果是方盒 $[-\\theta, \\theta]^N$ 中离梯度最近的点。"
            "只有当没有分量被裁剪，或所有非零分量大小相同时，方向才不变；$\\theta = 1$ 时 $(3, "
            "1)$ 变成 $(1, 1)$。夹角恒小于 90 度：$N > 1$ 时其余弦大于 $1/\\sqrt N$，"
            "且这个界不能改进。",
        ),
        by_value,
    ),
    Claim(
        "clipping.by_norm",
        ("8.2.4",),
        Text(
            "Clipping by norm: a gradient longer than the threshold is scaled to its length, "
            "another stays.",
            "按范数裁剪：范数超过阈值的梯度缩放到阈值长度，其余不变。",
        ),
        _THRESHOLD,
        Verdict.PROVED,
        Text(
            "A definition: the factor is positive, so the direction stays; the norm becomes "
            "$\\min(\\|g\\|, \\theta)$; the result is the nearest point of the ball of radius "
            "$\\theta$. Where there are several parameters the norm is over all of them together.",
            "这是一个定义：因子为正，故方向不变；范数变为 $\\min(\\|g\\|, \\theta)$；结果是半径为 "
            "$\\theta$ 的球中离梯度最近的点。有多个参数时，范数对全部参数一并计算。",
        ),
        by_norm,
        cite=cited("pascanu_2013"),
    ),
    Claim(
        "clipping.recommended",
        ("8.2.5",),
        Text(
            "Clipping by norm is to be preferred, because it keeps the direction of the gradient.",
            "推荐按范数裁剪，因为它保持梯度方向。",
        ),
        _THRESHOLD,
        Verdict.PROVED,
        Text(
            "The reason is proved: by norm the direction stays, by value it need not. The "
            "recommendation is advice. What either ensures is that an update is no longer than the "
            "step times the threshold, by value $\\sqrt N$ times that; neither makes descent "
            "converge: on $\\frac12 u^2$ with step 3 and threshold 1 it goes from 1 to $-2$ "
            "and back for ever.",
            "理由已证：按范数裁剪方向不变，按值裁剪则未必。至于推荐，属于建议。两者所保证的，"
            "只是更新的长度不超过步长乘阈值（按值时再乘 $\\sqrt N$）；两者都不能使下降收敛："
            "对 $\\frac12 u^2$ 取步长 3、阈值 1，它在 1 与 $-2$ 之间往返不已。",
        ),
        recommended,
    ),
    Claim(
        "clipping.pytorch",
        ("8.2.4",),
        Text(
            "`clip_grad_norm_`, which the program calls, is clipping by norm.",
            "程序所调用的 `clip_grad_norm_` 就是按范数裁剪。",
        ),
        Text(
            "$n$ is the norm of the gradient, $\\varepsilon = 10^{-6}$; exact arithmetic.",
            "$n$ 为梯度范数，$\\varepsilon = 10^{-6}$；精确算术。",
        ),
        Verdict.CORRECTED,
        Text(
            "It is a variant, with the factor $\\min(1, \\frac{\\theta}{n + \\varepsilon})$. It "
            "acts if and only if $n + \\varepsilon > \\theta$, so on some gradients that the "
            "formula leaves alone; what it shortens ends below $\\theta$ by the share "
            "$\\frac{\\varepsilon}{n + \\varepsilon}$, and it differs from clipping by norm by "
            "less than $\\varepsilon$.",
            "它是一个变体，因子为 $\\min(1, \\frac{\\theta}{n + \\varepsilon})$。当且仅当 "
            "$n + \\varepsilon > \\theta$ 时它才起作用，因此也会改动某些按公式应保持不变的梯度；"
            "被缩短的梯度，其范数比 $\\theta$ 小一个比例 $\\frac{\\varepsilon}{n + \\varepsilon}$，"
            "与按范数裁剪的结果相差不到 $\\varepsilon$。",
        ),
        pytorch,
    ),
)
