"""For the pages: the proof of backpropagation through time, step by step, for each cell.

Imports notation and typeset. What is written here is proved by `bptt`, for any size, and by
`copies`. An adjoint with a plus, ``\\bar{h}^{+}_t``, is that of a state handed on by step t;
without it, as inside a step, it also counts the way through other states of the same step.
"""

from __future__ import annotations

from derivations.notation import Array, Cell, Text
from derivations.proofs.results import Step
from derivations.proofs.typeset import BAR, IMMEDIATE, aligned, at, back, listed, pair, transposed

_LOSS_END = r"\ell_{\mathrm{end}}"


def proof_steps(cell: Cell) -> tuple[Step, ...]:
    """The proof for a cell; none for a cell without states."""
    if not cell.states:
        return ()
    inside = [_inside(cell)] if _nested(cell) else []
    return (
        _setting(cell),
        _remaining(cell),
        _adjoints(cell),
        _base(cell),
        _induction(cell),
        _start(cell),
        *inside,
        _copies(),
        _one_copy(cell),
        _sum(cell),
        _warning(),
    )


def _with_loss(cell: Cell, array: Array, step: str, rest: str) -> str:
    if array != cell.output:
        return rest
    return rf"\frac{{\partial \ell_{{{step}}}}}{{\partial {at(array, step)}}} + {rest}"


def _setting(cell: Cell) -> Step:
    y = cell.output
    return Step(
        rf"L = \sum_{{t=1}}^{{T}} \ell_t({at(y, 't')}) + {_LOSS_END}({listed(cell, 'T')}), \qquad "
        rf"{pair(cell, 't')} = F({listed(cell, 't-1')}, x_t; \theta)",
        Text(
            "The loss reads the output of every step and the last states. Every step is the same "
            "map $F$ with the same parameters $\\theta$.",
            "损失取决于每一步的输出和最后的状态；每一步都是同一个映射 $F$，参数 $\\theta$ 也相同。",
        ),
    )


def _letters(cell: Cell) -> str:
    return ", ".join(s.name for s in cell.states)


def _remaining(cell: Cell) -> Step:
    v = _letters(cell)
    return Step(
        rf"J_T({v}) = \ell_T({cell.output.name}) + {_LOSS_END}({v}), \qquad "
        rf"J_t({v}) = \ell_t({cell.output.name}) + J_{{t+1}}\bigl(F({v}, x_{{t+1}}; \theta)\bigr)",
        Text(
            "$J_t$ is the part of the loss that the states at $t$ can still influence; "
            "$\\ell_1, \\dots, \\ell_{t-1}$ do not depend on them. Inputs and parameters are "
            "held fixed.",
            "$J_t$ 是第 $t$ 步的状态还能影响的那部分损失；$\\ell_1, \\dots, \\ell_{t-1}$ "
            "与这些状态无关。输入与参数固定不变。",
        ),
    )


def _adjoints(cell: Cell) -> Step:
    point = rf"\bigg|_{{{pair(cell, 't')}}}"
    lines = r", \qquad ".join(
        rf"{at(s.next, 't', bar=True)} = \frac{{\partial J_t}}{{\partial {s.name}}}{point}"
        for s in cell.states
    )
    several = len(cell.states) > 1
    return Step(
        lines,
        Text(
            "The adjoint of a state is the derivative of $J_t$ with respect to it, written as a "
            "column."
            + (" The states at $t$ are independent arguments of $J_t$." if several else ""),
            "状态的伴随是 $J_t$ 对它的导数，写成列向量。"
            + ("第 $t$ 步的各个状态是 $J_t$ 的独立自变量。" if several else ""),
        ),
    )


def _base(cell: Cell) -> Step:
    def line(state: Array) -> tuple[str, str]:
        end = rf"\frac{{\partial {_LOSS_END}}}{{\partial {at(state, 'T')}}}"
        return at(state, "T", bar=True), _with_loss(cell, state, "T", end)

    return Step(
        aligned(*(line(s.next) for s in cell.states)),
        Text("Base case, $t = T$: differentiate $J_T$.", "归纳起点 $t = T$：对 $J_T$ 求导。"),
    )


def _induction(cell: Cell) -> Step:
    def line(state: Array) -> tuple[str, str]:
        ahead = back(cell, at(state, "t"), "t+1")
        return at(state, "t", bar=True), _with_loss(cell, state, "t", ahead)

    known = ", ".join(at(s.next, "t+1", bar=True) for s in cell.states)
    gradient = f"({known})" if len(cell.states) > 1 else known
    point, y = pair(cell, "t+1"), at(cell.output, "t")
    return Step(
        aligned(*(line(s.next) for s in cell.states)),
        Text(
            f"Induction step, from $t + 1$ to $t < T$: by hypothesis the gradient of $J_{{t+1}}$ "
            f"at ${point}$ is ${gradient}$. By the chain rule, $J_{{t+1}} \\circ F$ contributes "
            "the transposed Jacobian of step $t + 1$ times that gradient. The other term, "
            f"$\\partial \\ell_t / \\partial {y}$, is the immediate derivative "
            f"$\\partial^{{+}} L / \\partial {y}$.",
            f"归纳步骤，由 $t + 1$ 到 $t < T$：按归纳假设，$J_{{t+1}}$ 在 ${point}$ 处的梯度为 "
            f"${gradient}$。由链式法则，$J_{{t+1}} \\circ F$ 的贡献是第 $t + 1$ 步雅可比矩阵的转置"
            f"乘以该梯度；另一项 $\\partial \\ell_t / \\partial {y}$ 就是直接导数 "
            f"$\\partial^{{+}} L / \\partial {y}$。",
        ),
    )


def _start(cell: Cell) -> Step:
    def line(state: Array) -> tuple[str, str]:
        at_0 = at(state, "0")
        return rf"\frac{{dL}}{{d{at_0}}}", back(cell, at_0, "1")

    return Step(
        aligned(*(line(s.next) for s in cell.states)),
        Text(
            "So the recursion gives the adjoints for $t = T, \\dots, 1$. One step more, where "
            "there is no loss term, gives the gradient with respect to the initial state.",
            "于是递推依次给出 $t = T, \\dots, 1$ 的伴随。再退一步，此处没有损失项，"
            "就得到损失对初始状态的梯度。",
        ),
    )


def _nested(cell: Cell) -> list[tuple[Array, Array]]:
    """Pairs of states of one step of which the second is computed from the first."""
    found = []
    for s in cell.states:
        reached = {s.name}
        for equation in cell.equations:
            if reached & set(equation.reads):
                reached.add(equation.out.name)
        found += [(s.next, o.next) for o in cell.states if o.name in reached - {s.name}]
    return found


def _inside(cell: Cell) -> Step:
    def line(state: Array) -> tuple[str, str]:
        ways = [second for first, second in _nested(cell) if first == state]
        added = (f"{transposed(u.latex(), state.latex())}\\, {u.latex(BAR)}" for u in ways)
        return state.latex(BAR), " + ".join([at(state, "t", bar=True), *added])

    first, second = _nested(cell)[0]
    v, u, total = first.latex(), second.latex(), first.latex(BAR)
    return Step(
        aligned(*(line(s.next) for s in cell.states)),
        Text(
            f"Within step $t$, ${u}$ is computed from ${v}$. The backward pass of the step adds "
            f"that way: ${total}$ is the derivative of $L$ with ${u}$ following ${v}$.",
            f"在第 $t$ 步之内，${u}$ 由 ${v}$ 算出。单步反向传播把这条路径也计入："
            f"${total}$ 是让 ${u}$ 随 ${v}$ 变动时 $L$ 的导数。",
        ),
    )


def _copies() -> Step:
    return Step(
        r"\frac{dL}{d\theta} = \sum_{t=1}^{T}"
        r" \frac{\partial L}{\partial \theta_t}\bigg|_{\theta_1 = \dots = \theta_T = \theta}",
        Text(
            "Give each step a copy $\\theta_t$ of the parameters, entries in one column. The chain "
            "rule along $\\theta_1 = \\dots = \\theta_T = \\theta$ adds the derivatives.",
            "让每一步各用参数的一份副本 $\\theta_t$（各元排成一列）。沿 "
            "$\\theta_1 = \\dots = \\theta_T = \\theta$ 用链式法则，各个导数相加。",
        ),
    )


def _one_copy(cell: Cell) -> Step:
    added = back(cell, r"\theta_t", "t", IMMEDIATE)
    return Step(
        rf"\frac{{\partial L}}{{\partial \theta_t}} = {added}",
        Text(
            "$\\theta_t$ enters step $t$ and no other: $L$ depends on it only through "
            f"$J_t(F({listed(cell, 't-1')}, x_t; \\theta_t))$. The immediate derivative "
            "$\\partial^{+}$ varies $\\theta_t$ and holds the states that enter the step fixed.",
            "$\\theta_t$ 只出现在第 $t$ 步：$L$ 仅通过 "
            f"$J_t(F({listed(cell, 't-1')}, x_t; \\theta_t))$ 依赖于它。"
            "直接导数 $\\partial^{+}$ 只变动 $\\theta_t$，进入该步的状态保持不动。",
        ),
    )


def _sum(cell: Cell) -> Step:
    terms = back(cell, r"\theta", "t", IMMEDIATE)
    inside = rf"\left({terms}\right)" if len(cell.states) > 1 else terms
    return Step(
        rf"\frac{{dL}}{{d\theta}} = \sum_{{t=1}}^{{T}} {inside}",
        Text("Put the last two together.", "合并以上两式。"),
    )


def _warning() -> Step:
    return Step(
        r"h_t = w\, h_{t-1} + x_t, \quad L = h_2: \qquad"
        r" \sum_{t=1}^{2} \bar{h}^{+}_t \frac{\partial^{+} h_t}{\partial w} = w\, h_0 + h_1"
        r" = \frac{dL}{dw}, \qquad"
        r" \sum_{t=1}^{2} \bar{h}^{+}_t \frac{d h_t}{d w} = \frac{dL}{dw} + w\, h_0",
        Text(
            "The derivative must be the immediate one. With the total derivative $dh_t/dw$, the "
            "share of step 1 is counted twice: $dh_2/dw$ contains it already, and "
            "$\\bar{h}^{+}_1 = w$ carries it once more.",
            "这里必须是直接导数。若换成全导数 $dh_t/dw$，第 1 步的贡献就会算两遍："
            "$dh_2/dw$ 里已经有它，$\\bar{h}^{+}_1 = w$ 又带来一次。",
        ),
    )
