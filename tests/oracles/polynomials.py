"""The exact oracle: a definition written out in scalars, differentiated by SymPy, nothing rounded.

Each value of a function, such as tanh(W x + U h + b) with the sums written out, is one more
generator of SymPy's ring of polynomials, known by its expanded argument, so that every number is a
polynomial in the entries of the arrays and in these. The ring keeps polynomials expanded: two are
equal exactly when their difference expands to 0. Derivatives are SymPy's `diff` of polynomials and
the chain rule through the arguments. In a step every intermediate is a generator too, until the
derivatives have been taken, so that there are derivatives with respect to it.

Imports SymPy, NumPy and the notation of cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sympy import ZZ, ring

from derivations.notation import Cell
from oracles.cases import Case, Results, build, shape
from oracles.definition import Interpreter, blocks, function_calls

Polynomial = Any
Seeds = dict[Polynomial, Any]

INTERMEDIATE = "intermediate"
RULES: dict[str, Callable[[Polynomial, Polynomial], Any]] = {
    INTERMEDIATE: lambda *_: 1,
    "sigmoid": lambda s, _: s - s**2,
    "tanh": lambda t, _: 1 - t**2,
    "relu": lambda _, indicator: indicator,
    "heaviside": lambda *_: 0,
    "kappa": lambda _, slope: slope,
    "kappa_1": lambda *_: 0,
}
"""The derivative of a value by its argument, from the value and that of the function in `SLOPES`.

The functions that a layer chooses are anything: their derivatives are further functions.
"""
SLOPES = {"relu": "heaviside", "kappa": "kappa_1"}
for _phi in ("phi_f", "phi_g", "phi_h"):
    SLOPES |= {_phi: f"{_phi}_1", f"{_phi}_1": f"{_phi}_2"}
    RULES |= {_phi: lambda _, slope: slope, f"{_phi}_1": lambda _, slope: slope}
    RULES |= {f"{_phi}_2": lambda *_: 0}  # no answer has a third derivative


def family(name: str) -> list[str]:
    """A function with its derivatives."""
    return [name, *(family(SLOPES[name]) if name in SLOPES else [])]


def is_upstream(name: str) -> bool:
    """Whether a name is that of a gradient that arrives from outside."""
    return name.startswith("d_")


def is_direction(name: str) -> bool:
    """Whether a name is that of a tangent of what is given."""
    return name.endswith("_dot")


class Symbols:
    """A ring with a generator for each entry of each array, and a case made of them.

    Arrays whose name is ``zero`` are zeros: fewer generators are faster.
    """

    def __init__(
        self,
        cell: Cell,
        sizes: dict[str, int],
        T: int | None,
        B: int,
        zero: Callable[[str], bool] = lambda name: False,
    ) -> None:
        names: list[str] = []

        def name_all(name: str, of: tuple[int, ...]) -> Any:
            if zero(name):
                return np.full(of, "0", dtype=object)
            new = ["_".join(map(str, (name, *index))) for index in np.ndindex(of)]
            names.extend(new)
            return np.array(new, dtype=object).reshape(of)

        named = build(cell, sizes, T, B, name_all)
        intermediate = [""] if T is None else []
        values = sum(
            sum(len(family(f)) for f in [*intermediate, *function_calls(e)])
            * shape(e.out, sizes)[0]
            * B
            * (T or 1)
            for e in cell.equations
        )
        self.ring = ring([*names, *(f"value_{k}" for k in range(values))], ZZ)[0]
        self._unused = iter(self.ring.gens[len(names) :])
        self._known: dict[tuple[str, Polynomial], Polynomial] = {}
        self._meaning: dict[Polynomial, tuple[str, Polynomial]] = {}
        self._expanded: dict[Polynomial, Polynomial] = {}
        self.closed = False
        generators = dict(zip(names, self.ring.gens, strict=False)) | {"0": self.ring.zero}
        self.case = named.map(np.vectorize(generators.__getitem__, otypes=[object]))

    def function(self, name: str) -> Callable[[Any], Polynomial]:
        """A function with a generator for each of its values; ``closed``, it takes no new ones."""

        def value(argument: Any) -> Polynomial:
            argument = self.ring(argument)
            if name == "heaviside" and self._meaning.get(argument, "")[:1] == ("relu",):
                argument = self._meaning[argument][1]  # relu(a) > 0 just where a > 0
            key = (name, self.expanded(argument))
            if key not in self._known:
                assert not self.closed, f"{name} is applied to what the definition does not have"
                self._known[key] = new = next(self._unused)
                self._meaning[new] = (name, argument)
                if name in SLOPES:
                    self.function(SLOPES[name])(argument)
            return self._known[key]

        return value

    def over_arrays(self) -> dict[str, Any]:
        """All functions, entry by entry over object arrays, to stand in for those of the code."""
        return {name: np.vectorize(self.function(name), otypes=[object]) for name in RULES}

    def intermediate(self, value: Any) -> Polynomial:
        """A generator that stands for a value."""
        new = next(self._unused)
        self._meaning[new] = (INTERMEDIATE, self.ring(value))
        self._expanded[new] = self.expanded(value)
        return new

    def expanded(self, polynomial: Any) -> Polynomial:
        """The polynomial with the values of intermediates in the place of their generators."""
        polynomial = self.ring(polynomial)
        used = [g for g in self._generators(polynomial) if g in self._expanded]
        return polynomial.compose([(g, self._expanded[g]) for g in used]) if used else polynomial

    def derivative(
        self, direction: Seeds, write: Callable[[Any], Polynomial] = lambda dot: dot
    ) -> Callable[[Any], Polynomial]:
        """The derivative along a direction, given as the tangents of some generators.

        ``write`` may write the tangents of generators in another way, for example ``expanded``.
        """
        tangents = dict(direction)

        def tangent(generator: Polynomial) -> Any:
            if generator not in tangents:
                name, argument = self._meaning.get(generator, ("", 0))
                inner = of(argument)
                tangents[generator] = inner and write(self._rule(name, argument, generator) * inner)
            return tangents[generator]

        def of(polynomial: Any) -> Polynomial:
            total = self.ring.zero
            for generator in self._generators(self.ring(polynomial)):
                if dot := tangent(generator):
                    total += polynomial.diff(generator) * dot
            return total

        return of

    def _rule(self, name: str, argument: Polynomial, value: Polynomial) -> Any:
        slope = self.function(SLOPES[name])(argument) if name in SLOPES else None
        return RULES[name](value, slope)

    def _generators(self, polynomial: Polynomial) -> list[Polynomial]:
        used = {k for monomial in polynomial for k, power in enumerate(monomial) if power}
        return [self.ring.gens[k] for k in sorted(used)]


def sequence(symbols: Symbols) -> Results:
    """What `code.sequence` gives, from the definition, but for the tangents of gradients.

    Written out over two steps, those are too long; `oracles.residues` has them.
    """
    case = symbols.case
    interpreter = Interpreter(case.cell, {name: symbols.function(name) for name in RULES})
    steps = interpreter.sequence(case, case.at)
    results = {
        e.out.name: np.array([[b[e.out.name] for b in now] for now in steps])
        for e in case.cell.equations
    }
    loss = interpreter.loss(case, steps)
    along = symbols.derivative(direction(case))
    for e in case.cell.equations:
        results[f"{e.out.name}_dot"] = over_entries(along, results[e.out.name])
    for name, array in case.at.items():
        results[f"d_{name}"] = over_entries(lambda g: symbols.derivative({g: 1})(loss), array)
    for s in case.cell.states:
        results[f"{s.name}_last"] = results[s.name][-1]
        results[f"{s.name}_last_dot"] = results[f"{s.name}_dot"][-1]
    return results


def step(symbols: Symbols) -> Results:
    """What `code.step` gives, from the definition."""
    case = symbols.case
    interpreter = Interpreter(case.cell, {name: symbols.function(name) for name in RULES})
    params = blocks(case.at, case.cell)
    given = case.at.inputs | {f"{name}_prev": a for name, a in case.at.states.items()}
    batch = [
        interpreter.step({n: list(a[b]) for n, a in given.items()}, params, symbols.intermediate)
        for b in range(case.B)
    ]
    arrays = {name: np.array([entries[name] for entries in batch]) for name in batch[0]}
    along = symbols.derivative(direction(case))
    results: Results = {}
    for e in case.cell.equations:
        results[e.out.name] = over_entries(symbols.expanded, arrays[e.out.name])
        dots = over_entries(along, arrays[e.out.name])
        results[f"{e.out.name}_dot"] = over_entries(symbols.expanded, dots)
    along = symbols.derivative(direction(case), symbols.expanded)
    for name, array in (arrays | params | case.at.params).items():
        results |= _derivatives(symbols, name, array, arrays)
        results[f"d_{name}_dot"] = over_entries(along, results[f"d_{name}"])
    return results


def _derivatives(symbols: Symbols, name: str, array: Any, arrays: Results) -> Results:
    """The Jacobian blocks and the gradient of one array."""
    case, batched = symbols.case, name in arrays
    results: Results = {f"d_{name}": np.full(array.shape, symbols.ring.zero)}
    of = array.shape[1:] if batched else array.shape
    for a in case.cell.exits:
        results[f"{a.name}_D_{name}"] = np.empty((*arrays[a.name].shape, *of), dtype=object)
    for index in np.ndindex(array.shape):
        derivative = symbols.derivative({array[index]: 1})
        for a in case.cell.exits:
            rows = over_entries(lambda g, d=derivative: symbols.expanded(d(g)), arrays[a.name])
            results[f"d_{name}"][index] += (case.upstream[a.name] * rows).sum()
            if batched:
                results[f"{a.name}_D_{name}"][index[0], :, *index[1:]] = rows[index[0]]
            else:
                results[f"{a.name}_D_{name}"][:, :, *index] = rows
    return results


def direction(case: Case) -> Seeds:
    """A tangent for each entry of what is given and of what arrives."""
    arrays = [*(a for _, a in case.at.items()), *case.upstream.values()]
    dots = [*(a for _, a in case.along.items()), *case.upstream_dot.values()]
    pairs = zip(arrays, dots, strict=True)
    return {g: d for a, dot in pairs for g, d in zip(a.flat, dot.flat, strict=True)}


def over_entries(function: Callable[[Any], Any], array: Any) -> Any:
    """Apply a function to each entry of an object array."""
    return np.vectorize(function, otypes=[object])(array)


def differences(got: Any, want: Any, symbols: Symbols) -> int:
    """In how many entries two arrays differ."""
    assert got.shape == want.shape, f"shape {got.shape}, not {want.shape}"
    pairs = zip(got.flat, want.flat, strict=True)
    return sum(symbols.ring(g) - w != 0 for g, w in pairs)
