"""A definition in numbers: what a sequence gives and all its gradients, in mpmath's precision.

The equations are evaluated as they stand, and derivatives follow from the sum, product and chain
rules number by number; SymPy differentiates nothing here. Imports mpmath, NumPy and notation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import mpmath
import numpy as np
import numpy.typing as npt
import sympy

from derivations.notation import Affine, Cell, Equation

Numbers = npt.NDArray[np.object_]
Named = dict[str, Numbers]


class Function(NamedTuple):
    """An elementwise function and its derivative, neither of which cancels."""

    value: Callable[[Any], Any]
    slope: Callable[[Any], Any]


def _logistic(a: Any) -> Any:
    return 1 / (1 + mpmath.exp(-a))


FUNCTIONS: Mapping[str, Function] = {
    "sigmoid": Function(_logistic, lambda a: _logistic(a) * _logistic(-a)),
    "tanh": Function(mpmath.tanh, lambda a: mpmath.sech(a) ** 2),
    "relu": Function(lambda a: max(a, mpmath.mpf(0)), lambda a: mpmath.mpf(a > 0)),
}


class Gradients(NamedTuple):
    """dL/d of the inputs (T, D), of the states before the first step, of the parameter blocks."""

    inputs: Numbers
    states: Named
    params: Named


def zeros(*shape: int) -> Numbers:
    """An array of exact zeros."""
    return np.full(shape, mpmath.mpf(0), dtype=object)


def exact(array: Any) -> Numbers:
    """The numbers that floats are, as numbers of mpmath."""
    return np.asarray(np.vectorize(mpmath.mpf, otypes=[object])(array))


def forward(cell: Cell, params: Named, inputs: Numbers, states: Named) -> list[Named]:
    """Every array of every step of one sequence, each a vector."""
    steps = []
    (source,) = cell.inputs
    for x in inputs:
        now = {source.name: x} | {s.previous.name: states[s.name] for s in cell.states}
        for equation in cell.equations:
            now[equation.out.name] = _evaluate(equation, now, params)
        states = {s.name: now[s.name] for s in cell.states}
        steps.append(now)
    return steps


def backward(
    cell: Cell,
    params: Named,
    steps: Sequence[Named],
    d_outputs: Numbers,
    d_states: Named,
    cut: frozenset[str] = frozenset(),
    missed: frozenset[tuple[str, str]] = frozenset(),
) -> Gradients:
    """The gradients of one sequence.

    Those of states in ``cut`` are not handed to earlier steps; ``missed`` are pairs of an array and
    another that its equation reads, between which no gradient passes.
    """
    (source,) = cell.inputs
    d_params = {name: zeros(*block.shape) for name, block in params.items()}
    d_inputs = []
    for t in reversed(range(len(steps))):
        adjoints: dict[str, Any] = defaultdict(int, d_states)
        adjoints[cell.output.name] = adjoints[cell.output.name] + d_outputs[t]
        for equation in reversed(cell.equations):
            for name, adjoint in _pull_back(equation, adjoints, steps[t], params):
                if (equation.out.name, name) not in missed:
                    adjoints[name] = adjoints[name] + adjoint
        for name in d_params.keys() & adjoints.keys():
            d_params[name] = d_params[name] + adjoints[name]
        d_inputs.append(adjoints[source.name])
        kept = {s.name for s in cell.states if t == 0 or s.name not in cut}
        d_states = {s.name: adjoints[s.previous.name] for s in cell.states if s.name in kept}
    return Gradients(np.array(d_inputs[::-1]), d_states, d_params)


def _evaluate(equation: Equation, now: Named, params: Named) -> Numbers:
    if isinstance(equation.right, Affine):
        products = equation.right.products
        terms = [params[p.weight.name] @ now[p.vector.name] for p in products]
        terms += [params[p.bias.name] for p in products if p.bias]
        return np.asarray(sum(terms[1:], start=terms[0]))
    expression = equation.right.expression
    return _each(lambda at: _with_slope(expression, at, "")[0], equation, now, params)


def _pull_back(
    equation: Equation, adjoints: Mapping[str, Any], now: Named, params: Named
) -> list[tuple[str, Numbers]]:
    """What an equation adds to the adjoint of each array that it reads."""
    adjoint = zeros(len(now[equation.out.name])) + adjoints[equation.out.name]
    if isinstance(equation.right, Affine):
        found = []
        for p in equation.right.products:
            found.append((p.vector.name, params[p.weight.name].T @ adjoint))
            found.append((p.weight.name, np.outer(adjoint, now[p.vector.name])))
            found += [(p.bias.name, adjoint)] if p.bias else []
        return found
    expression = equation.right.expression
    return [
        (name, adjoint * _each(partial(_slope, expression, name), equation, now, params))
        for name in equation.reads
    ]


def _each(
    function: Callable[[dict[str, Any]], Any], equation: Equation, now: Named, params: Named
) -> Numbers:
    """A function of what an elementwise equation reads, entry by entry."""
    names = equation.reads
    arrays = [now[name] if name in now else params[name] for name in names]
    entries = zip(*arrays, strict=True)
    return np.array([function(dict(zip(names, e, strict=True))) for e in entries])


def _slope(e: sympy.Expr, by: str, at: dict[str, Any]) -> Any:
    return _with_slope(e, at, by)[1]


def _with_slope(e: sympy.Expr, at: Mapping[str, Any], by: str) -> tuple[Any, Any]:
    """The value of an expression and its derivative with respect to one symbol."""
    if e.is_Symbol:
        return at[e.name], mpmath.mpf(e.name == by)
    if e.is_Rational:
        return mpmath.mpf(e.p) / e.q, mpmath.mpf(0)
    parts = [_with_slope(a, at, by) for a in e.args]
    value, slope = parts[0]
    if isinstance(e, sympy.Add):
        return sum(v for v, _ in parts), sum(s for _, s in parts)
    if isinstance(e, sympy.Mul):
        for v, s in parts[1:]:
            value, slope = value * v, slope * v + value * s
        return value, slope
    function = FUNCTIONS[type(e).__name__]
    return function.value(value), function.slope(value) * slope
