"""Claims on the limits of the gates of the LSTM."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import sympy

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs import gate_limits, gated_paths
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal
from derivations.proofs.gate_limits import free
from derivations.proofs.indices import Entries, J, K, delta, element
from derivations.proofs.normal import residual
from derivations.proofs.reach import occurring

LSTM, GATES = CELLS["lstm"], gated_paths.LSTM_GATES
VALUE, BLOCK = (partial(f, LSTM, GATES) for f in (gate_limits.value, gate_limits.block))
_i, _f, _g, _o, _c = (free(name) for name in ("i", "f", "g", "o", "c_prev"))


def forget_limits() -> Iterable[Shown]:
    """f to 0 and to 1: the cell state and its derivatives."""
    left = _g * _i * (1 - _i) * _weight("hi") + _i * (1 - _g**2) * _weight("hg")
    for limit, state, along in ((0, _i * _g, sympy.S.Zero), (1, _c + _i * _g, delta("H", J, K))):
        yield _at("f", limit, "c_t", VALUE("c", "f", limit), state)
        yield _at(
            "f", limit, r"\partial c_t/\partial c_{t-1}", BLOCK("c", "c_prev", "f", limit), along
        )
        found = BLOCK("c", "h_prev", "f", limit)
        yield _at("f", limit, r"\partial c_t/\partial h_{t-1}", found, left)
    grown = VALUE("c", "f", 1).xreplace({_i: sympy.S.One, _g: sympy.S.One})
    what = Text(r"$c_t$ with $f, i, g \to 1$", r"$f, i, g \to 1$ 时的 $c_t$")
    yield equal(what, grown, _c + 1)


def input_limits() -> Iterable[Shown]:
    """i to 0 and to 1; at 0 the input still acts on the cell state, through f."""
    yield _at("i", 0, "c_t", VALUE("c", "i", 0), _f * _c)
    by_x = _c * _f * (1 - _f) * element("W_if", ("H", "D"), J, K)
    yield _at("i", 0, r"\partial c_t/\partial x_t", BLOCK("c", "x", "i", 0), by_x)
    yield _at("i", 1, "c_t", VALUE("c", "i", 1), _f * _c + _g)
    replaced = VALUE("c", "i", 1).xreplace({_f: sympy.S.Zero})
    what = Text(r"$c_t$ with $i \to 1$, $f \to 0$", r"$i \to 1$、$f \to 0$ 时的 $c_t$")
    yield equal(what, replaced, _g)


def output_limits() -> Iterable[Shown]:
    """o to 0 and to 1: the hidden state; the cell state knows nothing of it."""
    s = Entries(LSTM, frozenset(GATES)).scalar(sympy.Symbol("s"), J)
    yield _at("o", 0, "h_t", VALUE("h", "o", 0), sympy.S.Zero)
    for by in ("h_prev", "c_prev", "x"):
        name = {"h_prev": "h_{t-1}", "c_prev": "c_{t-1}", "x": "x_t"}[by]
        found = BLOCK("h", by, "o", 0)
        yield _at("o", 0, rf"\partial h_t/\partial {name}", found, sympy.S.Zero)
    yield _at("o", 1, "h_t", VALUE("h", "o", 1), s)
    read = occurring(Entries(LSTM, frozenset(GATES)).entry("c", J))
    what = Text("what $c_t$ reads", "$c_t$ 所依赖的量")
    yield Shown(what, read == {"f", "i", "g", "c_prev"}, ", ".join(sorted(read)))


def _at(gate: str, limit: int, of: str, found: sympy.Expr, stated: sympy.Expr) -> Shown:
    what = Text(rf"${of}$ as ${gate} \to {limit}$", rf"${gate} \to {limit}$ 时的 ${of}$")
    difference = residual(found, stated)
    return Shown(what, bool(difference == 0), str(stated))


def _weight(name: str) -> sympy.Expr:
    return element(f"W_{name}", ("H", "H"), J, K)


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
