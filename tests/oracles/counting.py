"""Numbers that count what is done with them: an instrumented run of generated code.

Imports NumPy and the cases. Every ``+ - * /``, every power and negation of an entry of an object
array goes through its number; the functions of a module are exchanged for ones that count, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from derivations.functions import CHOSEN, FUNCTIONS
from oracles import code
from oracles.cases import Case, Point


class Number:
    """A number without a value; each operation on it is noted in a tally."""

    def __init__(self, tally: Counter[str]) -> None:
        self.tally = tally

    def _note(self, kind: str) -> Number:
        self.tally[kind] += 1
        return self

    def __add__(self, other: Any) -> Number:
        return self._note("additions")

    def __mul__(self, other: Any) -> Number:
        return self._note("multiplications")

    def __pow__(self, exponent: int) -> Number:
        assert exponent == 2, "only squares are one multiplication"
        return self._note("multiplications")

    def __truediv__(self, other: Any) -> Number:
        return self._note("divisions")

    def __neg__(self) -> Number:
        return self._note("negations")

    __radd__ = __sub__ = __rsub__ = __add__
    __rmul__, __rtruediv__ = __mul__, __truediv__


def functions(tally: Counter[str]) -> dict[str, Callable[[Any], Any]]:
    """All functions a cell may use, entry by entry, each value noted under its name."""

    def value(name: str) -> Callable[[Any], Any]:
        return np.vectorize(lambda number: number._note(name), otypes=[object])

    return {f.__name__: value(f.__name__) for f in (*FUNCTIONS, *CHOSEN)}


def sequence(text: str, case: Case) -> tuple[Counter[str], Counter[str]]:
    """What ``forward`` and ``backward`` of a generated module do on a case, one tally each."""
    forward, backward = Counter[str](), Counter[str]()
    module = code.load(text, functions(forward))
    params, given = _arguments(module, case.map(lambda a: filled(a.shape, forward)).at)
    tape = module.forward(params, *given)
    module = code.load(text, functions(backward))
    case = case.map(lambda a: filled(a.shape, backward))
    params, _ = _arguments(module, case.at)
    tape = type(tape)(*(filled(a.shape, backward) for a in tape))
    module.backward(params, tape, *case.upstream.values())
    return forward, backward


def kept(text: str, case: Case) -> int:
    """How many numbers a tape holds; arrays that share their memory count once."""
    module = code.load(text)
    params, given = _arguments(module, case.at)
    buffers = [a if a.base is None else a.base for a in module.forward(params, *given)]
    return sum({id(a): a.size for a in buffers}.values())


def filled(shape: tuple[int, ...], tally: Counter[str]) -> Any:
    """An array of numbers that note what is done with them in one tally."""
    array = np.empty(shape, object)
    array.fill(Number(tally))
    return array


def _arguments(module: Any, at: Point) -> tuple[Any, tuple[Any, ...]]:
    return module.Params(**at.params), (*at.inputs.values(), *at.states.values())
