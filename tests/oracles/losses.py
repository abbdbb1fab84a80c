"""Losses by PyTorch: random cases, and everything that a generated loss computes.

Imports NumPy, torch, the evidence and, to call generated code, `code`. Targets of cross-entropy are
any distribution, which includes single classes; some positions are hidden by a weight of 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from evidence import record
from hypothesis import strategies as st

from oracles.agreement import FLOAT64, relative_error
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


def by_torch(loss: str, case: Case, device: str = "cpu") -> Results:
    """The same by PyTorch's own functions, its autograd, and its autograd once more."""
    given = (case.a, case.y, case.w, case.a_dot)
    a, y, w, a_dot = (torch.tensor(array, device=device) for array in given)
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
    return {name: value.detach().cpu().numpy() for name, value in found.items()}


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


@dataclass
class Comparison:
    """The comparisons of one loss, gathered so that each formula is noted once."""

    loss: str
    bound: float = FLOAT64
    found: dict[str, tuple[float, int]] = field(default_factory=dict)

    def check(self, got: Results, want: Results) -> None:
        """Compare everything that is wanted."""
        for name, expected in want.items():
            formula = f"{self.loss}.{name}"
            assert np.shape(got[name]) == np.shape(expected), formula
            error = relative_error(got[name], expected)
            assert error <= self.bound, f"{formula}: error {error:.3g} exceeds {self.bound:.3g}"
            worst, cases = self.found.get(name, (0.0, 0))
            self.found[name] = max(worst, error), cases + 1

    def summary(self) -> dict[str, tuple[float, int, float]]:
        """For each formula, and the loss as a whole, the largest error, the cases, the bound."""
        formulas = {f"{self.loss}.{name}": found for name, found in self.found.items()}
        formulas[self.loss] = self.found["loss"]
        return {formula: (*found, self.bound) for formula, found in formulas.items()}

    def record(self, route: str) -> None:
        """Hand the summary to the evidence."""
        for formula, found in self.summary().items():
            record(route, formula, *found)
