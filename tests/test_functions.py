"""The elementwise functions against 50 digits, from -800 to 800 and at special points.

Accuracy is counted in eps of the format. NumPy promises its exp and tanh to 4 eps; sigmoid adds a
sum and a division, half an eps each. That holds down to the smallest normal number. Below it, where
a format gradually runs out of digits, a result may be anything from 0 to the smallest normal number
that is within the smallest normal number of the truth. Nothing warns.
"""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from oracles.digits import exact
from rnnref import functions

from derivations.functions import FUNCTIONS

DTYPES = ["float32", "float64", "longdouble"]
LIMITS = {"sigmoid": 5.0, "tanh": 4.0, "relu": 0.0, "heaviside": 0.0}
DIGITS = 50

every_dtype = pytest.mark.parametrize("dtype", DTYPES)
every_function = pytest.mark.parametrize("name", [f.__name__ for f in FUNCTIONS])


def truth(name: str, x: mpmath.mpf) -> mpmath.mpf:
    """The value of a function in 50 digits."""
    return {
        "sigmoid": lambda: 1 / (1 + mpmath.exp(-x)),
        "tanh": lambda: mpmath.tanh(x),
        "relu": lambda: x if x > 0 else mpmath.mpf(0),
        "heaviside": lambda: mpmath.mpf(x > 0),
    }[name]()


def slope(name: str, x: mpmath.mpf) -> mpmath.mpf:
    """The derivative of sigmoid or tanh in 50 digits, in a form without cancellation."""
    small = mpmath.exp(-abs(x))
    return small / (1 + small) ** 2 if name == "sigmoid" else mpmath.sech(x) ** 2


def points(dtype: str) -> Any:
    """Dense and random points, powers of two of both signs, and where formats end."""
    rng = np.random.default_rng(0)
    powers = np.ldexp(1.0, np.arange(-120, 10))
    ends = np.array([-745.2, -709.8, -708.3, -104.0, -88.8, -87.4, 88.8, 104.0, 709.8])
    parts = [np.linspace(-800, 800, 3201), rng.uniform(-40, 40, 1000), powers, -powers, ends]
    return np.concatenate(parts).astype(dtype)


def errors(got: Any, want: list[mpmath.mpf]) -> tuple[Any, Any]:
    """Relative errors in eps where the truth is normal; the errors of the rest in its limit."""
    limits = np.finfo(got.dtype)
    tiny = exact(limits.smallest_normal)
    apart = [abs(exact(g) - w) for g, w in zip(got, want, strict=True)]
    normal = [abs(w) >= tiny for w in want]
    eps = exact(limits.eps)
    relative = [float(a / abs(w) / eps) for a, w, n in zip(apart, want, normal, strict=True) if n]
    below = [float(a / tiny) for a, n in zip(apart, normal, strict=True) if not n]
    return np.array(relative), np.array(below)


@every_function
@every_dtype
def test_accuracy(name: str, dtype: str) -> None:
    """A few eps in both tails, and no warning (warnings are errors here)."""
    x = points(dtype)
    got = getattr(functions, name)(x)
    with mpmath.workdps(DIGITS):
        relative, below = errors(got, [truth(name, exact(v)) for v in x])
    assert got.dtype == x.dtype
    assert relative.max() <= LIMITS[name]
    assert below.max(initial=0.0) <= 1.0


@every_function
@every_dtype
def test_special_points(name: str, dtype: str) -> None:
    """Infinities, both zeros, NaN."""
    x = np.array([-np.inf, -0.0, 0.0, np.inf], dtype=dtype)
    want = {
        "sigmoid": [0, 0.5, 0.5, 1],
        "tanh": [-1, 0, 0, 1],
        "relu": [0, 0, 0, np.inf],
        "heaviside": [0, 0, 0, 1],
    }[name]
    assert getattr(functions, name)(x).tolist() == want
    if name != "heaviside":
        assert np.isnan(getattr(functions, name)(np.array([np.nan], dtype=dtype))).all()


@every_function
@pytest.mark.parametrize("dtype", [*DTYPES, "complex64", "complex128"])
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (2, 3), (1, 1, 1)])
def test_shape_and_dtype_are_kept(name: str, dtype: str, shape: tuple[int, ...]) -> None:
    """Whatever the shape, and the argument is left alone."""
    x = np.full(shape, -0.75, dtype=dtype)
    got = getattr(functions, name)(x)
    assert (got.dtype, got.shape) == (x.dtype, shape)
    assert (x == np.full(shape, -0.75, dtype=dtype)).all()


@every_function
def test_complex_agrees_with_real(name: str) -> None:
    """On the real axis, to the accuracy of the real function, where it does not underflow."""
    x = np.linspace(-700, 700, 2801)
    real, complex_ = (getattr(functions, name)(a) for a in (x, x.astype(complex)))
    assert not complex_.imag.any()
    np.testing.assert_allclose(complex_.real, real, rtol=2 * 5 * np.finfo(float).eps, atol=0)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_complex_in_the_far_tails(name: str) -> None:
    """No NaN and no warning where exp overflows."""
    x = np.array([-800, -710, 710, 800]) + 1e-30j
    got = getattr(functions, name)(x)
    np.testing.assert_allclose(got.real, getattr(functions, name)(x.real), atol=1e-300)
    assert (np.abs(got.imag) < 1e-300).all()


@every_dtype
@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_slope_from_the_value(name: str, dtype: str) -> None:
    """s (1 - s) and 1 - t**2, as generated code has them, are right to a few eps *absolutely*.

    The value's own error of k eps becomes one of k eps |1 - 2 s| s, or of 2 k eps t**2, and no
    formula in s or t alone can take it back: the digits that tell 1 - 1e-17 from 1 are gone from
    s. Relative to the slope the bound below grows like 1/(1 - s) = 1 + exp(x) and cosh(x)**2.
    """
    x = points(dtype)
    value = getattr(functions, name)(x)
    got = value * (1 - value) if name == "sigmoid" else 1 - value**2
    eps = float(np.finfo(dtype).eps)
    v = value.astype(float)
    if name == "sigmoid":
        bound = LIMITS[name] * np.abs(1 - 2 * v) * v + v * (1 - v)
    else:
        bound = 2 * LIMITS[name] * v**2 + v**2 / 2 + (1 - v**2) / 2
    with mpmath.workdps(DIGITS):
        want = [slope(name, exact(a)) for a in x]
        apart = [float(abs(exact(g) - w)) for g, w in zip(got, want, strict=True)]
    tiny = float(np.finfo(np.float32 if dtype == "float32" else float).smallest_normal)
    assert (np.array(apart) <= eps * bound + tiny).all()


@every_dtype
def test_what_saturation_loses(dtype: str) -> None:
    """On the left s (1 - s) keeps its digits; on the right, and on both sides of tanh, it has none.

    It has none left where the slope is below eps: there the code's answer is exactly 0.
    """
    eps = np.finfo(dtype).eps
    edge = -np.log(eps)
    left, right = -2 * edge, 2 * edge
    with mpmath.workdps(DIGITS):
        s = functions.sigmoid(np.array([left, right], dtype=dtype))
        kept, lost = s * (1 - s)
        want = slope("sigmoid", exact(np.asarray(left, dtype=dtype)[()]))
        assert abs(exact(kept) / want - 1) <= 8 * exact(eps)
        assert lost == 0 < slope("sigmoid", exact(right))
        t = functions.tanh(np.array([left, right], dtype=dtype))
        assert (1 - t**2 == 0).all()
        assert slope("tanh", exact(right)) > 0
