"""Claims on networks without recurrence: length, dependence in time, number of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, product

import sympy
from sympy import MatrixSymbol

from derivations.notation import Text
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal
from derivations.proofs.indices import LENGTH

D, H, K = (LENGTH[size] for size in "DHK")
T, WIDTH = sympy.symbols("T k", integer=True, positive=True)


def dense(steps: sympy.Expr) -> dict[str, MatrixSymbol]:
    """The parameters of one hidden layer on all inputs of a sequence at once, with one output."""
    return _two_layers(steps * D)


def convolution() -> dict[str, MatrixSymbol]:
    """The parameters of a layer on a window of WIDTH inputs, moved along, and an output each."""
    return _two_layers(WIDTH * D)


def _two_layers(inputs: sympy.Expr) -> dict[str, MatrixSymbol]:
    shapes = {"W_1": (H, inputs), "b_1": (H, 1), "W_2": (K, H), "b_2": (K, 1)}
    return {name: MatrixSymbol(name, *shape) for name, shape in shapes.items()}


def count(parameters: dict[str, MatrixSymbol]) -> sympy.Expr:
    """How many numbers the parameters are."""
    return sympy.Add(*(p.rows * p.cols for p in parameters.values()))


def both(earlier: int, now: int) -> int:
    """One relu unit on a window of two: relu(x_t + x_(t-1) - 1)."""
    return max(earlier + now - 1, 0)


def slide(x: Sequence[int]) -> list[int]:
    """The unit moved along a sequence: one value for each window of two."""
    return [both(a, b) for a, b in pairwise(x)]


def length() -> Iterable[Shown]:
    """A matrix for T inputs does not fit T + 1; a moved window fits every length."""
    columns = dense(T)["W_1"].cols
    for steps, left in ((T, 0), (T + 1, -D)):
        what = Text(
            f"columns of $W_1$ less inputs of a sequence of ${steps}$ steps",
            f"$W_1$ 的列数减去 ${steps}$ 步序列的输入数",
        )
        yield equal(what, sympy.expand(columns - steps * D), sympy.sympify(left))
    lengths = {n: len(slide([1] * n)) for n in range(2, 7)}
    what = Text("outputs of one moved window, by length", "滑动窗口的输出个数，按长度")
    yield Shown(what, all(out == n - 1 for n, out in lengths.items()), str(lengths))


def dependence() -> Iterable[Shown]:
    """A window computes x_t x_(t-1); what lies outside of it, it cannot know."""
    cases = {pair: both(*pair) for pair in product((0, 1), repeat=2)}
    what = Text(
        r"$\operatorname{relu}(x_t + x_{t-1} - 1)$ on all pairs of bits",
        r"$\operatorname{relu}(x_t + x_{t-1} - 1)$ 在所有比特对上的值",
    )
    yield Shown(what, all(v == a * b for (a, b), v in cases.items()), str(cases))
    sequences = list(product((0, 1), repeat=6))
    right = [slide(x) == [a * b for a, b in pairwise(x)] for x in sequences]
    what = Text(
        "sequences of six bits on which it is right at every step", "六比特序列中每步都正确的个数"
    )
    yield Shown(what, all(right), f"{sum(right)} / {len(sequences)}")
    alike = [list(pairwise(x))[1:] for x in ((0, 1, 1, 0), (1, 1, 1, 0))]
    what = Text(
        "windows of two after the first, of 0110 and of 1110",
        "0110 与 1110 除第一个以外的长为二的窗口",
    )
    yield Shown(what, alike[0] == alike[1], str(alike))


def parameters() -> Iterable[Shown]:
    """The count for the whole sequence at once grows with T; that of a window does not."""
    grown = count(dense(T + 1)) - count(dense(T))
    what = Text("dense layer: growth from $T$ to $T + 1$", "全连接：由 $T$ 到 $T + 1$ 的增量")
    yield equal(what, grown, D * H)
    what = Text("dense layer: count", "全连接：参数个数")
    yield equal(what, count(dense(T)), T * D * H + H + H * K + K)
    counted = count(convolution())
    what = Text("window of $k$, moved along: count", "宽为 $k$ 的滑动窗口：参数个数")
    yield Shown(what, T not in counted.free_symbols, str(sympy.expand(counted)))


CLAIMS = (
    Claim(
        "feedforward.length",
        ("2.1.8",),
        Text(
            "A traditional neural network takes inputs of one fixed length.",
            "传统神经网络的输入长度固定。",
        ),
        Text(
            "Traditional: a fully connected network on all inputs of the sequence at once.",
            "“传统”指对整段序列一次输入的全连接网络。",
        ),
        Verdict.CORRECTED,
        Text(
            r"True of that network: its first weight has $T D$ columns and fits no other length. "
            r"Not true of feed-forward networks as such: a window of $k$ inputs moved along the "
            r"sequence (a convolution) is defined for every $T \ge k$ with the same parameters, "
            r"and so is attention.",
            r"对这样的网络成立：第一层权重有 $T D$ 列，只适合一种长度。但前馈网络并非都如此：宽为 "
            r"$k$ 的窗口沿序列滑动（卷积），同一组参数对任意 $T \ge k$ 都有定义；注意力亦然。",
        ),
        length,
    ),
    Claim(
        "feedforward.dependence",
        ("2.1.9",),
        Text(
            "A traditional neural network cannot capture dependence in time.",
            "传统神经网络无法捕获时间依赖。",
        ),
        Text("Inputs of 0 and 1 in the counterexample.", "反例中输入取 0 与 1。"),
        Verdict.REFUTED,
        Text(
            r"One relu unit on a window of two, $\operatorname{relu}(x_t + x_{t-1} - 1)$, is "
            r"$x_t x_{t-1}$ for bits, at every step of a sequence of any length, since each "
            r"output sees one of four pairs. What is true: a window of $k$ knows nothing of "
            r"inputs further back. Two sequences that differ in $x_1$ alone show it the same "
            r"windows from step $k + 1$ on, so it cannot give $x_1$ back at the end; the unit of "
            r"claim `memory.any_length` can.",
            r"取宽为二的窗口与一个 relu 单元 $\operatorname{relu}(x_t + x_{t-1} - 1)$，对比特而言"
            r"它就是 $x_t x_{t-1}$；每个输出只见四种数对之一，故对任意长度的序列每步皆然。真正成立"
            r"的是：宽为 $k$ 的窗口对更早的输入一无所知。两个序列若只在 $x_1$ 处不同，从第 "
            r"$k + 1$ 步起窗口便完全相同，因此无法在末尾还原 $x_1$；论断 `memory.any_length` 中的"
            r"单元却可以。",
        ),
        dependence,
    ),
    Claim(
        "feedforward.parameters",
        ("2.1.10",),
        Text(
            "In a traditional neural network the number of parameters grows with the length of "
            "the sequence.",
            "传统神经网络的参数个数随序列长度增长。",
        ),
        Text(
            "One hidden layer of $H$ units and $K$ outputs, on inputs of size $D$.",
            "一个隐层，$H$ 个单元，$K$ 个输出，输入尺寸为 $D$。",
        ),
        Verdict.CORRECTED,
        Text(
            r"On the whole sequence at once there are $T D H + H + H K + K$ parameters, $D H$ "
            r"more for each further step. A window of $k$ moved along has $k D H + H + H K + K$ "
            r"whatever $T$ is. What keeps the number fixed is sharing over time, not recurrence.",
            r"若一次读入整段序列，参数有 $T D H + H + H K + K$ 个，每多一步多 $D H$ 个。宽为 $k$ "
            r"的滑动窗口则有 $k D H + H + H K + K$ 个，与 $T$ 无关。使个数不变的是跨时间共享，而不"
            r"是循环。",
        ),
        parameters,
    ),
)
