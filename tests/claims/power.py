"""Evidence on counting: the bounds in real numbers, and a run of the code in floating point.

Imports the proofs, SymPy, NumPy and the package under test.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import rnnref
import sympy

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs import state_bounds
from derivations.proofs.claims.claim import Shown
from derivations.proofs.claims.exactly import equal, vanish
from derivations.proofs.state_bounds import K, T

STEPS, SEED = 2000, 0


def counting() -> Iterable[Shown]:
    """A GRU's state is bounded, an LSTM's cell state counts."""
    for id in ("gru_reset_after", "gru_reset_before"):
        what = Text(f"{id}: convex combination", f"{id}：凸组合")
        yield vanish(what, [state_bounds.within(CELLS[id], sign) for sign in (1, -1)])
    yield vanish(
        Text("LSTM: $c = f c + i g$", "LSTM：$c = f c + i g$"), [state_bounds.cell_state()]
    )
    what = Text("the closed form follows the recursion", "闭式满足递推")
    yield equal(what, state_bounds.counter_recursion(), 0)
    what = Text("Bernoulli, the step of the induction", "伯努利不等式的归纳步")
    yield equal(what, state_bounds.bernoulli(), 0)
    yield equal(Text("the sum of the bound", "下界之和"), state_bounds.least(), 0)
    open, bound = state_bounds.counter_ends()
    yield equal(Text("limit as $f \\to 1$", "$f \\to 1$ 的极限"), open, K * T)
    a = sympy.Symbol("a", real=True)
    yield equal(
        Text("bound with $f = \\sigma(a)$", "$f = \\sigma(a)$ 时的上界"),
        bound,
        K * (1 + sympy.exp(a)),
    )
    yield _in_float64()
    relu = _ran(
        rnnref.RNN(1, 1, nonlinearity="relu"),
        {"weight_ih_l0": [1], "weight_hh_l0": [1]},
        np.ones(STEPS),
    )
    what = Text(
        "vanilla network with relu, float64, inputs 1: last state",
        "relu 基本网络，float64，输入恒为 1：末状态",
    )
    yield Shown(what, relu.h[-1].item() == STEPS, str(relu.h[-1].item()))
    yield _bounded()


def _in_float64() -> Shown:
    """Inputs 1 and -1 at random: the cell state is their running sum, with all gates open."""
    steps = np.random.default_rng(SEED).choice([-1.0, 1.0], STEPS)
    given = {"weight_ih_l0": [0, 0, 40, 0], "bias_ih_l0": [40, 40, 0, 0]}
    c = _ran(rnnref.LSTM(1, 1), given, steps).c.ravel()
    wrong = int(np.count_nonzero(c != np.cumsum(steps)))
    what = Text(
        f"LSTM in float64: wrong counts in {STEPS} steps",
        f"float64 中的 LSTM：{STEPS} 步中数错的次数",
    )
    return Shown(what, wrong == 0, str(wrong))


def _bounded() -> Shown:
    """GRUs with large random weights, both forms."""
    rng = np.random.default_rng(SEED)
    largest = 0.0
    for reset_after in (True, False):
        gru = rnnref.GRU(2, 3, reset_after=reset_after)
        params = {name: 9 * a for name, a in gru.init_params(rng).items()}
        y, *_ = gru.forward(params, 9 * rng.normal(size=(STEPS, 1, 2)))
        largest = max(largest, float(np.abs(y).max()))
    what = Text(
        "GRU with large random weights: largest $|h_t|$", "大随机权重的 GRU：最大的 $|h_t|$"
    )
    return Shown(what, largest <= 1, f"{largest}")


def _ran(layer: Any, given: dict[str, list[float]], inputs: Any) -> Any:
    """The tape of one sequence with one input and one unit; parameters not given are zero."""
    params = {name: np.zeros(shape) for name, shape in layer.parameter_shapes.items()}
    params |= {name: np.array(v, float).reshape(params[name].shape) for name, v in given.items()}
    _, _, tape = layer.forward(params, inputs[:, None, None])
    return tape.layers[0]
