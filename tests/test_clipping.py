"""Clipping: its proofs, the same in numbers, PyTorch's functions, and extreme gradients."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any

import numpy as np
import pytest
import rnnref
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.proofs import clipping as proofs
from derivations.proofs.results import Checked

CLIPPERS = [rnnref.clip_by_value, rnnref.clip_by_norm, rnnref.clip_grad_norm]
every_clipper = pytest.mark.parametrize("clip", CLIPPERS)
every_dtype = pytest.mark.parametrize("dtype", ["float32", "float64", "longdouble"])

Grads = dict[str, Any]


@pytest.mark.parametrize("proof", proofs.PROOFS, ids=lambda proof: proof.__name__)
def test_proved(proof: Callable[[], list[Checked]]) -> None:
    found = proof()
    assert found
    assert [c.residual for c in found] == [0] * len(found)


def _half_as_far(x: sympy.Expr, threshold: sympy.Expr) -> sympy.Expr:
    return sympy.Max(-threshold / 2, sympy.Min(threshold / 2, x))


CHANGED = [
    (proofs.value_clipping_turns, "clipped", _half_as_far),
    (proofs.value_clipping_keeps_direction, "clipped", _half_as_far),
    (proofs.value_clipping_projects, "clipped", _half_as_far),
    (proofs.norm_clipping_scales, "Min", sympy.Max),
    (proofs.torch_rule, "Min", sympy.Max),
]


@pytest.mark.parametrize(("proof", "name", "other"), CHANGED)
def test_proofs_read_the_definitions(
    proof: Callable[[], list[Checked]], name: str, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With clipping defined otherwise they fail."""
    monkeypatch.setattr(proofs, name, other)
    assert not all(c.holds for c in proof())


# PyTorch.


@st.composite
def gradients(draw: st.DrawFn) -> Grads:
    """Some arrays of different shapes; some of them, or all, zeros."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = draw(st.lists(st.sampled_from([(), (3,), (4, 3), (2, 1, 5)]), min_size=1, max_size=4))
    scale = 10.0 ** draw(st.integers(-9, 6))
    grads = {f"g{k}": np.asarray(scale * rng.normal(size=s)) for k, s in enumerate(shapes)}
    for name in draw(st.sets(st.sampled_from(sorted(grads)))):
        grads[name] = np.zeros_like(grads[name])
    return grads


THRESHOLDS = st.floats(-8, 6).map(lambda e: 10.0**e)


def parameters(grads: Grads) -> list[torch.nn.Parameter]:
    found = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in grads.values()]
    for parameter, g in zip(found, grads.values(), strict=True):
        parameter.grad = torch.tensor(g)
    return found


def same(ours: Grads, theirs: list[torch.nn.Parameter]) -> None:
    for got, parameter in zip(ours.values(), theirs, strict=True):
        np.testing.assert_allclose(got, parameter.grad.numpy(), rtol=1e-14, atol=0)


@settings(max_examples=200, deadline=None)
@given(grads=gradients(), threshold=THRESHOLDS)
def test_torch(grads: Grads, threshold: float) -> None:
    theirs = parameters(grads)
    norm = torch.nn.utils.clip_grad_norm_(theirs, threshold)
    clipped, ours = rnnref.clip_grad_norm(grads, threshold)
    same(clipped, theirs)
    assert ours == pytest.approx(norm.item(), rel=1e-14)
    theirs = parameters(grads)
    torch.nn.utils.clip_grad_value_(theirs, threshold)
    same(rnnref.clip_by_value(grads, threshold), theirs)


@settings(max_examples=200, deadline=None)
@given(grads=gradients(), threshold=THRESHOLDS)
def test_by_norm_in_exact_arithmetic(grads: Grads, threshold: float) -> None:
    """Against fractions: the norm, and a factor that is the same for all entries."""
    clipped, norm = rnnref.clip_by_norm(grads, threshold)
    entries = flat(grads)
    square = sum(Fraction(float(x)) ** 2 for x in entries)
    assert norm == pytest.approx(root(square), rel=1e-14)
    if square <= Fraction(threshold) ** 2 * (1 - Fraction(1, 10**12)):
        assert all(np.array_equal(clipped[name], grads[name]) for name in grads)
    else:
        np.testing.assert_allclose(flat(clipped), entries * (threshold / root(square)), rtol=1e-13)


def flat(grads: Grads) -> Any:
    return np.concatenate([np.ravel(g) for g in grads.values()])


def root(square: Fraction) -> float:
    """The square root to more digits than a double has."""
    return float(Fraction(isqrt(int(square * 10**120)), 10**60))


# What is proved, in numbers.


@settings(max_examples=200, deadline=None)
@given(grads=gradients(), threshold=THRESHOLDS)
def test_by_value_turns_by_less_than_its_bound(grads: Grads, threshold: float) -> None:
    """The cosine is 1 just where nothing is clipped or all are alike; never below 1/sqrt(N)."""
    g = flat(grads)
    v = flat(rnnref.clip_by_value(grads, threshold))
    if not g.any():
        assert not v.any()
        return
    cosine = (v / np.linalg.norm(v)) @ (g / np.linalg.norm(g))
    sizes = np.abs(g[g != 0])
    assert cosine >= 1 / np.sqrt(len(sizes)) * (1 - 1e-12)
    if sizes.max() <= threshold or len(set(sizes)) == 1:
        assert cosine == pytest.approx(1, abs=1e-15)
    elif sizes.max() > 1.01 * threshold and sizes.min() < 0.99 * sizes.max():
        assert cosine < 1


@settings(max_examples=200, deadline=None)
@given(grads=gradients(), threshold=THRESHOLDS, seed=st.integers(0, 2**32 - 1))
def test_no_point_of_the_ball_or_the_box_is_nearer(
    grads: Grads, threshold: float, seed: int
) -> None:
    rng, g = np.random.default_rng(seed), flat(grads)
    c, v = (
        flat(rnnref.clip_by_norm(grads, threshold)[0]),
        flat(rnnref.clip_by_value(grads, threshold)),
    )
    size = np.abs(g).max() + threshold
    for reach in (1.0, 1e-3):
        z = c + reach * threshold * rng.normal(size=g.shape)
        z *= min(1, threshold / np.linalg.norm(z))
        assert np.linalg.norm(z - g) >= np.linalg.norm(c - g) - 1e-14 * len(g) * size
        z = np.clip(v + reach * threshold * rng.normal(size=g.shape), -threshold, threshold)
        assert np.linalg.norm(z - g) >= np.linalg.norm(v - g) - 1e-14 * len(g) * size


def test_the_bound_on_the_angle_is_sharp() -> None:
    for N in (2, 5, 50):
        g = np.ones(N)
        g[0] = 1e9
        v = rnnref.clip_by_value({"g": g}, 1.0)["g"]
        assert v @ g / (np.linalg.norm(v) * np.linalg.norm(g)) == pytest.approx(N**-0.5, rel=1e-7)


def test_the_counterexample() -> None:
    grads = {"g": np.array([3.0, 1.0])}
    assert rnnref.clip_by_value(grads, 1.0)["g"].tolist() == [1.0, 1.0]
    kept, _ = rnnref.clip_by_norm(grads, 1.0)
    assert kept["g"][0] == pytest.approx(3 * kept["g"][1], rel=1e-15)


def test_the_1e_6_of_torch() -> None:
    """It shortens a gradient that is not too long, unless it is shorter by as much."""
    grads = {"g": np.array([1.0])}
    assert rnnref.clip_by_norm(grads, 1.0)[0]["g"][0] == 1
    assert rnnref.clip_grad_norm(grads, 1.0)[0]["g"][0] == pytest.approx(1 / (1 + 1e-6), rel=1e-15)
    assert rnnref.clip_grad_norm(grads, 1 + 5e-7)[0]["g"][0] < 1
    assert rnnref.clip_grad_norm(grads, 1 + 2e-6)[0]["g"][0] == 1


# Extreme numbers, and what callers rely on.


@every_dtype
@pytest.mark.parametrize("exponent", [-1.0, -0.6, 0.6, 0.99])
@pytest.mark.parametrize("clip", [rnnref.clip_by_norm, rnnref.clip_grad_norm])
def test_squares_neither_overflow_nor_underflow(clip: Any, dtype: str, exponent: float) -> None:
    """Entries near either end of the range; a norm of 5 entries of size s is sqrt(5) s."""
    limits = np.finfo(dtype)
    s = np.exp2(dtype_of(dtype)(exponent * limits.maxexp)).astype(dtype)
    grads = {"g": np.full(5, s, dtype)}
    clipped, norm = clip(grads, 1.0)
    tolerance = 20 * limits.eps
    assert abs(norm / s - np.sqrt(dtype_of(dtype)(5))) <= 3 * tolerance
    wanted = 1 / np.sqrt(dtype_of(dtype)(5)) if exponent > 0 else s
    assert np.abs(clipped["g"] / wanted - 1).max() <= tolerance


def dtype_of(name: str) -> Any:
    return np.dtype(name).type


@every_dtype
@pytest.mark.parametrize("clip", [rnnref.clip_by_norm, rnnref.clip_grad_norm])
def test_a_norm_beyond_the_range_is_infinite_and_does_no_harm(clip: Any, dtype: str) -> None:
    grads = {"g": np.full(100, np.finfo(dtype).max)}
    clipped, norm = clip(grads, 2.0)
    assert np.isinf(norm)
    assert np.abs(clipped["g"] - dtype_of(dtype)(2) / 10).max() <= np.finfo(dtype).eps


@every_clipper
def test_zeros_stay_zeros(clip: Any) -> None:
    found = clip({"a": np.zeros((2, 3)), "b": np.zeros(())}, 1.0)
    clipped, norm = found if isinstance(found, tuple) else (found, 0)
    assert norm == 0
    assert not flat(clipped).any()


@every_clipper
@every_dtype
def test_shapes_and_dtypes_stay_and_nothing_is_changed(clip: Any, dtype: str) -> None:
    grads = {"a": np.arange(6, dtype=dtype).reshape(2, 3), "b": np.array(-7, dtype)}
    before = {name: g.copy() for name, g in grads.items()}
    for g in grads.values():
        g.flags.writeable = False
    for threshold in (1, 1e6):
        found = clip(grads, threshold)
        clipped, norm = found if isinstance(found, tuple) else (found, dtype_of(dtype)(0))
        assert list(clipped) == list(grads)
        assert norm.dtype == np.dtype(dtype)
        for name, g in grads.items():
            assert (clipped[name].shape, clipped[name].dtype) == (g.shape, g.dtype)
            assert clipped[name].flags.writeable
            assert not np.shares_memory(clipped[name], g)
            assert np.array_equal(g, before[name])


def test_gradients_of_a_layer_go_straight_in() -> None:
    layer = rnnref.LSTM(3, 5)
    y, _, tape = layer.forward(layer.init_params(np.random.default_rng(0)), np.ones((7, 2, 3)))
    clipped, norm = rnnref.clip_by_norm(layer.backward(tape, 100 * y).params, 1.0)
    assert norm > 1
    assert np.linalg.norm(flat(clipped)) == pytest.approx(1, rel=1e-14)
