"""Claims on the gates of the LSTM and on its cell state as a memory."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Rational

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs import gate_limits, gated_paths
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, vanish
from derivations.proofs.indices import Entries, J, unrolled
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

LSTM, GATES = CELLS["lstm"], gated_paths.LSTM_GATES


def gates() -> Iterable[Shown]:
    """How each gate enters, and that its values lie strictly between 0 and 1."""
    step = Entries(LSTM, frozenset(GATES))
    f, c_prev, i, g, o, s = sympy.symbols("f c_prev i g o s")
    for name, expression in (("c", f * c_prev + i * g), ("h", o * s)):
        stated = step.scalar(expression, J)
        what = Text(f"${name}_t$ in terms of the gates", f"用门表示的 ${name}_t$")
        yield vanish(what, [Checked(f"lstm.{name}", residual(step.entry(name, J), stated))])
    what = Text(
        r"$\sigma(a)$ and $1 - \sigma(a) = \sigma(-a)$ are positive; limits of $\sigma(a)$ for "
        r"$a \to \mp\infty$",
        r"$\sigma(a)$ 与 $1 - \sigma(a) = \sigma(-a)$ 为正；$a \to \mp\infty$ 时 $\sigma(a)$ 的极"
        r"限",
    )
    ends = gate_limits.sigmoid_ends()
    yield Shown(what, ends == (0, 1, True), str(ends[:2]))


def cell_memory() -> Iterable[Shown]:
    """What of an earlier cell state is left after three steps."""
    one, two, three = unrolled(LSTM, 3, GATES)

    def f(t: Entries) -> sympy.Expr:
        return t.entry("f", J)

    def added(t: Entries) -> sympy.Expr:
        return t.entry("i", J) * t.entry("g", J)

    stated = (
        f(three) * f(two) * f(one) * one.element("c_prev", J)
        + f(three) * f(two) * added(one)
        + f(three) * added(two)
        + added(three)
    )
    what = Text(
        r"$c_3 - f_3 f_2 f_1 c_0 - f_3 f_2 i_1 g_1 - f_3 i_2 g_2 - i_3 g_3$",
        r"$c_3 - f_3 f_2 f_1 c_0 - f_3 f_2 i_1 g_1 - f_3 i_2 g_2 - i_3 g_3$",
    )
    yield vanish(what, [Checked("lstm.c", residual(three.entry("c", J), stated))])
    q = sympy.Symbol("q", positive=True)
    half = sympy.log(2) / -sympy.log(q)
    what = Text(r"$q^{\log 2 / -\log q}$", r"$q^{\log 2 / -\log q}$")
    yield equal(what, sympy.exp(half * sympy.log(q)), Rational(1, 2))
    for gate, steps in ((Rational(1, 2), 1), (Rational(99, 100), 69)):
        found = half.subs(q, gate).evalf(4)
        what = Text(
            rf"$\log 2/(-\log {sympy.latex(gate)})$, rounded: {steps}",
            rf"$\log 2/(-\log {sympy.latex(gate)})$，取整为 {steps}",
        )
        yield Shown(what, round(found) == steps, str(found))


CLAIMS = (
    Claim(
        "lstm.gates",
        ("5.1.5", "5.3.2", "5.3.6", "5.3.10"),
        Text(
            "The gates control the flow of information: how much of the old is dropped, how much "
            "of the new is added, how much is put out.",
            "门控制信息的流动：丢弃多少旧信息，加入多少新信息，输出多少信息。",
        ),
        Text("LSTM of any size; entry by entry.", "任意尺寸的 LSTM；逐分量而论。"),
        Verdict.PROVED,
        Text(
            r"$c_t = f_t \odot c_{t-1} + i_t \odot g_t$ and $h_t = o_t \odot \tanh c_t$: each "
            r"gate is the factor of what it lets through, a number of its own for every unit. In "
            r"spite of its name $f_t$ is the share that is kept; $1 - f_t$ is dropped. All values "
            r"lie strictly between 0 and 1, since $\sigma(a) > 0$ and "
            r"$1 - \sigma(a) = \sigma(-a)$; 0 and 1 are limits, for $a \to \mp\infty$.",
            r"$c_t = f_t \odot c_{t-1} + i_t \odot g_t$，$h_t = o_t \odot \tanh c_t$：每个门就是所"
            r"放行之量的系数，每个单元各有一个。名为遗忘门，$f_t$ 却是保留的比例，丢弃的是 "
            r"$1 - f_t$。由 $\sigma(a) > 0$ 与 $1 - \sigma(a) = \sigma(-a)$，门值严格介于 0 与 1 "
            r"之间；0 与 1 只是 $a \to \mp\infty$ 时的极限。",
        ),
        gates,
        ("lstm.c", "lstm.h"),
    ),
    Claim(
        "lstm.cell_memory",
        ("5.1.4",),
        Text("The cell state is a long-term memory.", "细胞状态是长期记忆。"),
        Text("LSTM of any size.", "任意尺寸的 LSTM。"),
        Verdict.CORRECTED,
        Text(
            r"As long as the forget gates allow: $c_T = \bigl(\prod_{s \le T} f_s\bigr) \odot c_0 "
            r"+ \sum_t \bigl(\prod_{s > t} f_s\bigr) \odot i_t \odot "
            r"g_t$, checked for three steps and carried on by $c_{t+1} = f_{t+1} \odot c_t + "
            r"i_{t+1} \odot g_{t+1}$. What was written at $t$ is left with the factor "
            r"$\prod_{s>t} f_s < 1$. With a constant gate $f$ half of it is gone after "
            r"$\log 2/(-\log f)$ steps: about 1 for $f = \tfrac12$, about 69 for $f = 0.99$.",
            r"能记多久由遗忘门决定：$c_T = \bigl(\prod_{s \le T} f_s\bigr) \odot c_0 + \sum_t "
            r"\bigl(\prod_{s > t} f_s\bigr) \odot i_t \odot g_t$，程序验证了三步，再由 $c_{t+1} = "
            r"f_{t+1} \odot c_t + i_{t+1} \odot "
            r"g_{t+1}$ 递推。第 $t$ 步写入的内容只剩 $\prod_{s>t} f_s < "
            r"1$ 倍。若门恒为 $f$，经 $\log 2/(-\log f)$ 步只剩一半：$f = \tfrac12$ 时为 1 步，$f "
            r"= 0.99$ 时约 69 步。",
        ),
        cell_memory,
        ("lstm.c",),
    ),
)
