"""Ways to show something exactly: residuals, equalities, inequalities. Imports SymPy and claim."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy

from derivations.notation import Text
from derivations.proofs.claims.claim import Shown
from derivations.proofs.results import Checked

APART = sympy.Float("1e-15")


def vanish(what: Text, found: Iterable[Checked]) -> Shown:
    """Every residual is identically zero."""
    checked = list(found)
    value = ", ".join(f"{c.formula}: {c.residual}" for c in checked)
    return Shown(what, bool(checked) and all(c.holds for c in checked), value)


def equal(what: Text, found: Any, stated: Any) -> Shown:
    """Two expressions or matrices are the same."""
    return Shown(what, same(found, stated), str(found))


def differ(what: Text, found: Any, stated: Any) -> Shown:
    """Two expressions or matrices are not the same; the value is their difference.

    Symbols are given distinct rational numbers: one point where they differ is enough.
    """
    difference = sympy.Matrix([found - stated])
    symbols = sorted(difference.free_symbols, key=str)
    at = {s: sympy.Rational(k + 2, 2 * k + 7) for k, s in enumerate(symbols)}
    apart = any(abs(e.subs(at).evalf(30)) > APART for e in difference)
    return Shown(what, apart, str(found - stated))


def positive(what: Text, found: sympy.Expr) -> Shown:
    """An expression is positive; numbers are evaluated with as many digits as that takes."""
    return Shown(what, bool(found.is_positive), str(found))


def same(found: Any, stated: Any) -> bool:
    """Whether SymPy can show that the difference is zero."""
    difference = found - stated
    if isinstance(difference, sympy.MatrixBase):
        return bool(difference.applyfunc(_simple).is_zero_matrix)
    return bool(_simple(sympy.sympify(difference)) == 0)


def _simple(e: sympy.Expr) -> sympy.Expr:
    return e if e.is_zero else sympy.simplify(sympy.expand(e).rewrite(sympy.exp))
