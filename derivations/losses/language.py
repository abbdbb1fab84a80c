"""The language a loss is written in: index expressions over positions and classes.

Imports notation and SymPy. Position n runs over all steps of all sequences, class i over the
entries of one output. An entry of an array is a SymPy matrix element, a sum a SymPy Sum with a
symbolic bound, so that a loss is defined, and differentiated, for every number of both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.notation import Array, Citation, DefinitionError, Text

POSITIONS, CLASSES = (sympy.Symbol(size, integer=True, positive=True) for size in "NK")
n, i, k = sympy.symbols("n i k")
"""The free indices of every line, position and class, and the index that sums run over."""

LENGTH = {"N": POSITIONS, "K": CLASSES}
INDEX = {"N": n, "K": i}


class exp(sympy.Function):
    """The exponential function, its own derivative."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """The value itself."""
        return self


class log(sympy.Function):
    """The natural logarithm."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """One over the argument."""
        return reciprocal(self.args[0])


class reciprocal(sympy.Function):
    """1/x, as a function, so that what is left is a polynomial."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Minus the square of the value."""
        return -(self**2)


class largest(sympy.Function):
    """``largest(v[n, k], k)``: the largest of the entries as k runs over the classes.

    It has no derivative here: no loss depends on the value that it takes.
    """

    nargs = 2


@dataclass(frozen=True)
class Line:
    """``out = right`` for each position and, where ``out`` has them, each class.

    What it ``assumes`` of the arrays given is what its proof uses.
    """

    out: Array
    right: sympy.Expr
    assumes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Loss:
    """The whole definition of one loss, and what its derivatives are claimed to be.

    ``paper`` is the loss as it is defined, in the arrays given; what is differentiated is that.
    ``forward`` computes the same, and every line of ``backward``, ``jvp`` and ``backward_jvp`` is
    proved to be the derivative that it is said to be.
    """

    id: str
    title: Text
    number_prefix: str
    output: Array
    target: Array
    weight: Array
    paper: tuple[Line, ...]
    forward: tuple[Line, ...]
    backward: tuple[Line, ...]
    jvp: tuple[Line, ...]
    backward_jvp: tuple[Line, ...]
    cite: tuple[Citation, ...]

    def __post_init__(self) -> None:
        tangent = tangent_of(self.output)
        self._check(self.paper, self.given)
        forward = self._check(self.forward, self.given)
        self._check(self.backward, forward)
        self._check(self.jvp, (*forward, tangent))
        self._check(self.backward_jvp, (*forward, tangent))

    def _check(self, lines: Sequence[Line], given: Sequence[Array]) -> tuple[Array, ...]:
        """Every line reads what stands above it; the arrays known after the last one."""
        known = {a.name: a for a in given}
        for line in lines:
            for name in reads(line.right):
                if name not in known:
                    raise DefinitionError(f"{self.id}.{line.out.name}: reads {name} too early")
            if line.out.name in known:
                raise DefinitionError(f"{self.id}.{line.out.name}: already defined")
            known[line.out.name] = line.out
        return tuple(known.values())

    @property
    def given(self) -> tuple[Array, ...]:
        """What the loss is a function of: output of the network, target, weight."""
        return (self.output, self.target, self.weight)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line that code is generated from."""
        return (*self.forward, *self.backward, *self.jvp, *self.backward_jvp)

    @property
    def arrays(self) -> dict[str, Array]:
        """Every array by name, those given first."""
        made = (*self.given, tangent_of(self.output), *(line.out for line in self.lines))
        return {a.name: a for a in made}


def array(name: str, shape: str, en: str, zh: str, base: str = "", accent: str = "") -> Array:
    """An array over positions (``"N"``), classes too (``"NK"``), or a single number (``""``)."""
    typeset = f"{accent}{{{base or name}}}" if accent else base or name
    return Array(name, tuple(shape), Text(en, zh), typeset, time=None)


def tangent_of(v: Array) -> Array:
    """The tangent of an array."""
    title = Text(f"tangent of the {v.title.en}", f"{v.title.zh}的切向量")
    return Array(f"{v.name}_dot", v.shape, title, rf"\dot{{{v.base}}}", time=None)


def gradient_of(v: Array) -> Array:
    """The gradient of the loss with respect to an array."""
    title = Text(f"gradient of the {v.title.en}", f"{v.title.zh}的梯度")
    return Array(f"d_{v.name}", v.shape, title, rf"\bar{{{v.base}}}", time=None)


def tangent_of_gradient(v: Array) -> Array:
    """The tangent of the gradient of the loss with respect to an array."""
    title = Text(f"tangent of the gradient of the {v.title.en}", f"{v.title.zh}的梯度的切向量")
    return Array(f"d_{v.name}_dot", v.shape, title, rf"\dot{{\bar{{{v.base}}}}}", time=None)


def at(v: Array, by: sympy.Symbol = i) -> sympy.Expr:
    """The entry of an array at position n and, where it has classes, class ``by``."""
    sizes = [LENGTH[size] for size in v.shape]
    symbol = sympy.MatrixSymbol(v.name, *sizes, *[1] * (2 - len(sizes)))
    index = [by if size == "K" else INDEX[size] for size in v.shape]
    return MatrixElement(symbol, *map(sympy.sympify, [*index, *[0] * (2 - len(index))]))


def over_classes(term: Callable[[sympy.Symbol], sympy.Expr]) -> sympy.Expr:
    """The sum of ``term(k)`` over the classes."""
    return _total(term(k), k, CLASSES)


def over_positions(term: sympy.Expr) -> sympy.Expr:
    """The sum over the positions."""
    return _total(term, n, POSITIONS)


def _total(term: sympy.Expr, index: sympy.Symbol, count: sympy.Symbol) -> sympy.Expr:
    """A sum whose term keeps the order it is written in, but has no factor 1 put before it."""
    with sympy.evaluate(True):
        return sympy.Sum(term, (index, 0, count - 1))


def reads(expression: sympy.Expr) -> list[str]:
    """The names of the arrays that an expression reads, in order."""
    nodes = sympy.preorder_traversal(expression)
    return list(dict.fromkeys(e.parent.name for e in nodes if isinstance(e, MatrixElement)))
