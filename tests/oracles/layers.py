"""How the layers are called: from a case of a network to arrays. Imports NumPy and rnnref."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import rnnref

from oracles.networks import Arrays, Network

_GENERAL = {
    "peepholes": True,
    "activations": ("sigmoid", rnnref.Activation("scaled_tanh", 1.2, 0.8), "softsign"),
    "gate_clip": 1.5,
    "cell_clip": 0.8,
}
VARIANTS: dict[str, dict[str, Any]] = {
    "peephole": {"peepholes": True},
    "coupled": {"coupled": True},
    "general": _GENERAL,
    "general_coupled": _GENERAL | {"coupled": True},
}


def layer(network: Network, dropout: float = 0.0) -> Any:
    """The layer of these settings."""
    n = network
    settings = n.settings | {"dropout": dropout}
    kind, _, rest = n.cell.partition("_")
    if kind == "rnn":
        return rnnref.RNN(n.D, n.H, nonlinearity=rest, **settings)
    if kind == "gru":
        return rnnref.GRU(n.D, n.H, reset_after=rest == "reset_after", **settings)
    return rnnref.LSTM(n.D, n.H, **settings, **VARIANTS.get(rest, {}))


@dataclass
class Run:
    """A network run over a case; arrays come and go in flat lists, in PyTorch's order."""

    network: Network
    at: Arrays
    dropout: float = 0.0
    masks: np.ndarray | None = None
    rng: np.random.Generator | None = None
    given: list[str] = field(default_factory=lambda: ["state"])

    def __post_init__(self) -> None:
        self.layer = layer(self.network, self.dropout)
        self.State = type(self.layer.init_state(1))
        state = self.State(*self.at.states) if "state" in self.given else None
        options = {"lengths": self.network.lengths, "masks": self.masks, "rng": self.rng}
        y, end, self.tape = self.layer.forward(self.at.params, self.at.x, state, **options)
        self.gave = [y, *end]

    def gradients(self, upstream: list[np.ndarray]) -> list[np.ndarray]:
        d_y, *d_end = upstream
        return self.flat(self.layer.backward(self.tape, d_y, self.State(*d_end)))

    def truncated(self, steps: int, upstream: list[np.ndarray]) -> list[list[np.ndarray]]:
        d_y, *d_end = upstream
        found = self.layer.truncated_backward(self.tape, steps, d_y, self.State(*d_end))
        return [self.flat(found.gradients), self.flat(found.dropped)]

    def tangents(self, along: Arrays) -> list[np.ndarray]:
        y_dot, end_dot = self.layer.jvp(self.tape, along.x, self.State(*along.states), along.params)
        return [y_dot, *end_dot]

    def gradient_tangents(
        self, upstream: list[np.ndarray], along: Arrays, upstream_dot: list[np.ndarray]
    ) -> list[np.ndarray]:
        (d_y, *d_end), (d_y_dot, *d_end_dot) = upstream, upstream_dot
        return self.flat(
            self.layer.backward_jvp(
                self.tape,
                d_y,
                self.State(*d_end),
                x_dot=along.x,
                state_dot=self.State(*along.states),
                params_dot=along.params,
                d_y_dot=d_y_dot,
                d_state_dot=self.State(*d_end_dot),
            )
        )

    def flat(self, gradients: Any) -> list[np.ndarray]:
        """Those of x, of the state if one was given, of the parameters, in their own order."""
        assert list(gradients.params) == list(self.at.params)
        states = gradients.state if "state" in self.given else ()
        return [gradients.x, *states, *gradients.params.values()]
