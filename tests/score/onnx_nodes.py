"""The node tests of ONNX for RNN, LSTM and GRU, as questions. Imports onnx.

They come from the onnx package itself, with its own tolerances. What they leave out (biases,
states) is zero. A node that runs in reverse is the reverse half of a layer in both directions,
whose forward half is not looked at. With peepholes an LSTM is a cell of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import rnnref
from onnx.backend.test.loader import load_model_tests
from rnnref.testing import Case
from rnnref.testing.cases import Results

from .questions import Question

ORDERS = {"RNN": [0], "LSTM": [0, 2, 3, 1], "GRU": [1, 0, 2]}
"""Where rnnref's gates stand among ONNX's."""
PEEPHOLES = [0, 2, 1]
"""The same for peepholes."""
CELLS = {"RNN": "rnn_tanh", "LSTM": "lstm", "GRU": "gru_reset_before"}
"""What each operator computes by default, without peepholes; no node says otherwise."""
LAYERS = {"RNN": rnnref.RNN, "LSTM": rnnref.LSTM, "GRU": rnnref.GRU}
NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_ch")
SETTINGS: dict[str, dict[str, Any]] = {"RNN": {}, "LSTM": {}, "GRU": {"reset_after": False}}


def questions() -> Iterator[tuple[str, Question]]:
    """Each node test that can be asked, with its cell."""
    for test in load_model_tests(kind="node"):
        node = test.model.graph.node[0]
        if node.op_type in ORDERS:
            (inputs, outputs), *_ = test.data_sets
            given = dict(zip([n for n in node.input if n], inputs, strict=True))
            wanted = dict(zip([n for n in node.output if n], outputs, strict=True))
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            question = _question(node.op_type, test, attributes, given, wanted)
            yield "lstm_peephole" if "P" in given else CELLS[node.op_type], question


def alike(question: Question) -> bool:
    """Whether each weight array is one number repeated, in each direction."""
    weights = [p for name, p in question.case.params.items() if name.startswith("weight")]
    return all((p == p.flat[0]).all() for p in weights)


def _question(kind: str, test: Any, attributes: Any, given: Any, wanted: Any) -> Question:
    unread = attributes.keys() - {"hidden_size", "direction", "layout"}
    assert not unread, f"{test.name}: {unread}"
    batch_first = attributes.get("layout", 0) == 1
    x = np.asarray(given["X"], np.float64)
    x = x.swapaxes(0, 1) if batch_first else x
    way = attributes.get("direction", b"forward").decode()
    D, H = x.shape[2], attributes["hidden_size"]
    settings = SETTINGS[kind] | ({"peepholes": True} if "P" in given else {})
    layer = LAYERS[kind](D, H, bidirectional=way != "forward", **settings)
    state = layer.init_state(x.shape[1])
    y = np.zeros((*x.shape[:2], len(state.h) * H))
    case = Case(test.name, layer, _params(kind, way, given, D, H), x, state, y, state)
    half = slice(1, 2) if way == "reverse" else slice(None)

    def passes(got: Results) -> bool:
        T, B = x.shape[:2]
        Y = got["y"].reshape(T, B, -1, H)[:, :, half]
        ours = {"Y": Y.transpose(1, 0, 2, 3) if batch_first else Y.transpose(0, 2, 1, 3)}
        for name, key in (("Y_h", "h_n"), ("Y_c", "c_n")):
            if key in got:
                ours[name] = got[key][half].swapaxes(0, 1) if batch_first else got[key][half]
        return all(
            ours[name].shape == array.shape
            and np.allclose(ours[name], array, rtol=test.rtol, atol=test.atol)
            for name, array in wanted.items()
        )

    return Question(case, passes)


def _params(kind: str, way: str, given: Any, D: int, H: int) -> Results:
    """The parameters, gates in rnnref's order; those of a direction that is not there are zero."""
    order = ORDERS[kind]
    rows = len(order) * H
    B = given.get("B", np.zeros((len(given["W"]), 2 * rows)))
    arrays = [(given["W"], order), (given["R"], order), (B[:, :rows], order), (B[:, rows:], order)]
    arrays += [(given["P"], PEEPHOLES)] if "P" in given else []
    found: Results = {}
    for name, (array, order) in zip(NAMES, arrays, strict=False):
        ways = [np.zeros_like(array[0]), array[0]] if way == "reverse" else list(array)
        for end, one in zip(("_l0", "_l0_reverse"), ways, strict=False):
            blocks = np.split(one.astype(np.float64), len(order))
            found[name + end] = np.concatenate([blocks[k] for k in order])
    return found
