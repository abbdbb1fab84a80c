"""`check` of RNNs and GRUs with other activations and clips, computed by PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import rnnref
import torch
from oracles.torch_loops import gru, rnn
from rnnref.testing import check
from torch.nn import functional as F

CLIP = 1.5
RNN = rnnref.RNN(3, 5, nonlinearity="elu", gate_clip=CLIP)
GRU = rnnref.GRU(3, 5, activations=("softsign", "elu"), gate_clip=CLIP)
GRU_BEFORE = rnnref.GRU(3, 5, activations=("softsign", "elu"), gate_clip=CLIP, reset_after=False)
GRU_IN_TORCH = partial(gru, functions=(F.softsign, F.elu), gate_clip=CLIP)
RIGHT: dict[str, tuple[Any, Callable[..., Any]]] = {
    "rnn": (RNN, partial(rnn, function=F.elu, gate_clip=CLIP)),
    "gru": (GRU, partial(GRU_IN_TORCH, linear_before_reset=True)),
    "gru reset before": (GRU_BEFORE, partial(GRU_IN_TORCH, linear_before_reset=False)),
}


class PassedThrough(torch.autograd.Function):
    """ELU of what is clipped, whose backward knows of no clip."""

    @staticmethod
    def forward(ctx: Any, a: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(a.clamp(-CLIP, CLIP))
        return F.elu(a.clamp(-CLIP, CLIP))

    @staticmethod
    def backward(ctx: Any, *arriving: torch.Tensor) -> torch.Tensor:
        (a,), (d,) = ctx.saved_tensors, arriving
        return d * torch.where(a > 0, 1.0, torch.exp(a))


WRONG = {
    "the pre-activations are not clipped": ("gru", {"gate_clip": float("inf")}),
    "r and z are sigmoids, and n is tanh": ("gru", {"functions": (torch.sigmoid, torch.tanh)}),
    "r multiplies h_prev before the product": ("gru", {"linear_before_reset": False}),
    "r and z are hard sigmoids clip(a/6": (
        "gru reset before",
        {"functions": (F.hardsigmoid, F.elu)},
    ),
    "h is tanh(a)": ("rnn", {"function": torch.tanh}),
    "h is a: no activation is applied": ("rnn", {"function": lambda a: a}),
    "gradients pass where the pre-activations are clipped": (
        "rnn",
        {"function": PassedThrough.apply, "gate_clip": float("inf")},
    ),
}


def own(run: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Forward and backward of a loop in PyTorch."""

    def leaves(params: Any, x: Any, state: Any) -> tuple[Any, Any, Any]:
        found = {n: torch.tensor(a, requires_grad=True) for n, a in params.items()}
        return found, *(torch.tensor(a, requires_grad=True) for a in (x, state.h))

    def results(p: Any, x: torch.Tensor, h: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        y, (last,), _ = run({n.removesuffix("_l0"): a for n, a in p.items()}, [x], [h[0]])
        return y, last[None]

    def forward(params: Any, x: Any, state: Any) -> Any:
        y, last = results(*leaves(params, x, state))
        return y.detach().numpy(), (last.detach().numpy(),)

    def backward(params: Any, x: Any, state: Any, d_y: Any, d_state: Any) -> Any:
        p, *given = leaves(params, x, state)
        arriving = [torch.tensor(d) for d in (d_y, d_state.h)]
        d = torch.autograd.grad(results(p, *given), [*given, *p.values()], arriving)
        d_x, d_h, *rest = (np.asarray(g) for g in d)
        return d_x, (d_h,), dict(zip(p, rest, strict=True))

    return {"forward": forward, "backward": backward}


@pytest.mark.parametrize("dtype", ["float32", pytest.param("float64", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name: str, dtype: str) -> None:
    layer, run = RIGHT[name]
    report = check(layer, **own(run), dtype=dtype)
    assert report.ok, str(report)


@pytest.mark.slow
@pytest.mark.parametrize("says", WRONG)
def test_what_is_wrong_is_named(says: str) -> None:
    name, changed = WRONG[says]
    layer, run = RIGHT[name]
    report = check(layer, **own(partial(run, **changed)), dtype="float32")
    assert not report.ok
    assert [d.says.startswith(says) for d in report.diagnoses] == [True], str(report)


def test_what_is_exactly_zero_where_it_is_right_is_explained_too() -> None:
    """In one case the clip holds every pre-activation of the first step back: d_h_0 is 0 there."""
    layer = rnnref.RNN(3, 5, nonlinearity="softsign", gate_clip=0.5)
    report = check(layer, **own(partial(rnn, function=F.softsign, gate_clip=float("inf"))))
    assert [d.says for d in report.diagnoses] == ["the pre-activations are not clipped"]
    assert report.diagnosed == tuple(case.id for case in report.cases if not case.ok)


def test_an_explanation_says_which_cases_it_does_not_explain() -> None:
    """Clipped after the function: outputs differ below -3, gradients on both sides."""
    leaky = partial(F.leaky_relu, negative_slope=0.2)

    class ClippedAfter(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: torch.Tensor) -> torch.Tensor:
            ctx.save_for_backward(a)
            return leaky(a).clamp(-3, 3)

        @staticmethod
        def backward(ctx: Any, *arriving: torch.Tensor) -> torch.Tensor:
            (a,) = ctx.saved_tensors
            return arriving[0] * torch.where(a > 0, torch.ones_like(a), 0.2 * torch.ones_like(a))

    layer = rnnref.RNN(3, 5, nonlinearity=rnnref.Activation("leaky_relu", 0.2), gate_clip=3)
    run = partial(rnn, function=ClippedAfter.apply, gate_clip=float("inf"))
    report = check(layer, **own(run))
    assert [d.says for d in report.diagnoses] == [
        "gradients pass where the pre-activations are clipped"
    ]
    assert report.diagnosed == ("few steps",)
    assert "instead in few steps (not explained: long, clips):" in str(report)
