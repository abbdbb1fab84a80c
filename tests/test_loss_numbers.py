"""The losses in numbers: complex step, 50 digits at extreme logits, PyTorch's own losses, laws.

What 50 digits allow: a - m is rounded once, so exp(a - m) is wrong by up to |a - m| u of itself,
which is at most u / e absolutely; a sum of K such terms, a logarithm and a division by a number of
at least 1 add a few u each. NumPy promises exp and log to 4 eps. `SLACK` (K + 20) eps of the
largest number on the way covers that.
"""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import rnnref
import torch
from evidence import record
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import code, losses
from oracles.agreement import FLOAT64, relative_error
from oracles.digits import exact
from oracles.losses import Config, configs

from derivations.losses import LOSSES
from derivations.losses.language import Loss

DTYPES = ["float32", "float64", "longdouble"]
STEP = 1e-30
STEP_BOUND = 1e-13
SIZES = {"T": 4, "B": 3, "K": 5}
DIGITS = 50

every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
every_dtype = pytest.mark.parametrize("dtype", DTYPES)


# Complex step.


@every_loss
def test_complex_step(loss: Loss) -> None:
    """Im f(a + i h a_dot) / h is the tangent of every array of the forward and backward code."""
    module = code.generated(loss.id)
    worst: dict[str, tuple[float, int]] = {}

    @settings(max_examples=30, deadline=None)
    @given(config=configs(loss.id))
    def check(config: Config) -> None:
        case = config.case()
        tape = module.forward(case.a + 1j * STEP * case.a_dot, case.y, case.w)
        along = {"loss_dot": tape.loss, "d_a_dot": module.backward(tape)}
        if loss.id == "cross_entropy":
            along["p_dot"] = tape.p
        got = losses.generated(module, case)
        found = {name: (got[name], moved.imag / STEP) for name, moved in along.items()}
        product = (got["d_a"] * case.a_dot).sum()
        found["d_a"] = product, tape.loss.imag / STEP
        for name, (ours, wanted) in found.items():
            error = relative_error(ours, wanted)
            assert error <= STEP_BOUND, f"{name}: {error:.3g}"
            before, cases = worst.get(name, (0.0, 0))
            worst[name] = max(before, error), cases + 1

    check()
    for name, (error, cases) in worst.items():
        record("complex_step", f"{loss.id}.{name}", error, cases, STEP_BOUND)


# 50 digits.


def extreme(dtype: str, seed: int) -> tuple[Any, Any]:
    """Logits up to 1e4 in magnitude: ties, one far above, all far below, and random ones."""
    rng = np.random.default_rng(seed)
    rows = [
        [1e4, -1e4, 0.0, 1e4, -1e4],
        [-1e4, -1e4, -1e4, -1e4, -9999.0],
        [1e4, 1e4, 1e4, 1e4, 1e4],
        [0.0, -800.0, -40.0, -1e-3, -1e4],
        *(scale * rng.normal(size=5) for scale in (1e-6, 1.0, 30.0, 1e3, 1e4, 1e4)),
    ]
    logits = np.array(rows).reshape(len(rows), 1, 5).astype(dtype)
    return logits, rng.integers(5, size=(len(rows), 1))


def truth(logits: Any, targets: Any) -> tuple[list[Any], list[list[Any]]]:
    """The loss of each position and its probabilities, in many digits."""
    each, probabilities = [], []
    for row, target in zip(logits[:, 0], targets[:, 0], strict=True):
        a = [exact(x) for x in row]
        total = mpmath.fsum(mpmath.exp(x - max(a)) for x in a)
        each.append(mpmath.log(total) + max(a) - a[target])
        probabilities.append([mpmath.exp(x - max(a)) / total for x in a])
    return each, probabilities


@every_dtype
@pytest.mark.parametrize("seed", range(5))
def test_extreme_logits(dtype: str, seed: int) -> None:
    """No overflow, no NaN, and as many digits as the rounding of a - m leaves."""
    logits, targets = extreme(dtype, seed)
    loss, tape = rnnref.CrossEntropy("sum").forward(logits, targets)
    gradient = rnnref.CrossEntropy("sum").backward(tape)
    slack = float(25 * np.finfo(dtype).eps)
    with mpmath.workdps(DIGITS):
        each, probabilities = truth(logits, targets)
        worst = 0.0
        for t, (p, target) in enumerate(zip(probabilities, targets[:, 0], strict=True)):
            largest = max(1.0, float(np.abs(tape.run.s[t]).max()))
            error = float(abs(exact(tape.run.l[t, 0, 0]) - each[t])) / largest
            assert error <= slack
            worst = max(worst, error)
            for c in range(5):
                error = float(abs(exact(gradient[t, 0, c]) - (p[c] - (c == target))))
                assert error <= slack
                worst = max(worst, error)
        assert float(abs(exact(loss) - mpmath.fsum(each))) <= len(each) * slack * 2e4
    if dtype == "float64":
        for name in ("l", "p", "d_a"):
            record("high_precision", f"cross_entropy.{name}", worst, logits.size, slack)


def test_the_obvious_code_fails_at_extreme_logits() -> None:
    """exp(a) / sum exp(a), without the largest logit taken off, is what must not be written."""
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(extreme("float64", 0)[0])
        assert np.isnan(e / e.sum(axis=-1, keepdims=True)).any()


# PyTorch's losses, as they are called.


@st.composite
def padded(draw: st.DrawFn) -> tuple[Config, list[int], str]:
    config = draw(configs("cross_entropy"))
    lengths = draw(st.lists(st.integers(1, config.T), min_size=config.B, max_size=config.B))
    return config, lengths, draw(st.sampled_from(["mean", "sum"]))


@settings(max_examples=100, deadline=None)
@given(drawn=padded())
def test_cross_entropy_is_that_of_torch(drawn: tuple[Config, list[int], str]) -> None:
    """With padding told by ``ignore_index`` there and by a mask here."""
    config, lengths, reduction = drawn
    case, rng = config.case(), np.random.default_rng(config.seed)
    targets = rng.integers(config.K, size=(config.T, config.B))
    mask = rnnref.length_mask(lengths, config.T)
    ignored = torch.tensor(np.where(mask, targets, -100)).reshape(-1)
    a = torch.tensor(case.a, requires_grad=True)
    want = torch.nn.functional.cross_entropy(
        a.reshape(-1, config.K), ignored, reduction=reduction, ignore_index=-100
    )
    agrees(rnnref.CrossEntropy(reduction), (case.a, targets, mask), a, want, case.a_dot)


@settings(max_examples=100, deadline=None)
@given(drawn=padded())
def test_squared_error_is_that_of_torch(drawn: tuple[Config, list[int], str]) -> None:
    config, lengths, reduction = drawn
    case = Config("squared_error", config.T, config.B, config.K, config.seed).case()
    mask = rnnref.length_mask(lengths, config.T)
    shown = torch.tensor(mask)
    a = torch.tensor(case.a, requires_grad=True)
    want = torch.nn.functional.mse_loss(a[shown], torch.tensor(case.y)[shown], reduction=reduction)
    agrees(rnnref.MeanSquaredError(reduction), (case.a, case.y, mask), a, want, case.a_dot)


def agrees(ours: Any, arguments: Any, a: torch.Tensor, want: torch.Tensor, dot: Any) -> None:
    """Value, gradient, tangent, and the product with the Hessian by double backward."""
    loss, tape = ours.forward(*arguments)
    (d_a,) = torch.autograd.grad(want, a, create_graph=True)
    (d_a_dot,) = torch.autograd.grad(d_a, a, torch.tensor(dot))
    id = "cross_entropy" if isinstance(ours, rnnref.CrossEntropy) else "squared_error"
    for name, got, wanted in (
        ("loss", loss, want),
        ("d_a", ours.backward(tape), d_a),
        ("loss_dot", ours.jvp(tape, dot), (d_a * torch.tensor(dot)).sum()),
        ("d_a_dot", ours.backward_jvp(tape, dot), d_a_dot),
    ):
        error = relative_error(got, wanted.detach().numpy())
        assert error <= FLOAT64, f"{name}: {error:.3g}"
        record("torch_nn", f"{id}.{name}", error, 1, FLOAT64)


# Laws, and what callers rely on.


def given_to(loss: Any, dtype: str = "float64") -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(3)
    a = rng.normal(size=(4, 3, 5)).astype(dtype)
    if isinstance(loss, rnnref.CrossEntropy):
        return a, rng.integers(5, size=(4, 3)), rnnref.length_mask([4, 2, 3], 4)
    return a, rng.normal(size=(4, 3, 5)).astype(dtype), rnnref.length_mask([4, 2, 3], 4)


BOTH = [rnnref.CrossEntropy, rnnref.MeanSquaredError]
both = pytest.mark.parametrize("kind", BOTH)


@both
@every_dtype
def test_dtype_in_is_dtype_out(kind: Any, dtype: str) -> None:
    loss = kind()
    a, targets, mask = given_to(loss, dtype)
    value, tape = loss.forward(a, targets, mask)
    found = [value, loss.backward(tape), loss.jvp(tape, a), loss.backward_jvp(tape, a), *tape.run]
    assert {x.dtype for x in found} == {np.dtype(dtype)}
    assert np.shape(value) == ()


@both
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_what_is_hidden_has_no_effect(kind: Any, reduction: str) -> None:
    loss = kind(reduction)
    a, targets, mask = given_to(loss)
    value, tape = loss.forward(a, targets, mask)
    other, others = a.copy(), targets.copy()
    other[~mask], others[~mask] = 7, -100
    again, tape_of_other = loss.forward(other, others, mask)
    assert value == again
    for one, two in (
        (loss.backward(tape), loss.backward(tape_of_other)),
        (loss.backward_jvp(tape, a), loss.backward_jvp(tape_of_other, a)),
    ):
        assert np.array_equal(one, two)
        assert not one[~mask].any()
        assert one[mask].all()


@both
def test_mean_is_the_sum_over_the_number_of_terms(kind: Any) -> None:
    a, targets, mask = given_to(kind())
    entries = 1 if kind is rnnref.CrossEntropy else 5
    mean, total = (kind(r).forward(a, targets, mask)[0] for r in ("mean", "sum"))
    assert mean * 9 * entries == pytest.approx(total, rel=1e-14)


def test_gradients_of_a_position_sum_to_0() -> None:
    loss = rnnref.CrossEntropy()
    a, targets, mask = given_to(loss)
    _, tape = loss.forward(a, targets, mask)
    for found in (loss.backward(tape), loss.backward_jvp(tape, a**2)):
        assert np.abs(found.sum(axis=-1)).max() <= 1e-16


@both
def test_nothing_is_shared_or_changed(kind: Any) -> None:
    loss = kind()
    a, targets, mask = given_to(loss)
    for array in (a, targets, mask):
        array.flags.writeable = False
    _, tape = loss.forward(a, targets, mask)
    results = [loss.backward(tape), loss.backward_jvp(tape, a)]
    for array in tape.run[:-1]:
        assert not array.flags.writeable
        assert not any(np.shares_memory(array, other) for other in (a, targets, mask, *results))
    assert repr(tape) == f"LossTape(loss={loss!r})"
    assert kind("sum") == kind("sum") != loss


def test_length_mask_hides_what_the_layers_leave_at_zero() -> None:
    layer = rnnref.GRU(2, 3, bidirectional=True)
    lengths = np.array([5, 1, 3])
    params = layer.init_params(np.random.default_rng(0))
    y, _, _ = layer.forward(params, np.ones((5, 3, 2)), lengths=lengths)
    mask = rnnref.length_mask(lengths, 5)
    assert np.array_equal(mask, y.any(axis=-1))
    assert np.array_equal(mask, rnnref.length_mask(list(lengths), 5))
