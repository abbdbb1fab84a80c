"""Claims that define: the equations of each network are those of our cells."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import sympy
from sympy.matrices.exceptions import ShapeError

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs import source_forms
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.results import Checked


def _same(theirs: Iterable[Checked], ours: Iterable[Checked]) -> Iterable[Shown]:
    """Both directions of a change of parameters."""
    there = Text("our cell at the document's parameters", "我们的单元取文档的参数")
    back = Text("the document's equations at our parameters", "文档的方程取我们的参数")
    for what, checked in ((there, ours), (back, theirs)):
        for c in checked:
            yield Shown(what, c.holds, f"{c.formula}: {c.residual}")


def vanilla() -> Iterable[Shown]:
    """The vanilla RNN and its output layer."""
    for form in (source_forms.VANILLA, source_forms.OUTPUT):
        yield from _same(source_forms.theirs_is_ours(form), source_forms.ours_is_theirs(form))


def lstm() -> Iterable[Shown]:
    """The LSTM; both states, hence all gates."""
    form = source_forms.LSTM
    yield from _same(source_forms.theirs_is_ours(form), source_forms.ours_is_theirs(form))


def shapes() -> Iterable[Shown]:
    """Of all shapes that D, H and K allow, the only one with which the equations make sense."""
    products = {"W_hh": ("H", "H"), "W_xh": ("D", "H"), "W_hy": ("H", "K")}
    stated = {"W_hh": ("H", "H"), "W_xh": ("H", "D"), "W_hy": ("K", "H")}
    for weight, (read, made) in products.items():
        found = [shape for shape in product("DHK", repeat=2) if _fits(shape, read, made)]
        what = Text(
            f"shapes that fit ${weight[0]}_{{{weight[2:]}}}$",
            f"${weight[0]}_{{{weight[2:]}}}$ 可取的形状",
        )
        yield Shown(what, found == [stated[weight]], ", ".join(map("×".join, found)))
    for weight, cell, ours in (
        ("W_hh", "rnn_tanh", "W_hh"),
        ("W_xh", "rnn_tanh", "W_ih"),
        ("W_hy", "output", "W_hy"),
    ):
        shape = CELLS[cell].arrays[ours].shape
        what = Text(
            f"shape of `{ours}` in our cell `{cell}`", f"我们的单元 `{cell}` 中 `{ours}` 的形状"
        )
        yield Shown(what, shape == stated[weight], "×".join(shape))


def _fits(shape: tuple[str, ...], read: str, made: str) -> bool:
    """Whether SymPy accepts ``W v + b``, v and b being as long as ``read`` and ``made``."""
    length = {"D": 2, "H": 3, "K": 4}
    W = sympy.MatrixSymbol("W", length[shape[0]], length[shape[1]])
    v, b = (sympy.MatrixSymbol(name, length[size], 1) for name, size in (("v", read), ("b", made)))
    try:
        W * v + b
    except ShapeError:
        return False
    return True


CLAIMS = (
    Claim(
        "rnn.definition",
        ("3.1.2", "3.1.3", "3.1.4"),
        Text(
            "The hidden state is tanh of an affine map of the previous state and the input, with "
            "one bias; the output is an affine map of the hidden state.",
            "隐状态是前一隐状态与输入的仿射映射再取 tanh，只有一个偏置；输出是隐状态的仿射映射。",
        ),
        Text("Any sizes; any real parameters.", "任意尺寸，任意实参数。"),
        Verdict.PROVED,
        Text(
            "It is the cell `rnn_tanh` with $b_h = b_{ih} + b_{hh}$, and the layer `output`.",
            "它就是单元 `rnn_tanh`，其中 $b_h = b_{ih} + b_{hh}$；输出即层 `output`。",
        ),
        vanilla,
        ("rnn_tanh.source", "output.source"),
    ),
    Claim(
        "rnn.shapes",
        ("3.1.6", "3.1.7", "3.1.8"),
        Text(
            r"$W_{hh}$ is $d_h \times d_h$, $W_{xh}$ is $d_h \times d_x$, $W_{hy}$ is "
            r"$d_y \times d_h$.",
            r"$W_{hh}$ 为 $d_h \times d_h$，$W_{xh}$ 为 $d_h \times d_x$，$W_{hy}$ 为 "
            r"$d_y \times d_h$。",
        ),
        Text(
            r"Column vectors; $d_x, d_h, d_y$, our $D, H, K$, all different.",
            r"列向量；$d_x, d_h, d_y$（即我们的 $D, H, K$）互不相同。",
        ),
        Verdict.PROVED,
        Text(
            r"Of the nine shapes that three sizes allow, exactly one fits each weight, and it is "
            r"this one; our cells have the same. The document's list leaves out "
            r"$b_h \in \mathbb{R}^{d_h}$ and $b_y \in \mathbb{R}^{d_y}$.",
            r"三种尺寸可组成九种形状，每个权重恰有一种合适，正是所列者；我们的单元亦同。文档的清单"
            r"漏了 $b_h \in \mathbb{R}^{d_h}$ 与 $b_y \in \mathbb{R}^{d_y}$。",
        ),
        shapes,
        ("rnn_tanh", "output"),
    ),
    Claim(
        "rnn.initial_state",
        ("3.1.9",),
        Text(
            "The recurrence starts from an initial hidden state, which is usually zero.",
            "递推始于初始隐状态，通常取零。",
        ),
        Text("Any sizes for the gradient.", "梯度部分对任意尺寸成立。"),
        Verdict.PROVED,
        Text(
            r"Zero is a convention: `torch.nn` and `rnnref` take it when no state is given, and "
            r"the definition allows any $h_0$. A state that is learnt, or handed over by an "
            r"encoder, needs the gradient that the document leaves out: "
            r"$\partial L/\partial h_0 = (\partial L/\partial h_1)(\partial h_1/\partial h_0)$, "
            r"one more step of the recursion, with no loss term of its own.",
            r"取零只是惯例：不给状态时 `torch.nn` 与 `rnnref` 都取零，而定义允许任意 $h_0$。若初始"
            r"状态要学习，或由编码器交来，便需要文档未写的梯度：$\partial L/\partial h_0 = "
            r"(\partial L/\partial h_1)(\partial h_1/\partial "
            r"h_0)$，即递推再退一步，且不含自身的损失项。",
        ),
        "claims.initial_state:zero_by_default",
        ("rnn_tanh.bptt",),
    ),
    Claim(
        "lstm.definition",
        ("5.2.2", "5.2.3", "5.2.4", "5.2.5", "5.2.6", "5.2.7", "5.2.8"),
        Text(
            "The LSTM: forget, input and output gate and candidate, each an affine map of the "
            "concatenation $[h_{t-1}, x_t]$ with one bias; the cell state and the hidden state "
            "are built from them entry by entry.",
            "LSTM：遗忘门、输入门、输出门与候选值各是拼接 $[h_{t-1}, x_t]$ 的仿射映射，各有一个偏"
            "置；细胞状态与隐状态由它们逐元素构成。",
        ),
        Text("Any sizes; any real parameters.", "任意尺寸，任意实参数。"),
        Verdict.PROVED,
        Text(
            r"It is our cell `lstm`: cut each weight after its first $H$ columns into "
            r"$W_{h\cdot}$ and $W_{i\cdot}$, and let each bias be the sum of our two; the "
            r"candidate is our $g$. Conversely every `lstm` is of this form. The other order of "
            r"concatenation, $[x_t, h_{t-1}]$, exchanges the two blocks of columns. The document "
            r"names neither the shapes, $H \times (H + D)$, nor the initial state $c_0$.",
            r"它就是我们的单元 `lstm`：把每个权重在前 $H$ 列之后切开，得 $W_{h\cdot}$ 与 "
            r"$W_{i\cdot}$，每个偏置是我们的两个偏置之和；候选值即我们的 $g$。反之，任何 `lstm` 都"
            r"可写成这一形式。若拼接次序为 $[x_t, h_{t-1}]$，只是两块列互换。文档既未写出形状 "
            r"$H \times (H + D)$，也未提初始状态 $c_0$。",
        ),
        lstm,
        ("lstm.source",),
    ),
)
