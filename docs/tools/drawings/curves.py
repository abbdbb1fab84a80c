"""Curves of the reference functions and of the derived counts. Imports rnnref and NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from rnnref.functions import sigmoid, tanh
from rnnref.generated import gru_reset_after, lstm

from drawings.chart import Chart, ticks
from drawings.kit import Kit
from drawings.svg import Drawing

Array = npt.NDArray[np.float64]

HELD = {"i": 0.8, "f": 0.9, "g": -0.5, "o": 0.9, "c_prev": 1.2}
"""The values in the LSTM that do not change while one of its gates goes from 0 to 1."""
HELD_GRU = {"n": 0.7, "h_prev": -0.4}
"""The same of the GRU, whose state is mixed from these two."""
A = np.linspace(-8, 8, 65)
"""The pre-activation of the gate that does."""

LIMITS = {
    ("f", "c"): (r"i_t \odot g_t", r"c_{t-1} + i_t \odot g_t"),
    ("i", "c"): (r"f_t \odot c_{t-1}", r"f_t \odot c_{t-1} + g_t"),
    ("o", "h"): ("0", r"\tanh(c_t)"),
    ("z", "h"): ("n_t", "h_{t-1}"),
}
"""What a state tends to as a gate closes and as it opens."""

CELLS = {"rnn_tanh": "RNN", "gru_reset_after": "GRU", "lstm": "LSTM"}


def activations(kit: Kit) -> list[Drawing]:
    """Sigmoid and tanh, each with its slope, which is written in its own value."""
    x = np.linspace(-6, 6, 73)
    y, t = sigmoid(x), tanh(x)
    about = kit.say("activations.about")
    across = ticks(-6, -3, 0, 3, 6)
    left = Chart(kit.say("sigmoid"), about, x=across, y=ticks(0, 0.5, 1), over="$a$")
    left.line(x, y * (1 - y), "c2")
    left.line(x, y, "c1")
    left.label((2.4, 0.92), r"$\sigma$", "t1", shift=(2, 17))
    left.label((1.7, 0.14), r"$\sigma(1-\sigma) ≤ 1/4$", "t2", shift=(8, -8))
    right = Chart(kit.say("tanh"), about, x=across, y=ticks(-1, -0.5, 0, 0.5, 1), over="$a$")
    right.line(x, 1 - t**2, "c2")
    right.line(x, t, "c1")
    right.label((1.5, 0.9), r"$\tanh$", "t1", shift=(2, 17))
    right.label((-0.9, 0.49), r"$1-\tanh^2 ≤ 1$", "t2", "end", (-10, -8))
    return [left, right]


def gate_limits(kit: Kit) -> list[Drawing]:
    """The state after a step as one gate goes from closed to open, the rest being held."""
    titles = {s.name: s.title[kit.lang] for c in CELLS for s in kit.symbols(c)}
    panels: list[Drawing] = []
    for (gate, state), labels in LIMITS.items():
        cell = "GRU" if gate == "z" else "LSTM"
        chart = Chart(
            kit.say("gate panel").format(cell=cell, gate=titles[gate], state=f"${state}_t$"),
            kit.say("gate_limits.about"),
            x=ticks(-8, -4, 0, 4, 8),
            y=ticks(-0.5, 0, 0.5, 1),
            span=(-0.9, 1.3),
            over=f"$a_{{{gate},t}}$",
        )
        values = gru_over_z() if cell == "GRU" else lstm_over(gate, state)
        rising = values[-1] > values[0]
        for end, limit, anchor in ((0, labels[0], "start"), (-1, labels[1], "end")):
            value = float(values[end])
            chart.level(value, style="quiet")
            down = rising == (end == 0)
            shift = (0, 17 if down else -8)
            chart.label((float(A[end]), value), f"${limit}$", "note", anchor, shift)
        chart.line(A.tolist(), values.tolist(), "c1")
        panels.append(chart)
    return panels


def lstm_over(gate: str, state: str) -> Array:
    """``c`` or ``h`` after a step of the reference, each unit with another ``a`` of the gate."""
    a = {name: np.full_like(A, _before(name, HELD[name])) for name in lstm.GATES}
    a[gate] = A
    found = _step(lstm, a, np.zeros_like(A), np.full_like(A, HELD["c_prev"]))
    return np.asarray(getattr(found, state)[0])


def gru_over_z() -> Array:
    """``h`` after a step of the reference, each unit with another ``a`` of the update gate."""
    a = {"r": np.zeros_like(A), "z": A, "n": np.full_like(A, _before("n", HELD_GRU["n"]))}
    return np.asarray(_step(gru_reset_after, a, np.full_like(A, HELD_GRU["h_prev"])).h[0])


def operation_counts(kit: Kit) -> list[Drawing]:
    """Multiplications of a step of each cell over H, with D = H; forward and backward alike."""
    sizes = list(range(0, 513, 32))
    counted = kit.read("counts")["cells"]
    panels: list[Drawing] = []
    for way in ("forward", "backward"):
        chart = Chart(
            kit.say(f"{way} counts"),
            kit.say("operation_counts.about"),
            x=ticks(0, 128, 256, 384, 512),
            y=ticks(0, 1, 2, 3, 4),
            span=(0, 4.4),
            over="$H = D$",
            right=52,
        )
        for k, (cell, name) in enumerate(CELLS.items(), 1):
            counts = [multiplications(counted[cell][way], size) / 1e6 for size in sizes]
            chart.line(sizes, counts, f"c{k}")
            chart.label((sizes[-1], counts[-1]), name, f"t{k}", shift=(6, 4))
        panels.append(chart)
    return panels


def multiplications(terms: list[dict[str, Any]], size: int) -> int:
    """A polynomial of the counts at H = D = ``size``."""
    return int(sum(t["factor"] * size ** sum(t["powers"].values()) for t in terms))


def _before(name: str, value: float) -> float:
    """The pre-activation at which a gate or a candidate has a value."""
    return float(np.arctanh(value) if name in "gn" else np.log(value / (1 - value)))


def _step(code: Any, a: dict[str, Array], *states: Array) -> Any:
    """One step of one sequence, without weights: the biases are the pre-activations."""
    bias = np.concatenate([a[name] for name in code.GATES])
    H = len(A)
    params = code.Params(np.zeros((len(bias), 1)), np.zeros((len(bias), H)), bias, 0 * bias)
    return code.step_forward(params, np.zeros((1, 1)), *(s[None] for s in states))
