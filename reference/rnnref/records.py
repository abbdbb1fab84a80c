"""What the layers take and hand back: states, tapes, gradients. Imports NumPy's types only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from rnnref.arrays import Array


class State(NamedTuple):
    """The state of `RNN` and `GRU`: ``h`` (cells, B, H), also for its gradients and tangents.

    A cell is one layer in one direction: there are num_layers, or twice as many if bidirectional,
    in PyTorch's order: first layer forward, first layer reverse, second layer forward, ...
    """

    h: Array


class LSTMState(NamedTuple):
    """The state of `LSTM`: ``h`` (cells, B, P) and ``c`` (cells, B, H); gradients and tangents too.

    P is proj_size, or hidden_size H without a projection; cells as in `State`. The order is
    PyTorch's; name the arrays, ``LSTMState(h=..., c=...)``, and none is needed.
    """

    h: Array
    c: Array


S = TypeVar("S", State, LSTMState)


class Gradients(NamedTuple, Generic[S]):
    """dL/d of everything that went into `RNN`, `LSTM` or `GRU`, each of the shape of its array.

    For complex arrays these are derivatives of a holomorphic L: nothing is conjugated.
    """

    x: Array
    state: S
    params: dict[str, Array]


class Truncated(NamedTuple, Generic[S]):
    """The gradients of truncated backpropagation, and those that truncation drops.

    Entry by entry, ``gradients + dropped`` are the full gradients.
    """

    gradients: Gradients[S]
    dropped: Gradients[S]


class OutputGradients(NamedTuple):
    """dL/d of everything that went into `Output`, each of the shape of its array."""

    h: Array
    params: dict[str, Array]


@dataclass(frozen=True, eq=False)
class Tape:
    """What ``backward`` and ``jvp`` need of a ``forward``; to be read, not to be written.

    It has copies of all that it needs, so nothing that is done later to the input, the parameters
    or the output changes it, and its arrays are read-only.

    Attributes:
        layer: the layer whose ``forward`` made it.
        params: the parameters it ran with.
        layers: for each layer and direction, in the order of a state, its arrays over time, each
            (T, B, size), by the names of the paper: ``tape.layers[0].f[t]`` is the forget gate of
            an LSTM's first layer at time t, ``h_prev[t]`` the hidden state before that step. In
            the reverse direction too t is the time of the input: ``h_prev[t]`` is there ``h`` at
            t + 1. Zeros where a sequence has ended.
        lengths: the length of each sequence (B,); None if they have one length.
        masks: what dropout kept of the outputs of each layer but the last, bools
            (num_layers - 1, T, B, size); None where nothing was dropped.

    >>> import numpy as np, rnnref
    >>> ref = rnnref.LSTM(input_size=3, hidden_size=5)
    >>> params = ref.init_params(np.random.default_rng(0))
    >>> y, state, tape = ref.forward(params, np.ones((7, 2, 3)))
    >>> tape.layers[0]._fields
    ('x', 'h_prev', 'c_prev', 'i', 'f', 'g', 'o', 'c', 's', 'h')
    >>> tape.layers[0].f.shape
    (7, 2, 5)
    """

    layer: object
    params: dict[str, Array] = field(repr=False)
    layers: tuple[Any, ...] = field(repr=False)
    lengths: Array | None = field(default=None, repr=False)
    masks: Array | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class LossTape:
    """What ``backward`` and its kin need of the ``forward`` of a loss; to be read, not written.

    Attributes:
        loss: the loss whose ``forward`` made it.
        run: every array by its name in the formulas, each (T, B, K) or, with one number a position,
            (T, B, 1); read-only copies.

    >>> import numpy as np, rnnref
    >>> _, tape = rnnref.CrossEntropy().forward(np.zeros((7, 2, 4)), np.ones((7, 2), int))
    >>> tape.run.p[0, 0]
    array([0.25, 0.25, 0.25, 0.25])
    """

    loss: object
    run: Any = field(repr=False)


class Pair(NamedTuple):
    """Something of both layers of a model: their parameters, their tapes."""

    rnn: Any
    output: Any


@dataclass(frozen=True, eq=False)
class ModelTape:
    """What ``backward`` and its kin need of the ``forward`` of a model; to be read, not written.

    Attributes:
        model: the model whose ``forward`` made it.
        runs: the tapes of its layers, ``tape.runs[0].rnn`` and ``tape.runs[0].output``; where the
            output is fed back there is a pair for each step.
    """

    model: object
    runs: tuple[Pair, ...] = field(repr=False)
