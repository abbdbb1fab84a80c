"""Evidence on what cells cost: the polynomials, and a run of the generated code that counts.

Imports the polynomials, the oracles and SymPy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import sympy
from oracles import code, counting
from oracles.cases import Config, size_names

from derivations.calculus import counts
from derivations.calculus.counts import SIZE, B, T
from derivations.cells import CELLS
from derivations.notation import Cell, Text
from derivations.proofs.claims.claim import Shown
from derivations.proofs.claims.exactly import equal

D, H, K = (SIZE[s] for s in "DHK")
SEEDS = range(2)
KEPT = {"rnn_tanh": 1, "lstm": 7, "gru_reset_after": 5, "gru_reset_before": 5}
"""How many vectors of size H the tape keeps at each step."""


def config(cell: Cell, seed: int) -> Config:
    """Sizes between 1 and 6, drawn independently of each other."""
    names = [*size_names(cell), "T", "B"]
    drawn = np.random.default_rng(seed).integers(1, 7, len(names)).tolist()
    sizes = dict(zip(names, drawn, strict=True))
    steps, batch = sizes.pop("T"), sizes.pop("B")
    return Config(cell.id, sizes, steps, batch, seed)


def number(polynomial: sympy.Expr, of: Config) -> int:
    """The value of a polynomial in the sizes."""
    values = {T: of.T, B: of.B, **{SIZE[name]: v for name, v in of.sizes.items()}}
    return int(sympy.sympify(polynomial).subs(values))


def predicted(operations: counts.Operations, of: Config) -> Counter[str]:
    """The values of all polynomials."""
    return Counter({kind: number(p, of) for kind, p in operations.items()})


def operations() -> Iterable[Shown]:
    """Forward and backward of every cell, and what follows for the vanilla network."""
    for cell in CELLS.values():
        yield from _counted(cell)
    rnn, output = CELLS["rnn_tanh"], CELLS["output"]
    states, outputs = counts.total(counts.forward(rnn)), counts.total(counts.forward(output))
    what = Text("vanilla network: additions and multiplications", "基本循环网络：加法与乘法")
    yield equal(what, states, 2 * T * B * H * (D + H) + T * B * H)
    yield equal(Text("output layer", "输出层"), outputs, 2 * T * B * H * K)
    same = {B: 1, D: H, K: H}
    over = sympy.limit(((states + outputs) / (T * H**2)).subs(same), H, sympy.oo)
    what = Text(
        "per $T H^2$ if $B = 1$, $D = K = H$, in the limit",
        "$B = 1$、$D = K = H$ 时除以 $T H^2$ 的极限",
    )
    yield equal(what, over, 6)
    unbounded = sympy.limit((states / (T * H**2)).subs(B, 1), D, sympy.oo)
    what = Text("per $T H^2$ as $D$ grows, $H$ fixed", "固定 $H$、$D$ 增大时除以 $T H^2$")
    yield Shown(what, unbounded == sympy.oo, str(unbounded))
    back = counts.total(counts.backward(rnn)) / states
    what = Text("backward per forward, $D = H$, in the limit", "$D = H$ 时反向与前向之比的极限")
    yield equal(what, sympy.limit(back.subs(D, H), H, sympy.oo), 2 - 1 / (2 * T * B))


def _counted(cell: Cell) -> Iterable[Shown]:
    wanted = counts.forward(cell), counts.backward(cell)
    runs = [
        (counting.sequence(code.text_of(cell.id), drawn.sequence()), drawn)
        for drawn in (config(cell, seed) for seed in SEEDS)
    ]
    for k, (en, zh) in enumerate((("forward", "前向"), ("backward", "反向"))):
        agree = all(found[k] == predicted(wanted[k], drawn) for found, drawn in runs)
        value = ", ".join(f"{kind} {p}" for kind, p in wanted[k].items() if p != 0)
        yield Shown(
            Text(f"{cell.id}, {en}: as counted", f"{cell.id}，{zh}：与计数一致"), agree, value
        )


def tape() -> Iterable[Shown]:
    """What the tape of every cell holds."""
    for cell in CELLS.values():
        drawn = config(cell, 0)
        held = counting.kept(code.text_of(cell.id), drawn.sequence())
        what = Text(f"{cell.id}: numbers on the tape", f"{cell.id}：记录中的数")
        polynomial = counts.tape(cell)
        yield Shown(what, held == number(polynomial, drawn), str(polynomial))
    for id, gates in (
        ("rnn_tanh", 1),
        ("lstm", 7),
        ("gru_reset_after", 5),
        ("gru_reset_before", 5),
    ):
        cell = CELLS[id]
        what = Text(f"{id}: as stated", f"{id}：如所述")
        yield equal(what, counts.tape(cell), B * (T * (D + gates * H) + counts.state(cell)))
    yield equal(
        Text("parameters of the vanilla network", "基本循环网络的参数"),
        counts.parameters(CELLS["rnn_tanh"]),
        H * (D + H) + 2 * H,
    )


def lstm_against_gru() -> Iterable[Shown]:
    """Operations of a run of forward and backward, one over the other, at sizes that grow."""
    for size in (1, 4, 16):
        done = [_run(CELLS[id], size) for id in ("lstm", "gru_reset_after")]
        what = Text(f"LSTM and GRU, $D = H = {size}$", f"LSTM 与 GRU，$D = H = {size}$")
        ratio = done[0] / done[1]
        yield Shown(what, 1 < ratio < 1.4, f"{done[0]}, {done[1]}: {ratio:.3f}")


def _run(cell: Cell, size: int) -> int:
    drawn = Config(cell.id, {"D": size, "H": size}, T=3, B=2, seed=0)
    tallies = counting.sequence(code.text_of(cell.id), drawn.sequence())
    return sum(tally.total() for tally in tallies)
