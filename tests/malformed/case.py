"""A layer with arrays that are right, and how to call it with some of them replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import rnnref

T, B = 7, 2
LAYERS: dict[str, Callable[..., Any]] = {
    "RNN": lambda **n: rnnref.RNN(**{"input_size": 3, "hidden_size": 5} | n),
    "LSTM": lambda **n: rnnref.LSTM(**{"input_size": 3, "hidden_size": 5} | n),
    "GRU": lambda **n: rnnref.GRU(**{"input_size": 3, "hidden_size": 5} | n),
    "GRU reset before": lambda **n: rnnref.GRU(
        **{"input_size": 3, "hidden_size": 5, "reset_after": False} | n
    ),
    "Output": lambda **n: rnnref.Output(**{"hidden_size": 5, "output_size": 4} | n),
}


class Case:
    """A layer with arrays that are right, and functions that replace some by others."""

    def __init__(self, name: str) -> None:
        self.build = LAYERS[name]
        self.layer = self.build()
        self.kind = type(self.layer).__name__
        self.rng = np.random.default_rng(0)
        self.params = self.layer.init_params(self.rng)
        self.weight, self.bias = (
            ("weight", "bias") if self.kind == "Output" else ("weight_ih_l0", "bias_ih_l0")
        )
        self.W, self.b = self.params[self.weight], self.params[self.bias]
        self.x = self.rng.normal(size=(T, B, self.W.shape[1]))
        if self.kind == "Output":
            self.names = {"x": "h", "columns": "hidden_size", "rows": "output_size"}
            y, self.tape = self.layer.forward(self.params, self.x)
            self.other = rnnref.RNN(3, 5)
        else:
            gates = {"RNN": "", "GRU": "3·", "LSTM": "4·"}[self.kind]
            self.names = {"x": "x", "columns": "input_size", "rows": f"{gates}hidden_size"}
            y, self.state, self.tape = self.layer.forward(self.params, self.x)
            self.h = self.state.h
            self.other = rnnref.GRU(3, 5) if self.kind == "LSTM" else rnnref.LSTM(3, 5)
        self.d_y = np.ones_like(y)

    def words(self, text: str) -> str:
        """The text with this layer's words in it."""
        n, d = self.W.shape
        given = {"weight": self.weight, "bias": self.bias, "kind": self.kind, "n": n, "d": d}
        return text.format(**self.names, **given, K=self.d_y.shape[2])

    def but(self, **changed: Any) -> dict[str, Any]:
        """The parameters, with another weight or bias."""
        own = {"W": self.weight, "b": self.bias}
        return self.params | {own.get(name, name): value for name, value in changed.items()}

    def run(self, x: Any = None, **changed: Any) -> Any:
        """Forward with another input, or another weight ``W`` or bias ``b``."""
        return self.layer.forward(self.but(**changed), self.x if x is None else x)

    def start(self, state: Any, x: Any = None) -> Any:
        """Forward from this state."""
        return self.layer.forward(self.params, self.x if x is None else x, state)

    def st(self, h: Any) -> Any:
        """A state of this layer's type with this ``h``."""
        return self.state._replace(h=h)

    def back(self, d_y: Any, *d_state: Any) -> Any:
        return self.layer.backward(self.tape, d_y, *d_state)

    def jvp(self, *args: Any, **kwargs: Any) -> Any:
        return self.layer.jvp(self.tape, *args, **kwargs)


class CudaTensor:
    """Stands in for a tensor on a GPU, which a machine may not have."""

    __module__ = "torch"
    device = "cuda:0"
    shape = (T, B, 3)


def with_entry(array: np.ndarray, value: float) -> np.ndarray:
    """A copy with one entry replaced."""
    out = array.copy()
    out[(-1,) * out.ndim] = value
    return out


class Bad(NamedTuple):
    """A malformed call, the exception it must raise, and words of its message."""

    what: str
    call: Callable[[Any], object]
    error: type[rnnref.RnnrefError]
    words: str
