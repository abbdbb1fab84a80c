"""What is timed: one cell, one size, one dtype, with all inputs and cotangents drawn once.

Imports NumPy, the definitions and the package under test.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from derivations.notation import Array, Cell

Values = dict[str, npt.NDArray[Any]]
Run = Callable[[], Any]


@dataclass(frozen=True)
class Size:
    """The sizes of a problem; the output layer maps H to D."""

    T: int
    B: int
    D: int
    H: int

    def __getitem__(self, name: str) -> int:
        return self.D if name == "K" else getattr(self, name)

    def __str__(self) -> str:
        return f"{self.T}·{self.B}·{self.D}·{self.H}"


GRID = (Size(16, 4, 8, 16), Size(32, 8, 32, 64), Size(64, 16, 64, 128), Size(128, 32, 128, 256))
DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class Problem:
    """Inputs (T, B, size), initial states (B, size), parameters, and what arrives from the loss."""

    cell: Cell
    size: Size
    dtype: str
    inputs: Values
    initial: Values
    params: Values
    d_y: npt.NDArray[Any]
    d_last: Values


def problem(cell: Cell, size: Size, dtype: str) -> Problem:
    """The problem of a cell, with weights as PyTorch draws them: uniform in ±1/sqrt(H)."""
    rng = np.random.default_rng(0)

    def draw(array: Array, *before: int) -> npt.NDArray[Any]:
        return rng.standard_normal((*before, size.B, size[array.shape[0]])).astype(dtype)

    def uniform(blocks: tuple[Array, ...]) -> npt.NDArray[Any]:
        first, *rest = (size[s] for s in blocks[0].shape)
        bound = size.H**-0.5
        return rng.uniform(-bound, bound, (len(blocks) * first, *rest)).astype(dtype)

    return Problem(
        cell=cell,
        size=size,
        dtype=dtype,
        inputs={a.name: draw(a, size.T) for a in cell.inputs},
        initial={s.name: draw(s.next) for s in cell.states},
        params={s.name: uniform(s.blocks) for s in cell.stacks},
        d_y=draw(cell.output, size.T),
        d_last={s.name: draw(s.next) for s in cell.states},
    )


def rnnref(p: Problem) -> Run:
    """Forward and backward of the generated module; gives all gradients by name."""
    module = importlib.import_module(f"rnnref.generated.{p.cell.id}")
    params = module.Params(**p.params)
    given = (*p.inputs.values(), *p.initial.values())

    def run() -> Values:
        tape = module.forward(params, *given)
        g = module.backward(params, tape, p.d_y, *p.d_last.values())
        return {n: getattr(g, n) for n in (*p.inputs, *p.initial)} | g.params._asdict()

    return run
