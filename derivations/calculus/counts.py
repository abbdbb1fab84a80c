"""How many scalar operations, parameters and stored numbers a cell takes: polynomials in the sizes.

Imports notation, local derivatives and sweeps. Counted is what the definition and its reverse sweep
say, over T steps of a batch of B sequences: a sum of n numbers is n - 1 additions, a difference is
an addition, ``v**2`` is a multiplication, and a value of a function counts under its
name. Nothing is shared between lines and nothing is divided or negated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import sympy

from derivations.calculus.local import Diagonal, Edge, Outer, Weight, edges
from derivations.calculus.sweeps import Adjoint, reverse_sweep
from derivations.functions import CHOSEN, FUNCTIONS
from derivations.notation import SIZES, Affine, Array, Cell, Equation

Operations: TypeAlias = Mapping[str, sympy.Expr]

ADDITIONS, MULTIPLICATIONS = "additions", "multiplications"
KNOWN = (*FUNCTIONS, *CHOSEN)
COUNTED = (ADDITIONS, MULTIPLICATIONS, *(f.__name__ for f in KNOWN))
T, B, *_sizes = sympy.symbols(["T", "B", *SIZES], integer=True, positive=True)
SIZE = dict(zip(SIZES, _sizes, strict=True))


def forward(cell: Cell) -> dict[str, sympy.Expr]:
    """The operations of a forward pass over a batch of sequences."""
    return _times(T * B, _sum(_equation(e) for e in cell.equations))


def backward(cell: Cell) -> dict[str, sympy.Expr]:
    """The operations of a backward pass: gradients of parameters, inputs and initial states.

    Upstream gradients arrive at the output of every step and at the last states.
    """
    sweep = reverse_sweep(cell)
    inside = (_adjoint(cell, line) for line in sweep if line.of not in cell.parameters)
    gradients = (_gradient(edge) for line in sweep for edge in line.terms if _by_parameter(edge))
    return _sum((_times(T * B, _sum(inside)), *gradients))


def total(operations: Operations) -> sympy.Expr:
    """Additions and multiplications together; values of functions are left out."""
    return sympy.expand(operations[ADDITIONS] + operations[MULTIPLICATIONS])


def parameters(cell: Cell, bias: bool = True) -> sympy.Expr:
    """How many numbers the parameters of a cell are; without the biases, if it has none."""
    return sympy.Add(*(length(p) for p in cell.parameters if bias or p not in cell.biases))


def network_parameters(
    cell: Cell, layers: int, directions: int = 1, bias: bool = True
) -> sympy.Expr:
    """The same for a stack of layers, each of which reads the outputs of the one below."""
    own = parameters(cell, bias)
    above = own.subs(SIZE["D"], directions * length(cell.output))
    return sympy.expand(directions * (own + (layers - 1) * above))


def state(cell: Cell) -> sympy.Expr:
    """How many numbers are handed from one step to the next, for each sequence."""
    return sympy.Add(*(length(s.next) for s in cell.states))


def tape(cell: Cell) -> sympy.Expr:
    """How many numbers a forward pass keeps for the backward pass.

    These are its inputs, what it hands on and what the local derivatives read, at every step; of
    each state the initial value too.
    """
    read = {a.name for a in (*cell.sources, *cell.exits)}
    for edge in edges(cell):
        match edge.factor:
            case Diagonal(expression):
                read |= {s.name for s in expression.free_symbols}
            case Outer(vector):
                read.add(vector.name)
    once = read - {a.name for a in (*cell.parameters, *(s.previous for s in cell.states))}
    every_step = sympy.Add(*(length(cell.arrays[name]) for name in once))
    return sympy.expand(B * (T * every_step + state(cell)))


def length(array: Array) -> sympy.Expr:
    """How many numbers an array is, in one step of one sequence."""
    return sympy.Mul(*(SIZE[s] for s in array.shape))


def scalar(e: sympy.Expr) -> dict[str, sympy.Expr]:
    """The operations of an elementwise expression, for one entry."""
    inside = [scalar(a) for a in e.args]
    if isinstance(e, KNOWN):
        return _sum((*inside, {e.func.__name__: sympy.S.One}))
    if isinstance(e, sympy.Pow):
        return _sum((inside[0], {MULTIPLICATIONS: e.exp - 1}))
    if isinstance(e, sympy.Add | sympy.Mul):
        kind = ADDITIONS if isinstance(e, sympy.Add) else MULTIPLICATIONS
        parts = [a for a in e.args if kind == ADDITIONS or a != -1]  # a sign makes a difference
        return _sum((*inside, {kind: sympy.Integer(len(parts) - 1)}))
    return _sum(inside)


def _equation(equation: Equation) -> dict[str, sympy.Expr]:
    rows = length(equation.out)
    if not isinstance(equation.right, Affine):
        return _times(rows, scalar(equation.right.expression))
    products = equation.right.products
    summands = [_product(p.weight, over=length(p.vector)) for p in products]
    joined = sum(1 + (p.bias is not None) for p in products) - 1
    return _sum((*summands, {ADDITIONS: joined * rows}))


def _product(weight: Array, over: sympy.Expr) -> dict[str, sympy.Expr]:
    """A matrix times a vector: each entry of the result is a sum of ``over`` products."""
    entries = length(weight)
    return {MULTIPLICATIONS: entries, ADDITIONS: entries - entries / over}


def _adjoint(cell: Cell, adjoint: Adjoint) -> dict[str, sympy.Expr]:
    arriving = (adjoint.of == cell.output) + sum(adjoint.of == s.next for s in cell.states)
    joined = (arriving + len(adjoint.terms) - 1) * length(adjoint.of)
    return _sum((*(_back(edge) for edge in adjoint.terms), {ADDITIONS: joined}))


def _back(edge: Edge) -> dict[str, sympy.Expr]:
    match edge.factor:
        case Weight(matrix):
            return _product(matrix, over=length(edge.out))
        case Diagonal(expression) if expression != 1:
            once = _sum((scalar(expression), {MULTIPLICATIONS: sympy.S.One}))
            return _times(length(edge.source), once)
    return {}


def _by_parameter(edge: Edge) -> bool:
    return edge.source.time is None


def _gradient(edge: Edge) -> dict[str, sympy.Expr]:
    """The gradient of a block of a parameter: a sum over time and batch."""
    entries = length(edge.source)
    products = T * B * entries if isinstance(edge.factor, Outer) else sympy.S.Zero
    each = _times(T * B, _back(edge))
    return _sum((each, {MULTIPLICATIONS: products, ADDITIONS: (T * B - 1) * entries}))


def _times(factor: sympy.Expr, operations: Operations) -> dict[str, sympy.Expr]:
    return {kind: factor * n for kind, n in operations.items()}


def _sum(parts: Iterable[Operations]) -> dict[str, sympy.Expr]:
    parts = tuple(parts)
    return {
        kind: sympy.expand(sympy.Add(*(part.get(kind, 0) for part in parts))) for kind in COUNTED
    }
