"""What the page of the projected LSTM says about it beside its derivatives, as laws of the code."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from oracles import code
from oracles.agreement import FLOAT64, Agreement
from oracles.cases import Config, stacked_shape
from oracles.torch_definition import Definition

from derivations.cells import CELLS

PLAIN, PROJECTED = CELLS["lstm"], CELLS["lstm_projected"]
CASE = Config(PROJECTED.id, {"D": 3, "H": 5, "P": 2}, T=4, B=6, seed=2)


def parameters(cell_id: str, sizes: dict[str, int]) -> int:
    return sum(int(np.prod(stacked_shape(s.blocks, sizes))) for s in CELLS[cell_id].stacks)


def test_it_is_an_lstm_whose_recurrent_matrix_is_a_product() -> None:
    """With any start: h_0 = W_hr m_0 is solved for m_0."""
    at = CASE.sequence().at
    projected, plain = code.generated(PROJECTED.id), code.generated(PLAIN.id)
    tape = projected.forward(projected.Params(**at.params), at.inputs["x"], *at.states.values())
    joined = {n: a for n, a in at.params.items() if n != "weight_hr"}
    joined["weight_hh"] = at.params["weight_hh"] @ at.params["weight_hr"]
    m_0 = at.states["h"] @ np.linalg.pinv(at.params["weight_hr"]).T
    same = plain.forward(plain.Params(**joined), at.inputs["x"], m_0, at.states["c"])
    np.testing.assert_allclose(same.h, tape.m, rtol=0, atol=1e-14)
    np.testing.assert_allclose(same.c, tape.c, rtol=0, atol=1e-14)
    assert np.linalg.matrix_rank(joined["weight_hh"]) == CASE.sizes["P"]


def test_with_the_identity_for_a_projection_it_is_the_lstm() -> None:
    at = Config(PLAIN.id, {"D": 3, "H": 5}, T=4, B=6, seed=3).sequence().at
    projected, plain = code.generated(PROJECTED.id), code.generated(PLAIN.id)
    given = (at.inputs["x"], *at.states.values())
    tape = projected.forward(projected.Params(**at.params, weight_hr=np.eye(5)), *given)
    np.testing.assert_array_equal(tape.h, plain.forward(plain.Params(**at.params), *given).h)


@pytest.mark.parametrize("P", range(1, 10))
def test_it_is_smaller_just_where_the_page_says(P: int) -> None:
    """At H = 10 the border is P = 8. PyTorch's modules are counted, too."""
    D, H = 3, 10
    sizes = {"D": D, "H": H, "P": P}
    plain, projected = parameters(PLAIN.id, sizes), parameters(PROJECTED.id, sizes)
    assert plain == 4 * H * (D + H) + 8 * H
    assert projected == 4 * H * (D + P) + 8 * H + P * H
    assert (projected < plain) == (5 * P < 4 * H)
    for count, options in ((plain, {}), (projected, {"proj_size": P})):
        assert count == sum(p.numel() for p in torch.nn.LSTM(D, H, **options).parameters())


@pytest.mark.parametrize("P", [5, 7])
def test_only_pytorch_wants_the_projection_to_be_smaller(P: int) -> None:
    with pytest.raises(ValueError, match="proj_size has to be smaller than hidden_size"):
        torch.nn.LSTM(3, 5, proj_size=P)
    case = Config(PROJECTED.id, {"D": 3, "H": 5, "P": P}, T=4, B=6, seed=4).sequence()
    got = code.sequence(code.generated(PROJECTED.id), case)
    Agreement("torch_cpu", PROJECTED).check(got, Definition(PROJECTED).sequence(case), got, FLOAT64)
