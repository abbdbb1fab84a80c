"""Claims on the limits of the gates of the LSTM."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.gate_limits import Gates, array, block
from derivations.proofs.indices import Entries, J, K, delta
from derivations.proofs.normal import residual
from derivations.proofs.reach import occurring

LSTM = CELLS["lstm"]
STEP = Entries(LSTM)
SYMBOLS = {name: a.symbol for name, a in LSTM.arrays.items()}
LATEX = {"c": "c_t", "h": "h_t", "c_prev": "c_{t-1}", "h_prev": "h_{t-1}", "x": "x_t"}


def forget_limits() -> Iterable[Shown]:
    """f to 0 and to 1: the cell state and its derivatives."""
    for f, state, along in ((0, "i * g", 0), (1, "c_prev + i * g", 1)):
        yield _array("c", {"f": f}, state)
        yield _block("c", "c_prev", {"f": f}, along * delta("H", J, K))
        left = _entry("g * i * (1 - i)") * _weight("W_hi") + _entry("i * (1 - g**2)") * _weight(
            "W_hg"
        )
        yield _block("c", "h_prev", {"f": f}, left)
    yield _array("c", {"f": 1, "i": 1, "g": 1}, "c_prev + 1")


def input_limits() -> Iterable[Shown]:
    """i to 0 and to 1; at 0 the input still acts on the cell state, through f."""
    yield _array("c", {"i": 0}, "f * c_prev")
    yield _block("c", "x", {"i": 0}, _entry("c_prev * f * (1 - f)") * _weight("W_if"))
    yield _array("c", {"i": 1}, "f * c_prev + g")
    yield _array("c", {"i": 1, "f": 0}, "g")


def output_limits() -> Iterable[Shown]:
    """o to 0 and to 1: the hidden state; the cell state knows nothing of it."""
    yield _array("h", {"o": 0}, "0")
    for by in ("h_prev", "c_prev", "x"):
        yield _block("h", by, {"o": 0}, sympy.S.Zero)
    yield _array("h", {"o": 1}, "s")
    read = occurring(Entries(LSTM, frozenset("ifgo")).entry("c", J))
    what = Text("what $c_t$ reads", "$c_t$ 所依赖的量")
    yield Shown(what, read == {"f", "i", "g", "c_prev"}, ", ".join(sorted(read)))


def _array(name: str, gates: Gates, stated: str) -> Shown:
    """An array in the limit is an elementwise expression."""
    holds = residual(array(LSTM, name, gates), _entry(stated)) == 0
    return Shown(_limit(LATEX[name], gates), bool(holds), stated)


def _block(exit: str, by: str, gates: Gates, stated: sympy.Expr) -> Shown:
    """A Jacobian block in the limit, at (j, k)."""
    holds = residual(block(LSTM, exit, by, gates), stated) == 0
    of = rf"\partial {LATEX[exit]}/\partial {LATEX[by]}"
    return Shown(_limit(of, gates), bool(holds), "0" if stated == 0 else "")


def _limit(of: str, gates: Gates) -> Text:
    to = ", ".join(rf"{gate} \to {end}" for gate, end in gates.items())
    return Text(f"${of}$ as ${to}$", f"${to}$ 时的 ${of}$")


def _entry(expression: str) -> sympy.Expr:
    return STEP.scalar(sympy.sympify(expression, SYMBOLS), J)


def _weight(name: str) -> sympy.Expr:
    return STEP.element(name, J, K)


CLAIMS = (
    Claim(
        "lstm.forget_limits",
        ("5.3.3", "5.3.4"),
        Text(
            r"$f_t \approx 0$ forgets completely, $f_t \approx 1$ keeps completely.",
            r"$f_t \approx 0$ 时完全遗忘，$f_t \approx 1$ 时完全保留。",
        ),
        Text(
            "LSTM of any size; the other gates are held fixed.", "任意尺寸的 LSTM；其余各门固定。"
        ),
        Verdict.CORRECTED,
        Text(
            r"As $f \to 0$, $c_t \to i_t \odot g_t$ and $\partial c_t/\partial c_{t-1} \to 0$: "
            r"the old cell state is gone, but the past still acts through $h_{t-1}$. As "
            r"$f \to 1$, $c_t \to c_{t-1} + i_t \odot g_t$ and "
            r"$\partial c_t/\partial c_{t-1} \to I$: the old value is kept in full, yet "
            r"$c_t = c_{t-1}$ only if $i_t \odot g_t = 0$. With $i, g \to 1$ besides, $c$ grows "
            r"by 1 at every step and saturates $\tanh$. In both limits the slope $f(1-f)$ goes to "
            r"0, and with it the way to $c_t$ through the gate.",
            r"$f \to 0$ 时 $c_t \to i_t \odot g_t$，$\partial c_t/\partial c_{t-1} \to 0$：旧的细"
            r"胞状态不再起作用，但过去仍经 $h_{t-1}$ 产生影响。$f \to 1$ 时 "
            r"$c_t \to c_{t-1} + i_t \odot g_t$，$\partial c_t/\partial c_{t-1} \to I$：旧值全部保"
            r"留，但仅当 $i_t \odot g_t = 0$ 时才有 $c_t = c_{t-1}$。若再有 $i, g \to 1$，$c$ 每步"
            r"增加 1，终使 $\tanh$ 饱和。两种极限下斜率 $f(1-f)$ 都趋于 0，经由该门通往 $c_t$ 的路"
            r"径随之消失。",
        ),
        forget_limits,
        ("lstm.c", "lstm.c_D_c_prev", "lstm.c_D_h_prev"),
    ),
    Claim(
        "lstm.input_limits",
        ("5.3.7", "5.3.8"),
        Text(
            r"$i_t \approx 0$ ignores the new input, $i_t \approx 1$ accepts it completely.",
            r"$i_t \approx 0$ 时忽略新输入，$i_t \approx 1$ 时完全接受。",
        ),
        Text(
            "LSTM of any size; the other gates are held fixed.", "任意尺寸的 LSTM；其余各门固定。"
        ),
        Verdict.CORRECTED,
        Text(
            r"As $i \to 0$, $c_t \to f_t \odot c_{t-1}$: it is the candidate that is ignored. The "
            r"input still acts through the other gates: "
            r"$\partial c_t/\partial x_t \to \operatorname{diag}(c_{t-1} \odot f_t \odot (1 - "
            r"f_t))\, W_{if}$. As $i \to 1$, $c_t \to f_t \odot c_{t-1} + "
            r"g_t$: the candidate is added in full, but it lies in $(-1, "
            r"1)$, and the old state remains beside it. Only $i \to 1$ together with $f \to "
            r"0$ replaces the old by the new.",
            r"$i \to 0$ 时 $c_t \to f_t \odot c_{t-1}$：被忽略的是候选值，输入仍经其他门起作用，"
            r"$\partial c_t/\partial x_t \to \operatorname{diag}(c_{t-1} \odot f_t \odot (1 - "
            r"f_t))\, W_{if}$。$i \to 1$ 时 $c_t \to f_t \odot c_{t-1} + "
            r"g_t$：候选值全部加入，但它限于 $(-1, 1)$，且旧状态仍在其旁。只有 $i \to 1$ 且 $f "
            r"\to 0$ 才是以新换旧。",
        ),
        input_limits,
        ("lstm.c", "lstm.c_D_x"),
    ),
    Claim(
        "lstm.output_limits",
        ("5.3.11", "5.3.12"),
        Text(
            r"$o_t \approx 0$ puts out nothing, $o_t \approx 1$ puts out everything.",
            r"$o_t \approx 0$ 时不输出，$o_t \approx 1$ 时完全输出。",
        ),
        Text(
            "LSTM of any size; the other gates are held fixed.", "任意尺寸的 LSTM；其余各门固定。"
        ),
        Verdict.CORRECTED,
        Text(
            r"As $o \to 0$, $h_t \to 0$ and so do all derivatives of $h_t$. Nothing is lost by "
            r"that: $c_t$ does not depend on $o_t$ and goes on. As $o \to 1$, "
            r"$h_t \to \tanh c_t$, not $c_t$: what is put out lies in $(-1, 1)$, and large cell "
            r"states look alike.",
            r"$o \to 0$ 时 $h_t \to 0$，$h_t$ 的各导数亦然。信息并未因此丢失：$c_t$ 不依赖 $o_t$，"
            r"照常传下去。$o \to 1$ 时 $h_t \to \tanh c_t$，而不是 $c_t$：输出限于 $(-1, 1)$，很大"
            r"的细胞状态看上去彼此相近。",
        ),
        output_limits,
        ("lstm.h", "lstm.h_D_h_prev", "lstm.h_D_c_prev"),
    ),
)
