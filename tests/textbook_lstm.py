"""An LSTM as a textbook writes it, whose parts can be got wrong, and what `check` says of it."""

from __future__ import annotations

import numpy as np
import rnnref
from rnnref.testing import check

LSTM = rnnref.LSTM(3, 5)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


class Own:
    """A textbook LSTM whose parts can be got wrong by overriding them."""

    order = "ifgo"

    def gates(self, params, x, h):
        a = x @ params["weight_ih_l0"].T + params["bias_ih_l0"]
        a = a + h @ params["weight_hh_l0"].T + params["bias_hh_l0"]
        found = dict(zip(self.order, np.split(a, 4, axis=1), strict=True))
        return {k: np.tanh(v) if k == "g" else sigmoid(v) for k, v in found.items()}

    def run(self, params, x, state):
        h, c, steps = state.h[0], state.c[0], []
        for x_t in x:
            step = self.gates(params, x_t, h) | {"x": x_t, "h_prev": h, "c_prev": c}
            c = step["f"] * c + step["i"] * step["g"]
            h = step["o"] * np.tanh(c)
            steps.append(step | {"c": c, "h": h})
        return steps

    def forward(self, params, x, state):
        steps = self.run(params, x, state)
        return np.stack([s["h"] for s in steps]), (steps[-1]["h"][None], steps[-1]["c"][None])

    def carried(self, step, d_c):
        return d_c * step["f"]

    def slopes(self, d, step):
        return [
            d[k] * (1 - step[k] ** 2) if k == "g" else d[k] * step[k] * (1 - step[k])
            for k in self.order
        ]

    def backward(self, params, x, state, d_y, d_state):
        d_h, d_c, d_x = d_state.h[0], d_state.c[0], np.zeros_like(x)
        sums = {name: np.zeros_like(value) for name, value in params.items()}
        steps = self.run(params, x, state)
        for t in reversed(range(len(x))):
            s = steps[t]
            d_h = d_h + d_y[t]
            d_c = d_c + d_h * s["o"] * (1 - np.tanh(s["c"]) ** 2)
            d = {"i": d_c * s["g"], "f": d_c * s["c_prev"], "g": d_c * s["i"]}
            d["o"] = d_h * np.tanh(s["c"])
            d_a = np.concatenate(self.slopes(d, s), axis=1)
            d_x[t], d_h = d_a @ params["weight_ih_l0"], d_a @ params["weight_hh_l0"]
            d_c = self.carried(s, d_c)
            sums["weight_ih_l0"] += d_a.T @ s["x"]
            sums["weight_hh_l0"] += d_a.T @ s["h_prev"]
            sums["bias_ih_l0"] += d_a.sum(axis=0)
            sums["bias_hh_l0"] += d_a.sum(axis=0)
        return d_x, rnnref.LSTMState(d_h[None], d_c[None]), sums


def checked(own, **options):
    return check(LSTM, forward=own.forward, backward=own.backward, **options)


def worst(report, case=0):
    """The largest error of each quantity in one case."""
    found: dict[str, float] = {}
    for c in report.cases[case].comparisons:
        found[c.quantity] = max(found.get(c.quantity, 0), c.error)
    return found


def wrong(report, case=0):
    return {name for name, error in worst(report, case).items() if error > 1}


FORWARD = {"y", "h_n", "c_n"}

GRADIENTS = {"d_x", "d_h_0", "d_c_0", *(f"d_{name}" for name in LSTM.parameter_shapes)}
