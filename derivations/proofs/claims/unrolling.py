"""Claims on the unrolled network and on how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Matrix

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs import copies
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, vanish
from derivations.proofs.exact import run, scalars
from derivations.proofs.indices import J, entry
from derivations.proofs.reach import affine_depth, folded, graph, has_cycle, occurring

STEPS = 3


def unrolled() -> Iterable[Shown]:
    """The unrolled network has no cycle, grows with T, and its gradient is the sum over copies."""
    for cell in (c for c in CELLS.values() if c.states):
        nodes = graph(cell, STEPS)
        what = Text(
            f"`{cell.id}`: unrolled over 3 steps, no cycle", f"`{cell.id}`：展开 3 步，无环"
        )
        yield Shown(what, not has_cycle(nodes), str(len(nodes)))
        depths = [affine_depth(cell, steps) for steps in range(1, STEPS + 1)]
        what = Text(
            f"`{cell.id}`: affine maps, one after another, from $h_0$ to $h_T$, $T = 1, 2, 3$",
            f"`{cell.id}`：从 $h_0$ 到 $h_T$ 先后经过的仿射映射数，$T = 1, 2, 3$",
        )
        yield Shown(what, depths == [t * depths[0] for t in (1, 2, 3)], str(depths))
    yield vanish(
        Text(
            "gradient of the shared parameter minus the sum over one copy a step",
            "共享参数的梯度减去各步副本梯度之和",
        ),
        [*copies.each_copy(), *copies.shared()],
    )


def drawings() -> Iterable[Shown]:
    """The output hangs on the state, not on the input beside it; the loop carries a delay."""
    output = CELLS["output"]
    read = occurring(entry(output, "y", J)) - {p.name for p in output.parameters}
    yield Shown(Text("what $y_t$ reads", "$y_t$ 所依赖的量"), read == {"h"}, ", ".join(read))
    rnn, w = CELLS["rnn_tanh"], sympy.Symbol("w")
    what = Text("the drawing with the loop, without a delay, has a cycle", "无延迟的带环图有环")
    yield Shown(what, has_cycle(folded(rnn)), ", ".join(name for name, _ in folded(rnn)))
    at_rest = scalars(rnn, W_ih=1, W_hh=w)
    x_1 = sympy.Symbol("x_1")
    h = run(rnn, at_rest, [Matrix([x_1]), Matrix([0])])[-1]["h"]
    what = Text(
        r"$\partial y_2 / \partial x_1$ at zero, with $D = H = K = 1$, $W_{xh} = W_{hy} = 1$",
        r"零点处的 $\partial y_2 / \partial x_1$，其中 $D = H = K = 1$，$W_{xh} = W_{hy} = 1$",
    )
    yield equal(what, h[0].diff(x_1).subs(x_1, 0), w)
    a = sympy.Symbol("a", positive=True)
    weight = a / sympy.tanh(a)
    for state in (sympy.tanh(a), sympy.S.Zero, -sympy.tanh(a)):
        left = run(rnn, scalars(rnn, W_hh=weight, h_prev=state), [Matrix([0])])[-1]["h"]
        what = Text(
            r"$\tanh(w h) - h$ with $w = a / \tanh a$",
            r"$\tanh(w h) - h$，其中 $w = a / \tanh a$",
        )
        yield equal(what, left[0] - state, sympy.S.Zero)


CLAIMS = (
    Claim(
        "recurrence.unrolled",
        ("1.7", "3.2.5", "4.1.2"),
        Text(
            "Unrolled in time, the network is a deep feed-forward network and can be treated as "
            "one.",
            "按时间展开后，循环网络成为深层前馈网络，可以照此处理。",
        ),
        Text("A finite sequence of length $T$.", "长为 $T$ 的有限序列。"),
        Verdict.PROVED,
        Text(
            r"Each array of step $t$ is computed from arrays of the same step that come before it "
            r"and from states of step $t - 1$, so the graph has no cycle. It is a feed-forward "
            r"network of a special kind: the depth grows with $T$ (one affine map a step, two for "
            r"the GRU that resets before the product and for the projected LSTM), all steps have "
            r"the same parameters, and each step has an input of its own. Given one copy of the "
            r"parameters a step, the gradient of the shared parameters is the sum of the "
            r"gradients of the copies; the program checks this identity for arbitrary smooth "
            r"steps and losses with $T = 3$, and the recursion carries it to any $T$.",
            r"第 $t$ 步的每个量只依赖同一步中先算出的量与第 $t - 1$ 步的状态，所以展开图无环。它是"
            r"一种特殊的前馈网络：深度随 $T$ 增长（每步一个仿射映射，重置门在乘积之前的 GRU 与带投"
            r"影的 LSTM 每步两个），各步参数相同，且每步另有输入。若每步各用一份参数副本，则共享参"
            r"数的梯度等于各副本梯度之和；程序对任意光滑的单步映射与损失在 $T = 3$ 时验证此恒等式，"
            r"由递推即得任意 $T$。",
        ),
        unrolled,
    ),
    Claim(
        "recurrence.drawings",
        ("3.2.2", "3.2.4"),
        Text(
            r"The drawings: a loop from $h$ to itself with $x$ below; unrolled, a chain of hidden "
            r"states, each with an arrow from $x_t$, and below $x_t$ an arrow down to $y_t$.",
            r"两幅图：一幅中 $h$ 有指向自身的环，下方为 $x$；展开的一幅中，隐状态连成一串，各有来"
            r"自 $x_t$ 的箭头，而 $x_t$ 下方又有箭头指向 $y_t$。",
        ),
        Text("Vanilla RNN and output layer.", "基本循环网络与输出层。"),
        Verdict.CORRECTED,
        Text(
            r"Read literally, the second drawing makes $y_t$ a function of $x_t$. The definition "
            r"makes it $W_{hy} h_t + b_y$: the arrow to $y_t$ starts at $h_t$, and $y_2$ depends "
            r"on $x_1$. The first drawing leaves out the output and the delay: its loop means "
            r"$h_{t-1}$. Without a delay, $h = \tanh(w h)$ has exactly three solutions for every "
            r"$w > 1$ and would determine no state: $0$ and, with $w = a/\tanh a$, $\pm\tanh a$; "
            r"that "
            r"there is one such $a > 0$ is part of `norm.large`.",
            r"照字面读，第二幅图使 $y_t$ 成为 $x_t$ 的函数。按定义 $y_t = W_{hy} h_t + b_y$：指向 "
            r"$y_t$ 的箭头应从 $h_t$ 出发，且 $y_2$ 依赖 $x_1$。第一幅图略去了输出与延迟：环上所传"
            r"的是 $h_{t-1}$。若无延迟，对任意 $w > 1$，方程 $h = \tanh(w h)$ 恰有三个解，即 "
            r"$0$ 与 $\pm\tanh a$（其中 $w = a/\tanh a$；这样的 $a > 0$ 只有一个，见 "
            r"`norm.large`），状态便无从确定。",
        ),
        drawings,
        ("output.source",),
    ),
)
