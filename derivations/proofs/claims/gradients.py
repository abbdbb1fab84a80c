"""Claims on the gradients of states and weights, as the document writes them."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Matrix

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs import any_size, bptt, copies
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import differ, equal, vanish
from derivations.proofs.exact import point, scalars, state_jacobian

RECURRENT = [cell for cell in CELLS.values() if cell.states]
RNN, LSTM = CELLS["rnn_tanh"], CELLS["lstm"]


def state_gradient() -> Iterable[Shown]:
    """Row vectors times Jacobians; for the LSTM both states."""
    for cell in RECURRENT:
        what = Text(
            rf"`{cell.id}`: $\sum_m \bar v_m\, \partial v_m / \partial h_j$ over the states $v$ "
            rf"of step $t + 1$",
            rf"`{cell.id}`：对第 $t + 1$ 步的各状态 $v$ 求 $\sum_m \bar v_m\, \partial v_m / "
            rf"\partial h_j$",
        )
        yield vanish(what, bptt.induction_by_blocks(cell))
    what = Text(
        r"$\partial L_t/\partial h_t = W_{hy}^\top\, \partial L_t/\partial y_t$",
        r"$\partial L_t/\partial h_t = W_{hy}^\top\, \partial L_t/\partial y_t$",
    )
    yield vanish(what, [c for c in any_size.adjoints(CELLS["output"]) if c.formula == "output.d_h"])
    W = Matrix([[0, 1], [2, 0]])
    J = state_jacobian(RNN, point(RNN, {"D": 1, "H": 2}, W_hh=W), [Matrix([0])])
    row = Matrix([[1, 0]])
    what = Text(
        r"row vector $(1, 0)$ times $\partial h_{t+1}/\partial h_t$, less that times its transpose",
        r"行向量 $(1, 0)$ 乘 $\partial h_{t+1}/\partial h_t$，减去乘其转置",
    )
    yield differ(what, row * J, row * J.T)
    w, zero = sympy.Symbol("w"), Matrix([0])
    at = scalars(LSTM, W_hg=w)
    one, two = (state_jacobian(LSTM, at, [zero] * n) for n in (1, 2))
    what = Text(
        r"LSTM at zero: $\partial h_2/\partial h_0$ less "
        r"$(\partial h_2/\partial h_1)(\partial h_1/\partial h_0)$",
        r"LSTM 零点处：$\partial h_2/\partial h_0$ 减去 $(\partial h_2/\partial h_1)(\partial "
        r"h_1/\partial h_0)$",
    )
    yield equal(what, two[0, 0] - one[0, 0] ** 2, w / 8)
    what = Text(
        r"the missing term $(\partial h_2/\partial c_1)(\partial c_1/\partial h_0)$",
        r"缺少的一项 $(\partial h_2/\partial c_1)(\partial c_1/\partial h_0)$",
    )
    yield equal(what, one[0, 1] * one[1, 0], w / 8)


def weight_gradient() -> Iterable[Shown]:
    """The immediate derivative gives the gradient; the total one counts twice."""
    for stack in RNN.stacks:
        what = Text(
            f"gradient of `{stack.name}` over two steps, less the sum of immediate shares",
            f"两步序列中 `{stack.name}` 的梯度减去各步直接份额之和",
        )
        yield vanish(what, bptt.gradient(RNN, stack))
    what = Text(
        "any smooth step: the share of one copy, and of all", "任意光滑单步映射：单个副本与全部副本"
    )
    yield vanish(what, [*copies.each_copy(), *copies.shared()])
    w, h_0, x_1 = sympy.symbols("w h_0 x_1")
    for steps, excess in ((2, w * h_0), (3, 2 * w**2 * h_0 + w * (w * h_0 + x_1))):
        found = copies.double_count(steps)
        what = Text(
            f"linear unit, $T = {steps}$: sum with immediate derivatives less the gradient",
            f"线性单元，$T = {steps}$：用直接导数之和减去梯度",
        )
        yield equal(what, found.with_immediate - found.gradient, sympy.S.Zero)
        what = Text(
            f"linear unit, $T = {steps}$: sum with total derivatives less the gradient",
            f"线性单元，$T = {steps}$：用全导数之和减去梯度",
        )
        yield equal(what, found.excess, sympy.expand(excess))
    what = Text("gradient of the initial state", "初始状态的梯度")
    yield vanish(what, bptt.initial_states(RNN))


CLAIMS = (
    Claim(
        "bptt.state_gradient",
        ("4.2.4",),
        Text(
            r"$\dfrac{\partial L}{\partial h_t} = \dfrac{\partial L_t}{\partial h_t} + "
            r"\dfrac{\partial L}{\partial h_{t+1}} \dfrac{\partial h_{t+1}}{\partial h_t}$.",
            r"$\dfrac{\partial L}{\partial h_t} = \dfrac{\partial L_t}{\partial h_t} + "
            r"\dfrac{\partial L}{\partial h_{t+1}} \dfrac{\partial h_{t+1}}{\partial h_t}$。",
        ),
        Text(
            r"Gradients are row vectors, $(\partial h_{t+1}/\partial h_t)_{jk} = \partial "
            r"h_{t+1,j}/\partial h_{t,k}$; $\partial L/\partial "
            r"h_t$ counts every later way from $h_t$ to the loss.",
            r"梯度为行向量，$(\partial h_{t+1}/\partial h_t)_{jk} = \partial h_{t+1,j}/\partial "
            r"h_{t,k}$；$\partial L/\partial h_t$ 计入此后由 $h_t$ 通往损失的一切路径。",
        ),
        Verdict.CORRECTED,
        Text(
            r"In this layout it is right where $h$ is the only state, for $t < T$; at $T$ the "
            r"second term is absent. $\partial L_t/\partial h_t$ means "
            r"$(\partial L_t/\partial y_t) W_{hy}$, the way through $y_t$ alone. With columns the "
            r"Jacobian stands transposed on the left. The document's own factor "
            r"$W_{hh}^\top \operatorname{diag}(\cdot)$ in the next section does not belong here: "
            r"it is the transpose. For the LSTM a term is missing, since $c_{t+1}$ depends on "
            r"$h_t$ too: $\bar h_t = \partial L_t/\partial h_t + \bar h_{t+1}\, \partial "
            r"h_{t+1}/\partial h_t + \bar c_{t+1}\, \partial c_{t+1}/\partial "
            r"h_t$, and likewise for $\bar c_t$. At zero with $W_{hg} = w$, $D = H = "
            r"1$, the short form misses $w/8$ of $\partial h_2/\partial h_0 = w^2/16 + w/8$.",
            r"在此布局下，若 $h$ 是唯一的状态且 $t < T$，公式正确；$t = T$ 时没有第二项。"
            r"$\partial L_t/\partial h_t$ 指 $(\partial L_t/\partial y_t) W_{hy}$，即只经过 $y_t$ "
            r"的路径。若用列向量，则转置的雅可比矩阵应在左边。文档下一节的因子 "
            r"$W_{hh}^\top \operatorname{diag}(\cdot)$ 是转置，不能用在这里。对 LSTM 则缺一项，因"
            r"为 $c_{t+1}$ 也依赖 $h_t$：$\bar h_t = \partial L_t/\partial h_t + \bar h_{t+1}\, "
            r"\partial h_{t+1}/\partial h_t + \bar c_{t+1}\, \partial c_{t+1}/\partial "
            r"h_t$，$\bar c_t$ 同理。在零点取 $W_{hg} = w$、$D = H = 1$，$\partial h_2/\partial "
            r"h_0 = w^2/16 + w/8$，原式漏掉 $w/8$。",
        ),
        state_gradient,
        ("rnn_tanh.bptt", "lstm.bptt", "output.d_h"),
    ),
    Claim(
        "bptt.weight_gradient",
        ("4.2.6",),
        Text(
            r"$\dfrac{\partial L}{\partial W_{hh}} = \sum_t \dfrac{\partial L}{\partial h_t} "
            r"\dfrac{\partial h_t}{\partial W_{hh}}$.",
            r"$\dfrac{\partial L}{\partial W_{hh}} = \sum_t \dfrac{\partial L}{\partial h_t} "
            r"\dfrac{\partial h_t}{\partial W_{hh}}$。",
        ),
        Text(
            r"$\partial L/\partial h_t$ as in the recursion. Vanilla RNN of any size; for other "
            r"cells all states take part.",
            r"$\partial L/\partial h_t$ 如递推所定。任意尺寸的基本循环网络；其他单元须计入全部状"
            r"态。",
        ),
        Verdict.CORRECTED,
        Text(
            r"Right if $\partial h_t/\partial W_{hh}$ is the immediate derivative, $h_{t-1}$ held "
            r"fixed; then it reads $\sum_t (1 - h_t^2) \odot \bar h_t \cdot h_{t-1}^\top$ with "
            r"$\bar h_t$ a column. With the total derivative it counts ways twice: for "
            r"$h_t = w h_{t-1} + x_t$ and $L = h_T$ the excess is $w h_0$ at $T = 2$. The same "
            r"sum with immediate derivatives holds for $W_{xh}$ and $b_h$. The document leaves "
            r"out these, the output layer and $\partial L/\partial h_0$.",
            r"若 $\partial h_t/\partial W_{hh}$ 是直接导数（$h_{t-1}$ 固定不变），公式正确，即 "
            r"$\sum_t (1 - h_t^2) \odot \bar h_t \cdot h_{t-1}^\top$，其中 $\bar h_t$ 为列向量。若"
            r"取全导数，则有路径被重复计算：对 $h_t = w h_{t-1} + x_t$、$L = h_T$，$T = 2$ 时多出 "
            r"$w h_0$。$W_{xh}$ 与 $b_h$ 的梯度同样是直接导数之和；这些连同输出层与 "
            r"$\partial L/\partial h_0$，文档都没有写。",
        ),
        weight_gradient,
        ("rnn_tanh.d_W_hh", "rnn_tanh.d_weight_hh", "rnn_tanh.bptt"),
    ),
)
