"""Claims on applications: language models, encoder and decoder, forecasts."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Matrix

from derivations.cells import CELLS
from derivations.losses.cross_entropy import CROSS_ENTROPY
from derivations.notation import Cell, Text
from derivations.proofs import losses
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import differ, equal, vanish
from derivations.proofs.exact import run, scalars
from derivations.references import cited

LSTM = CELLS["lstm"]
RECURRENT = [cell for cell in CELLS.values() if cell.states]
CLASSES = 3


def next_word() -> Iterable[Shown]:
    """A hidden state is no distribution; softmax of any logits is one, for three classes."""
    logits = sympy.symbols(f"a_1:{CLASSES + 1}", real=True)
    p = [sympy.exp(a) / sympy.Add(*map(sympy.exp, logits)) for a in logits]
    yield equal(Text("sum of the softmax", "softmax 之和"), sympy.simplify(sympy.Add(*p)), 1)
    yield Shown(Text("all positive", "全为正"), all(q.is_positive for q in p))
    at = scalars(LSTM, b_ig=-sympy.S.One)
    h = run(LSTM, at, [Matrix([1])])[-1]["h"][0]
    yield Shown(
        Text("an entry of $h$ can be negative", "$h$ 的分量可以为负"), bool(h.is_negative), str(h)
    )


def cross_entropy() -> Iterable[Shown]:
    """Its gradient, its least value, and what it is for a sequence."""
    yield vanish(
        Text(
            "gradient $p - y$ by the logits, any number of classes",
            "对 logits 的梯度 $p - y$，任意类数",
        ),
        losses.gradient(CROSS_ENTROPY),
    )
    t = sympy.Symbol("t", positive=True)
    gap = t - 1 - sympy.log(t)
    yield equal(Text("$t - 1 - \\log t$ at 1", "$t - 1 - \\log t$ 在 1 处"), gap.subs(t, 1), 0)
    yield equal(Text("its slope", "其导数"), gap.diff(t), (t - 1) / t)
    q, p = (sympy.symbols(f"{name}_1:{CLASSES + 1}", positive=True) for name in "qp")
    excess = sympy.Add(*(a * sympy.log(a / b) for a, b in zip(q, p, strict=True)))
    gaps = sympy.Add(*(a * gap.subs(t, b / a) for a, b in zip(q, p, strict=True)))
    stated = gaps + sympy.Add(*q) - sympy.Add(*p)
    what = Text("excess over the entropy, as a sum of such gaps", "超出熵的部分，写成这种差之和")
    yield equal(what, sympy.expand_log(excess), sympy.expand_log(stated))


def handover() -> Iterable[Shown]:
    """A sequence run in two parts, from all of the state and from the hidden state alone."""
    inputs = [Matrix([x]) for x in sympy.symbols("x_1:5", real=True)]
    for cell in RECURRENT:
        at = scalars(cell, **_weights(cell))
        whole, first = run(cell, at, inputs)[-1], run(cell, at, inputs[:2])[-1]
        handed = {s.previous.name: first[s.name] for s in cell.states}
        last = run(cell, {**at, **handed}, inputs[2:])[-1]
        what = Text(f"{cell.id}: all states handed over", f"{cell.id}：交接全部状态")
        yield Shown(what, all(last[s.name] == whole[s.name] for s in cell.states))
    at = scalars(LSTM, W_ig=sympy.S.One)
    first, whole = run(LSTM, at, inputs[:2])
    alone = run(LSTM, {**at, "h_prev": first["h"]}, inputs[1:2])[-1]
    what = Text(
        "LSTM with $W_{ig} = 1$, all else 0: $h_2$; with $h_1$ alone handed over",
        "LSTM，$W_{ig} = 1$，其余为零：$h_2$；只交接 $h_1$ 时",
    )
    yield differ(what, whole["h"][0], alone["h"][0])


def _weights(cell: Cell) -> dict[str, sympy.Expr]:
    """Small rational numbers, all different."""
    return {p.name: sympy.Rational(k, 9) for k, p in enumerate(cell.parameters, 1)}


def modes() -> Iterable[Shown]:
    """The output of a step reads the inputs up to it, and none after."""
    steps = 3
    inputs = sympy.symbols(f"x_1:{steps + 1}", real=True)
    for cell in RECURRENT:
        outputs = [step["h"][0] for step in run(cell, _ready(cell), [Matrix([x]) for x in inputs])]
        seen = [[x in h.free_symbols for x in inputs] for h in outputs]
        causal = seen == [[k <= t for k in range(steps)] for t in range(steps)]
        what = Text(
            f"{cell.id}: $h_t$ reads $x_1, \\dots, x_t$",
            f"{cell.id}：$h_t$ 依赖 $x_1, \\dots, x_t$",
        )
        yield Shown(what, causal)


def _ready(cell: Cell) -> dict[str, Matrix]:
    return scalars(cell, **_weights(cell))


def random_walk() -> Iterable[Shown]:
    """Mean squared error of a forecast of a random walk: least if the last value is repeated."""
    c = sympy.Symbol("c", real=True)
    mean = sum((s - c) ** 2 for s in (-1, 1)) / sympy.Integer(2)
    yield equal(
        Text("mean squared error of the forecast $x_t + c$", "预测 $x_t + c$ 的均方误差"),
        mean,
        1 + c**2,
    )
    yield differ(
        Text("at $c = \\frac12$ and at $c = 0$", "$c = \\frac12$ 与 $c = 0$ 处"),
        mean.subs(c, sympy.Rational(1, 2)),
        mean.subs(c, 0),
    )


CLAIMS = (
    Claim(
        "applications.language_model",
        ("10.1.1", "10.1.3"),
        Text(
            "A language model predicts the next word: the words so far go through an LSTM, whose "
            "output is the most probable word.",
            "语言模型预测下一个词：已有的词经过 LSTM，输出概率最高的词。",
        ),
        Text("A vocabulary of $K$ words.", "词表大小为 $K$。"),
        Verdict.CORRECTED,
        Text(
            "An LSTM puts out a hidden state, whose entries lie in $(-1, 1)$ and can be negative; "
            "it is an output layer with softmax that makes $K$ probabilities of it. The model is "
            "that distribution, at every position of the sentence; to take its largest entry is "
            "one use of it.",
            "LSTM 输出的是隐状态，其分量在 $(-1, 1)$ 内，可以为负；要经过输出层与 softmax 才成为 "
            "$K$ 个概率。模型是句中每个位置上的这一分布；取其最大者只是用法之一。",
        ),
        next_word,
        ("lstm.h", "output", "cross_entropy.p"),
    ),
    Claim(
        "applications.cross_entropy",
        ("10.1.4",),
        Text("Its loss is the cross-entropy.", "损失函数为交叉熵。"),
        Text(
            "$q$ is the true distribution, $p$ the model's, both positive.",
            "$q$ 为真实分布，$p$ 为模型分布，均为正。",
        ),
        Verdict.PROVED,
        Text(
            "It fits: $-\\sum_k q_k \\log p_k$ exceeds the entropy of $q$ by $\\sum_k q_k "
            "\\log\\frac{q_k}{p_k} = \\sum_k q_k (t_k - 1 - \\log t_k)$ with $t_k = p_k / q_k$, "
            "and $t - 1 - \\log t$ is positive but at $t = 1$; so it is least exactly for $p = "
            "q$. For a sentence the losses of all positions add up to minus the logarithm of its "
            "probability, by the product rule. The gradient with respect to the logits is $p - "
            "y$. The program checks the identity for three classes, the gradient for any number.",
            "是合适的：$-\\sum_k q_k \\log p_k$ 超出 $q$ 的熵的部分为 "
            "$\\sum_k q_k \\log\\frac{q_k}{p_k} = \\sum_k q_k (t_k - 1 - \\log t_k)$，其中 "
            "$t_k = p_k / q_k$；而 $t - 1 - \\log t$ 除 $t = 1$ 外为正，故当且仅当 $p = q$ 时最小。"
            "对整个句子，由概率的乘法公式，各位置损失之和等于句子概率的负对数。对 logits 的梯度为 "
            "$p - y$。恒等式由程序就三个类检验，梯度则就任意类数检验。",
        ),
        cross_entropy,
        ("cross_entropy", "cross_entropy.d_a"),
    ),
    Claim(
        "applications.handover",
        ("10.2.2", "10.2.3"),
        Text(
            "In a sequence-to-sequence model the encoder's last hidden state, the context vector, "
            "is the decoder's initial hidden state.",
            "序列到序列模型中，编码器的最后隐状态（上下文向量）作为解码器的初始隐状态。",
        ),
        Text("Encoder and decoder of equal $H$.", "编码器与解码器的 $H$ 相同。"),
        Verdict.CORRECTED,
        Text(
            "For an LSTM the state is $(h, c)$, and both must be handed over: run in two parts "
            "with all of the state the network gives what it gives in one, with $h$ alone and "
            "$c = 0$ something else. For the other cells $h$ is the whole state. What passes is of "
            "fixed size, $2H$ or $H$ numbers a layer, however long the source is. The gradient of "
            "the decoder's initial state is the upstream gradient of the encoder's last one, which "
            "agrees with PyTorch's to rounding.",
            "对 LSTM，状态是 $(h, c)$，两者都要交接：交接全部状态，分两段运行与一次运行结果相同；"
            "只交接 $h$ 而令 $c = 0$，结果不同。对其他单元，$h$ 就是全部状态。不论原文多长，"
            "交接的量大小固定，每层 $2H$ 或 $H$ 个数。解码器初始状态的梯度，"
            "就是编码器末状态的上游梯度，与 PyTorch 在舍入误差内一致。",
        ),
        "claims.handover:handover",
        ("lstm.bptt", "gru_reset_after.bptt"),
        cited("sutskever_2014", "cho_2014"),
    ),
    Claim(
        "applications.modes",
        ("10.3.3", "10.3.5", "10.3.6"),
        Text(
            "An LSTM turns past data into future values: many-to-one for a single value, "
            "many-to-many for a sequence.",
            "LSTM 把历史数据变为未来值：多对一预测单个值，多对多预测序列。",
        ),
        Text("An output layer on the hidden states.", "隐状态上接输出层。"),
        Verdict.PROVED,
        Text(
            "Both modes are there: many-to-one reads $h_T$, many-to-many every $h_t$. No value of "
            "the future leaks in, since $h_t$ reads $x_1, \\dots, x_t$ and nothing after; a "
            "network that reads both directions would not do.",
            "两种方式都成立：多对一读取 $h_T$，多对多读取每个 $h_t$。未来的值不会泄漏进来，因为 "
            "$h_t$ 只依赖 $x_1, \\dots, x_t$；双向网络则不能这样用。",
        ),
        modes,
        ("lstm", "output"),
    ),
    Claim(
        "applications.forecast",
        ("10.3.1",),
        Text(
            "The task is to predict share prices, weather and the like.", "任务是预测股价、天气等。"
        ),
        Text(
            "For the counterexample: steps of $\\pm 1$, equally likely, squared error.",
            "反例中：步长 $\\pm 1$ 等概率，平方误差。",
        ),
        Verdict.CORRECTED,
        Text(
            "A task is no promise. If a series is a random walk no network can do better than "
            "repeating its last value: any other forecast $x_t + c$ has mean squared error "
            "$1 + c^2$ for $1$, whatever $c$ was computed from. Whether a series can be forecast "
            "is a question to the series; a forecast is worth reporting beside that of repeating "
            "the last value.",
            "任务不等于能做到。若序列是随机游动，则没有网络能胜过重复最后的值：任何其他预测 $x_t "
            "+ c$ 的均方误差为 $1 + c^2$，大于 $1$，不论 $c$ 由什么算出。能否预测取决于序列本身；"
            "报告预测结果时，应与重复最后值的结果并列。",
        ),
        random_walk,
        ("squared_error",),
    ),
)
