"""Claims on sequences: dependence on the past, length, order, and how inputs meet outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sympy
from sympy import Matrix

from derivations.cells import CELLS
from derivations.notation import Cell, Text
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import differ, equal
from derivations.proofs.exact import point, run, scalars
from derivations.proofs.reach import inputs_reaching

RNN, RELU = CELLS["rnn_tanh"], CELLS["rnn_relu"]
RECURRENT = [cell for cell in CELLS.values() if cell.states]
STEPS = 3
X = [Matrix([x]) for x in sympy.symbols("x_1:4")]
AT_REST = {x[0]: 0 for x in X}
W, U = sympy.symbols("w u")

SENTENCES = (1, 2, 3, 4, 5, 6), (1, 6, 3, 4, 5, 2)
"""The document's two sentences, their six words numbered: the second and the last exchanged."""


def dependence() -> Iterable[Shown]:
    """The output depends on the past if the recurrent weight lets it, and never on the future."""
    h = run(RNN, scalars(RNN, W_ih=U, W_hh=W), X)[-1]["h"][0]
    for s, x in enumerate(X, 1):
        what = Text(
            rf"$\partial h_3 / \partial x_{s}$ at $x = 0$, with $W_{{hh}} = w$, $W_{{ih}} = u$",
            rf"$x = 0$ 处的 $\partial h_3 / \partial x_{s}$，其中 $W_{{hh}} = w$，$W_{{ih}} = u$",
        )
        yield equal(what, h.diff(x[0]).subs(AT_REST), U * W ** (STEPS - s))
    yield from causal()


def causal() -> Iterable[Shown]:
    """No input occurs in a state of an earlier step."""
    for cell in RECURRENT:
        reached = inputs_reaching(cell, STEPS)
        what = Text(
            f"`{cell.id}`: inputs that occur in $h_1, h_2, h_3$",
            f"`{cell.id}`：$h_1, h_2, h_3$ 中出现的输入",
        )
        yield Shown(what, all(reached[t] == set(range(1, t + 1)) for t in reached), str(reached))


def length() -> Iterable[Shown]:
    """A run over a sequence is a run over a part of it, continued from the state it left."""
    for cell in RECURRENT:
        weights = {p.name: sympy.Symbol(p.name) for p in cell.parameters}
        at = scalars(cell, **weights)
        whole = run(cell, at, X[:2])
        first = run(cell, at, X[:1])
        handed = {s.previous.name: first[-1][s.name] for s in cell.states}
        pieces = first + run(cell, {**at, **handed}, X[1:2])
        same = [step["h"] for step in whole] == [step["h"] for step in pieces]
        what = Text(
            f"`{cell.id}`: 2 steps at once, and as 1 + 1 with the state handed on",
            f"`{cell.id}`：一次 2 步，与分作 1 + 1 步并交接状态",
        )
        yield Shown(what, same, "=" if same else "≠")


def order() -> Iterable[Shown]:
    """Two sentences with the same words: told apart, or not, as the weights have it."""
    first, second = SENTENCES
    what = Text("the words of both, sorted", "两句的词，排序之后")
    yield Shown(what, sorted(first) == sorted(second) and first != second, str(sorted(first)))
    for weight in (2, 1):
        for words in SENTENCES:
            what = Text(
                f"`rnn_relu` with $W_{{hh}} = {weight}$: the state after {words}",
                f"`rnn_relu`，$W_{{hh}} = {weight}$：读完 {words} 的状态",
            )
            stated = sum(weight ** (6 - t) * word for t, word in enumerate(words, 1))
            yield equal(what, _read(RELU, words, weight, 1)[0], stated)
    what = Text(
        "`rnn_tanh` with $W_{hh} = 1$, words divided by 8: difference of the two states",
        "`rnn_tanh`，$W_{hh} = 1$，编号除以 8：两个状态之差",
    )
    yield differ(what, *(_read(RNN, words, 1, 8)[0].evalf(40) for words in SENTENCES))


def _read(cell: Cell, words: Sequence[int], weight: int, divided_by: int) -> Matrix:
    """The last state after one-hot words; word k has the input weight k / divided_by."""
    inputs = [Matrix([int(k == word) for k in range(1, 7)]) for word in words]
    W_ih = Matrix([[sympy.Rational(k, divided_by) for k in range(1, 7)]])
    at = point(cell, {"D": 6, "H": 1}, W_ih=W_ih, W_hh=Matrix([[weight]]))
    return run(cell, at, inputs)[-1]["h"]


def modes() -> Iterable[Shown]:
    """Many to one, one to many, many to many: which output can depend on which input."""
    yield from causal()
    h = run(RNN, scalars(RNN, W_ih=U, W_hh=W), [X[0], *[Matrix([0])] * 2])
    for t, step in enumerate(h, 1):
        what = Text(
            rf"one to many: $\partial h_{t} / \partial x_1$ at zero, no later input",
            rf"一对多：零点处的 $\partial h_{t} / \partial x_1$，此后无输入",
        )
        yield equal(what, step["h"][0].diff(X[0][0]).subs(AT_REST), U * W ** (t - 1))


CLAIMS = (
    Claim(
        "sequence.dependence",
        ("2.1.2",),
        Text(
            "In sequence data the current output depends on earlier inputs.",
            "序列数据中，当前输出依赖先前的输入。",
        ),
        Text("Vanilla RNN; causality for every cell.", "基本循环网络；因果性对各种单元成立。"),
        Verdict.CORRECTED,
        Text(
            r"This is an assumption on the task, not a property of sequences: independent draws "
            r"are a sequence too. What the network offers is the possibility. At $x = 0$ and "
            r"$D = H = 1$, $\partial h_t/\partial x_s = W_{hh}^{t-s} W_{ih}$ for $s \le t$: not "
            r"zero unless a weight is, and zero for $s < t$ if $W_{hh} = 0$. No output depends on "
            r"a later input.",
            r"这是对任务的假设，而非序列固有的性质：独立抽取的样本也构成序列。网络所提供的是可能"
            r"性：$D = H = 1$ 时，在 $x = 0$ 处，对 $s \le t$ 有 "
            r"$\partial h_t/\partial x_s = W_{hh}^{t-s} W_{ih}$，权重非零则非零；若 $W_{hh} = 0$，"
            r"则 $s < t$ 时恒为零。任何输出都不依赖其后的输入。",
        ),
        dependence,
    ),
    Claim(
        "sequence.length",
        ("2.1.3",),
        Text("Sequences come in different lengths.", "序列长度不固定。"),
        Text("One direction.", "单向网络。"),
        Verdict.PROVED,
        Text(
            r"The same parameters define the network for every $T$, and a sequence may be cut "
            r"anywhere: going on from the state that the first part left gives what a run over "
            r"the whole gives. Only a batch needs equal lengths, by padding.",
            r"同一组参数对任意 $T$ 都给出网络，且序列可在任意处切开：由前一段留下的状态继续计算，"
            r"结果与一次算完相同。只有组成批时才须补齐到相同长度。",
        ),
        length,
    ),
    Claim(
        "sequence.order",
        ("2.1.4", "2.1.6"),
        Text(
            "Order matters: two sentences with the same words, two of them exchanged, mean "
            "different things.",
            "顺序重要：两句话用词相同，只有两个词对调，含义便不同。",
        ),
        Text(
            "One-hot words, $H = 1$; what a sentence means is not our subject.",
            "独热编码的词，$H = 1$；语义不在讨论之列。",
        ),
        Verdict.PROVED,
        Text(
            r"Each word occurs equally often in both, so whatever depends on the counts alone "
            r"treats them alike. A recurrent network can tell them apart: with word $k$ weighted "
            r"$k$ and $W_{hh} = 2$ the states of `rnn_relu` after them are 120 and 180, and with "
            r"$W_{hh} = 1$ and $k/8$ those of `rnn_tanh` differ too. It need not: with "
            r"$W_{hh} = 1$ rnn_relu adds the numbers up and ends at 21 both times.",
            r"两句中各词出现的次数相同，只依赖词频的模型无法区分。循环网络可以：第 $k$ 个词的权重"
            r"取 $k$，$W_{hh} = 2$，`rnn_relu` 读完后的状态为 120 与 180；权重取 $k/8$，"
            r"$W_{hh} = 1$，`rnn_tanh` 的两个状态也不同。但未必总能：$W_{hh} = 1$ 时 `rnn_relu` 只"
            r"是把编号相加，两次都得 21。",
        ),
        order,
    ),
    Claim(
        "sequence.modes",
        ("2.2.8", "2.2.9", "2.2.10"),
        Text(
            "Inputs and outputs combine freely: many to one (sentiment of a text), one to many "
            "(caption of a picture), many to many (translation).",
            "输入与输出可以灵活搭配：多对一（情感分析）、一对多（图像描述）、多对多（机器翻译）。",
        ),
        Text("One direction; the tasks are examples.", "单向网络；任务仅为示例。"),
        Verdict.CORRECTED,
        Text(
            r"Many to one reads $y_T$, in which all of $x_1, \dots, x_T$ occur; one to many gives "
            r"an input at the first step only, and every $h_t$ depends on it. But step by step, "
            r"many to many yields one output for each input, and $y_t$ knows $x_1, \dots, x_t$ "
            r"alone. A translation has a length of its own and may need the last word first: the "
            r"usual answer is two networks, an encoder that reads all and a decoder that starts "
            r"from its final state.",
            r"多对一取 $y_T$，其中出现全部 $x_1, \dots, x_T$；一对多只在第一步给出输入，每个 "
            r"$h_t$ 都依赖它。但逐步的多对多每个输入恰对应一个输出，且 $y_t$ 只知道 "
            r"$x_1, \dots, x_t$。译文自有其长度，也可能先要用到最后一词，通常用两个网络：编码器"
            r"读完全部输入，解码器从其末状态出发。",
        ),
        modes,
    ),
)
