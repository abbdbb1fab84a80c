"""How the layers are called: from a case of a network to arrays. Imports NumPy and rnnref."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import rnnref

from oracles.networks import Arrays, Network

ACTIVATIONS = ("sigmoid", rnnref.Activation("scaled_tanh", 1.2, 0.8), "softsign")
_GATES = {"activations": ACTIVATIONS[:2], "gate_clip": 1.5}
_LSTM = {"peepholes": True, "activations": ACTIVATIONS, "gate_clip": 1.5, "cell_clip": 0.8}
CELLS: dict[str, tuple[Any, dict[str, Any]]] = {
    "rnn_tanh": (rnnref.RNN, {}),
    "rnn_relu": (rnnref.RNN, {"nonlinearity": "relu"}),
    "rnn_general": (rnnref.RNN, {"nonlinearity": ACTIVATIONS[1], "gate_clip": 1.5}),
    "lstm": (rnnref.LSTM, {}),
    "lstm_projected": (rnnref.LSTM, {}),
    "lstm_peephole": (rnnref.LSTM, {"peepholes": True}),
    "lstm_coupled": (rnnref.LSTM, {"coupled": True}),
    "lstm_general": (rnnref.LSTM, _LSTM),
    "lstm_general_coupled": (rnnref.LSTM, _LSTM | {"coupled": True}),
    "gru_reset_after": (rnnref.GRU, {}),
    "gru_reset_before": (rnnref.GRU, {"reset_after": False}),
    "gru_general": (rnnref.GRU, _GATES),
    "gru_general_before": (rnnref.GRU, _GATES | {"reset_after": False}),
}
"""The layer of each cell, and the settings that ask for it."""


def layer(network: Network, dropout: float = 0.0) -> Any:
    """The layer of these settings."""
    make, options = CELLS[network.cell]
    return make(network.D, network.H, **network.settings, **options, dropout=dropout)


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
