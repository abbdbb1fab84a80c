"""Claims of the table that sets the GRU against the LSTM: what can be counted."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from derivations.calculus import counts
from derivations.calculus.counts import SIZE, B, T
from derivations.cells import CELLS
from derivations.functions import sigmoid
from derivations.notation import Affine, Cell, Text
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, positive
from derivations.references import cited

LSTM, AFTER, BEFORE = (CELLS[id] for id in ("lstm", "gru_reset_after", "gru_reset_before"))
D, H = SIZE["D"], SIZE["H"]


def gates() -> Iterable[Shown]:
    """How many arrays are sigmoids, and how many are affine maps of the input."""
    for cell, wanted in ((LSTM, (3, 4)), (AFTER, (2, 3)), (BEFORE, (2, 3))):
        found = _sigmoids(cell), len(cell.stacks[0].blocks)
        what = Text(f"{cell.id}: gates, affine blocks", f"{cell.id}：门数，仿射块数")
        yield Shown(what, found == wanted, f"{found[0]}, {found[1]}")


def _sigmoids(cell: Cell) -> int:
    rights = (e.right for e in cell.equations)
    return sum(not isinstance(r, Affine) and isinstance(r.expression, sigmoid) for r in rights)


def states() -> Iterable[Shown]:
    """How many numbers are handed from step to step."""
    for cell, wanted in ((LSTM, 2 * H), (AFTER, H), (BEFORE, H)):
        what = Text(f"{cell.id}: numbers in the state", f"{cell.id}：状态中的数")
        yield equal(what, counts.state(cell), wanted)


def parameters() -> Iterable[Shown]:
    """With the biases of PyTorch, and with those of the document."""
    lstm, gru = counts.parameters(LSTM), counts.parameters(AFTER)
    yield equal(
        Text("LSTM, PyTorch's biases", "LSTM，PyTorch 的偏置"), lstm, 4 * (H * (D + H) + 2 * H)
    )
    yield equal(Text("ratio", "比"), sympy.cancel(lstm / gru), sympy.Rational(4, 3))
    theirs = counts.parameters(LSTM, bias=False) + 4 * H
    plain = counts.parameters(BEFORE, bias=False)
    stated = sympy.Rational(4, 3) * (1 + 1 / (D + H))
    yield equal(Text("ratio, the document's forms", "文档写法之比"), theirs / plain, stated)
    more = sympy.expand(gru.subs(H, 2 * H) - lstm)
    what = Text("a GRU of twice the units has more by", "单元加倍的 GRU 多出的参数")
    yield positive(what, more)


def operations() -> Iterable[Shown]:
    """The LSTM takes more at every size; the ratio and where it lies."""
    for of in (counts.forward, counts.backward):
        lstm, gru = (counts.total(of(cell)) for cell in (LSTM, AFTER))
        name, zh = of.__name__, "前向" if of is counts.forward else "反向"
        what = Text(f"{name}: LSTM minus GRU is positive", f"{zh}：LSTM 减 GRU 为正")
        yield Shown(what, _positive(lstm - gru), str(sympy.factor(lstm - gru)))
        what = Text(f"{name}: ratio as $D = H$ grows", f"{zh}：$D = H$ 增大时之比")
        yield equal(what, sympy.limit((lstm / gru).subs(D, H), H, sympy.oo), sympy.Rational(4, 3))
        what = Text(f"{name}: same count for both placements", f"{zh}：两种位置运算量相同")
        yield equal(what, counts.total(of(BEFORE)), gru)
    lstm, gru = (counts.total(counts.forward(c)) for c in (LSTM, AFTER))
    stated = (8 * (D + H) + 8) / (6 * (D + H) + 8)
    yield equal(Text("forward: ratio", "前向：比"), sympy.cancel(lstm / gru), sympy.cancel(stated))
    both = [
        sum(counts.total(of(c)) for of in (counts.forward, counts.backward)) for c in (LSTM, AFTER)
    ]
    what = Text("4 GRU - 3 LSTM, forward and backward", "4 GRU − 3 LSTM，前向加反向")
    yield equal(what, sympy.expand(4 * both[1] - 3 * both[0]), T * B * (10 * H - D))


def _positive(polynomial: sympy.Expr) -> bool:
    """Whether it is positive for all sizes from 1 on: shifted by 1 no coefficient is negative."""
    sizes = (T, B, D, H)
    shifted = sympy.Poly(polynomial.subs({s: s + 1 for s in sizes}, simultaneous=True), *sizes)
    return all(c >= 0 for c in shifted.coeffs()) and shifted.eval(dict.fromkeys(sizes, 0)) > 0


CLAIMS = (
    Claim(
        "table.gates",
        ("6.2.1", "6.2.3"),
        Text("The LSTM has three gates, the GRU two.", "LSTM 有三个门，GRU 有两个。"),
        Text("A gate is an array that is a sigmoid.", "门指取 sigmoid 得到的数组。"),
        Verdict.PROVED,
        Text(
            "Counted in the definitions. What costs is the number of affine maps, which is one "
            "more, for the candidate: four against three.",
            "由定义数出。决定开销的是仿射映射的个数，它还要算上候选值：四个对三个。",
        ),
        gates,
        ("lstm", "gru_reset_before"),
    ),
    Claim(
        "table.state",
        ("6.2.4",),
        Text(
            "The LSTM carries a cell state and a hidden state, the GRU a hidden state alone.",
            "LSTM 传递细胞状态与隐状态，GRU 只传递隐状态。",
        ),
        Text("Equal $H$.", "$H$ 相同。"),
        Verdict.PROVED,
        Text(
            "$2H$ numbers for each sequence against $H$.",
            "每个序列 $2H$ 个数对 $H$ 个数。",
        ),
        states,
    ),
    Claim(
        "table.parameters",
        ("6.2.5",),
        Text("The LSTM has more parameters.", "LSTM 的参数更多。"),
        Text("One layer, equal $D$ and $H$.", "一层，$D$ 与 $H$ 相同。"),
        Verdict.PROVED,
        Text(
            "With the two biases of PyTorch $4(H(D + H) + 2H)$ against $3(H(D + H) + 2H)$: the "
            "ratio is exactly $\\frac43$. In the document's forms, one bias in each gate of the "
            "LSTM and none in the GRU, it is $\\frac43 (1 + \\frac{1}{D + H})$. It is a statement "
            "for equal $H$ only: a GRU of twice the units has more.",
            "按 PyTorch 的两个偏置，为 $4(H(D + H) + 2H)$ 对 $3(H(D + H) + 2H)$，比恰为 "
            "$\\frac43$。按文档的写法（LSTM 每门一个偏置，GRU 没有），比为 "
            "$\\frac43 (1 + \\frac{1}{D + H})$。这只是 $H$ 相同时的结论："
            "单元加倍的 GRU 参数更多。",
        ),
        parameters,
    ),
    Claim(
        "table.operations",
        ("6.2.6",),
        Text("The LSTM takes more operations.", "LSTM 的运算量更大。"),
        Text(
            "Additions and multiplications as counted for `rnn.cost`; equal $D$, $H$, $T$, $B$; "
            "two biases in both.",
            "加法与乘法，计数约定同 `rnn.cost`；$D$、$H$、$T$、$B$ 相同；两者都有两个偏置。",
        ),
        Verdict.PROVED,
        Text(
            "More at every size, forward and backward. Forward the ratio is "
            "$\\frac{8(D + H) + 8}{6(D + H) + 8}$, always below $\\frac43$ and tending to it. "
            "Forward and backward together it tends to $\\frac43$ too, from below where "
            "$D < 10H$. For each unit and step the LSTM also takes three sigmoids and two tanh "
            "against two and one.",
            "在一切尺寸下，前向与反向都更大。前向之比为 $\\frac{8(D + H) + 8}{6(D + H) + 8}$，"
            "恒小于 $\\frac43$ 而趋于它；前向与反向合计之比也趋于 $\\frac43$，$D < 10H$ 时小于它。"
            "此外每个单元每一步，LSTM 要求值三次 sigmoid、两次 tanh，GRU 为两次与一次。",
        ),
        operations,
    ),
    Claim(
        "table.speed",
        ("6.2.8",),
        Text("The LSTM trains more slowly.", "LSTM 训练较慢。"),
        Text(
            "What is measured is the number of scalar operations in a run of forward and backward, "
            "not seconds.",
            "所测的是一次前向加反向运行中的标量运算次数，而不是秒数。",
        ),
        Verdict.EMPIRICAL,
        Text(
            "A run of the LSTM does between 1 and 1.4 times the operations of a GRU of equal size. "
            "Seconds depend on machine, batch and kernels, and are left to `make bench`, which "
            "times both. How many steps either needs to learn a task is another question, on which "
            "nothing is claimed here.",
            "尺寸相同时，LSTM 一次运行的运算次数是 GRU 的 1 到 1.4 倍。秒数取决于机器、批量与内核，"
            "由 `make bench` 对两者计时。学会一项任务各需多少步是另一个问题，这里不作断言。",
        ),
        "claims.costs:lstm_against_gru",
    ),
    Claim(
        "table.advice",
        ("6.2.10", "6.2.11", "6.2.12"),
        Text(
            "With much data take the LSTM, with little the GRU; try the GRU first.",
            "数据充足用 LSTM，数据有限用 GRU；先试 GRU。",
        ),
        Text("None stated.", "未给出。"),
        Verdict.OPINION,
        Text(
            "Advice. Behind it stands that a GRU of equal $H$ has a quarter fewer parameters; "
            "which of the two does better depends on the task, and Chung et al. found neither "
            "ahead throughout.",
            "经验之谈。其依据是：$H$ 相同时 GRU 的参数少四分之一。孰优孰劣取决于任务；"
            "Chung 等人的比较中两者互有胜负。",
        ),
        None,
        cite=cited("chung_2014"),
    ),
)
