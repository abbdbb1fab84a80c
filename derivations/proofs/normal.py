"""The normal form in which two index expressions are compared: equal forms, equal expressions.

Imports SymPy only. An expression is a polynomial in entries of arrays, values of functions and
Kronecker deltas, under sums with symbolic bounds. Its normal form is a sum of monomials, each
under at most one sign of summation; SymPy multiplies out and collects.

SymPy's own ``doit`` would contract the deltas too, but it also tries to find a closed form for
every other sum, for minutes; and it checks every index of every entry that it rebuilds. So each
entry and each value becomes an atom here: ``W(j, k)`` for ``W[j, k]``, ``sigmoid_3(j)`` for a
value of sigmoid at an argument in normal form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count, permutations, product
from typing import TypeAlias

import sympy
from sympy import Add, Function, KroneckerDelta, Mul, Sum, Symbol
from sympy.matrices.expressions.matexpr import MatrixElement

Names: TypeAlias = Mapping[Symbol, sympy.Expr]

_over = Function("over")
"""A factor that stands for a sign of summation while SymPy multiplies out: index, last value."""

_numbers = count()
_meanings: dict[type[Function], sympy.Expr] = {}


def residual(left: sympy.Expr, right: sympy.Expr) -> sympy.Expr:
    """``left - right`` in normal form: 0 only if both are the same for every size."""
    quick = normal(left, factors=True) - normal(right, factors=True)
    return quick if quick == 0 else normal(left) - normal(right)


@cache
def normal(expression: sympy.Expr, factors: bool = False) -> sympy.Expr:
    """The normal form of an expression in index notation; its bound indices are m0, m1, ...

    With ``factors``, ``1 - v`` and its kin stay one factor each. That is far quicker, but equal
    expressions may then have different forms.
    """
    fresh = (Symbol(f"p{n}") for n in count())
    without_sums = _Pull(factors, fresh)(expression, {})
    return Add(*(_monomial(m) for m in Add.make_args(sympy.expand(without_sums))))


def meaning(atom: sympy.Expr) -> tuple[Names, sympy.Expr] | None:
    """What an atom stands for, with the indices to put into it; None for an entry of an array."""
    if atom.func not in _meanings:
        return None
    return dict(zip(_slots(len(atom.args)), atom.args, strict=True)), _meanings[atom.func]


@dataclass(frozen=True)
class _Pull:
    """Writes the sums of an expression as factors, each with an index of its own."""

    factors: bool
    fresh: Iterator[Symbol]

    def __call__(self, e: sympy.Expr, names: Names) -> sympy.Expr:
        if isinstance(e, Sum):
            *outer, (index, first, last) = e.limits
            if first != 0:
                raise ValueError(f"a sum starts at {first}, not at 0")
            own = next(self.fresh)
            inside = Sum(e.function, *outer) if outer else e.function
            return _over(own, last) * self(inside, {**names, index: own})
        if isinstance(e, MatrixElement):
            return Function(e.parent.name)(*(i.xreplace(names) for i in e.indices))
        if isinstance(e, KroneckerDelta):
            return KroneckerDelta(*(a.xreplace(names) for a in e.args))
        if isinstance(e, Function):
            return _value(e).xreplace(names)
        if isinstance(e, Add) and self.factors and (atom := _complement(e)):
            return atom.xreplace(names)
        if isinstance(e, Add | Mul):
            return e.func(*(self(a, names) for a in e.args))
        if isinstance(e, sympy.Pow) and e.exp.is_Integer and e.exp > 0:
            return Mul(*(self(e.base, names) for _ in range(int(e.exp))))
        if e.args:
            raise TypeError(f"{e.func.__name__} is not part of a polynomial: {e}")
        return names.get(e, e)


@cache
def _value(e: sympy.Function) -> sympy.Expr:
    """The atom for a value of a function: its argument in normal form names it."""
    free = sorted(_free_indices(e), key=str)
    e = _renamed(e, dict(zip(free, _slots(len(free)), strict=True)))
    return _atom(e.func(*(normal(a) for a in e.args)))(*free)


@cache
def _complement(e: sympy.Expr) -> sympy.Expr | None:
    """The atom for ``1 - v``, where v is a value or a power of one; None for anything else.

    ``1 - 2 v`` is the atom for ``1 - v``, less v.
    """
    number, rest = e.as_coeff_Add()
    coefficient, power = rest.as_coeff_Mul()
    base, exponent = power.as_base_exp()
    if number == 0 or not isinstance(base, Function) or not exponent.is_Integer:
        return None
    value = _value(base)
    slots = _slots(len(value.args))
    sign, unit = sympy.sign(number), sympy.sign(coefficient)
    atom = _atom(sign * (number + unit * value.func(*slots) ** exponent))(*value.args)
    return sign * atom + (coefficient - unit) * value**exponent


@cache
def _atom(value: sympy.Expr) -> type[Function]:
    atom: type[Function] = Function(f"{value.func.__name__}_{next(_numbers)}")
    _meanings[atom] = value
    return atom


def _slots(n: int) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"slot{i}") for i in range(n))


@cache
def _free_indices(e: sympy.Expr) -> frozenset[Symbol]:
    if isinstance(e, MatrixElement):
        return frozenset(i for i in e.indices if i.is_Symbol)
    bound = frozenset(limit[0] for limit in e.limits) if isinstance(e, Sum) else frozenset()
    return frozenset().union(*(_free_indices(a) for a in e.args)) - bound


def _renamed(e: sympy.Expr, names: Names) -> sympy.Expr:
    """Free indices renamed; bound ones keep their names."""
    if not e.args:
        return names.get(e, e)
    if isinstance(e, Sum):
        names = {old: new for old, new in names.items() if old not in e.bound_symbols}
    return e.func(*(_renamed(a, names) for a in e.args))


def _monomial(monomial: sympy.Expr) -> sympy.Expr:
    """One monomial with its deltas contracted and its bound indices named in a fixed order."""
    factors = Mul.make_args(monomial)
    ranges = {f.args[0]: f.args[1] for f in factors if f.func == _over}
    body = Mul(*(f for f in factors if f.func != _over))
    while found := [(d, i) for d in _deltas(body) for i in d.indices if _sums(ranges, d, i)]:
        delta, index = found[0]
        (other,) = set(delta.indices) - {index}
        body = (body / delta).xreplace({index: other})
        del ranges[index]
    for delta in _deltas(body):
        kept, dropped = sorted(delta.indices, key=str)
        body = delta * (body / delta).xreplace({dropped: kept})
    for index in ranges.keys() - body.free_symbols:
        body *= ranges.pop(index) + 1
    return _named(body, ranges)


def _sums(ranges: Mapping[Symbol, sympy.Expr], delta: KroneckerDelta, index: Symbol) -> bool:
    """Whether the sum over ``index`` runs over the range of the delta, and so contracts it."""
    return index in ranges and delta.delta_range == (0, ranges[index])


def _deltas(body: sympy.Expr) -> list[KroneckerDelta]:
    return [f for f in Mul.make_args(body) if isinstance(f, KroneckerDelta)]


def _named(body: sympy.Expr, ranges: Mapping[Symbol, sympy.Expr]) -> sympy.Expr:
    """The body under its sums, the indices named so that the result comes first in SymPy's order.

    Of all ways to name the indices of one range, so that their former names leave no trace.
    """
    if not ranges:
        return body
    coefficient, body = body.as_coeff_Mul()
    lasts = sorted(set(ranges.values()), key=str)
    groups = [permutations(p for p in ranges if ranges[p] == last) for last in lasts]
    orders = [sum(order, ()) for order in product(*groups)]
    names = [Symbol(f"m{n}") for n in range(len(ranges))]
    named = [body.xreplace(dict(zip(order, names, strict=True))) for order in orders]
    limits = [(m, 0, ranges[p]) for m, p in zip(names, orders[0], strict=True)]
    return coefficient * Sum(min(named, key=sympy.default_sort_key), *limits)
