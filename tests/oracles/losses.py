"""Losses by PyTorch: random cases, and everything that a generated loss computes.

Imports NumPy, torch and, to call generated code, `code`. Targets of cross-entropy are any
distribution, which includes single classes; some positions are hidden by a weight of 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from oracles.cases import Results
from oracles.code import locals_of


@dataclass(frozen=True)
class Case:
    """What a loss is given, and a direction for what is differentiated."""

    a: Any
    y: Any
    w: Any
    a_dot: Any

    def map(self, change: Callable[[Any], Any]) -> Case:
        """The same with every array changed."""
        return Case(*(change(array) for array in (self.a, self.y, self.w, self.a_dot)))


@dataclass(frozen=True)
class Config:
    """What determines a random case; its repr is all that is needed to draw the case again."""

    loss: str
    T: int
    B: int
    K: int
    seed: int

    def case(self, scale: float = 2.0) -> Case:
        """Weights are those of a mean; at least one position has one."""
        rng = np.random.default_rng(self.seed)
        a, y, a_dot = (scale * rng.normal(size=(self.T, self.B, self.K)) for _ in range(3))
        if self.loss == "cross_entropy":
            y = rng.dirichlet(np.ones(self.K), size=(self.T, self.B))
            single = np.eye(self.K)[rng.integers(self.K, size=(self.T, self.B))]
            y = np.where(rng.random((self.T, self.B, 1)) < 0.5, single, y)
        shown = rng.random((self.T, self.B, 1)) < 0.7
        shown[rng.integers(self.T), rng.integers(self.B)] = True
        return Case(a, y, shown / shown.sum(), a_dot / scale)


@st.composite
def configs(draw: st.DrawFn, loss: str) -> Config:
    """Sizes that all differ and are greater than 1, and now and then a single position."""
    T, B, K = draw(st.permutations(range(2, 8)))[:3]
    if draw(st.integers(0, 4)) == 0:
        T = B = 1
    return Config(loss, T, B, K, draw(st.integers(0, 2**32 - 1)))


def generated(module: Any, case: Case) -> Results:
    """Every array of every function of a generated module, by the names of formulas."""
    tape = module.forward(case.a, case.y, case.w)
    results: Results = {n: v for n, v in tape._asdict().items() if n not in ("a", "y", "w")}
    results["d_a"] = module.backward(tape)
    results["loss_dot"] = module.jvp(tape, case.a_dot)
    results["d_a_dot"], found = locals_of(module.backward_jvp, tape, case.a_dot)
    return results | {n: v for n, v in found.items() if n.endswith("_dot") and n != "a_dot"}


def by_torch(loss: str, case: Case) -> Results:
    """The same by PyTorch's own functions, its autograd, and its autograd once more."""
    a, y, w, a_dot = (torch.tensor(array) for array in (case.a, case.y, case.w, case.a_dot))
    a.requires_grad_()
    arrays = ARRAYS[loss](a, y)
    total = (w * arrays["l"]).sum()
    (d_a,) = torch.autograd.grad(total, a, create_graph=True)
    (d_a_dot,) = torch.autograd.grad(d_a, a, a_dot)
    found = arrays | {
        "loss": total,
        "d_a": d_a,
        "d_a_dot": d_a_dot,
        "loss_dot": (d_a * a_dot).sum(),
    }
    if "p" in found:
        found["p_dot"] = torch.autograd.functional.jvp(_softmax, a.detach(), a_dot)[1]
    return {name: value.detach().numpy() for name, value in found.items()}


def _softmax(a: torch.Tensor) -> torch.Tensor:
    return torch.softmax(a, dim=-1)


def _cross_entropy(a: torch.Tensor, y: torch.Tensor) -> dict[str, torch.Tensor]:
    K = a.shape[-1]
    losses = torch.nn.functional.cross_entropy(a.reshape(-1, K), y.reshape(-1, K), reduction="none")
    m = torch.amax(a, dim=-1, keepdim=True).detach()
    e = torch.exp(a - m)
    return {
        "m": m,
        "s": a - m,
        "e": e,
        "Z": torch.exp(torch.logsumexp(a - m, dim=-1, keepdim=True)),
        "p": _softmax(a),
        "log_p": torch.log_softmax(a, dim=-1),
        "l": losses.reshape(*a.shape[:-1], 1),
    }


def _squared_error(a: torch.Tensor, y: torch.Tensor) -> dict[str, torch.Tensor]:
    squares = torch.nn.functional.mse_loss(a, y, reduction="none")
    return {"r": a - y, "l": squares.sum(dim=-1, keepdim=True)}


ARRAYS = {"cross_entropy": _cross_entropy, "squared_error": _squared_error}
