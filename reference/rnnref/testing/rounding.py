"""A layer run in inexact arithmetic: every operation errs at random. Imports NumPy and rnnref.

This is the error model of `rnnref.testing.tolerance`, as a computation (Monte Carlo arithmetic:
D. S. Parker, 1997). An operation whose exact result is v gives v(1 + δ), with δ normal, of mean 0
and of the standard deviation ``level`` times the unit roundoff u; all δ are independent. What an
operation is:

- an elementwise operation errs once. exp, expm1, log1p and tanh err by at least u times 1, for the
  last three may be computed from exp and log, and then their error near 0 is absolute;
- a sum of n numbers p_1, ..., p_n, added one by one, errs in each partial sum s_k. In the mean over
  all orders of summation sum_k s_k² = (n + 1)(q/6 + S²/3), with q the sum of the p_k² and S their
  sum; its variance is u² times that;
- in a matrix product each p_k is a product that errs once itself, and where the operands are
  rounded first (TF32) twice more by that unit roundoff. A sum of rows may be a product with a row
  of ones, and errs like one.

Where operations take a side (relu, a comparison), an error may change the side. Such `Arithmetic`
has ``taken_sides``: a few runs do not show every side that a value near the edge can fall on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

import numpy as np

from rnnref.arrays import Array
from rnnref.stack import Stack
from rnnref.testing.cases import Case, Results
from rnnref.testing.precision import Precision

EXACT = {"negative", "positive", "absolute", "maximum", "minimum", "clip", "sign"}
"""What every implementation computes without an error, by NumPy's names."""

ABSOLUTE = {"tanh", "exp", "expm1", "log1p"}

SIDES = {"maximum", "minimum", "clip", "sign", "greater", "greater_equal", "less", "less_equal"}
"""What has another result, or another derivative, on two sides of an edge."""


@dataclass
class Arithmetic:
    """How much the operations of a precision err, and where the random numbers come from.

    Attributes:
        precision: the format.
        level: standard deviation of an error, in unit roundoffs.
        rng: of the errors.
        taken_sides: whether an operation so far had an edge.
    """

    precision: Precision
    level: float
    rng: np.random.Generator
    taken_sides: bool = field(default=False, init=False)

    def elementwise(self, result: Array, ufunc: np.ufunc) -> Array:
        """What comes in place of the result of an elementwise operation."""
        if result.dtype.kind != "f" or ufunc.__name__ in EXACT:
            return result
        size = np.where(np.isfinite(result), np.abs(result), 0)  # what overflows stays infinite
        if ufunc.__name__ in ABSOLUTE:
            size = np.maximum(size, 1)
        return result + self._error(result.shape, self.precision.unit * size)

    def summed(self, result: Array, squares: Array, n: int, products: bool) -> Array:
        """What comes in place of a sum of n numbers, given the sum of their squares."""
        unit, operand = self.precision.unit, self.precision.operand_unit
        partial = (n + 1) * (squares / 6 + result**2 / 3) if n > 1 else np.zeros_like(result)
        variance = unit**2 * partial
        factors = 2 if products else 1
        variance = variance + ((factors - 1) * unit**2 + factors * operand**2) * squares
        return result + self._error(result.shape, np.sqrt(variance))

    def _error(self, shape: tuple[int, ...], size: Array) -> Array:
        return np.asarray(self.level * size * self.rng.standard_normal(shape))


class Inexact(np.ndarray[Any, Any]):
    """An array on which operations err as its ``arithmetic`` says."""

    arithmetic: Arithmetic

    def __array_finalize__(self, source: object) -> None:
        if isinstance(source, Inexact):
            self.arithmetic = source.arithmetic

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """The operation on plain arrays, and its error."""
        plain = [np.asarray(v) if isinstance(v, Inexact) else v for v in inputs]
        options.pop("out", None)
        self.arithmetic.taken_sides |= ufunc.__name__ in SIDES
        result = np.asarray(getattr(ufunc, method)(*plain, **options))
        if ufunc is np.matmul:
            squares = np.square(plain[0]) @ np.square(plain[1])
            result = self.arithmetic.summed(result, squares, plain[0].shape[-1], products=True)
        elif method == "reduce" and ufunc is np.add:
            squares = np.add.reduce(np.square(plain[0]), **options)
            n = plain[0].size // max(1, result.size)
            result = self.arithmetic.summed(result, squares, n, products=False)
        else:
            result = self.arithmetic.elementwise(result, ufunc)
        return inexact(result, self.arithmetic)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        """What only moves or selects numbers; on its result operations err too."""
        found = super().__array_function__(function, types, args, options)
        return inexact(found, self.arithmetic) if isinstance(found, np.ndarray) else found


def inexact(array: Array, arithmetic: Arithmetic) -> Array:
    """The same numbers, on which operations err from now on."""
    view = np.asarray(array).view(Inexact)
    view.arithmetic = arithmetic
    return view


@dataclass(frozen=True)
class InexactCode:
    """The functions of a generated module over time, step by step in inexact arithmetic.

    It stands where `rnnref.direction.Direction` has the module. Its tape is the steps themselves.
    """

    code: ModuleType
    arithmetic: Arithmetic

    @property
    def Gradients(self) -> Any:
        """The module's own."""
        return self.code.Gradients

    @property
    def Params(self) -> Any:
        """The module's own."""
        return self.code.Params

    def forward(self, params: Any, x: Array, *start: Array) -> Any:
        """All steps, as one step with time in front."""
        params, (x, *state) = self._own(params), self._all(x, *start)
        names = self.code.Gradients._fields[1:-1]
        steps = []
        for x_t in x:
            step = self.code.step_forward(params, x_t, *state)
            state = self._all(*(getattr(step, name) for name in names))
            steps.append(step)
        return self.code.Step(
            *(np.stack(list(map(np.asarray, v))) for v in zip(*steps, strict=True))
        )

    def backward(self, params: Any, tape: Any, d_y: Array, *d_end: Array) -> Any:
        """Backpropagation through time; the gradients of the parameters are added step by step."""
        params, (d_y, *d_state), arrays = (
            self._own(params),
            self._all(d_y, *d_end),
            self._all(*tape),
        )
        d_x, sums = [], None
        for t in reversed(range(len(d_y))):
            step = self.code.Step(*(v[t] for v in arrays))
            found = self.code.step_backward(params, step, d_state[0] + d_y[t], *d_state[1:])
            d_state = self._all(*found[1:-1])
            d_x.append(np.asarray(found.x))
            here = self._all(*found.params)
            sums = here if sums is None else [a + b for a, b in zip(sums, here, strict=True)]
        return self.Gradients(np.stack(d_x[::-1]), *d_state, self._plain(sums))

    def _own(self, params: Any) -> Any:
        return self.Params(*self._all(*params))

    def _plain(self, params: Any) -> Any:
        return self.Params(*map(np.asarray, params))

    def _all(self, *arrays: Array) -> list[Array]:
        return [inexact(array, self.arithmetic) for array in arrays]


def inexact_results(case: Case, arithmetic: Arithmetic) -> Results:
    """What `rnnref.testing.reference` gives, computed in inexact arithmetic."""
    layer = case.layer
    exact = layer._stack(case.params, len(case.x), case.lengths, None)
    rows = (
        tuple(replace(way, code=InexactCode(way.code, arithmetic)) for way in ways)  # type: ignore[arg-type]
        for ways in exact.layers
    )
    stack = Stack(tuple(rows))
    y, end, tapes = stack.forward(case.x, list(case.state))
    found = stack.backward(tapes, case.d_y, list(case.d_state))
    names = case.state._fields
    finals = {f"{name}_n": value for name, value in zip(names, end, strict=True)}
    starts = {f"d_{name}_0": value for name, value in zip(names, found.start, strict=True)}
    params = {f"d_{name}": value for name, value in layer._named(found.params).items()}
    every = {"y": y} | finals | {"d_x": found.x} | starts | params
    return {name: np.asarray(value) for name, value in every.items()}
