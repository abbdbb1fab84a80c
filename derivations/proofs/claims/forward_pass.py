"""Claims on the forward pass: the algorithm, what it costs and what it must keep."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Matrix

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs import source_forms
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import differ, same, vanish
from derivations.proofs.exact import evaluated, point, run

RNN, OUTPUT = CELLS["rnn_tanh"], CELLS["output"]
SIZES = {"D": 2, "H": 3, "K": 2}
STEPS = 3


def algorithm() -> Iterable[Shown]:
    """The loop as it stands, on symbols, against the definition run over a sequence."""
    for form in (source_forms.VANILLA, source_forms.OUTPUT):
        yield vanish(
            Text("one line of the loop, any size", "循环中的一行，任意尺寸"),
            source_forms.ours_is_theirs(form),
        )
    x = [_symbols(f"x_{t}", SIZES["D"], 1) for t in range(1, STEPS + 1)]
    W_hh, W_xh = _symbols("U", 3, 3), _symbols("W", 3, 2)
    W_hy, b_h, b_y = _symbols("V", 2, 3), _symbols("b", 3, 1), _symbols("k", 2, 1)
    for h_0 in (sympy.zeros(3, 1), _symbols("h_0", 3, 1)):
        h, states, outputs = h_0, [], []
        for x_t in x:
            h = (W_hh * h + W_xh * x_t + b_h).applyfunc(sympy.tanh)
            states.append(h)
            outputs.append(W_hy * h + b_y)
        at = point(RNN, SIZES, W_ih=W_xh, W_hh=W_hh, b_ih=b_h, h_prev=h_0)
        ours = [step["h"] for step in run(RNN, at, x)]
        head = [evaluated(OUTPUT, point(OUTPUT, SIZES, W_hy=W_hy, b_y=b_y, h=h))["y"] for h in ours]
        start = "h_0 = 0" if h_0.is_zero_matrix else "h_0"
        what = Text(
            f"three steps from ${start}$: entries of the states", f"从 ${start}$ 起三步：状态的分量"
        )
        yield _entries(what, ours, states)
        what = Text(
            f"three steps from ${start}$: of the outputs", f"从 ${start}$ 起三步：输出的分量"
        )
        yield _entries(what, head, outputs)
    a, w = sympy.symbols("a w")
    yield differ(
        Text("$h_1$ from $h_0 = a$ and from 0, one unit", "单个单元，$h_0 = a$ 与 $0$ 时的 $h_1$"),
        sympy.tanh(w * a),
        sympy.tanh(0 * w),
    )


def _entries(what: Text, found: list[Matrix], stated: list[Matrix]) -> Shown:
    one, other = Matrix.vstack(*found), Matrix.vstack(*stated)
    return Shown(what, same(one, other), str(len(one)))


def _symbols(name: str, rows: int, columns: int) -> Matrix:
    return Matrix(rows, columns, lambda j, k: sympy.Symbol(f"{name}_{j}{k}", real=True))


CLAIMS = (
    Claim(
        "rnn.forward",
        ("3.3.2", "3.3.4", "3.3.5", "3.3.6", "3.3.7", "3.3.8"),
        Text(
            "From $h_0 = 0$ and the sequence $x_1, \\dots, x_T$ the loop computes, for "
            "$t = 1, \\dots, T$, first $h_t$ and then $y_t$, and returns all of both.",
            "从 $h_0 = 0$ 与序列 $x_1, \\dots, x_T$ 出发，对 $t = 1, \\dots, T$ 先算 $h_t$ 再算 "
            "$y_t$，最后返回全部 $h_t$ 与 $y_t$。",
        ),
        Text("Any sizes and $T \\ge 1$; real parameters.", "任意尺寸，$T \\ge 1$；实参数。"),
        Verdict.PROVED,
        Text(
            "The body of the loop is the definition, line for line, so the loop is the network for "
            "every $T$ by induction. $y_t$ reads $h_t$ alone: the outputs may as well be computed "
            "after the loop, all at once. $h_0 = 0$ is a choice, not part of the network; with "
            "another $h_0$ the same loop computes another function.",
            "循环体逐行就是定义，故由归纳法，对任意 $T$ 循环算出的就是该网络。$y_t$ 只依赖 $h_t$，"
            "所以也可以在循环结束后一次算出全部输出。$h_0 = 0$ 是一种取法，并非网络的一部分；"
            "换一个 $h_0$，同样的循环给出另一个函数。",
        ),
        algorithm,
        ("rnn_tanh", "output"),
    ),
    Claim(
        "rnn.cost",
        ("3.3.9",),
        Text(
            "The forward pass takes $O(T d_h^2)$ operations.",
            "前向计算的运算量为 $O(T d_h^2)$。",
        ),
        Text(
            "Counted: each scalar addition (a sum of $n$ numbers is $n - 1$ of them, a difference "
            "is one), each scalar multiplication (a square is one) and each value of a function.",
            "计数约定：每次标量加法（$n$ 个数求和计 $n - 1$ 次，减法计一次）、每次标量乘法"
            "（平方计一次）、每次函数求值。",
        ),
        Verdict.CORRECTED,
        Text(
            "It takes exactly $2TBH(D + H) + TBH$ additions and multiplications and $TBH$ values "
            "of tanh for the states, and $2TBHK$ for the outputs: $\\Theta(TBH(D + H + K))$. "
            "$O(T d_h^2)$ is right for one sequence with $D$ and $K$ at most of the order of "
            "$H = d_h$, and false without that: for a fixed $d_h$ the cost grows with $D$. "
            "As $D = H$ grows, the ratio of backward to forward tends to $2 - 1/(2TB)$. "
            "The evidence lists forward and backward of every cell as polynomials; the same counts "
            "came out of a run of the generated code on numbers that count what is done with them.",
            "算状态恰需 $2TBH(D + H) + TBH$ 次加法与乘法、$TBH$ 次 tanh 求值，算输出需 $2TBHK$ 次，"
            "合计 $\\Theta(TBH(D + H + K))$。"
            "只有对单个序列、且 $D$ 与 $K$ 至多与 $H = d_h$ 同阶时，$O(T d_h^2)$ 才成立；"
            "否则不然：固定 $d_h$，运算量随 $D$ 增长。$D = H$ 增大时，"
            "反向与前向之比趋于 $2 - 1/(2TB)$。证据中列出每种单元前向与反向运算量的多项式；"
            "用会自行计数的数运行生成的代码，所得计数与之完全一致。",
        ),
        "claims.costs:operations",
    ),
    Claim(
        "rnn.tape",
        ("3.3.9",),
        Text(
            "What the forward pass must keep for the backward pass is not counted.",
            "没有计入前向计算为反向传播必须保留的量。",
        ),
        Text(
            "Kept are the inputs, the states, and what the local derivatives read again; nothing "
            "is computed a second time.",
            "保留输入、状态以及局部导数要再次读取的量；不作重复计算。",
        ),
        Verdict.CORRECTED,
        Text(
            "It grows with $T$: for the vanilla network $B(T(D + H) + H)$ numbers, beside the "
            "$H(D + H) + 2H$ parameters, which do not. The LSTM keeps $B(T(D + 7H) + 2H)$ and the "
            "GRU $B(T(D + 5H) + H)$.",
            "这一部分随 $T$ 增长：基本循环网络为 $B(T(D + H) + H)$ 个数，而参数 $H(D + H) + 2H$ "
            "个与 "
            "$T$ 无关。LSTM 保留 $B(T(D + 7H) + 2H)$ 个数，GRU 保留 $B(T(D + 5H) + H)$ 个。",
        ),
        "claims.costs:tape",
    ),
)
