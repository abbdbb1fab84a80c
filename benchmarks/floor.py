"""The floor: the matrix products that forward and backward cannot do without, and nothing else.

Imports NumPy and the plan from which the code is generated, which says what can be one product.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from derivations.emit.plan import ahead_of_loop, stacked_products

from .problems import Problem, Run

Matrix = npt.NDArray[Any]


def floor(p: Problem) -> Run:
    """All products into memory that is there already."""
    products = list(_products(p))

    def run() -> None:
        for left, right, out, times in products:
            for _ in range(times):
                np.matmul(left, right, out=out)

    return run


def flops(p: Problem) -> int:
    """How many multiplications and additions that is."""
    return sum(
        2 * times * left.shape[0] * left.shape[1] * right.shape[1]
        for left, right, _, times in _products(p)
    )


def _products(p: Problem) -> Iterator[tuple[Matrix, Matrix, Matrix, int]]:
    """Left, right, result, and how many times: once for all time steps, or once a step.

    Weights lie in memory as each product likes them best.
    """
    T, B = p.size.T, p.size.B
    ahead = ahead_of_loop(p.cell) if p.cell.states else set(p.cell.arrays)
    inputs = {a.name for a in p.cell.inputs}
    rng = np.random.default_rng(0)

    def matrix(*shape: int) -> Matrix:
        return rng.standard_normal(shape).astype(p.dtype)

    for product in stacked_products(p.cell):
        rows = len(product.outs) * p.size[product.size]
        columns = p.size[product.vector.shape[0]]
        steps, batch = (1, T * B) if product.vector.name in ahead else (T, B)
        yield matrix(batch, columns), matrix(columns, rows), matrix(batch, rows), steps
        steps, batch = (1, T * B) if product.vector.name in inputs else (T, B)
        yield matrix(batch, rows), matrix(rows, columns), matrix(batch, columns), steps
        yield matrix(T * B, rows).T, matrix(T * B, columns), matrix(rows, columns), 1
