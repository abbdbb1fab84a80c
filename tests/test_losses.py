"""The losses: proofs for every size, the generated text on symbols, and PyTorch's autograd."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sympy
from evidence import record
from hypothesis import given, settings
from oracles import code, losses
from oracles.agreement import FLOAT32, relative_error
from oracles.losses import Case, Comparison, Config, configs
from oracles.torch_definition import one_thread

from derivations.losses import LOSSES
from derivations.losses.cross_entropy import CROSS_ENTROPY
from derivations.losses.language import Line, Loss
from derivations.notation import DefinitionError
from derivations.proofs import losses as proofs

every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
FIXED = {"T": 3, "B": 2, "K": 5, "seed": 1}


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


# Any size.

GENERIC = (proofs.computed, proofs.gradient, proofs.tangents)


@every_loss
@pytest.mark.parametrize("proof", GENERIC, ids=lambda proof: proof.__name__)
def test_any_size(loss: Loss, proof: Callable[[Loss], list[Any]]) -> None:
    for checked in proof(loss):
        assert checked.residual == 0, checked
        record("any_size", checked.formula, 0)


def test_derivatives_that_functions_declare() -> None:
    assert [c.residual for c in proofs.functions()] == [0, 0, 0]


def test_nothing_overflows() -> None:
    for checked in proofs.no_overflow():
        assert checked.residual == 0, checked
        record("any_size", checked.formula, 0)


def wrong(loss: Loss, group: str, change: Callable[[sympy.Expr], sympy.Expr]) -> Loss:
    """The loss with the last line of a group changed."""
    *lines, last = getattr(loss, group)
    return replace(loss, **{group: (*lines, Line(last.out, change(last.right)))})


@every_loss
@pytest.mark.parametrize("group", ["backward", "jvp", "backward_jvp"])
def test_wrong_derivatives_are_not_proved(loss: Loss, group: str) -> None:
    proof = proofs.gradient if group == "backward" else proofs.tangents
    assert not all(c.holds for c in proof(wrong(loss, group, lambda e: 2 * e)))


def test_targets_that_do_not_sum_to_1_are_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """p - y is the gradient only with the term that their sum brings in."""
    monkeypatch.setattr(proofs, "_excess", lambda loss, rights: sympy.S.Zero)
    assert not any(c.holds for c in proofs.gradient(CROSS_ENTROPY))


def test_a_loss_that_is_not_computed_as_defined_is_noticed() -> None:
    p = next(line for line in CROSS_ENTROPY.forward if line.out.name == "p")
    forward = tuple(
        replace(line, right=line.right**2) if line is p else line for line in CROSS_ENTROPY.forward
    )
    assert not all(c.holds for c in proofs.computed(replace(CROSS_ENTROPY, forward=forward)))


def test_a_definition_reads_only_what_stands_above() -> None:
    with pytest.raises(DefinitionError, match=r"cross_entropy\.s: reads m too early"):
        replace(CROSS_ENTROPY, forward=CROSS_ENTROPY.forward[1:])
    with pytest.raises(DefinitionError, match=r"cross_entropy\.m: already defined"):
        replace(CROSS_ENTROPY, forward=(CROSS_ENTROPY.forward[0], *CROSS_ENTROPY.forward))


# Exact: the generated text on symbols, K = 3, two positions.


class Symbolic(np.ndarray):
    """An array of SymPy expressions whose largest entries are one more symbol each."""

    def max(self, axis: int, keepdims: bool) -> Any:
        assert (axis, keepdims) == (-1, True)
        return np.array([[[sympy.Symbol(f"m_{t}", real=True)]] for t in range(len(self))])


NUMPY = SimpleNamespace(
    **{f: np.vectorize(getattr(sympy, f), otypes=[object]) for f in ("exp", "log")}
)


def symbols(name: str, K: int) -> Any:
    names = [[[sympy.Symbol(f"{name}_{t}{k}", real=True) for k in range(K)]] for t in range(2)]
    return np.array(names, dtype=object)


def vanishes(e: sympy.Expr) -> bool:
    """Whether an expression in exponentials and their logarithms is 0."""
    e = sympy.expand(e, power_exp=True)
    e = e.replace(sympy.log, lambda x: sympy.expand_log(sympy.log(sympy.factor(x)), force=True))
    return sympy.cancel(sympy.together(sympy.expand(e))) == 0


def defined(loss: str, a: Any, y: Any) -> list[Any]:
    """The loss of each position, in scalars, as a textbook has it."""
    if loss == "squared_error":
        return [
            sum((p - q) ** 2 for p, q in zip(*row, strict=True))
            for row in zip(a[:, 0], y[:, 0], strict=True)
        ]
    logs = [sympy.log(sum(map(sympy.exp, row))) for row in a[:, 0]]
    rows = zip(a[:, 0], y[:, 0], logs, strict=True)
    return [-sum(q * (p - log) for p, q in zip(ps, qs, strict=True)) for ps, qs, log in rows]


@every_loss
def test_exact(loss: Loss) -> None:
    a, y, a_dot = symbols("a", 3), symbols("y", 3), symbols("v", 3)
    if loss is CROSS_ENTROPY:
        y[..., -1] = 1 - y[..., :-1].sum(axis=-1)
    w = symbols("w", 1)
    module = code.load(code.text_of(loss.id), {"np": NUMPY})
    got = losses.generated(module, Case(a.view(Symbolic), y, w, a_dot))
    each = defined(loss.id, a, y)
    total = sum(c * e for c, e in zip(w[:, 0, 0], each, strict=True))
    gradient = np.array([[[total.diff(x) for x in row]] for row in a[:, 0]])
    along = lambda e: sum(e.diff(x) * v for x, v in zip(a.flat, a_dot.flat, strict=True))  # noqa: E731
    want = {"l": each, "loss": total, "d_a": gradient, "loss_dot": along(total)}
    want["d_a_dot"] = np.vectorize(along, otypes=[object])(gradient)
    if loss is CROSS_ENTROPY:
        p = np.array([[[x / sum(row) for x in row]] for row in np.vectorize(sympy.exp)(a[:, 0])])
        want |= {"p": p, "p_dot": np.vectorize(along, otypes=[object])(p)}
        want["log_p"] = np.vectorize(sympy.log, otypes=[object])(p)
    else:
        want["r"] = a - y
    for name, expected in want.items():
        pairs = list(zip(np.ravel(got[name]), np.ravel(expected), strict=True))
        assert all(vanishes(g - w) for g, w in pairs), name
        record("exact", f"{loss.id}.{name}", 0, len(pairs))
    record("exact", loss.id, 0)


# Autograd.


@every_loss
def test_agrees_with_torch(loss: Loss) -> None:
    module, names = code.generated(loss.id), {line.out.name for line in loss.lines}
    comparison = Comparison(loss.id)

    @settings(max_examples=100, deadline=None)
    @given(config=configs(loss.id))
    def check(config: Config) -> None:
        case = config.case()
        got, want = losses.generated(module, case), losses.by_torch(loss.id, case)
        assert got.keys() == want.keys() == names
        comparison.check(got, want)

    check()
    comparison.record("torch_cpu")


@every_loss
@pytest.mark.parametrize("dtype", ["float32", "float64", "longdouble"])
def test_dtype_in_is_dtype_out(loss: Loss, dtype: str) -> None:
    case = Config(loss.id, **FIXED).case().map(lambda a: a.astype(dtype))
    got = losses.generated(code.generated(loss.id), case)
    assert {n: v.dtype for n, v in got.items()} == dict.fromkeys(got, np.dtype(dtype))
    want = losses.by_torch(loss.id, case.map(np.float64))
    assert all(relative_error(got[n], want[n]) <= FLOAT32 for n in want)


MISTAKES = [
    ("cross_entropy", "p - y", "p + y"),
    ("cross_entropy", "p - y", "y - p"),
    ("cross_entropy", "- (p * a_dot)", "- (p * p * a_dot)"),
    ("cross_entropy", "a - m", "a + m"),
    ("cross_entropy", "e / Z", "e / 5"),
    ("squared_error", "a - y", "y - a"),
    ("squared_error", "2 *", "3 *"),
    *((loss, "axis=-1", "axis=-2") for loss in LOSSES),
    *((loss, "w *", "1 *") for loss in LOSSES),
]


@pytest.mark.parametrize(("loss", "old", "new"), MISTAKES)
def test_planted_mistakes_are_caught(loss: str, old: str, new: str) -> None:
    text = code.text_of(loss)
    assert old in text
    case = Config(loss, **FIXED).case()
    got = losses.generated(code.load(text.replace(old, new)), case)
    with pytest.raises(AssertionError):
        Comparison(loss).check(got, losses.by_torch(loss, case))
