"""Claims on backpropagation through time: the loss and the recursion."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Matrix

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs import bptt, copies
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, vanish

RECURRENT = [cell for cell in CELLS.values() if cell.states]


def recursion() -> Iterable[Shown]:
    """From T back to 1, for every cell; then the sum over the steps."""
    for cell in RECURRENT:
        for what, found in (
            (
                Text(f"`{cell.id}`: adjoints at $T$", f"`{cell.id}`：$T$ 处的伴随"),
                bptt.base_case(cell),
            ),
            (
                Text(f"`{cell.id}`: from $t + 1$ to $t$", f"`{cell.id}`：由 $t + 1$ 到 $t$"),
                bptt.induction_step(cell),
            ),
        ):
            yield vanish(what, found)
    yield vanish(
        Text(
            "any smooth step: the sum over all steps is the gradient",
            "任意光滑单步映射：对各步求和即为梯度",
        ),
        copies.shared(),
    )


def loss() -> Iterable[Shown]:
    """Which argument is the target matters for cross-entropy, not for squares; sum and mean."""
    output, target = Matrix([1, 1]) / 2, Matrix([1, 0])
    what = Text(
        r"cross-entropy $-\sum_k \hat y_k \log y_k$ at output $(\tfrac12, \tfrac12)$, target "
        r"$(1, 0)$",
        r"输出 $(\tfrac12, \tfrac12)$、目标 $(1, 0)$ 的交叉熵 $-\sum_k \hat y_k \log y_k$",
    )
    yield equal(what, _cross_entropy(output, target), sympy.log(2))
    what = Text("the same with both exchanged, as a limit", "两者互换之后（极限）")
    near = sympy.Symbol("near", positive=True)
    exchanged = sympy.limit(_cross_entropy(Matrix([1 - near, near]), output), near, 0)
    yield Shown(what, exchanged == sympy.oo, str(exchanged))
    y, other = sympy.symbols("y other")
    losses = [copies.LOSS[t] for t in copies.LOSS]
    w, T = sympy.Symbol("w"), len(losses)
    total = sympy.Add(*(f(w) for f in losses))
    what = Text(
        "gradient of the sum over $T = 3$ steps, divided by that of the mean",
        "$T = 3$ 步之和的梯度与平均的梯度之比",
    )
    yield equal(what, sympy.cancel(total.diff(w) / (total / T).diff(w)), sympy.Integer(T))
    coupled = (y - other) ** 2
    what = Text(
        r"$\partial^2 L/\partial y_1 \partial y_2$ for $L = (y_1 - y_2)^2$; zero for any sum",
        r"$L = (y_1 - y_2)^2$ 的 $\partial^2 L/\partial y_1 \partial y_2$；若为各步之和则为零",
    )
    yield equal(what, coupled.diff(y, other), sympy.Integer(-2))


def _cross_entropy(y: Matrix, target: Matrix) -> sympy.Expr:
    return -sympy.Add(*(p * sympy.log(q) for p, q in zip(target, y, strict=True)))


CLAIMS = (
    Claim(
        "bptt.recursion",
        ("4.1.3", "4.1.4", "4.1.5"),
        Text(
            "Backpropagation through time goes back from $t = T$ to $t = 1$ and adds up the "
            "gradients of all steps.",
            "沿时间反向传播从 $t = T$ 退到 $t = 1$，并累加所有时间步的梯度。",
        ),
        Text(
            "Differentiable steps and losses; any sizes. relu counts with the derivative 0 at 0.",
            "单步映射与损失可微；任意尺寸。relu 在 0 处的导数取 0。",
        ),
        Verdict.PROVED,
        Text(
            r"By induction from $T$: the adjoint of a state at $t$ is its gradient in $L_t$ plus "
            r"what step $t + 1$ sends back; the program proves base and step for every cell and "
            r"any size. The gradient of a shared parameter is the sum over all steps of what each "
            r"adds. For $h_0$ the recursion goes one step further, to $t = 0$.",
            r"由 $T$ 起归纳：状态在 $t$ 处的伴随，等于它在 $L_t$ 中的梯度加上第 $t + 1$ 步传回的"
            r"量；程序对每种单元、任意尺寸证明了起点与归纳步。共享参数的梯度是各步所贡献之和。要得"
            r"到 $h_0$ 的梯度，递推须再退一步到 $t = 0$。",
        ),
        recursion,
        ("rnn_tanh.bptt", "lstm.bptt", "gru_reset_after.bptt"),
    ),
    Claim(
        "bptt.loss",
        ("4.2.2",),
        Text(
            r"The loss is a sum over the steps, $L = \sum_t L_t(y_t, \hat y_t)$.",
            r"损失是各步之和：$L = \sum_t L_t(y_t, \hat y_t)$。",
        ),
        Text(
            "One loss for each step, differentiable in the output of that step.",
            "每步一个损失，对该步输出可微。",
        ),
        Verdict.PROVED,
        Text(
            r"A definition. Three conventions in it are worth knowing. Here $y_t$ is the output "
            r"of the network and $\hat y_t$ the target; most texts have it the other way round, "
            r"and for cross-entropy the order of the arguments matters: $\log 2$ becomes "
            r"infinite. The sum is $T$ times the mean that libraries often take, and so are its "
            r"gradients. Not every loss is such a sum: $(y_1 - y_2)^2$ is not.",
            r"这是定义。其中三点约定值得留意。此处 $y_t$ 是网络输出，$\hat y_t$ 是目标，与多数文献"
            r"相反；对交叉熵而言两者的次序要紧：互换后 $\log 2$ 变为无穷大。求和是程序库常用的平均"
            r"的 $T$ 倍，梯度亦然。并非一切损失都是这样的和：$(y_1 - y_2)^2$ 就不是。",
        ),
        loss,
    ),
)
