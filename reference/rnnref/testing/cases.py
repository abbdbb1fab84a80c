"""What an implementation is asked to compute, and what is right. Imports NumPy and rnnref.

Results are one flat dict, here and in all of `rnnref.testing`: ``y``, ``h_n`` and, for an LSTM,
``c_n`` are what comes out; ``d_x``, ``d_h_0``, ``d_c_0`` and ``d_`` before each parameter's name
are the gradients.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.errors import ArgumentTypeError
from rnnref.records import LSTMState, State
from rnnref.recurrent import Recurrent

Layer = Recurrent[Any]
Results = dict[str, Array]


@dataclass(frozen=True, eq=False)
class Case:
    """One run of a layer, forward and backward.

    Attributes:
        id: what to call it in a report.
        layer: the layer; its settings say what is computed.
        params: its parameters by PyTorch's names.
        x: the input (T, B, D).
        state: the state before the first step.
        d_y: the gradient that reaches each output directly (T, B, size of an output).
        d_state: the gradient that reaches the state after the last step.
        lengths: the length of each sequence (B,); None if all have T steps.
    """

    id: str
    layer: Layer
    params: dict[str, Array] = field(repr=False)
    x: Array = field(repr=False)
    state: State | LSTMState = field(repr=False)
    d_y: Array = field(repr=False)
    d_state: State | LSTMState = field(repr=False)
    lengths: Array | None = None


def a_layer(where: str, value: object) -> Layer:
    """A layer of rnnref.

    Raises:
        ArgumentTypeError: if it is none.
    """
    if not isinstance(value, Recurrent):
        said = f"layer must be a rnnref.RNN, LSTM or GRU, got {hints.kind(value)}"
        checks.fail(ArgumentTypeError, where, said)
    return value


def reference(case: Case) -> Results:
    """What is right, in the precision of the case's arrays.

    Args:
        case: what is computed.

    Returns:
        All results by name: ``y``, final states, and gradients in ``d_``.

    >>> import numpy as np, rnnref
    >>> from rnnref.testing import Case, reference
    >>> layer = rnnref.RNN(3, 5)
    >>> params = layer.init_params(np.random.default_rng(0))
    >>> x, y, state = np.ones((7, 2, 3)), np.ones((7, 2, 5)), layer.init_state(2)
    >>> list(reference(Case("ones", layer, params, x, state, y, state)))[:4]
    ['y', 'h_n', 'd_x', 'd_h_0']
    """
    y, end, tape = case.layer.forward(case.params, case.x, case.state, lengths=case.lengths)
    grads = case.layer.backward(tape, case.d_y, case.d_state)
    finals = {f"{name}_n": value for name, value in end._asdict().items()}
    starts = {f"d_{name}_0": value for name, value in grads.state._asdict().items()}
    params = {f"d_{name}": value for name, value in grads.params.items()}
    return {"y": y} | finals | {"d_x": grads.x} | starts | params
