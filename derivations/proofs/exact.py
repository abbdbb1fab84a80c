"""A cell on exact numbers and symbols: a step, a sequence, and the Jacobian of its states.

Imports the definitions and SymPy. A derivative is SymPy's ``diff`` of the value; the calculus is
not asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import sympy
from sympy import Matrix

from derivations.functions import kappa, phi_f, phi_g, phi_h, relu, sigmoid, tanh
from derivations.notation import SIZES, Affine, Cell, Equation, Product

Values: TypeAlias = Mapping[str, Matrix]
"""Matrices of numbers or symbols by the name of the array; a vector is one column."""


def point(cell: Cell, sizes: Mapping[str, int], **given: Matrix) -> dict[str, Matrix]:
    """A value for every source and parameter: zero for those that are not given."""
    arrays = {a.name: a for a in (*cell.sources, *cell.parameters)}
    values = {
        name: sympy.zeros(*(sizes[s] for s in a.shape), *[1] * (2 - len(a.shape)))
        for name, a in arrays.items()
    }
    for name, value in given.items():
        if value.shape != values[name].shape:
            raise ValueError(f"{name} must be {values[name].shape}, got {value.shape}")
    return values | given


def scalars(cell: Cell, **given: sympy.Expr) -> dict[str, Matrix]:
    """A point where every size is 1."""
    numbers = {name: Matrix([[value]]) for name, value in given.items()}
    return point(cell, dict.fromkeys(SIZES, 1), **numbers)


def evaluated(cell: Cell, values: Values) -> dict[str, Matrix]:
    """Every array of a step, exactly, from those that it is given."""
    found = dict(values)
    for equation in cell.equations:
        found[equation.out.name] = _value(equation, found)
    return found


def run(cell: Cell, values: Values, inputs: Sequence[Matrix]) -> list[dict[str, Matrix]]:
    """Every array of each step of a sequence; the first starts from the states in ``values``."""
    steps: list[dict[str, Matrix]] = []
    (x,) = cell.inputs
    states = {s.previous.name: values[s.previous.name] for s in cell.states}
    for value in inputs:
        steps.append(evaluated(cell, {**values, **states, x.name: value}))
        states = {s.previous.name: steps[-1][s.name] for s in cell.states}
    return steps


def state_jacobian(cell: Cell, values: Values, inputs: Sequence[Matrix]) -> Matrix:
    """The derivative of the states after a sequence by those before it, at a point.

    Row by row as ``cell.states`` has them: for the LSTM first h, then c.
    """
    names = [s.previous.name for s in cell.states]
    varied = {n: Matrix([sympy.Dummy(n) for _ in values[n]]) for n in names}
    last = run(cell, {**values, **varied}, inputs)[-1]
    after = Matrix.vstack(*(last[s.name] for s in cell.states))
    before, at = (Matrix.vstack(*(v[n] for n in names)) for v in (varied, values))
    return after.jacobian(before).subs(dict(zip(before, at, strict=True)))


def _value(equation: Equation, found: Values) -> Matrix:
    if isinstance(equation.right, Affine):
        first, *rest = (_product(p, found) for p in equation.right.products)
        return sum(rest, first)
    names = [sympy.Symbol(name) for name in equation.reads]
    rows = zip(*(found[name] for name in equation.reads), strict=True)
    expression = equation.right.expression.doit()
    return Matrix([_exact(expression.xreplace(dict(zip(names, r, strict=True)))) for r in rows])


def _product(p: Product, found: Values) -> Matrix:
    product = found[p.weight.name] * found[p.vector.name]
    return product + found[p.bias.name] if p.bias else product


def _exact(e: sympy.Expr) -> sympy.Expr:
    """SymPy's own functions in place of ours, which it leaves alone.

    Those that a layer chooses are what they are as a rule.
    """
    e = e.replace(phi_f, sigmoid).replace(phi_g, tanh).replace(phi_h, tanh)
    e = e.replace(kappa, lambda a: a)
    e = e.replace(sigmoid, lambda a: 1 / (1 + sympy.exp(-a))).replace(tanh, sympy.tanh)
    return e.replace(relu, lambda a: sympy.Max(a, 0))
