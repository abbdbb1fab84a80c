"""Losses for every number of positions N and classes K: the derivatives, and why nothing overflows.

Imports the losses, the normal form and SymPy. What is differentiated is the form that is computed,
with the number m that it subtracts held fixed; `computed` proves that this is the loss as
it is defined, whatever m is. Targets are any numbers, and where they must sum to 1 is part of the
result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import count

import sympy
from sympy import IndexedBase, Interval, KroneckerDelta, Symbol
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.losses import cross_entropy
from derivations.losses.cross_entropy import CROSS_ENTROPY
from derivations.losses.language import (
    CLASSES,
    Line,
    Loss,
    at,
    exp,
    i,
    k,
    largest,
    log,
    n,
    over_classes,
    over_positions,
    reciprocal,
    tangent_of,
)
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

Rights = Mapping[str, sympy.Expr]

_EPSILON, _POSITION, _CLASS = sympy.symbols("epsilon q j")
_OWN: dict[type[sympy.Function], Callable[[sympy.Expr], sympy.Expr]] = {
    exp: sympy.exp,
    log: sympy.log,
    reciprocal: lambda x: 1 / x,
}
_unused = (Symbol(f"k{number}") for number in count())


def gradient(loss: Loss) -> list[Checked]:
    """The backward pass is the derivative of the loss with respect to the entry (q, j).

    Cross-entropy: if the targets of each position sum to 1. In general the derivative is larger by
    ``w p (sum y - 1)``.
    """
    rights = _rights(loss)
    line = loss.backward[-1]
    direct = rights["loss"].diff(_there(at(loss.output)))
    stated = _there(rights[line.out.name] + _excess(loss, rights))
    return [Checked(_id(loss, line), residual(direct, stated))]


def tangents(loss: Loss) -> list[Checked]:
    """Every line of the tangents is the derivative, along a direction, of what it belongs to."""
    rights = _rights(loss)
    a_dot = tangent_of(loss.output)
    excess = over_positions(
        over_classes(lambda k: _excess(loss, rights).xreplace({i: k}) * at(a_dot, k))
    )
    return [
        *(_tangent(loss, line, excess) for line in loss.jvp),
        *(_tangent(loss, line) for line in loss.backward_jvp),
    ]


def _tangent(loss: Loss, line: Line, excess: sympy.Expr = sympy.S.Zero) -> Checked:
    rights, output = _rights(loss), loss.output.name

    def moved(matrix: sympy.MatrixSymbol, *index: sympy.Expr) -> sympy.Expr:
        if matrix.name != output:
            return matrix[index]
        return matrix[index] + _EPSILON * sympy.MatrixSymbol(f"{output}_dot", *matrix.shape)[index]

    value = rights[line.out.name.removesuffix("_dot")].replace(MatrixElement, moved)
    direct = value.diff(_EPSILON).xreplace({_EPSILON: sympy.S.Zero})
    return Checked(_id(loss, line), residual(direct, rights[line.out.name] + excess))


def _excess(loss: Loss, rights: Rights) -> sympy.Expr:
    """By how much the derivative exceeds what is stated where targets do not sum to 1."""
    if loss is not CROSS_ENTROPY:
        return sympy.S.Zero
    surplus = over_classes(lambda k: at(loss.target, k)) - 1
    return at(loss.weight) * rights["p"] * surplus


def computed(loss: Loss) -> list[Checked]:
    """What is computed in another form than it is defined in is the same.

    Softmax and its logarithm do not depend on the number m that is subtracted from the logits, so
    that neither the loss nor its derivative does. Only that the logits and m are real is used.
    """
    if loss.forward == loss.paper:
        return []
    rights = _rights(loss)
    p = _real(next(line.right for line in loss.paper if line.out.name == "p"))
    return [
        Checked(f"{loss.id}.p", sympy.simplify(_real(rights["p"]) - p)),
        Checked(f"{loss.id}.log_p", sympy.simplify(_real(rights["log_p"]) - sympy.log(p))),
    ]


def no_overflow() -> list[Checked]:
    """With the largest logit subtracted, ``0 < e <= 1`` and ``1 <= Z <= K`` for every K.

    The exponents are not positive, and exp is at most 1 on just these numbers. With c a class whose
    logit is largest, ``e_c = 1``, and both ``K - Z`` and ``Z - e_c`` are sums of terms that are
    not negative.
    """
    s = Symbol("s", real=True)
    at_most_one = sympy.solveset(sympy.exp(s) - 1 <= 0, s, sympy.Reals)
    e, total, c = cross_entropy.e, over_classes(lambda k: at(cross_entropy.e, k)), Symbol("c")
    is_c = KroneckerDelta(k, c, (0, CLASSES - 1))
    return [
        Checked("cross_entropy.e", sympy.Integer(at_most_one != Interval(-sympy.oo, 0))),
        Checked("cross_entropy.Z", residual(CLASSES - total, over_classes(lambda k: 1 - at(e, k)))),
        Checked(
            "cross_entropy.Z",
            residual(total - at(e, c), over_classes(lambda k: at(e, k) - is_c * at(e, k))),
        ),
    ]


def functions() -> list[Checked]:
    """The derivatives that the functions of the losses declare are those of SymPy's own."""
    x = Symbol("x", positive=True)
    return [Checked(f.__name__, _own(f(x).diff(x)) - _own(f(x)).diff(x)) for f in _OWN]


def _id(loss: Loss, line: Line) -> str:
    return f"{loss.id}.{line.out.name}"


@cache
def _rights(loss: Loss) -> Rights:
    """The right side of every line in the arrays given; the number subtracted is free."""
    found: dict[str, sympy.Expr] = {}
    for line in loss.lines:
        if not isinstance(line.right, largest):
            found[line.out.name] = _expanded(line.right.doit(deep=False), found)
    return found


def _expanded(e: sympy.Expr, rights: Rights) -> sympy.Expr:
    """Arrays that are defined replaced by what they are, bound indices by ones of their own."""

    def right(matrix: sympy.MatrixSymbol, *index: sympy.Expr) -> sympy.Expr:
        if matrix.name not in rights:
            return matrix[index]
        bound = {s: next(_unused) for s in rights[matrix.name].atoms(Symbol) if s.name[0] == "k"}
        position, of_class = index
        return rights[matrix.name].xreplace({**bound, n: position, i: of_class})

    return e.replace(MatrixElement, right)


def _there(e: sympy.Expr) -> sympy.Expr:
    """The same at position q and class j."""
    return e.xreplace({n: _POSITION, i: _CLASS})


def _own(e: sympy.Expr) -> sympy.Expr:
    """With SymPy's own functions in the place of ours."""
    for ours, theirs in _OWN.items():
        e = e.replace(ours, theirs)
    return e


def _real(e: sympy.Expr) -> sympy.Expr:
    """One position, all entries real numbers, SymPy's own functions, one name for bound indices."""
    e = e.xreplace({bound: k for total in e.atoms(sympy.Sum) for bound in total.bound_symbols})

    def number(matrix: sympy.MatrixSymbol, _: sympy.Expr, of_class: sympy.Expr) -> sympy.Expr:
        if of_class == 0:
            return Symbol(matrix.name, real=True)
        return IndexedBase(matrix.name, real=True)[of_class]

    return _own(e).replace(MatrixElement, number)
