"""Each framework's layers, by hand, in its own layout. Imports NumPy and the steps.

A run takes one layer in one direction or both: the framework's arrays by name, an input and a
state as the framework has them, and the number of directions. It returns output and state
likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from oracles import own_steps as steps
from oracles.own_steps import Arrays

Step = Callable[..., tuple[np.ndarray, ...]]


def scan(step: Step, w: Arrays, xs: Any, state: Any) -> tuple[list[Any], Any]:
    """The hidden states in the order of ``xs``, and the last state."""
    out = []
    for x in xs:
        state = step(w, x, *state)
        out.append(state[0])
    return out, state


def _ends(ways: int) -> list[str]:
    return ["_l0", "_l0_reverse"][:ways] if ways == 2 else [""]


def _own(w: Arrays, end: str) -> Arrays:
    """The arrays of one object, by their names there."""
    if end == "_l0":
        w = {name: array for name, array in w.items() if not name.endswith("_reverse")}
    return {name.removesuffix(end): array for name, array in w.items() if name.endswith(end)}


def cells(
    step: Step,
    batch_first: bool = True,
    together: bool = True,
    flip: bool = True,
    c_first: bool = False,
) -> Any:
    """A framework whose objects are cells: a loop over time for each direction.

    ``together``: the outputs stand side by side; ``flip``: those of the reverse direction are put
    back in the order of the input; ``c_first``: a state is (c, h).
    """
    turn = (lambda s: s[::-1]) if c_first else (lambda s: s)

    def run(w: Arrays, x: Any, state: Any, ways: int) -> tuple[Any, Any]:
        steps = list(x.swapaxes(0, 1) if batch_first else x)
        count = len(state) // ways
        outputs, ends = [], []
        for way, end in enumerate(_ends(ways)):
            own = turn(state[way * count : (way + 1) * count])
            out, last = scan(step, _own(w, end), steps[:: 1 - 2 * way], own)
            out = out[::-1] if way and flip else out
            outputs.append(np.stack(out, axis=1 if batch_first else 0))
            ends += turn(last)
        if ways == 1:
            return outputs[0], tuple(ends)
        return np.concatenate(outputs, axis=-1) if together else tuple(outputs), tuple(ends)

    return run


def layers(step: Step, direction_axis: bool = True, ldnc: bool = False) -> Any:
    """A framework whose objects have an axis of directions, before which ``ldnc`` has one more.

    With ``direction_axis`` the output is (T, directions, B, H), otherwise (T, B, directions · H).
    """

    def run(w: Arrays, x: Any, state: Any, ways: int) -> tuple[Any, Any]:
        if ldnc:
            w, state = {name: a[0] for name, a in w.items()}, [s[0] for s in state]
        outputs, ends = [], []
        for way in range(ways):
            own = {name: array[way] for name, array in w.items()}
            out, last = scan(step, own, x[:: 1 - 2 * way], [s[way] for s in state])
            outputs.append(np.stack(out[:: 1 - 2 * way]))
            ends.append(last)
        last = tuple(
            np.stack(parts)[None] if ldnc else np.stack(parts) for parts in zip(*ends, strict=True)
        )
        return np.stack(outputs, 1) if direction_axis else np.concatenate(outputs, -1), last

    return run


def pytorch(step: Step, batch_first: bool, flat: int = 0) -> Any:
    """PyTorch, whose states have directions before the batch; ``flat`` gates: cuDNN's one array."""

    def run(w: Arrays, x: Any, state: Any, ways: int) -> tuple[Any, Any]:
        H = state[0].shape[-1]
        own = _unpacked(w["weights"], x.shape[-1], H, flat, ways) if flat else w
        steps = x.swapaxes(0, 1) if batch_first else x
        outputs, ends = [], []
        for way, end in enumerate(["_l0", "_l0_reverse"][:ways]):
            out, last = scan(step, _own(own, end), steps[:: 1 - 2 * way], [s[way] for s in state])
            outputs.append(np.stack(out[:: 1 - 2 * way], axis=1 if batch_first else 0))
            ends.append(last)
        return np.concatenate(outputs, -1), tuple(
            np.stack(parts) for parts in zip(*ends, strict=True)
        )

    return run


def _unpacked(flat: Any, D: int, H: int, gates: int, ways: int) -> Arrays:
    """First W_ih and W_hh of each direction, then b_ih and b_hh of each."""
    found, start = {}, 0
    rows = gates * H
    shapes = (
        [("weight_ih", (rows, D)), ("weight_hh", (rows, H))],
        [("bias_ih", (rows,)), ("bias_hh", (rows,))],
    )
    for group in shapes:
        for end in ["_l0", "_l0_reverse"][:ways]:
            for name, shape in group:
                size = int(np.prod(shape))
                found[name + end] = flat[start : start + size].reshape(shape)
                start += size
    assert start == flat.size
    return found


PYTORCH = {
    "rnn": steps.pytorch_rnn,
    "lstm": steps.pytorch_lstm,
    "gru_reset_after": steps.pytorch_gru,
}
KERAS = {
    "rnn": steps.keras_rnn,
    "lstm": steps.keras_lstm,
    "gru_reset_after": steps.keras_gru_reset_after,
    "gru_reset_before": steps.keras_gru_reset_before,
}
ONNX = {
    "rnn": steps.onnx_rnn,
    "lstm": steps.onnx_lstm,
    "gru_reset_after": partial(steps.onnx_gru, linear_before_reset=True),
    "gru_reset_before": partial(steps.onnx_gru, linear_before_reset=False),
}
FLAX = {"rnn": steps.flax_rnn, "lstm": steps.flax_lstm, "gru_reset_after": steps.flax_gru}
EQUINOX = {"lstm": steps.equinox_lstm, "gru_reset_after": steps.equinox_gru}
ONEDNN = {
    "rnn": steps.onednn_rnn,
    "lstm": steps.onednn_lstm,
    "gru_reset_after": steps.onednn_lbr_gru,
    "gru_reset_before": steps.onednn_gru,
}
TF1 = {"rnn": steps.tf1_rnn, "lstm": steps.tf1_lstm, "gru_reset_before": steps.tf1_gru}
GATES = {"rnn": 1, "lstm": 4, "gru_reset_after": 3}


def _webnn(lstm: str, gru: str) -> dict[str, Step]:
    return {
        "lstm": partial(steps.webnn_lstm, order=lstm),
        "gru_reset_after": partial(steps.webnn_gru, order=gru, reset_after=True),
        "gru_reset_before": partial(steps.webnn_gru, order=gru, reset_after=False),
    }


def _runs(name: str, of: dict[str, Step], make: Callable[..., Any], **how: Any) -> dict[Any, Any]:
    return {(name, kind): make(step, **how) for kind, step in of.items()}


RUNS = {
    **_runs("pytorch", PYTORCH, pytorch, batch_first=False),
    **_runs("pytorch_batch_first", PYTORCH, pytorch, batch_first=True),
    **{("cudnn", kind): pytorch(PYTORCH[kind], True, GATES[kind]) for kind in PYTORCH},
    **_runs("keras", KERAS, cells),
    **_runs("keras_go_backwards", KERAS, cells, together=False, flip=False),
    **_runs("onnx", ONNX, layers),
    **_runs("flax", FLAX, cells, c_first=True),
    **_runs("equinox", EQUINOX, cells, together=False),
    **_runs("onednn", ONEDNN, layers, direction_axis=False, ldnc=True),
    **_runs("webnn", _webnn("iofg", "zrn"), layers),
    **_runs("webnn_ifgo", _webnn("ifgo", "rzn"), layers),
    **_runs("tf1", TF1, cells, together=False, c_first=True),
    ("chung2014", "gru_reset_before"): cells(steps.chung_gru, batch_first=False, together=False),
}
"""By convention and kind of cell."""

COUPLED = partial(steps.onnx_lstm, coupled=True)
VARIANTS = {
    **{(n, "lstm_peephole"): RUNS[n, "lstm"] for n in ("onnx", "onednn", "tf1")},
    **{(n, "lstm_peephole"): RUNS[n, "lstm"] for n in ("webnn", "webnn_ifgo")},
    ("onnx", "lstm_coupled"): layers(COUPLED),
    ("onnx", "lstm_coupled_peephole"): layers(COUPLED),
}
"""Options of the LSTM that not every framework has."""
