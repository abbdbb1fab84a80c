"""What clipping does to a gradient: its norm, its direction, and which point it goes to.

Imports the index notation, the normal form and SymPy. g is the gradient, v what value clipping
makes of it, c what norm clipping makes of it, z any other vector, theta > 0 the threshold; vectors
have any number N of entries. Where a sign is claimed, the residual is 0 if SymPy finds that sign.
"""

from __future__ import annotations

from functools import partial

import sympy
from sympy import Matrix, Max, Min, Symbol, sqrt

from derivations.proofs.indices import LENGTH, Entry, delta, element, sum_over
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

BY_NORM, BY_VALUE, BY_TORCH = "clip_by_norm", "clip_by_value", "clip_grad_norm"

_g, _v, _c, _z, _mu = (partial(element, name, ("N",)) for name in ("g", "v", "c", "z", "mu"))
_theta, _u, _w = sympy.symbols("theta u w", positive=True)
_s = Symbol("s")


def norm_clipping_scales() -> list[Checked]:
    """Clipping by norm keeps the direction, and the new norm is min(n, theta).

    A factor s makes the squared norm s**2 times as large. For n > theta, written n = theta + u, it
    is theta / n, a positive number, and the new norm is theta; else it is 1.
    """
    n = _theta + _u
    scaled = residual(_sum(lambda k: (_s * _g(k)) ** 2), _s**2 * _sum(lambda k: _g(k) ** 2))
    return [
        Checked(BY_NORM, scaled),
        _positive(BY_NORM, _theta / n),
        Checked(BY_NORM, _theta / n * n - Min(n, _theta)),
    ]


def norm_clipping_projects() -> list[Checked]:
    """Clipping by norm goes to the nearest point of the ball of radius theta.

    For n > theta ``g = s c`` with ``s = n / theta > 1`` and ``|c| = theta``. For all vectors

        |z - g|**2 - |c - g|**2 = s |z - c|**2 + (s - 1) (|c|**2 - |z|**2),

    where no term is negative for z in the ball, and both are 0 for z = c alone. For n <= theta c is
    g itself.
    """
    to_z = _sum(lambda k: (_z(k) - _s * _c(k)) ** 2)
    to_c = _sum(lambda k: (_c(k) - _s * _c(k)) ** 2)
    apart = _sum(lambda k: (_z(k) - _c(k)) ** 2)
    spare = _sum(lambda k: _c(k) ** 2) - _sum(lambda k: _z(k) ** 2)
    return [
        Checked(BY_NORM, residual(to_z - to_c, _s * apart + (_s - 1) * spare)),
        _positive(BY_NORM, (_theta + _u) / _theta - 1),
    ]


def value_clipping_turns() -> list[Checked]:
    """A counterexample: with threshold 1 the gradient (3, 1) becomes (1, 1).

    The cosine of the angle is 2 / sqrt(5), less than 1; the angle is some 27 degrees.
    """
    g = Matrix([3, 1])
    v = g.applyfunc(lambda x: clipped(x, sympy.S.One))
    cosine = v.dot(g) / (v.norm() * g.norm())
    return [
        *(Checked(BY_VALUE, entry - 1) for entry in v),
        Checked(BY_VALUE, sympy.simplify(cosine - 2 / sqrt(5))),
        _positive(BY_VALUE, 1 - 2 / sqrt(5)),
    ]


def value_clipping_keeps_direction() -> list[Checked]:
    """It keeps the direction just if it clips nothing, or all entries but zeros are alike in size.

    An entry of magnitude x > 0 is multiplied by mu(x) = clipped(x) / x, and v is a multiple of g if
    and only if mu is the same at all entries that are not 0. Up to theta mu is 1; beyond, it is
    less; and two magnitudes beyond theta with the same mu are the same: their mu differ by
    theta (y - x) / (x y).
    """
    x, y = _theta + _u, _theta + _w
    mu_x, mu_y = (clipped(size, _theta) / size for size in (x, y))
    return [
        Checked(BY_VALUE, clipped(_w, _w + _u) / _w - 1),
        Checked(BY_VALUE, clipped(_theta, _theta) / _theta - 1),
        _positive(BY_VALUE, 1 - mu_x),
        Checked(BY_VALUE, sympy.simplify(mu_x - mu_y - _theta * (y - x) / (x * y))),
    ]


def value_clipping_angle() -> list[Checked]:
    """The angle is less than 90 degrees: its cosine is more than 1 / sqrt(N), for N > 1.

    Let ``v_k = mu_k g_k``, let entry c of g be the largest in magnitude, and let the sizes of g_c
    and v_c be x and y. Then mu = y / x is the least of the mu_k, and y the largest of the |v_k|:

        <v, g> >= mu |g|**2,    |v|**2 <= N y**2,    |g|**2 >= x**2,

    because the differences are sums of terms that are not negative. So the squared cosine is at
    least |g|**2 / (N x**2) >= 1 / N. Equality would need a single entry that is not 0 and at the
    same time N entries of v of size y. No greater bound holds: with threshold 1 the cosine at
    (M, 1, ..., 1) tends to 1 / sqrt(N) as M grows.
    """
    x, y, norm = sympy.symbols("x y n", positive=True)
    mu, count, c = y / x, LENGTH["N"], Symbol("c")
    of_g = _sum(lambda k: _g(k) ** 2)
    least = _sum(lambda k: _mu(k) * _g(k) ** 2) - _s * of_g
    spare = count * _s**2 - _sum(lambda k: _v(k) ** 2)
    others = _sum(lambda k: _g(k) ** 2 - delta("N", k, c) * _g(k) ** 2)
    squared = (mu * norm**2) ** 2 / (norm**2 * count * y**2)
    M = Symbol("M", positive=True)
    cosine = (M + count - 1) / (sqrt(M**2 + count - 1) * sqrt(count))
    return [
        Checked(BY_VALUE, residual(least, _sum(lambda k: (_mu(k) - _s) * _g(k) ** 2))),
        Checked(BY_VALUE, residual(spare, _sum(lambda k: _s**2 - _v(k) ** 2))),
        Checked(BY_VALUE, residual(of_g - _g(c) ** 2, others)),
        Checked(BY_VALUE, sympy.simplify(squared - norm**2 / (count * x**2))),
        Checked(BY_VALUE, sympy.simplify(sympy.limit(cosine, M, sympy.oo) - 1 / sqrt(count))),
    ]


def value_clipping_projects() -> list[Checked]:
    """Clipping by value goes to the nearest point of the box [-theta, theta]**N.

    For all vectors ``|z - g|**2 - |v - g|**2 = |z - v|**2 + 2 <z - v, v - g>``. For z in the box no
    term of the last product is negative: where g is within, v = g; beyond theta by w, v - g is -w
    and z - v is not positive; below -theta likewise.
    """
    to_z = _sum(lambda k: (_z(k) - _g(k)) ** 2)
    to_v = _sum(lambda k: (_v(k) - _g(k)) ** 2)
    apart = _sum(lambda k: (_z(k) - _v(k)) ** 2)
    rest = _sum(lambda k: (_z(k) - _v(k)) * (_v(k) - _g(k)))
    above, below = _theta + _w, -_theta - _w
    return [
        Checked(BY_VALUE, residual(to_z - to_v, apart + 2 * rest)),
        Checked(BY_VALUE, clipped(above, _theta) - above + _w),
        Checked(BY_VALUE, clipped(below, _theta) - below - _w),
    ]


def torch_rule() -> list[Checked]:
    """PyTorch's factor min(1, theta / (n + e)), e = 10**-6: what it leaves, and when it acts.

    It acts just if ``theta < n + e``, so also on gradients with n <= theta. What it shortens has
    the norm n theta / (n + e): less than theta, by the share e / (n + e) < e / n of it. And it is
    shorter by less than e than what clipping by norm gives.
    """
    e, n, t = sympy.symbols("e n t", positive=True)
    left = n * _theta / (n + e)
    long, within = {n: _theta + _u}, {e: t + _u, _theta: n + t}
    return [
        Checked(BY_TORCH, sympy.simplify((_theta - left) / _theta - e / (n + e))),
        _positive(BY_TORCH, e / n - e / (n + e)),
        _positive(BY_TORCH, 1 - (_theta / (n + e)).subs(within)),
        Checked(BY_TORCH, (_theta / (n + e)).subs(_theta, n + e) - 1),
        _positive(BY_TORCH, e - (Min(n, _theta) - left).subs(long)),
        _positive(BY_TORCH, (e - (n - left)).subs(within)),
    ]


def clipped(x: sympy.Expr, threshold: sympy.Expr) -> sympy.Expr:
    """An entry moved into [-threshold, threshold]."""
    return Max(-threshold, Min(threshold, x))


def _sum(term: Entry) -> sympy.Expr:
    return sum_over("N", "k", term)


def _positive(id: str, e: sympy.Expr) -> Checked:
    """The residual is 0 if SymPy finds that the expression is positive."""
    return Checked(id, sympy.Integer(0 if sympy.factor(e).is_positive else 1))


PROOFS = (
    norm_clipping_scales,
    norm_clipping_projects,
    value_clipping_turns,
    value_clipping_keeps_direction,
    value_clipping_angle,
    value_clipping_projects,
    torch_rule,
)
