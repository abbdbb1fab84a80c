"""Claims on the definition of the GRU, and on where its reset gate stands."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from derivations.notation import Text
from derivations.proofs import reset_inclusion, reset_placement, source_forms
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import differ, equal, positive, vanish
from derivations.proofs.exact import evaluated, scalars
from derivations.proofs.reset_placement import BEFORE
from derivations.references import cited


def definition() -> Iterable[Shown]:
    """Both directions of the change of parameters; the gates at rest."""
    form = source_forms.GRU
    there = Text("our cell at the document's parameters", "我们的单元取文档的参数")
    yield vanish(there, source_forms.ours_is_theirs(form))
    back = Text("the document's equations at our parameters", "文档的方程取我们的参数")
    yield vanish(back, source_forms.theirs_is_ours(form))
    weights = {f"W_{side}{gate}": sympy.Symbol(f"w_{side}{gate}") for side in "ih" for gate in "rz"}
    at_rest = evaluated(BEFORE, scalars(BEFORE, **weights))
    half = sympy.Rational(1, 2)
    yield equal(
        Text("z at $x = h = 0$, no biases", "$x = h = 0$ 处的 z，无偏置"), at_rest["z"][0], half
    )
    yield equal(Text("r there", "该处的 r"), at_rest["r"][0], half)


def placement() -> Iterable[Shown]:
    """Where the two units differ, where they agree, and a point where they differ."""
    yield vanish(
        Text("the arguments of the candidates differ as stated", "两个候选值的自变量之差如所述"),
        [reset_placement.candidate_difference()],
    )
    yield vanish(
        Text(
            "same if $W_{hn}$ is diagonal and $b_{hn} = 0$", "$W_{hn}$ 为对角且 $b_{hn} = 0$ 时相同"
        ),
        [reset_placement.agreement()],
    )
    example = reset_placement.counterexample()
    what = Text(
        "$h_1$ of the two at a point with rational parameters", "有理参数的一点处两者的 $h_1$"
    )
    yield differ(what, example.after[0], example.before[0])


def inclusion() -> Iterable[Shown]:
    """The identities, limits and coefficients that the proof rests on."""
    r = reset_inclusion
    yield vanish(
        Text(
            "$W_{hn}$ diagonal: reset before is reset after, any $H$",
            "$W_{hn}$ 为对角：重置在前即重置在后，任意 $H$",
        ),
        [r.one_hidden_unit()],
    )
    yield vanish(
        Text(
            "reset before at $h_{t-1} = 0$ is $(1 - z) \\tanh(W_{in} x + b_{in} + b_{hn})$",
            "$h_{t-1} = 0$ 处，重置在前时给出 $(1 - z) \\tanh(W_{in} x + b_{in} + b_{hn})$",
        ),
        [r.before_at_zero()],
    )
    g = r.after_only()
    yield equal(Text("$G$", "$G$"), g, sympy.tanh(r.B * r.sigma(r.X)) / 2)
    yield equal(
        Text("limits of $G$", "$G$ 的极限"),
        sympy.Matrix(r.ends(g)),
        sympy.Matrix([0, sympy.tanh(r.B) / 2]),
    )
    left = [s for s in r.SIGNS if not r.excluded(*s)]
    what = Text("signs of $(p, w)$ that the limits leave", "极限所允许的 $(p, w)$ 的符号")
    yield Shown(what, left == [(1, 0)], str(left))
    (first_g, first_f), (second_g, second_f) = r.leading_terms()
    yield equal(
        Text("$G / e^x$ as $x \\to -\\infty$", "$x \\to -\\infty$ 时 $G / e^x$"), first_g, r.B / 2
    )
    yield equal(
        Text(
            "$F / e^{px}$ as $x \\to -\\infty$, $w = 0$",
            "$x \\to -\\infty$、$w = 0$ 时 $F / e^{px}$",
        ),
        first_f,
        sympy.exp(r.Q) * sympy.tanh(r.D),
    )
    yield equal(Text("next term of $G$", "$G$ 的下一项"), second_g, -r.B / 2)
    yield equal(
        Text("next term of $F$", "$F$ 的下一项"), second_f, -sympy.exp(2 * r.Q) * sympy.tanh(r.D)
    )
    slope = (r.B - sympy.tanh(r.B)).diff(r.B)
    yield equal(
        Text("slope of $b - \\tanh b$", "$b - \\tanh b$ 的导数"), slope, sympy.tanh(r.B) ** 2
    )
    value, by_first, by_second = r.before_only()
    half = sympy.Rational(1, 2)
    what = Text(
        "two units, reset before: $h_1$ and its derivatives at $h_{t-1} = 0$",
        "两个单元，重置在前：$h_{t-1} = 0$ 处的 $h_1$ 及其导数",
    )
    stated = sympy.Matrix([0, half + half * r.sigma(r.X), half**2])
    yield equal(what, sympy.Matrix([value, by_first, by_second]), stated)
    yield vanish(
        Text(
            "reset after, where n = 0 at $h_{t-1} = 0$: its derivatives, any $H$",
            "重置在后，$h_{t-1} = 0$ 处 n = 0 时的导数，任意 $H$",
        ),
        [r.after_slopes()],
    )
    full = r.span(r.sigma(r.S * r.X + r.Q))
    yield equal(
        Text(
            "range of $\\sigma(\\alpha x + \\gamma)$", "$\\sigma(\\alpha x + \\gamma)$ 的值域长度"
        ),
        full,
        1,
    )
    part = r.span(half + half * r.sigma(r.X))
    yield equal(
        Text(
            "range of $\\frac12 + \\frac12 \\sigma(x)$",
            "$\\frac12 + \\frac12 \\sigma(x)$ 的值域长度",
        ),
        part,
        half,
    )
    yield positive(Text("their difference", "两者之差"), full - part)


CLAIMS = (
    Claim(
        "gru.definition",
        ("6.1.2", "6.1.3", "6.1.4", "6.1.5"),
        Text(
            "Update and reset gate are sigmoids of linear maps of $[h_{t-1}, x_t]$; the candidate "
            "is tanh of a linear map of $[r_t \\odot h_{t-1}, x_t]$; the new state is "
            "$(1 - z_t) \\odot h_{t-1} + z_t \\odot \\tilde h_t$.",
            "更新门与重置门是 $[h_{t-1}, x_t]$ 的线性映射再取 sigmoid；候选值是 "
            "$[r_t \\odot h_{t-1}, x_t]$ 的线性映射再取 tanh；新状态为 "
            "$(1 - z_t) \\odot h_{t-1} + z_t \\odot \\tilde h_t$。",
        ),
        Text("Any sizes; any real parameters.", "任意尺寸，任意实参数。"),
        Verdict.PROVED,
        Text(
            "It is the cell `gru_reset_before` with all biases zero and the rows of $z$ negated: "
            "the document's $z_t$ is $1 - z_t$ here, because $\\sigma(-a) = 1 - \\sigma(a)$. "
            "Without biases every gate is exactly $\\frac12$ where $h_{t-1} = 0$ and $x_t = 0$, "
            "whatever the weights.",
            "它就是单元 `gru_reset_before`，偏置全为零，且 $z$ 的各行变号：由 "
            "$\\sigma(-a) = 1 - \\sigma(a)$，文档的 $z_t$ 等于这里的 $1 - z_t$。没有偏置，则在 "
            "$h_{t-1} = 0$、$x_t = 0$ 处，不论权重如何，每个门都恰为 $\\frac12$。",
        ),
        definition,
        ("gru_reset_before.source",),
        cited("chung_2014"),
    ),
    Claim(
        "gru.placement",
        ("6.1.4", "9.7"),
        Text(
            "The GRU of the equations is the one that the program uses, `torch.nn.GRU`.",
            "方程所定义的 GRU 就是程序所用的 `torch.nn.GRU`。",
        ),
        Text("Equal sizes.", "尺寸相同。"),
        Verdict.REFUTED,
        Text(
            "`torch.nn.GRU` is the cell `gru_reset_after`: its reset gate multiplies "
            "$W_{hn} h_{t-1} + b_{hn}$, not $h_{t-1}$. The arguments of the two candidates differ "
            "by $\\sum_k (W_{hn})_{jk} (r_j - r_k) h_k + (r_j - 1) (b_{hn})_j$. They agree where "
            "$W_{hn}$ is diagonal and $b_{hn} = 0$; at a point with rational parameters the new "
            "states differ by 0.08. It also has biases, and its $z$ is the other way round.",
            "`torch.nn.GRU` 是单元 `gru_reset_after`：重置门乘的是 $W_{hn} h_{t-1} + b_{hn}$，"
            "而不是 $h_{t-1}$。两个候选值的自变量相差 "
            "$\\sum_k (W_{hn})_{jk} (r_j - r_k) h_k + (r_j - 1) (b_{hn})_j$。当 $W_{hn}$ 为对角且 "
            "$b_{hn} = 0$ 时两者相同；在一组有理参数处，新状态相差 0.08。此外它有偏置，"
            "$z$ 的含义也相反。",
        ),
        placement,
        ("gru_reset_after.source",),
        cited("cho_2014", "cho_preprint"),
    ),
    Claim(
        "gru.inclusion",
        ("6.1.4",),
        Text(
            "It does not matter where the reset gate stands: other parameters make up for it.",
            "重置门放在哪里无关紧要：换一组参数即可弥补。",
        ),
        Text(
            "A unit stands for the map of one step, $(x, h_{t-1}) \\mapsto h_t$; equal sizes, "
            "biases allowed in both.",
            "单元指一步的映射 $(x, h_{t-1}) \\mapsto h_t$；尺寸相同，两者都允许有偏置。",
        ),
        Verdict.REFUTED,
        Text(
            "No reset-before unit of any size is the reset-after unit with $W_{ir} = 1$, "
            "$b_{hn} = b > 0$ and all else zero. At $h_{t-1} = 0$ that is "
            "$G(x) = \\frac12 \\tanh(b\\,\\sigma(x))$, and a reset-before unit is "
            "$F(x) = \\sigma(px + q) \\tanh(wx + d)$. Suppose $F = G$. $G$ tends to $0$ and "
            "$\\frac12 \\tanh b$; compared with the limits of $F$ for each sign of $p$ and $w$ "
            "this leaves $w = 0$, $p > 0$, $\\tanh d = \\frac12 \\tanh b$. As $x \\to -\\infty$ "
            "the leading terms give $p = 1$ and $e^q \\tanh d = \\frac b2$, the next ones "
            "$e^{2q} \\tanh d = \\frac b2$. So $e^q = 1$ and $\\tanh b = b$: impossible, since "
            "$b - \\tanh b$ is $0$ at $0$ and has slope $\\tanh^2 b$. "
            "Conversely, with $W_{hn}$ diagonal every reset-before unit is a reset-after one, so "
            "with $H = 1$ these are the larger family. From $H = 2$ on they are not: take reset "
            "before with $W_{ir} = (1, 0)^\\top$, first row of $W_{hn}$ equal to $(1, 1)$, all "
            "else zero. At $h_{t-1} = 0$ its first entry is $0$ for all $x$, with derivatives "
            "$\\frac12 + \\frac12 \\sigma(x)$ and $\\frac14$. In a reset-after unit with that "
            "value the argument $ux + c + b\\,r(x)$ of tanh vanishes for all $x$; so $u = 0$, and "
            "$r$ is constant or $b = 0$. Its derivatives are "
            "$(1 - z)(m_k r + b\\,r(1 - r) \\kappa_k) + z \\delta_{1k}$. If $r$ is constant, the "
            "second makes $z$ constant and then the first is constant: a contradiction. If "
            "$b = 0$, then $z = \\frac12 + \\frac12 \\sigma(x) - m_1 / (4 m_2)$, whose values "
            "span $\\frac12$, while those of $\\sigma(\\alpha x + \\gamma)$ span $1$ or $0$. "
            "The program checks each formula, limit, coefficient and span; the reasoning between "
            "them is this text.",
            "取重置在后的单元 $W_{ir} = 1$、$b_{hn} = b > 0$，其余为零："
            "任何尺寸的重置在前的单元都不等于它。在 $h_{t-1} = 0$ 处它是 $G(x) = \\frac12 "
            "\\tanh(b\\,\\sigma(x))$，而重置在前的单元是 $F(x) = \\sigma(px + q) \\tanh(wx + d)$。"
            "设 $F = G$。$G$ 的两端极限为 $0$ 与 $\\frac12 \\tanh b$；按 $p$、$w$ 的符号逐一与 "
            "$F$ 的极限比较，只剩 $w = 0$、$p > 0$、$\\tanh d = \\frac12 \\tanh b$。$x \\to "
            "-\\infty$ 时，首项给出 $p = 1$ 与 $e^q \\tanh d = \\frac b2$，次项给出 $e^{2q} "
            "\\tanh d = \\frac b2$。于是 $e^q = 1$，$\\tanh b = b$；但 $b - \\tanh b$ 在 $0$ "
            "处为零，导数为 $\\tanh^2 b$，矛盾。反之，$W_{hn}$ "
            "为对角时重置在前的单元都是重置在后的单元，故 $H = 1$ 时后者范围更大。$H \\ge 2$ "
            "时则不然：取重置在前的单元 $W_{ir} = (1, 0)^\\top$，$W_{hn}$ 的首行为 $(1, 1)$，"
            "其余为零。在 $h_{t-1} = 0$ 处，其第一分量对一切 $x$ 为 $0$，两个导数为 $\\frac12 + "
            "\\frac12 \\sigma(x)$ 与 $\\frac14$。重置在后的单元若取此值，则 tanh 的自变量 $ux + c "
            "+ b\\,r(x)$ 恒为零；于是 $u = 0$，且 $r$ 为常数或 $b = 0$。其导数为 $(1 - z)(m_k r + "
            "b\\,r(1 - r) \\kappa_k) + z \\delta_{1k}$。若 $r$ 为常数，由第二个导数知 $z$ 为常数，"
            "从而第一个也是常数，矛盾。若 $b = 0$，则 $z = \\frac12 + \\frac12 \\sigma(x) - m_1 / "
            "(4 m_2)$，其值域长度为 $\\frac12$，而 $\\sigma(\\alpha x + \\gamma)$ 的值域长度为 "
            "$1$ 或 $0$，矛盾。程序检验了其中每个公式、极限、系数与值域；其间的推理即此处文字。",
        ),
        inclusion,
        ("gru_reset_after.source",),
        cited("cho_2014", "cho_preprint"),
    ),
)
