"""Claims on the recurrence itself: the state, the shared parameters, the unrolled graph."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Matrix

from derivations.cells import CELLS
from derivations.notation import SIZES, Text
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal
from derivations.proofs.exact import run, scalars
from derivations.proofs.indices import J, entry
from derivations.proofs.reach import (
    inputs_reaching,
    occurring,
    parameter_count,
    parameters_used,
)

RECURRENT = [cell for cell in CELLS.values() if cell.states]
STEPS = 3


def state() -> Iterable[Shown]:
    """What the new state reads; for the LSTM h alone is not a state."""
    for cell in RECURRENT:
        read = occurring(entry(cell, "h", J)) - {p.name for p in cell.parameters}
        what = Text(f"what h of `{cell.id}` reads", f"`{cell.id}` 的 h 所依赖的量")
        given = {a.name for a in cell.sources}
        yield Shown(what, read == given, ", ".join(sorted(read)))
    lstm, c = CELLS["lstm"], sympy.Symbol("c_prev")
    h = run(lstm, scalars(lstm, c_prev=c, h_prev=sympy.Symbol("h_prev")), [Matrix([0])])[0]["h"]
    yield equal(
        Text("h of an LSTM whose parameters are all zero", "参数全为零的 LSTM 的 h"),
        h[0],
        sympy.tanh(c / 2) / 2,
    )


def shared() -> Iterable[Shown]:
    """The same parameters occur however long the sequence is."""
    for cell in RECURRENT:
        all_of_them = {p.name for p in cell.parameters}
        used = [parameters_used(cell, steps) for steps in range(1, STEPS + 1)]
        what = Text(
            f"`{cell.id}`: parameters in $h_T$, $T = 1, 2, 3$",
            f"`{cell.id}`：$h_T$ 中的参数，$T = 1, 2, 3$",
        )
        yield Shown(what, used == [all_of_them] * STEPS, ", ".join(sorted(used[-1])))
    for cell in CELLS.values():
        count = parameter_count(cell)
        what = Text(f"`{cell.id}`: how many numbers", f"`{cell.id}`：参数个数")
        sizes = {str(s) for s in count.free_symbols}
        yield Shown(what, bool(sizes) and sizes <= SIZES.keys(), str(count))


def memory() -> Iterable[Shown]:
    """A state depends on the past alone, but two pasts may lead to one state."""
    cell = CELLS["rnn_tanh"]
    reached = inputs_reaching(cell, STEPS)
    what = Text(r"inputs that occur in $h_1, h_2, h_3$", r"$h_1, h_2, h_3$ 中出现的输入")
    yield Shown(what, reached == {1: {1}, 2: {1, 2}, 3: {1, 2, 3}}, str(reached))
    w, p, q, r = sympy.symbols("w p q r")
    other = q + w * sympy.tanh(p) - w * sympy.tanh(r)
    first, second = (
        run(cell, scalars(cell, W_ih=1, W_hh=w), [Matrix([a]), Matrix([b])])[-1]["h"]
        for a, b in ((p, q), (r, other))
    )
    what = Text(r"$h_2$ of two different pasts", r"两段不同历史的 $h_2$")
    yield equal(what, first[0], second[0])
    x = sympy.Symbol("x_1")
    forgetful = run(cell, scalars(cell, W_ih=1), [Matrix([x]), Matrix([q])])[-1]["h"]
    what = Text(
        r"$\partial h_2 / \partial x_1$ with $W_{hh} = 0$",
        r"$W_{hh} = 0$ 时的 $\partial h_2 / \partial x_1$",
    )
    yield equal(what, forgetful[0].diff(x), sympy.S.Zero)


CLAIMS = (
    Claim(
        "recurrence.state",
        ("1.1", "1.3"),
        Text(
            r"A recurrent network computes a hidden state from the previous one and the current "
            r"input, $h_t = f(h_{t-1}, x_t)$, and its output from the hidden state, "
            r"$y_t = g(h_t)$.",
            r"循环网络由前一隐状态与当前输入算出隐状态 $h_t = f(h_{t-1}, x_t)$，再由隐状态算出输"
            r"出 $y_t = g(h_t)$。",
        ),
        Text(
            "The networks of the document: vanilla RNN, LSTM, GRU.",
            "文档所论的网络：基本循环网络、LSTM、GRU。",
        ),
        Verdict.CORRECTED,
        Text(
            r"So it is for the vanilla RNN and the GRU. The state of an LSTM is the pair "
            r"$(h_t, c_t)$: $h_t$ is not a function of $h_{t-1}$ and $x_t$. With all parameters "
            r"zero, $h_t = \tfrac12 \tanh(c_{t-1}/2)$ whatever $h_{t-1}$ and $x_t$ are.",
            r"基本循环网络与 GRU 确是如此。LSTM 的状态是一对 $(h_t, c_t)$，$h_t$ 并非 $h_{t-1}$ "
            r"与 $x_t$ 的函数：参数全为零时，不论 $h_{t-1}$ 与 $x_t$ 取何值，都有 "
            r"$h_t = \tfrac12 \tanh(c_{t-1}/2)$。",
        ),
        state,
    ),
    Claim(
        "recurrence.shared_parameters",
        ("1.6", "2.2.2", "2.2.3"),
        Text(
            "All time steps share the same weights, and the number of parameters does not depend "
            "on the length of the sequence.",
            "所有时间步共用同一组权重，参数个数与序列长度无关。",
        ),
        Text(
            "One layer and one direction; each further layer or direction has parameters of its "
            "own. Fixed sizes $D$, $H$, $K$.",
            "一层、单向；每多一层或一个方向，就另有一组参数。尺寸 $D$、$H$、$K$ 固定。",
        ),
        Verdict.PROVED,
        Text(
            r"Each step of the unrolled network reads the same matrices and biases, so $h_T$ "
            r"contains the same parameters for every $T$. Their number is a polynomial in $D$, "
            r"$H$ and $K$ alone. That a parameter is shared has a price in the backward pass: its "
            r"gradient is a sum over all steps.",
            r"展开后的每一步读取相同的矩阵与偏置，因此对任意 $T$，$h_T$ 中出现的参数都相同，其个数"
            r"只是 $D$、$H$、$K$ 的多项式。共享的代价在反向过程：梯度要对所有时间步求和。",
        ),
        shared,
    ),
    Claim(
        "recurrence.memory",
        ("1.5", "2.2.5"),
        Text("The hidden state stores what came before.", "隐状态存储过去的信息。"),
        Text("Vanilla RNN with tanh.", "采用 tanh 的基本循环网络。"),
        Verdict.CORRECTED,
        Text(
            r"$h_t$ is a function of $h_0, x_1, \dots, x_t$ and of nothing later. But it is a "
            r"summary in $H$ numbers, not a record: with $D = H = W_{ih} = 1$ and $W_{hh} = w$, "
            r"the inputs $(p, q)$ and $(r,\; q + w\tanh p - w\tanh r)$ lead to the same $h_2$, "
            r"and nothing later can tell them apart. Whether any trace of an input is left "
            r"depends on the weights: with $W_{hh} = 0$ there is none.",
            r"$h_t$ 只是 $h_0, x_1, \dots, x_t$ 的函数，与此后的输入无关。但它是 $H$ 个数的概括，"
            r"而非记录：取 $D = H = W_{ih} = 1$，$W_{hh} = w$，输入 $(p, q)$ 与 "
            r"$(r,\; q + w\tanh p - w\tanh r)$ 得到同一个 $h_2$，此后再也无法区分。某个输入是否留"
            r"有痕迹取决于权重：$W_{hh} = 0$ 时毫无痕迹。",
        ),
        memory,
    ),
)
