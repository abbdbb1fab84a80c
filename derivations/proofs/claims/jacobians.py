"""The claim that writes the Jacobian of a state by an earlier one as a product."""

from __future__ import annotations

from collections.abc import Iterable

from derivations.notation import Text
from derivations.proofs import jacobian_layouts as layouts
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import vanish

ORDERS = {
    "k+1 first": Text("$k + 1$ on the left", "左起为 $k + 1$"),
    "t first": Text("$t$ on the left", "左起为 $t$"),
}
LAYOUTS = {
    "numerator": Text("numerator layout", "分子布局"),
    "transposed": Text("transposed layout", "转置布局"),
}


def product() -> Iterable[Shown]:
    """Of sixteen readings of the product two are right."""
    for reading in sorted(layouts.RIGHT):
        what = _said(reading, "1, 2, 3 steps, less the derivative", "1、2、3 步之积减去导数")
        yield vanish(what, [layouts.any_size(reading, steps) for steps in (1, 2, 3)])
    for reading, difference in layouts.differences():
        right = reading in layouts.RIGHT
        ends = ("zero", "为零") if right else ("not zero", "非零")
        what = _said(
            reading, f"example less the Jacobian, {ends[0]}", f"例子减去雅可比矩阵，{ends[1]}"
        )
        yield Shown(what, bool(difference.is_zero_matrix) == right, str(difference.tolist()))
    what = Text(r"$\tanh'(a_t) - (1 - h_t^2)$", r"$\tanh'(a_t) - (1 - h_t^2)$")
    yield vanish(what, [layouts.slope("a")])
    what = Text(
        r"$\tanh'$ at $h_t$ in place of $a_t$, less $1 - h_t^2$: not zero",
        r"把 $a_t$ 换成 $h_t$，$\tanh'$ 减去 $1 - h_t^2$：非零",
    )
    yield Shown(what, not layouts.slope("h").holds, str(layouts.slope("h").residual))


def _said(reading: layouts.Reading, en: str, zh: str) -> Text:
    order, layout = ORDERS[reading.order], LAYOUTS[reading.layout]
    factor = reading.factor.replace("^T", r"^\top")
    return Text(
        f"${factor}$, {order.en}, {layout.en}: {en}", f"${factor}$，{order.zh}，{layout.zh}：{zh}"
    )


CLAIMS = (
    Claim(
        "jacobian.product",
        ("4.3.2", "4.3.3"),
        Text(
            r"$\partial h_t/\partial h_k$ is the product over $i = k+1, \dots, t$ of the one-step "
            r"Jacobians, that is of $W_{hh}^\top \operatorname{diag}(\tanh'(\cdot))$.",
            r"$\partial h_t/\partial h_k$ 是 $i = k+1, \dots, t$ 各步雅可比矩阵之积，即 "
            r"$W_{hh}^\top \operatorname{diag}(\tanh'(\cdot))$ 之积。",
        ),
        Text(
            r"Vanilla RNN of any size. Numerator layout: the derivative of entry $m$ of $h_t$ by "
            r"entry $n$ of $h_k$ stands in row $m$, column $n$; transposed (gradient) layout: in "
            r"row $n$, column $m$.",
            r"任意尺寸的基本循环网络。分子布局：$h_t$ 的第 $m$ 个分量对 $h_k$ 的第 $n$ 个分量的导"
            r"数位于第 $m$ 行第 $n$ 列；转置（梯度）布局：位于第 $n$ 行第 $m$ 列。",
        ),
        Verdict.CORRECTED,
        Text(
            r"Two readings of sixteen are right (four factors, two orders, two layouts). "
            r"Numerator layout: $D_t W\, D_{t-1} W \cdots D_{k+1} W$, the last step on the left. "
            r"Transposed layout: $W^\top D_{k+1}\, W^\top D_{k+2} \cdots W^\top D_t$, the first "
            r"step on the left. Here $W = W_{hh}$ and $D_i = \operatorname{diag}(\tanh'(a_i)) = "
            r"\operatorname{diag}(1 - h_i^2)$, $a_i$ being the pre-activation of step $i$. The "
            r"document's factor with its index ascending from left to right is thus right in the "
            r"transposed layout only. Its formulas for the gradients multiply rows from the left "
            r"and so use the numerator layout, in which the factor must be $D_i W$ and the index "
            r"must descend. A product sign over matrices has to say its order. For two steps the "
            r"other fourteen readings fail already for $H = 2$; for $H = 1$ all agree.",
            r"四种因子、两种次序、两种布局，共十六种读法，只有两种正确。分子布局："
            r"$D_t W\, D_{t-1} W \cdots D_{k+1} W$，末步在左。转置布局："
            r"$W^\top D_{k+1}\, W^\top D_{k+2} \cdots W^\top D_t$，首步在左。其中 $W = W_{hh}$，"
            r"$D_i = \operatorname{diag}(\tanh'(a_i)) = \operatorname{diag}(1 - h_i^2)$，$a_i$ 是"
            r"第 $i$ 步的预激活值。因此，文档的因子若按下标从左到右递增相乘，只在转置布局下正确；"
            r"而文档的梯度公式以行向量左乘，用的是分子布局，此时因子须为 $D_i W$，下标须递减。矩阵"
            r"连乘必须写明次序。两步、$H = 2$ 时其余十四种读法便已不成立；$H = 1$ 时全都一致。",
        ),
        product,
        ("rnn_tanh.h_D_h_prev",),
    ),
)
