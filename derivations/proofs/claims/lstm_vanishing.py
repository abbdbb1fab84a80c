"""Claims on when the gradient of an LSTM vanishes."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Rational

from derivations.notation import Text
from derivations.proofs import gated_paths, lstm_bound, norm_bounds
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, vanish

LSTM = gated_paths.LSTM


def vanishing() -> Iterable[Shown]:
    """All gates 1/2, and the gradient vanishes, is zero, stays or explodes."""
    c = sympy.Symbol("c_0")
    found = [gated_paths.idle_lstm(n) for n in (1, 2, 3, 4)]
    what = Text("all parameters zero: $c_1, c_2, c_3, c_4$", "参数全为零：$c_1, c_2, c_3, c_4$")
    yield Shown(what, found == [c / 2**n for n in (1, 2, 3, 4)], str(found))
    J, growth = gated_paths.resting_lstm(), gated_paths.GROWTH
    what = Text(
        r"$W_{hg} = w$, two steps at zero: the Jacobian of $(h, c)$ less $J^2$",
        r"$W_{hg} = w$，零点处两步：$(h, c)$ 的雅可比矩阵减去 $J^2$",
    )
    yield equal(what, gated_paths.resting_lstm(steps=2), J * J)
    what = Text(
        r"$J^2 - (\tfrac12 + \tfrac{w}{4}) J$",
        r"$J^2 - (\tfrac12 + \tfrac{w}{4}) J$",
    )
    yield equal(what, J * J - growth * J, sympy.zeros(2))
    for weight, stated in ((-2, 0), (0, Rational(1, 1024)), (2, Rational(1, 2)), (6, 256)):
        what = Text(
            rf"$\partial c_{{10}}/\partial c_0$ at zero with $W_{{hg}} = {weight}$",
            rf"$W_{{hg}} = {weight}$ 时零点处的 $\partial c_{{10}}/\partial c_0$",
        )
        yield equal(what, (J.subs(gated_paths.W, weight) ** 10)[1, 1], sympy.sympify(stated))


def bound() -> Iterable[Shown]:
    """The pieces of the condition under which everything vanishes."""
    yield vanish(Text("the four blocks of a step", "一步的四个分块"), lstm_bound.blocks())
    what = Text(
        r"$\sigma' \le \tfrac14$, $\tanh' \le 1$", r"$\sigma' \le \tfrac14$，$\tanh' \le 1$"
    )
    yield vanish(what, norm_bounds.slopes())
    what = Text(r"$|D v| \le \max |d|\, |v|$", r"$|D v| \le \max |d|\, |v|$")
    yield vanish(what, [norm_bounds.diagonal()])
    what = Text(
        r"$\varphi C + 1 - C$ at $C = 1/(1 - \varphi)$",
        r"$C = 1/(1 - \varphi)$ 时的 $\varphi C + 1 - C$",
    )
    yield equal(what, lstm_bound.kept(), sympy.S.Zero)
    what = Text(r"both entries of $v - M v$ are $1 - q$", r"$v - M v$ 的两个分量都等于 $1 - q$")
    yield equal(what, lstm_bound.slack(), (1 - lstm_bound.BOUND) * sympy.ones(2, 1))


CLAIMS = (
    Claim(
        "lstm.vanishing",
        ("5.3.13",),
        Text(
            r"The gates lie in $(0, 1)$, so the gradient does not vanish.",
            r"门控值在 $(0, 1)$ 之间，因此梯度不会消失。",
        ),
        Text(
            r"$D = H = 1$, no input, $h_0 = c_0 = 0$ in the second example.",
            r"$D = H = 1$，无输入；第二例中 $h_0 = c_0 = 0$。",
        ),
        Verdict.REFUTED,
        Text(
            r"The premise speaks for the contrary: a product of numbers in $(0, 1)$ shrinks, and "
            r"if $f \le \varphi < 1$ the path along the cell is at most $\varphi^n$. With all "
            r"parameters zero, $c_n = 2^{-n} c_0$ exactly. Nor do the gates decide alone. At zero "
            r"with $W_{hg} = w$ and nothing else, all gates are $\tfrac12$ and "
            r"$J^n = (\tfrac12 + \tfrac{w}{4})^{n-1} J$: the gradient vanishes exactly for "
            r"$-6 < w < 2$ (at $w = -2$ it is zero after two steps), neither shrinks nor grows for "
            r"$w = 2$, and doubles at every step for $w = 6$. LSTM gradients can explode.",
            r"前提恰恰说明相反的事：$(0, 1)$ 中的数相乘只会变小，若 $f \le \varphi < 1$，沿细胞的"
            r"路径至多为 $\varphi^n$。参数全为零时，恰有 $c_n = 2^{-n} c_0$。门也并不单独起决定作"
            r"用：在零点，只取 $W_{hg} = w$ 而其余为零，各门皆为 $\tfrac12$，"
            r"$J^n = (\tfrac12 + \tfrac{w}{4})^{n-1} J$：梯度恰当 $-6 < w < 2$ 时消失（$w = -2$ 时"
            r"两步之后为零），$w = 2$ 时不增不减，$w = 6$ 时每步加倍。LSTM 的梯度也会爆炸。",
        ),
        vanishing,
        ("lstm.c_D_c_prev", "lstm.h_D_h_prev"),
    ),
    Claim(
        "lstm.vanishing_bound",
        ("5.3.13",),
        Text(
            "There are conditions under which the gradient of an LSTM surely vanishes.",
            "在某些条件下，LSTM 的梯度必然消失。",
        ),
        Text(
            r"Any size and inputs. $\varphi < 1$ bounds all forget gates, "
            r"$|c_0| \le C = 1/(1 - \varphi)$; $\sigma_g$ is the largest singular value of "
            r"$W_{hg}$, likewise for the other gates.",
            r"任意尺寸与输入。$\varphi < 1$ 为所有遗忘门的上界，$|c_0| \le C = 1/(1 - \varphi)$；"
            r"$\sigma_g$ 为 $W_{hg}$ 的最大奇异值，其余各门同理。",
        ),
        Verdict.PROVED,
        Text(
            r"Let $\beta = \tfrac14 C \sigma_f + \tfrac14 \sigma_i + \sigma_g$, "
            r"$\omega = \tfrac14 \sigma_o$, $q = \varphi + \beta + \omega (1 - \varphi)$. If "
            r"$q < 1$ then $\|\partial c_T/\partial c_t\|_2 \le q^{T-t}$ and "
            r"$\|\partial h_T/\partial h_t\|_2 \le q^{T-t}$. Proof: "
            r"$|c_t| \le \varphi C + 1 = C$; $q < 1$ forces $\omega < 1$; with "
            r"$\sigma' \le \tfrac14$ the norms of the four blocks are at most the entries of "
            r"$M = \begin{pmatrix} \beta + \omega & \varphi \\ \beta & \varphi \end{pmatrix}$ "
            r"(order $h, c$), those of a product at most the entries of $M^n$; and "
            r"$M v = v - (1 - q) \begin{pmatrix} 1 \\ 1 \end{pmatrix} \le q v$ for "
            r"$v = (1, 1 - \omega)^\top$, so $M^n v \le q^n v$. The condition is sufficient, not "
            r"necessary.",
            r"记 $\beta = \tfrac14 C \sigma_f + \tfrac14 \sigma_i + \sigma_g$，"
            r"$\omega = \tfrac14 \sigma_o$，$q = \varphi + \beta + \omega (1 - \varphi)$。若 "
            r"$q < 1$，则 $\|\partial c_T/\partial c_t\|_2 \le q^{T-t}$，"
            r"$\|\partial h_T/\partial h_t\|_2 \le q^{T-t}$。证明：$|c_t| \le \varphi C + 1 = C$；"
            r"$q < 1$ 蕴含 $\omega < 1$；由 $\sigma' \le \tfrac14$，四块的范数不超过 "
            r"$M = \begin{pmatrix} \beta + \omega & \varphi \\ \beta & \varphi \end{pmatrix}$（次"
            r"序 $h, c$）的元素，乘积各块的范数不超过 $M^n$ 的元素；取 "
            r"$v = (1, 1 - \omega)^\top$，有 $M v = v - (1 - q) \begin{pmatrix} 1 \\ 1 "
            r"\end{pmatrix} \le q v$，故 $M^n v \le q^n v$。此条件充分而不必要。",
        ),
        bound,
        ("lstm.c_D_h_prev", "lstm.h_D_h_prev", "lstm.c_D_c_prev", "lstm.h_D_c_prev"),
    ),
)
