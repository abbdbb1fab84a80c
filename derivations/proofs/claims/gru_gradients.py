"""The claim on gates and vanishing gradients, for the GRU."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from derivations.notation import Text
from derivations.proofs import any_size, gated_paths
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, vanish


def vanishing() -> Iterable[Shown]:
    """Both GRUs: the way past the candidate, and all gates 1/2 with three outcomes."""
    for cell in gated_paths.GRUS:
        block = gated_paths.block(cell, "h", "h_prev")
        what = Text(
            rf"`{cell.id}`: $\partial h_t/\partial h_{{t-1}}$ less the direct derivative",
            rf"`{cell.id}`：$\partial h_t/\partial h_{{t-1}}$ 减去直接求得的导数",
        )
        yield vanish(what, [any_size.closed_block(cell, block)])
        ways = gated_paths.without_weight(block)
        what = Text(f"`{cell.id}`: its terms without a weight", f"`{cell.id}`：其中不含权重的项")
        yield Shown(what, ways == [sympy.Symbol("z")], str(ways))
        what = Text(
            rf"`{cell.id}`, gates and candidate held fixed: "
            rf"$\partial h_3/\partial h_0 - \operatorname{{diag}}(z_3 z_2 z_1)$",
            rf"`{cell.id}`，门与候选值固定不变：$\partial h_3/\partial h_0 - "
            rf"\operatorname{{diag}}(z_3 z_2 z_1)$",
        )
        yield vanish(what, [gated_paths.held_fixed(cell, "h", "z", ("z", "n"))])
        h = sympy.Symbol("h_0")
        found = [gated_paths.idle_gru(cell, n) for n in (1, 2, 3)]
        what = Text(
            f"`{cell.id}`, all parameters zero: $h_1, h_2, h_3$",
            f"`{cell.id}`，参数全为零：$h_1, h_2, h_3$",
        )
        yield Shown(what, found == [h / 2**n for n in (1, 2, 3)], str(found))
        what = Text(
            rf"`{cell.id}` at zero, $W_{{hn}} = w$: $\partial h_2/\partial h_0$",
            rf"`{cell.id}` 零点处，$W_{{hn}} = w$：$\partial h_2/\partial h_0$",
        )
        yield equal(what, gated_paths.resting_gru(cell, steps=2), gated_paths.GROWTH**2)


CLAIMS = (
    Claim(
        "gru.vanishing",
        ("5.3.13",),
        Text(
            r"The same of the GRU: its gates lie in $(0, 1)$, so its gradient does not vanish.",
            r"对 GRU 亦有此说：门控值在 $(0, 1)$ 之间，因此梯度不会消失。",
        ),
        Text(
            r"Our $z$ is the share that is kept, $1 - z$ of the document's. Any size for the "
            r"Jacobian, $D = H = 1$ in the examples; both placements of the reset gate.",
            r"我们的 $z$ 是保留的比例，即文档的 $1 - z$。雅可比矩阵对任意尺寸，例子取 "
            r"$D = H = 1$；重置门的两种位置皆然。",
        ),
        Verdict.REFUTED,
        Text(
            r"$\partial h_t/\partial h_{t-1} = \operatorname{diag}(z) + "
            r"\operatorname{diag}((h_{t-1} - n)\, z (1 - z)) W_{hz} + \operatorname{diag}(1 - "
            r"z)\, \partial n/\partial h_{t-1}$, and the last two contain weights. With gates and "
            r"candidate held fixed the product is $\operatorname{diag}(z_T \cdots z_{t+1})$, in "
            r"the document's letters $\prod (1 - z)$, always below 1. With all parameters zero, "
            r"$h_n = 2^{-n} h_0$. At zero with $W_{hn} = w$ alone, $z = r = \tfrac12$ and "
            r"$\partial h_n/\partial h_0 = (\tfrac12 + \tfrac{w}{4})^n$: vanishing exactly for "
            r"$-6 < w < 2$, zero for $w = -2$, exploding for $w > 2$ and for $w < -6$.",
            r"$\partial h_t/\partial h_{t-1} = \operatorname{diag}(z) + "
            r"\operatorname{diag}((h_{t-1} - n)\, z (1 - z)) W_{hz} + \operatorname{diag}(1 - "
            r"z)\, \partial n/\partial h_{t-1}$，后两项含权重。门与候选值固定不变时，乘积为 "
            r"$\operatorname{diag}(z_T \cdots z_{t+1})$，按文档的记号是 $\prod (1 - z)$，恒小于 "
            r"1。参数全为零时 $h_n = 2^{-n} h_0$。在零点只取 $W_{hn} = w$，则 $z = r = \tfrac12$，"
            r"$\partial h_n/\partial h_0 = (\tfrac12 + \tfrac{w}{4})^n$：恰当 "
            r"$-6 < w < 2$ 时消失，$w = -2$ 时为零，$w > 2$ 或 $w < -6$ 时爆炸。",
        ),
        vanishing,
        ("gru_reset_after.h_D_h_prev", "gru_reset_before.h_D_h_prev"),
    ),
)
