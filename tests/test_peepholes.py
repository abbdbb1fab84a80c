"""What the pages of the LSTM's variants say about them beside their derivatives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from oracles import code, torch_lstm, torch_modules
from oracles.agreement import FLOAT64, Agreement
from oracles.cases import Config

from derivations.cells import CELLS

CELL = CELLS["lstm_peephole"]
CASE = Config(CELL.id, {"D": 3, "H": 5}, T=4, B=6, seed=2).sequence()
PEEPHOLE_TERMS = (" + d_a_o[t] * w_co", "d_a_i[t] * w_ci + d_a_f[t] * w_cf + ")


def test_the_truncated_gradient_is_that_of_gates_that_read_a_constant() -> None:
    """The terms that the page names are left out of the text of ``backward``."""
    text = code.text_of(CELL.id)
    head, backward, rest = text[: text.index("def backward(")], "", ""
    backward, _, rest = text[len(head) :].partition("def jvp(")
    for term in PEEPHOLE_TERMS:
        assert backward.count(term) == 1
        backward = backward.replace(term, "")
    got = code.sequence(code.load(f"{head}{backward}def jvp({rest}"), CASE)
    full = torch_modules.sequence(torch_lstm.lstm, CASE, dots=False)
    cut = torch_modules.sequence(torch_lstm.held_constant, CASE, dots=False)
    gradients = {name: got[name] for name in cut if name.startswith("d_")}
    Agreement("autograd", CELL).check(gradients, cut, gradients, FLOAT64)
    for name in gradients:
        missing = np.abs(cut[name] - full[name]).max() / np.abs(full[name]).max()
        assert missing > 1e-3, name


def test_without_peepholes_it_is_the_lstm() -> None:
    params = CASE.at.params | {"weight_ch": np.zeros_like(CASE.at.params["weight_ch"])}
    case = replace(CASE, at=replace(CASE.at, params=params))
    given: Any = (*case.at.inputs.values(), *case.at.states.values())
    peephole, plain = code.generated(CELL.id), code.generated("lstm")
    tape = peephole.forward(peephole.Params(**params), *given)
    params.pop("weight_ch")
    same = plain.forward(plain.Params(**params), *given)
    np.testing.assert_array_equal(tape.h, same.h)
    np.testing.assert_array_equal(tape.c, same.c)


def test_the_way_of_the_cell_state_can_grow_and_turn() -> None:
    """The slope of c by c_prev is above 1 at one point and negative at another."""
    module = code.generated(CELL.id)
    one = np.ones((1, 1))

    def slope(c_prev: float, w_cf: float, bias: float) -> float:
        peephole, b = np.array([0.0, w_cf, 0.0]), np.array([0.0, bias, 0.0, 0.0])
        zeros = np.zeros((4, 1))
        params = module.Params(zeros, zeros, b, np.zeros(4), peephole)
        step = module.step_forward(params, one, one, c_prev * one)
        return float(module.step_jacobians(params, step).c_D_c_prev[0, 0, 0])

    assert slope(2.0, 4.0, -8.0) > 1
    assert slope(2.0, -4.0, 8.0) < 0
