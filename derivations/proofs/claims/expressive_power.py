"""Claims on which of LSTM and GRU can do more."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from derivations.notation import Text
from derivations.proofs import lstm_and_gru
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import differ, equal, positive, vanish
from derivations.references import cited


def neither() -> Iterable[Shown]:
    """A map of each that the other cannot be, with equal sizes and zero initial states."""
    pair = lstm_and_gru.told_apart()
    what = Text("LSTM: two inputs, one output after a step", "LSTM：两个输入，一步之后输出相同")
    yield equal(what, *pair.first)
    what = Text("after one more zero input its outputs differ", "再输入一次零，输出不同")
    yield differ(what, *pair.second)
    what = Text("a GRU hands on its output alone", "GRU 只传递其输出")
    yield Shown(what, lstm_and_gru.output_is_state())
    yield vanish(
        Text(
            "LSTM from zero states: $h_1 = o \\odot \\tanh(i \\odot g)$",
            "LSTM 从零状态起：$h_1 = o \\odot \\tanh(i \\odot g)$",
        ),
        [lstm_and_gru.first_output()],
    )
    for h in lstm_and_gru.first_outputs_of_gru():
        what = Text(
            "GRU: $h_1$ at input 2, minus $\\tanh 1$", "GRU：输入为 2 时的 $h_1$ 减去 $\\tanh 1$"
        )
        yield positive(what, h.subs(lstm_and_gru.S, 2) - sympy.tanh(1))


CLAIMS = (
    Claim(
        "table.expressive",
        ("6.2.7",),
        Text("The LSTM can express more, the GRU slightly less.", "LSTM 表达能力更强，GRU 略弱。"),
        Text(
            "A network stands for the map from $x_1, \\dots, x_T$ to $h_1, \\dots, h_T$ in real "
            "numbers, from zero initial states; equal $D$ and $H$.",
            "网络指实数意义下从 $x_1, \\dots, x_T$ 到 $h_1, \\dots, h_T$ 的映射，初始状态为零；"
            "$D$ 与 $H$ 相同。",
        ),
        Verdict.CORRECTED,
        Text(
            "In this sense neither includes the other. The output of a GRU is its whole state: "
            "after equal outputs, equal inputs give equal outputs. An LSTM need not obey that: "
            "the program gives one with $H = 1$ and two inputs after which the outputs agree and "
            "the cell states do not. Conversely the first output of an LSTM is $o \\odot \\tanh(i "
            "\\odot g)$, below $\\tanh 1 \\approx 0.76$ in absolute value; a GRU with $W_{in} = "
            "1$, $W_{iz} = -1$ and all else zero gives $0.85$ at input $2$. With other sizes, or "
            "an output layer, this settles nothing; what is known of the two in finite precision "
            "is under `table.counting`.",
            "在此意义下两者互不包含。GRU 的输出就是其全部状态：输出相同之后，相同的输入必给出相同的"
            "输出。LSTM 则不必如此：程序给出一个 $H = 1$ 的 LSTM 与两个输入，其后输出相同而细胞状态"
            "不同。反之，LSTM 的第一个输出是 $o \\odot \\tanh(i \\odot g)$，绝对值小于 "
            "$\\tanh 1 \\approx 0.76$；而 $W_{in} = 1$、$W_{iz} = -1$、其余为零的 GRU 在输入 $2$ "
            "处给出 $0.85$。尺寸不同或带输出层时，以上并不能说明什么；两者在有限精度下的已知结论见 "
            "`table.counting`。",
        ),
        neither,
        ("lstm.h", "gru_reset_after.h", "gru_reset_before.h"),
    ),
    Claim(
        "table.counting",
        ("6.2.7",),
        Text(
            "What the LSTM can do and the GRU cannot is not said.",
            "没有说明 LSTM 能做到而 GRU 做不到的是什么。",
        ),
        Text(
            "Real numbers where nothing else is said; $M = \\max(1, |h_0|)$ entry by entry.",
            "除非另有说明，均指实数；$M = \\max(1, |h_0|)$ 逐分量取。",
        ),
        Verdict.CORRECTED,
        Text(
            "Count. A GRU's state stays within $|h_t| \\le M$, because "
            "$M \\mp h_t = (1 - z_t)(M \\mp n_t) + z_t (M \\mp h_{t-1})$ and both terms are "
            "positive. An LSTM's cell state does not: with constant gates and $ig = k > 0$ it is "
            "$c_t = k \\frac{1 - f^t}{1 - f}$ from $0$, which lies between "
            "$k(t - (1 - f) \\frac{t(t-1)}{2})$ and $kt$, and tends to $kt$ as $f \\to 1$. The "
            "lower bound is Bernoulli's inequality $f^j \\ge 1 - j(1 - f)$, by induction, summed. "
            "In real numbers it is a counter only up to a point, for $f = \\sigma(a) < 1$ bounds "
            "it by $k(1 + e^a)$. In float64 $\\sigma(40)$ is 1, and the count is exact: run over "
            "2000 random steps it makes no mistake. Weiss, Goldberg and Yahav show that in "
            "finite precision LSTMs and vanilla networks with relu are stronger than GRUs and "
            "vanilla networks with tanh for this reason.",
            "计数。GRU 的状态始终满足 $|h_t| \\le M$，因为 $M \\mp h_t = (1 - z_t)(M \\mp n_t) + "
            "z_t (M \\mp h_{t-1})$，右端两项皆非负。LSTM 的细胞状态则不然：门取常数、$ig = k > 0$ "
            "时，从 $0$ 起 $c_t = k \\frac{1 - f^t}{1 - f}$，介于 $k(t - (1 - f) "
            "\\frac{t(t-1)}{2})$ 与 $kt$ 之间，$f \\to 1$ 时趋于 $kt$。下界由伯努利不等式 $f^j "
            "\\ge 1 - j(1 - f)$（归纳可证）求和而得。在实数意义下，它只能数到一定程度：$f = "
            "\\sigma(a) < 1$ 时它不超过 $k(1 + e^a)$。而在 float64 中 $\\sigma(40)$ 就是 1，"
            "计数是精确的：随机运行 2000 步无一差错。Weiss、Goldberg 与 Yahav 证明，正因如此，"
            "在有限精度下 LSTM 与 relu 基本网络强于 GRU 与 tanh 基本网络。",
        ),
        "claims.power:counting",
        ("lstm.c", "gru_reset_after.h", "gru_reset_before.h"),
        cited("weiss_2018"),
    ),
)
