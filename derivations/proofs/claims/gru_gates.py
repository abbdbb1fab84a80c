"""Claims on what the gates of the GRU do: their limits, for any size."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from derivations.functions import tanh
from derivations.notation import Cell, Text
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import vanish
from derivations.proofs.gate_limits import array, block, sigmoid_ends
from derivations.proofs.indices import J, K, delta, element, entry, sum_over
from derivations.proofs.normal import residual
from derivations.proofs.reset_placement import AFTER, BEFORE
from derivations.proofs.results import Checked
from derivations.proofs.state_bounds import within

OLD, BY = element("h_prev", ("H",), J), element("h_prev", ("H",), K)


def sigmoid() -> Iterable[Shown]:
    """A gate lies strictly between 0 and 1, and tends to them."""
    low, high, inside = sigmoid_ends()
    what = Text("$0 < \\sigma < 1$; its limits", "$0 < \\sigma < 1$；其极限")
    yield Shown(what, inside and (low, high) == (0, 1), f"{low}, {high}")


def update() -> Iterable[Shown]:
    """The new state is a convex combination; its limits, and those of its Jacobian."""
    yield from sigmoid()
    for cell in (BEFORE, AFTER):
        yield vanish(
            Text(f"{cell.id}: convex combination", f"{cell.id}：凸组合"),
            [within(cell, 1), within(cell, -1)],
        )
        kept, new = ({"z": 1}, {"z": 0})
        yield _same("$h_t = h_{t-1}$", cell, array(cell, "h", kept), OLD)
        yield _same(
            "$\\partial h_t / \\partial h_{t-1} = 1$",
            cell,
            block(cell, "h", "h_prev", kept),
            delta("H", J, K),
        )
        candidate = entry(cell, "n", J)
        yield _same("$h_t = n_t$", cell, array(cell, "h", new), candidate)
        slope = candidate.diff(BY)
        yield _same(
            "$\\partial h_t / \\partial h_{t-1} = \\partial n_t / \\partial h_{t-1}$",
            cell,
            block(cell, "h", "h_prev", new),
            slope,
        )


def reset() -> Iterable[Shown]:
    """The candidate with the reset gate shut and open; the state that it becomes part of."""
    yield from sigmoid()
    x = sum_over("D", "m", lambda m: _weight("W_in", "D", m) * element("x", ("D",), m))
    h = sum_over("H", "m", lambda m: _weight("W_hn", "H", m) * element("h_prev", ("H",), m))
    b_in, b_hn = (element(name, ("H",), J) for name in ("b_in", "b_hn"))
    shut, open = ({"r": 0}, {"r": 1})
    for cell, left in ((BEFORE, b_in + b_hn), (AFTER, b_in)):
        alone = "b_{in} + b_{hn}" if cell is BEFORE else "b_{in}"
        yield _same(
            f"$n_t = \\tanh(W_{{in}} x_t + {alone})$", cell, array(cell, "n", shut), tanh(x + left)
        )
        z, n = (array(cell, name, shut) for name in "zn")
        slope = z * delta("H", J, K) + (OLD - n) * z * (1 - z) * _weight("W_hz", "H", K)
        yield _same(
            "$\\partial h_t / \\partial h_{t-1} = \\operatorname{diag}(z_t) + "
            "\\operatorname{diag}((h_{t-1} - n_t) z_t (1 - z_t)) W_{hz}$",
            cell,
            block(cell, "h", "h_prev", shut),
            slope,
        )
        whole = tanh(x + b_in + h + b_hn)
        yield _same(
            "$n_t = \\tanh(W_{in} x_t + b_{in} + W_{hn} h_{t-1} + b_{hn})$",
            cell,
            array(cell, "n", open),
            whole,
        )
        yield _same("$h_t = n_t$", cell, array(cell, "h", {"r": 1, "z": 0}), whole)


def _weight(name: str, size: str, k: sympy.Expr) -> sympy.Expr:
    return element(name, ("H", size), J, k)


def _same(what: str, cell: Cell, found: sympy.Expr, stated: sympy.Expr) -> Shown:
    found_at = Checked(f"{cell.id}.h", residual(found, stated))
    return vanish(Text(f"{cell.id}: {what}", f"{cell.id}：{what}"), [found_at])


CLAIMS = (
    Claim(
        "gru.update_gate",
        ("6.1.7", "6.1.8", "6.1.9"),
        Text(
            "The update gate mixes old and new: near 0 the old state is kept, near 1 the new "
            "information is used.",
            "更新门混合新旧信息：接近 0 时保留旧状态，接近 1 时采用新信息。",
        ),
        Text(
            "The document's $z_t$, which is $1 - z_t$ here. Limits are taken by the gate's bias, "
            "or whatever moves its pre-activation to $\\pm\\infty$ with the weights fixed.",
            "指文档的 $z_t$，即这里的 $1 - z_t$。极限取自门的偏置（或任何使预激活值趋于 "
            "$\\pm\\infty$ 而权重不变的方式）。",
        ),
        Verdict.PROVED,
        Text(
            "As limits: $z_t \\to 0$ gives $h_t \\to h_{t-1}$ and $\\partial h_t / \\partial "
            "h_{t-1} \\to 1$; $z_t \\to 1$ gives $h_t \\to \\tilde h_t$, with the candidate's "
            "Jacobian. Neither is reached: $0 < \\sigma < 1$. In between $h_t$ is a convex "
            "combination, entry by entry. What is called new is the candidate, which itself reads "
            "$h_{t-1}$ unless the reset gate shuts.",
            "作为极限：$z_t \\to 0$ 时 $h_t \\to h_{t-1}$，"
            "$\\partial h_t / \\partial h_{t-1} \\to 1$；"
            "$z_t \\to 1$ 时 $h_t \\to \\tilde h_t$，雅可比矩阵为候选值的雅可比矩阵。"
            "两端都取不到，因为 $0 < \\sigma < 1$；其间 $h_t$ 逐分量是凸组合。"
            "所谓新信息指候选值，除非重置门关闭，它本身也依赖 $h_{t-1}$。",
        ),
        update,
        ("gru_reset_before.h", "gru_reset_before.h_D_h_prev"),
    ),
    Claim(
        "gru.reset_gate",
        ("6.1.11", "6.1.12", "6.1.13"),
        Text(
            "The reset gate sets how much of the history is used: near 0 the history is ignored, "
            "near 1 it is used.",
            "重置门控制使用多少历史：接近 0 时忽略历史，接近 1 时使用历史。",
        ),
        Text(
            "Both placements of the reset gate; limits as for the update gate.",
            "重置门的两种位置；极限的意义同更新门。",
        ),
        Verdict.CORRECTED,
        Text(
            "That is true of the candidate, not of the new state. As $r_t \\to 0$ the candidate "
            "tends to $\\tanh(W_{in} x_t + b_{in} + b_{hn})$ if the reset comes before the linear "
            "map, and to $\\tanh(W_{in} x_t + b_{in})$ if it comes after; it no longer depends on "
            "$h_{t-1}$. But $h_t$ still does, by $z_t$ and by what $z_t$ keeps: "
            "$\\partial h_t / \\partial h_{t-1} \\to \\operatorname{diag}(z_t) + "
            "\\operatorname{diag}((h_{t-1} - n_t) \\odot z_t \\odot (1 - z_t)) W_{hz}$, with $z_t$ "
            "as here. To forget the history both gates are needed. As $r_t \\to 1$ both placements "
            "have the candidate $\\tanh(W_{in} x_t + b_{in} + W_{hn} h_{t-1} + b_{hn})$, and with "
            "$z_t \\to 0$ the GRU is the vanilla network.",
            "这对候选值成立，对新状态不成立。$r_t \\to 0$ 时，重置在前的候选值趋于 "
            "$\\tanh(W_{in} x_t + b_{in} + b_{hn})$，重置在后的趋于 $\\tanh(W_{in} x_t + b_{in})$，"
            "不再依赖 $h_{t-1}$。但 $h_t$ 仍经由 $z_t$ 以及 $z_t$ 所保留的部分依赖它："
            "$\\partial h_t / \\partial h_{t-1} \\to \\operatorname{diag}(z_t) + "
            "\\operatorname{diag}((h_{t-1} - n_t) \\odot z_t \\odot (1 - z_t)) W_{hz}$，其中 $z_t$ "
            "取这里的含义。要忘掉历史，两个门缺一不可。$r_t \\to 1$ 时两种位置的候选值同为 "
            "$\\tanh(W_{in} x_t + b_{in} + W_{hn} h_{t-1} + b_{hn})$；再令 $z_t \\to 0$，"
            "GRU 即成为基本循环网络。",
        ),
        reset,
        ("gru_reset_before.n", "gru_reset_after.n", "gru_reset_before.h_D_h_prev"),
    ),
)
