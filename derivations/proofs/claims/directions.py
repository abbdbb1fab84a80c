"""Claims on the bidirectional network: what each direction sees."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Matrix

from derivations.cells import CELLS
from derivations.notation import Cell, Text
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal
from derivations.proofs.exact import run, scalars
from derivations.proofs.reach import inputs_reaching

T = 3
RECURRENT = [cell for cell in CELLS.values() if cell.states]


def forward_reach() -> Iterable[Shown]:
    """Inputs that occur in the states of the forward direction."""
    for cell in RECURRENT:
        reached = inputs_reaching(cell, T)
        what = Text(
            f"`{cell.id}`: inputs that occur in $h_1, h_2, h_3$",
            f"`{cell.id}`：$h_1, h_2, h_3$ 中出现的输入",
        )
        yield Shown(what, reached == {t: set(range(1, t + 1)) for t in reached}, str(reached))


def reverse_reach() -> Iterable[Shown]:
    """Inputs that occur in the states of the reverse direction, and in both together."""
    for cell in RECURRENT:
        forward, reverse = inputs_reaching(cell, T), reversed_reach(cell)
        what = Text(
            f"`{cell.id}`, reverse: inputs that occur in the states at 1, 2, 3",
            f"`{cell.id}`，反向：第 1 至 3 步状态中出现的输入",
        )
        yield Shown(what, reverse == {t: set(range(t, T + 1)) for t in reverse}, str(reverse))
        both = {t: forward[t] | reverse[t] for t in forward}
        what = Text(f"`{cell.id}`: in both together", f"`{cell.id}`：两个方向合起来")
        yield Shown(what, all(s == set(range(1, T + 1)) for s in both.values()), str(both))


def reversed_reach(cell: Cell) -> dict[int, set[int]]:
    """The reverse direction starts at the end: step s of its run is step T + 1 - s."""
    found = inputs_reaching(cell, T)
    return {T + 1 - s: {T + 1 - r for r in found[s]} for s in sorted(found, reverse=True)}


def blank() -> Iterable[Shown]:
    """A blank at the end, and one in the middle, before the reverse direction of one unit."""
    rnn, (w, u) = CELLS["rnn_tanh"], sympy.symbols("w u")
    x = [Matrix([v]) for v in sympy.symbols("x_1:4")]
    steps = run(rnn, scalars(rnn, W_hh=w, W_ih=u), x[::-1])[::-1]
    at_rest = {v[0]: 0 for v in x}
    for t, stated in ((3, (0, 0, u)), (2, (0, u, u * w))):
        found = tuple(steps[t - 1]["h"][0].diff(v[0]).subs(at_rest) for v in x)
        what = Text(
            rf"reverse state at {t} of 3: derivatives with respect to $x_1, x_2, x_3$ at zero",
            rf"反向，3 步中的第 {t} 步：零点处对 $x_1, x_2, x_3$ 的导数",
        )
        yield equal(what, Matrix(found), Matrix(stated))
    read = steps[2]["h"][0].free_symbols & {v[0] for v in x}
    what = Text("inputs in the reverse state at the last step", "末步反向状态中的输入")
    yield Shown(what, read == {x[2][0]}, str(read))


CLAIMS = (
    Claim(
        "bidirectional.one_direction",
        ("7.1.1",),
        Text(
            "A network of one direction sees only the past.",
            "单向网络只能看到过去。",
        ),
        Text("Every cell, any size.", "各种单元，任意尺寸。"),
        Verdict.PROVED,
        Text(
            r"In $h_t$ occur $x_1, \dots, x_t$, the present included, and no later input, so its "
            r"derivative with respect to any later input is zero.",
            r"$h_t$ 中出现的是 $x_1, \dots, x_t$，包括当前输入；此后的输入一概不出现，对它们的导数"
            r"为零。",
        ),
        forward_reach,
    ),
    Claim(
        "bidirectional.example",
        ("7.1.3", "7.1.4"),
        Text(
            "To fill the blank at the end of an unfinished sentence one has to see the words "
            "after it.",
            "要填出句末的空，必须看到它后面的词。",
        ),
        Text(
            "The blank is the last word of the input; the first part of the finding holds for "
            "every cell.",
            "空位是输入的最后一个词；结论的前半对各种单元成立。",
        ),
        Verdict.REFUTED,
        Text(
            r"In the example nothing comes after the blank. At the last step the reverse "
            r"direction has read $x_T$, the blank itself, and nothing else: its state there is "
            r"the same for all sentences, and the second direction adds nothing. What the example "
            r"shows is prediction of the next word, for which one direction is the right tool. "
            r"With the blank in the middle the statement is right: there the derivative of the "
            r"reverse state by the next word is $W_{hh} W_{ih}$ at zero, $D = H = 1$, while that "
            r"of the forward state is zero.",
            r"例中的空位之后什么也没有。在末步，反向网络只读过 $x_T$，即空位本身：不论什么句子，该"
            r"处的反向状态都相同，第二个方向毫无增益。此例其实是预测下一个词，用单向网络正合适。若"
            r"空位在句中，此说成立：在零点、$D = H = 1$ 时，反向状态对下一个词的导数为 "
            r"$W_{hh} W_{ih}$，而前向状态的导数为零。",
        ),
        blank,
    ),
    Claim(
        "bidirectional.definition",
        ("7.2.3", "7.2.5", "7.2.7"),
        Text(
            r"A bidirectional network runs one recurrence forward and another backward over the "
            r"same inputs and concatenates their states, "
            r"$h_t = [\overrightarrow{h}_t; \overleftarrow{h}_t]$.",
            r"双向网络对同一输入正向、反向各运行一个递推，再拼接两者的状态："
            r"$h_t = [\overrightarrow{h}_t; \overleftarrow{h}_t]$。",
        ),
        Text(
            r"Each direction has its own parameters; $\overleftarrow{h}_{T+1}$ is given, usually "
            r"zero. The document says neither. For the LSTM each direction has its own $c$.",
            r"两个方向各有参数；$\overleftarrow{h}_{T+1}$ 须给定，通常取零。这两点文档未提。对 "
            r"LSTM，每个方向另有自己的 $c$。",
        ),
        Verdict.PROVED,
        Text(
            r"The reverse direction is the same cell run over $x_T, \dots, x_1$, its states put "
            r"back in the order of time. Composed so from our cells it is `torch.nn` with "
            r"`bidirectional=True`, with the forward half first; the final state of the reverse "
            r"direction belongs to step 1. Together both halves read every input: in "
            r"$\overrightarrow{h}_t$ occur $x_1, \dots, x_t$, in $\overleftarrow{h}_t$ occur "
            r"$x_t, \dots, x_T$.",
            r"反向即同一种单元依次读 $x_T, \dots, x_1$，状态再按时间次序放回。由我们的单元如此组成"
            r"的网络就是 `bidirectional=True` 的 `torch.nn`，前向的一半在前；反向的末状态属于第 "
            r"1 步。两半合起来读到全部输入：$\overrightarrow{h}_t$ 中出现 $x_1, \dots, x_t$，"
            r"$\overleftarrow{h}_t$ 中出现 $x_t, \dots, x_T$。",
        ),
        "claims.bidirectional:definition",
    ),
    Claim(
        "bidirectional.applications",
        ("7.2.9", "7.2.10", "7.2.11"),
        Text(
            "It is used for named entities, for parts of speech, and as the encoder in "
            "translation.",
            "应用于命名实体识别、词性标注，以及机器翻译的编码器。",
        ),
        Text("None.", "无。"),
        Verdict.OPINION,
        Text(
            r"Uses, not a statement that could be proved. What the three have in common can be: "
            r"the whole input must be there before the first output, since $x_T$ occurs in "
            r"$\overleftarrow{h}_1$. Where words arrive one by one, or the next one is to be "
            r"predicted, a bidirectional network cannot be used.",
            r"这是用途，不是可以证明的命题。三者的共同点倒可以证明：$\overleftarrow{h}_1$ 中出现 "
            r"$x_T$，故输出第一步之前须有全部输入。若词语逐个到来，或要预测下一个词，便不能用双向"
            r"网络。",
        ),
        reverse_reach,
    ),
)
