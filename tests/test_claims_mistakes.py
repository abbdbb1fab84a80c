"""Planted mistakes: what the claims rest on must be seen not to hold when it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest
import sympy
from claims import bidirectional, norms
from rnnref.generated import lstm, rnn_tanh
from sympy import Matrix, Rational

from derivations.notation import Cell
from derivations.proofs import claims as ledger
from derivations.proofs import (
    gate_limits,
    gated_paths,
    jacobian_layouts,
    latch,
    lstm_bound,
    norm_bounds,
    norm_examples,
)
from derivations.proofs.claims import (
    directions,
    feedforward,
    gradients,
    jacobians,
    lstm_limits,
    lstm_vanishing,
    memory,
    sequences,
    spectra,
)
from derivations.proofs.claims import norms as norm_claims
from derivations.proofs.claims.claim import Shown
from derivations.proofs.exact import Values
from derivations.proofs.jacobian_layouts import FACTORS, LAYOUTS, ORDERS, RIGHT, Reading

Array = npt.NDArray[np.float64]

LSTM = gated_paths.LSTM
READINGS = [Reading(f, o, layout) for f in FACTORS for o in ORDERS for layout in LAYOUTS]


def fails(evidence: Callable[[], Iterable[Shown]]) -> bool:
    return any(not shown.holds for shown in evidence())


@pytest.mark.parametrize("reading", READINGS, ids=" / ".join)
def test_only_two_readings_of_the_product_are_right(reading: Reading) -> None:
    assert jacobian_layouts.any_size(reading, 2).holds == (reading in RIGHT)


@pytest.mark.parametrize("wrong", [r for r in READINGS if r not in RIGHT][::5], ids=" / ".join)
def test_a_wrong_reading_taken_for_right(wrong: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jacobian_layouts, "RIGHT", {wrong, *list(RIGHT)[:1]})
    assert fails(jacobians.product)


PLANTED: dict[str, tuple[Callable[[], Iterable[Shown]], object, str, object]] = {
    "a weight that is not nilpotent": (
        norm_claims.large,
        norm_examples,
        "NILPOTENT",
        Matrix([[0, norm_examples.SCALE], [1, 0]]),
    ),
    "entries that do not explode": (
        norm_claims.small,
        norm_examples,
        "ENTRIES",
        Rational(1, 4) * sympy.ones(2),
    ),
    "a rotation with other singular values": (
        spectra.explosion,
        norm_examples,
        "ROTATION",
        Matrix([[0, -2], [3, 0]]),
    ),
    "a Jordan block that grows": (
        spectra.spectral_radius,
        norm_examples,
        "JORDAN",
        Matrix([[Rational(11, 10), 10], [0, Rational(11, 10)]]),
    ),
    "a weight that does not cancel": (
        spectra.spectral_radius,
        norm_examples,
        "CANCELLING",
        Matrix([[2, -2], [2, -1]]),
    ),
    "a latch too weak for its noise": (
        memory.any_length,
        latch,
        "WEIGHT",
        (latch.A + latch.M / 2) / sympy.tanh(latch.A),
    ),
    "another rate of growth at rest": (
        lstm_vanishing.vanishing,
        gated_paths,
        "GROWTH",
        Rational(1, 2) + gated_paths.W / 2,
    ),
    "a smaller bound": (
        lstm_vanishing.bound,
        lstm_bound,
        "BOUND",
        lstm_bound.PHI + lstm_bound.BETA,
    ),
    "another direction": (lstm_vanishing.bound, lstm_bound, "DIRECTION", Matrix([1, 1])),
    "a step without the norm of the way through c": (
        lstm_vanishing.bound,
        lstm_bound,
        "ONE_STEP",
        Matrix([[lstm_bound.OMEGA, lstm_bound.PHI], [lstm_bound.BETA, lstm_bound.PHI]]),
    ),
    "a unit that adds": (feedforward.dependence, feedforward, "both", lambda a, b: a + b),
    "sentences with other words": (
        sequences.order,
        sequences,
        "SENTENCES",
        ((1, 2, 3, 4, 5, 6), (1, 6, 3, 4, 5, 5)),
    ),
    "sentences with the words in one order": (
        sequences.order,
        sequences,
        "SENTENCES",
        ((1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5, 6)),
    ),
    "a reverse direction that reads forward": (
        directions.reverse_reach,
        directions,
        "reversed_reach",
        lambda cell: directions.inputs_reaching(cell, 3),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTED)
def test_a_claim_fails_on(plant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence, module, name, wrong = PLANTED[plant]
    assert not fails(evidence)
    monkeypatch.setattr(module, name, wrong)
    assert fails(evidence)


def test_the_slope_is_taken_at_the_preactivation() -> None:
    assert jacobian_layouts.slope("a").holds
    assert not jacobian_layouts.slope("h").holds


def test_the_gates_must_be_held_fixed() -> None:
    free = gated_paths.LSTM_GATES
    assert gated_paths.held_fixed(LSTM, "c", "f", free, 2).holds
    assert not gated_paths.held_fixed(LSTM, "c", "i", free, 2).holds
    for gru in gated_paths.GRUS:
        assert not gated_paths.held_fixed(gru, "h", "z", ("z",), 1).holds


@pytest.mark.parametrize("term", ["_along", "_through_h"])
def test_both_terms_of_the_cell_path_are_needed(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gated_paths, term, lambda *_: sympy.S.Zero)
    assert not gated_paths.lstm_two_steps().holds


@pytest.mark.parametrize("gate", lstm_bound.THROUGH_GATES)
def test_a_slope_of_another_gate_in_the_bounded_blocks(gate: str) -> None:
    slopes = lstm_bound.THROUGH_GATES
    other = {"f": "i", "i": "g", "g": "f"}[gate]
    assert not all(c.holds for c in lstm_bound.blocks({**slopes, gate: slopes[other]}))


@pytest.mark.parametrize(("gate", "limit"), [("f", 0), ("f", 1), ("i", 0), ("i", 1), ("o", 0)])
def test_a_limit_at_the_other_end(gate: str, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    put = gate_limits._put

    def mistaken(e: sympy.Expr, gates: gate_limits.Gates) -> sympy.Expr:
        return put(e, {g: 1 - n if (g, n) == (gate, limit) else n for g, n in gates.items()})

    monkeypatch.setattr(gate_limits, "_put", mistaken)
    claim = {"f": "forget", "i": "input", "o": "output"}[gate]
    assert fails(getattr(lstm_limits, f"{claim}_limits"))


def test_the_short_recursion_of_the_lstm_misses_a_term(monkeypatch: pytest.MonkeyPatch) -> None:
    jacobian = gradients.state_jacobian

    def at_no_weight(cell: Cell, at: Values, x: Sequence[Matrix]) -> Matrix:
        return jacobian(cell, {**at, "W_hg": Matrix([[0]])} if cell is LSTM else at, x)

    monkeypatch.setattr(gradients, "state_jacobian", at_no_weight)
    assert fails(gradients.state_gradient)


def test_a_product_in_place_of_a_square(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = norm_bounds.inner
    monkeypatch.setattr(norm_bounds, "inner", lambda size, a, b: inner(size, a, a))
    assert not norm_bounds.cauchy_schwarz().holds


def test_a_bound_below_the_norm_is_not_kept() -> None:
    found = np.stack([norms.norms(0.9, 0.0, np.random.default_rng(n)) for n in range(3)])
    assert norms.within(found, 0.9)
    assert not norms.within(found, 0.8)


def test_the_bound_for_the_lstm_holds_in_the_generated_code() -> None:
    """A run whose forget gates stay below phi; all norms of blocks within the powers of q."""
    rng = np.random.default_rng(0)
    D, H, T = 3, 4, 20
    weight_hh = 0.02 * rng.normal(size=(4 * H, H))
    bias = np.concatenate([np.zeros(H), np.full(H, -1.0), np.zeros(2 * H)])
    params = lstm.Params(0.1 * rng.normal(size=(4 * H, D)), weight_hh, bias, np.zeros(4 * H))
    states, product, f, blocks = [np.zeros((1, H))] * 2, np.eye(2 * H), [], []
    for x in rng.normal(size=(T, 1, D)):
        step = lstm.step_forward(params, x, *states)
        J = lstm.step_jacobians(params, step)
        pairs = [[getattr(J, f"{a}_D_{b}_prev")[0] for b in "hc"] for a in "hc"]
        product = np.block(pairs) @ product
        states = [step.h, step.c]
        f.append(step.f.max())
        blocks.append((product[:H, :H], product[H:, H:]))
    phi = max(f)
    s_i, s_f, s_g, s_o = (np.linalg.norm(W, 2) for W in np.split(weight_hh, 4))
    beta, omega = s_f / 4 / (1 - phi) + s_i / 4 + s_g, s_o / 4
    q = phi + beta + omega * (1 - phi)
    assert q < 1
    for n, pair in enumerate(blocks, 1):
        assert max(np.linalg.norm(b, 2) for b in pair) <= q**n
    assert np.linalg.norm(blocks[-1][1], 2) > (phi / 2) ** T


def unordered(y: Array) -> Array:
    """The reverse half not put back into the order of time."""
    H = y.shape[-1] // 2
    return np.concatenate([y[..., :H], y[::-1, :, H:]], axis=-1)


def exchanged(y: Array) -> Array:
    """The reverse half first."""
    return np.roll(y, y.shape[-1] // 2, axis=-1)


@pytest.mark.parametrize("wrong", [unordered, exchanged])
def test_a_wrong_concatenation(
    wrong: Callable[[Array], Array], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = bidirectional.both

    def mistaken(code: ModuleType, params: dict[str, Array], x: Array) -> tuple[Array, Array]:
        y, h = both(code, params, x)
        return wrong(y), h

    monkeypatch.setattr(bidirectional, "both", mistaken)
    failed = [shown for shown in bidirectional.definition() if not shown.holds]
    assert len(failed) == len(bidirectional.MODULES)


def latched(weight: float, x: Array) -> Array:
    params = rnn_tanh.Params(np.eye(1), np.full((1, 1), weight), np.zeros(1), np.zeros(1))
    h: Array = rnn_tanh.forward(params, x[:, None, None], np.zeros((1, 1))).h[:, 0, 0]
    return h


def test_the_latch_keeps_the_sign_in_the_generated_code() -> None:
    """A thousand random and a thousand adverse inputs of size at most 1."""
    w = float(latch.WEIGHT.subs({latch.A: 2, latch.M: 1}))
    rng = np.random.default_rng(0)
    for sign in (1, -1):
        for later in (np.full(999, -sign), rng.uniform(-1, 1, 999)):
            x = np.concatenate([[2.0 * sign], later])
            assert (sign * latched(w, x) > 0.9).all()
    assert (latched(2.0, np.concatenate([[2.0], np.full(99, -1.0)])) < 0).any()


def test_texts_say_the_same_formulas_in_both_languages() -> None:
    for claim in ledger.CLAIMS:
        for text in (claim.statement, claim.assumptions, claim.finding):
            assert text.en.count("$") % 2 == text.zh.count("$") % 2 == 0, claim.id
