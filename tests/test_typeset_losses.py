"""The typeset formulas of the losses, read as a reader would, in numbers, against PyTorch."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
from evidence import record
from oracles.agreement import FLOAT64, relative_error
from oracles.index_latex import both_sides
from oracles.latex import lines
from oracles.losses import Config, by_torch
from oracles.typeset import LEDGER

from derivations.losses import LOSSES

FORMULAS: dict[str, Any] = {n: f for n, f in LEDGER["formulas"].items() if f["home"] in LOSSES}
SYMBOLS = {
    "l": r"\ell",
    "loss": "L",
    "log_p": r"\log p",
    "d_a": r"\bar{a}",
    "loss_dot": r"\dot{L}",
    "p_dot": r"\dot{p}",
    "a_dot": r"\dot{a}",
    "d_a_dot": r"\dot{\bar{a}}",
}


@cache
def arrays(loss: str) -> dict[str, Any]:
    """What each symbol stands for, by PyTorch: positions (N, K), numbers of a position (N,)."""
    case = Config(loss, T=3, B=2, K=4, seed=11).case()
    found = {"a": case.a, "y": case.y, "w": case.w, "a_dot": case.a_dot} | by_torch(loss, case)
    per_position = {name for name, value in found.items() if np.shape(value)[-1:] == (1,)}
    return {
        SYMBOLS.get(name, name): value.reshape(6) if name in per_position else flat(value)
        for name, value in found.items()
    }


def flat(value: Any) -> Any:
    return value.reshape(6, 4) if np.ndim(value) else value


def check(formula: str, latex: str) -> tuple[float, int, list[str]]:
    """The largest error, how many values were compared, and what the lines define."""
    errors, cases, defined = [], 0, []
    for line in lines(latex):
        name, wanted, found = both_sides(line, arrays(FORMULAS[formula]["home"]))
        errors.append(relative_error(found, wanted))
        assert errors[-1] <= FLOAT64, f"{line}: error {errors[-1]:.3g} exceeds"
        cases += wanted.size
        defined.append(name)
    return max(errors), cases, defined


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas(formula: str) -> None:
    error, cases, defined = check(formula, FORMULAS[formula]["latex"])
    loss, _, name = formula.partition(".")
    wanted = [SYMBOLS.get(name, name)] if name else [line.out.base for line in LOSSES[loss].paper]
    assert defined == wanted
    record("typeset", formula, error, cases, FLOAT64)


PLANTED = [
    ("cross_entropy.d_a", " - ", " + "),
    ("cross_entropy.d_a", r"w_\{n\}\\, ", ""),
    ("cross_entropy.l", "= -", "= "),
    ("cross_entropy.log_p", r"\\log\(Z_\{n\}\)", "Z_{n}"),
    ("cross_entropy.p", r"\\frac\{(.*)\}\{(.*)\}", r"\\frac{\2}{\1}"),
    ("cross_entropy.p_dot", r"p_\{nk\}", "y_{nk}"),
    ("cross_entropy.p_dot", r"p_\{nk\}", "p_{ni}"),
    ("cross_entropy.m", r"\\max_\{k\} a_\{nk\}", "a_{n}"),
    ("squared_error.l", r"\^\{2\}", ""),
    ("squared_error.d_a", "2", "3"),
    ("squared_error.d_a", r"2 (.*), (.*)", r"\1, 2 \2"),
    ("squared_error.loss_dot", "2 ", ""),
    ("squared_error", r"\\sum_\{n=1\}\^\{N\} ", ""),
    ("cross_entropy.Z", "e_{nk}", "e_{ni}"),
    ("cross_entropy.Z", r"\\sum_\{k=1\}", r"\\sum_{k=0}"),
    ("cross_entropy.e", r"\\exp\(", r"\\exp"),
    ("squared_error.r", " - ", " "),
]


@pytest.mark.parametrize(("formula", "old", "new"), PLANTED)
def test_planted_mistakes_are_caught(formula: str, old: str, new: str) -> None:
    """By other numbers, or because it cannot be read."""
    latex, count = re.subn(old, new, FORMULAS[formula]["latex"], count=1)
    assert count == 1
    with pytest.raises((AssertionError, ValueError)):
        check(formula, latex)
