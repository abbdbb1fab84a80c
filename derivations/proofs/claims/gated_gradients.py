"""Claims on the Jacobian of the LSTM, the way along the cell, and what the gates change."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Rational

from derivations.functions import sigmoid
from derivations.notation import Text
from derivations.proofs import any_size, gated_paths, lstm_bound
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, vanish

LSTM, GATES = gated_paths.LSTM, gated_paths.LSTM_GATES
PAIRS = [(exit, by) for exit in "hc" for by in "hc"]


def jacobian() -> Iterable[Shown]:
    """The four blocks, two ways: as the calculus has them, and as they are bounded later."""
    blocks = [gated_paths.block(LSTM, exit, f"{by}_prev") for exit, by in PAIRS]
    what = Text("the four blocks less the direct derivatives", "四个分块减去直接求得的导数")
    yield vanish(what, [any_size.closed_block(LSTM, block) for block in blocks])
    what = Text(
        r"the form with $\partial c_t/\partial h_{t-1}$ inside $\partial h_t/\partial h_{t-1}$",
        r"以 $\partial c_t/\partial h_{t-1}$ 表示 $\partial h_t/\partial h_{t-1}$ 的形式",
    )
    yield vanish(what, lstm_bound.blocks())


def cell_path() -> Iterable[Shown]:
    """With gates and candidate fixed the product of the forget gates; without, another term."""
    what = Text(
        r"$i, f, g, o$ fixed: $\partial c_3/\partial c_0 - \operatorname{diag}(f_3 f_2 f_1)$",
        r"$i, f, g, o$ 固定不变：$\partial c_3/\partial c_0 - \operatorname{diag}(f_3 f_2 f_1)$",
    )
    yield vanish(what, [gated_paths.held_fixed(LSTM, "c", "f", GATES)])
    what = Text(
        r"$\frac{\partial c_2}{\partial c_0} - \operatorname{diag}(f_2 f_1) - \frac{\partial "
        r"c_2}{\partial h_1} \frac{\partial h_1}{\partial c_0}$",
        r"$\frac{\partial c_2}{\partial c_0} - \operatorname{diag}(f_2 f_1) - \frac{\partial "
        r"c_2}{\partial h_1} \frac{\partial h_1}{\partial c_0}$",
    )
    yield vanish(what, [gated_paths.lstm_two_steps()])
    what = Text(
        r"the last term with $W_{hf} = W_{hi} = W_{hg} = 0$",
        r"$W_{hf} = W_{hi} = W_{hg} = 0$ 时的最后一项",
    )
    yield equal(what, gated_paths.lstm_without_recurrence(), sympy.S.Zero)
    w = gated_paths.W
    two = gated_paths.resting_lstm(steps=2)[1, 1]
    what = Text(
        r"at zero, $W_{hg} = w$: $\partial c_2/\partial c_0 - f_2 f_1$",
        r"零点处，$W_{hg} = w$：$\partial c_2/\partial c_0 - f_2 f_1$",
    )
    yield equal(what, two - Rational(1, 4), w / 8)


def remedy() -> Iterable[Shown]:
    """A bias that keeps the product of the forget gates above any given number below 1."""
    q, m, b = sympy.symbols("q m b", positive=True)
    logit = sympy.log(q / (1 - q))
    what = Text(r"$\sigma(\log \tfrac{q}{1-q}) - q$", r"$\sigma(\log \tfrac{q}{1-q}) - q$")
    yield equal(what, sympy.simplify(sigmoid(logit).rewrite(sympy.exp)) - q, sympy.S.Zero)
    a = sympy.Symbol("a", real=True)
    exact = sigmoid(a).rewrite(sympy.exp)
    what = Text(r"$\sigma' > 0$", r"$\sigma' > 0$")
    yield Shown(what, bool(exact.diff(a).is_positive), str(exact.diff(a)))
    what = Text(
        r"$\sigma(b - m)^{100}$ as $b \to \infty$", r"$b \to \infty$ 时的 $\sigma(b - m)^{100}$"
    )
    limit = sympy.limit(sigmoid(b - m).rewrite(sympy.exp) ** 100, b, sympy.oo)
    yield equal(what, limit, sympy.S.One)
    what = Text(r"$1 - \sigma(a) = \sigma(-a) > 0$", r"$1 - \sigma(a) = \sigma(-a) > 0$")
    yield equal(what, 1 - exact, exact.subs(a, -a))


CLAIMS = (
    Claim(
        "lstm.jacobian",
        ("5.3.13",),
        Text(
            "What the gates do to the gradient can be read off the Jacobian of one step.",
            "门对梯度的作用可由单步的雅可比矩阵看出。",
        ),
        Text("LSTM of any size.", "任意尺寸的 LSTM。"),
        Verdict.PROVED,
        Text(
            r"The state is $(h, c)$, so the Jacobian has four blocks: "
            r"$\partial c_t/\partial c_{t-1} = \operatorname{diag}(f)$; "
            r"$\partial h_t/\partial c_{t-1} = \operatorname{diag}(o (1 - s^2) f)$ with "
            r"$s = \tanh c_t$; $\partial c_t/\partial h_{t-1} = \operatorname{diag}(c_{t-1} f (1 "
            r"- f)) W_{hf} + \operatorname{diag}(g\, i (1 - i)) W_{hi} + \operatorname{diag}(i (1 "
            r"- g^2)) W_{hg}$; $\partial h_t/\partial h_{t-1} = \operatorname{diag}(o (1 - "
            r"s^2))\, \partial c_t/\partial h_{t-1} + \operatorname{diag}(s\, o (1 - o)) "
            r"W_{ho}$. Only the first is without slopes and weights.",
            r"状态是 $(h, c)$，雅可比矩阵有四块：$\partial c_t/\partial c_{t-1} = "
            r"\operatorname{diag}(f)$；$\partial h_t/\partial c_{t-1} = \operatorname{diag}(o (1 "
            r"- s^2) f)$，其中 $s = \tanh c_t$；$\partial c_t/\partial h_{t-1} = "
            r"\operatorname{diag}(c_{t-1} f (1 - f)) W_{hf} + \operatorname{diag}(g\, i (1 - i)) "
            r"W_{hi} + \operatorname{diag}(i (1 - g^2)) W_{hg}$；$\partial h_t/\partial h_{t-1} = "
            r"\operatorname{diag}(o (1 - s^2))\, \partial c_t/\partial h_{t-1} + "
            r"\operatorname{diag}(s\, o (1 - o)) W_{ho}$。只有第一块既不含斜率也不含权重。",
        ),
        jacobian,
        ("lstm.c_D_c_prev", "lstm.h_D_c_prev", "lstm.c_D_h_prev", "lstm.h_D_h_prev"),
    ),
    Claim(
        "lstm.cell_path",
        ("5.3.13",),
        Text(
            r"Along the cell state the gradient is the product of the forget gates.",
            r"沿细胞状态，梯度是遗忘门之积。",
        ),
        Text("LSTM of any size.", "任意尺寸的 LSTM。"),
        Verdict.CORRECTED,
        Text(
            r"With gates and candidate held fixed, $\partial c_T/\partial c_t = "
            r"\operatorname{diag}(f_T \cdots f_{t+1})$. That is one term of the total derivative, "
            r"for gates and candidate depend on $h$, and $h$ on $c$: $\partial c_2/\partial c_0 = "
            r"\operatorname{diag}(f_2 f_1) + (\partial c_2/\partial h_1)(\partial h_1/\partial "
            r"c_0)$. The other term is zero if $W_{hf} = W_{hi} = W_{hg} = 0$; at zero with "
            r"$W_{hg} = w$ it is $w/8$ beside $f_2 f_1 = \tfrac14$. Every $f$ is below 1, so the "
            r"path along the cell always shrinks.",
            r"门与候选值固定不变时，$\partial c_T/\partial c_t = \operatorname{diag}(f_T \cdots "
            r"f_{t+1})$。这只是全导数的一项，因为门与候选值依赖 $h$，而 $h$ 依赖 $c$：$\partial "
            r"c_2/\partial c_0 = \operatorname{diag}(f_2 f_1) + (\partial c_2/\partial "
            r"h_1)(\partial h_1/\partial c_0)$。若 $W_{hf} = W_{hi} = W_{hg} = "
            r"0$，后一项为零；在零点取 $W_{hg} = w$，它是 $w/8$，而 $f_2 f_1 = "
            r"\tfrac14$。每个 $f$ 都小于 1，故沿细胞的路径总在衰减。",
        ),
        cell_path,
        ("lstm.c_D_c_prev", "lstm.c_D_h_prev", "lstm.h_D_c_prev"),
    ),
    Claim(
        "lstm.remedy",
        ("5.1.1", "5.1.2"),
        Text(
            "The problem is the vanishing gradient of the vanilla RNN; gates and a cell state "
            "solve it.",
            "问题在于基本循环网络的梯度消失；门控机制与细胞状态解决了它。",
        ),
        Text(
            r"$|h| < 1$ and bounded inputs, so that all of $a_f$ but its bias is at most $m$ in "
            r"absolute value.",
            r"$|h| < 1$ 且输入有界，从而 $a_f$ 除偏置外的部分绝对值不超过 $m$。",
        ),
        Verdict.CORRECTED,
        Text(
            r"They make the rate of decay a matter of parameters and data, unit by unit and step "
            r"by step: along the cell it is $f_t = \sigma(a_f)$, where the vanilla RNN has slope "
            r"times weight. It can be brought as near to 1 as one likes: if "
            r"$b_f \ge m + \log\tfrac{q}{1-q}$ with $q = (1 - \varepsilon)^{1/T}$, then every "
            r"$f_t \ge q$ and $\prod f_t \ge 1 - \varepsilon$ over $T$ steps, since "
            r"$\sigma(\log\tfrac{q}{1-q}) = q$ and $\sigma$ increases. For fixed parameters it "
            r"stays below 1. So vanishing is put off, not excluded (`lstm.vanishing`), and the "
            r"other ways through $h$ remain.",
            r"它们使衰减率成为参数与数据的函数，逐单元、逐时刻而定：沿细胞的衰减率是 "
            r"$f_t = \sigma(a_f)$，而基本循环网络中是斜率乘权重。它可任意接近 1：若 "
            r"$b_f \ge m + \log\tfrac{q}{1-q}$，其中 $q = (1 - \varepsilon)^{1/T}$，则每个 "
            r"$f_t \ge q$，$T$ 步之积 $\prod f_t \ge 1 - \varepsilon$，因为 "
            r"$\sigma(\log\tfrac{q}{1-q}) = q$ 且 $\sigma$ 递增。参数一经固定，它总小于 1。所以梯"
            r"度消失只是推迟，并未排除（见 `lstm.vanishing`），经由 $h$ 的其他路径也依然存在。",
        ),
        remedy,
        ("lstm.f", "lstm.c_D_c_prev"),
    ),
)
