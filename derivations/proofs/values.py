"""The number that an index expression is, at given sizes: what a normal form must not change.

Imports SymPy, and of `normal` only what its atoms stand for.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from functools import partial

import sympy
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.functions import CHOSEN
from derivations.proofs.normal import meaning


def _any(n: int, a: float) -> float:
    """Some function, another for each n."""
    return math.cos(a + n)


FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "tanh": math.tanh,
    "relu": lambda a: max(a, 0.0),
    "heaviside": lambda a: float(a > 0),
} | {f.__name__: partial(_any, n) for n, f in enumerate(CHOSEN)}


class Numbers(dict[tuple[object, ...], float]):
    """A random number for each entry of each array, when it is first asked for."""

    draw = random.Random(0)

    def __missing__(self, key: tuple[object, ...]) -> float:
        self[key] = self.draw.uniform(-1, 1)
        return self[key]


def value(e: sympy.Expr, at: Mapping[sympy.Symbol, int], entries: Numbers) -> float:
    """The value of an index expression, straight from its meaning."""
    if not e.args:
        return at[e] if e.is_Symbol else float(e)
    if isinstance(e, sympy.Sum):
        *outer, (index, _, last) = e.limits
        inside = sympy.Sum(e.function, *outer) if outer else e.function
        counted = range(round(value(last, at, entries)) + 1)
        return sum(value(inside, {**at, index: n}, entries) for n in counted)
    if isinstance(e, sympy.KroneckerDelta):
        return float(len({at[i] for i in e.indices}) == 1)
    if known := meaning(e):
        slots, template = known
        return value(template, {**at, **{slot: at[i] for slot, i in slots.items()}}, entries)
    if isinstance(e, MatrixElement):
        return entries[e.parent.name, *(at.get(i, i) for i in e.indices)]
    if isinstance(e, AppliedUndef):
        return entries[e.func.__name__, *(at.get(i, i) for i in e.args)]
    parts = [value(a, at, entries) for a in e.args]
    if isinstance(e, sympy.Add | sympy.Mul):
        return sum(parts) if isinstance(e, sympy.Add) else math.prod(parts)
    return parts[0] ** parts[1] if isinstance(e, sympy.Pow) else FUNCTIONS[e.func.__name__](*parts)
