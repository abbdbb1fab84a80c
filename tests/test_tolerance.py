"""Drawn cases are hard, and tolerances follow from the model that they state."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
import rnnref
import tolerance_evidence
import torch
from right import IMPLEMENTATIONS
from rnnref.curves import FAMILIES, clip
from rnnref.testing import CATALOGUE, draw, reference, tolerance
from rnnref.testing.comparison import compare
from rnnref.testing.drawing import CLIPS, cases
from rnnref.testing.precision import PRECISIONS, precision
from rnnref.testing.rounding import Arithmetic, inexact, inexact_results
from rnnref.testing.tolerance import case_tolerance

LAYERS = tolerance_evidence.layers(3, 5)
GATED = [rnnref.LSTM(3, 5), rnnref.GRU(3, 5), rnnref.GRU(3, 5, reset_after=False)]
IDS = [f"{k}-{type(layer).__name__}" for k, layer in enumerate(LAYERS)]


def numbers(case):
    return [*case.params.values(), case.x, case.d_y, *case.state, *case.d_state]


def test_nearest_is_the_cast_of_numpy_and_of_torch():
    values = np.random.default_rng(0).normal(size=10_000)
    for name in ("float64", "float32", "float16"):
        assert np.array_equal(PRECISIONS[name].nearest(values), values.astype(name))
    theirs = torch.tensor(values).to(torch.bfloat16).double().numpy()
    assert np.array_equal(PRECISIONS["bfloat16"].nearest(values), theirs)
    halfway = np.array([1 + 2**-8, 1 + 3 * 2**-8])  # to even
    assert list(PRECISIONS["bfloat16"].nearest(halfway)) == [1, 1 + 2**-6]


def test_precision_is_given_by_name_or_dtype():
    assert precision("here", np.float32) is precision("here", "float32")
    assert precision("here", np.dtype("float16")) is PRECISIONS["float16"]
    with pytest.raises(rnnref.DtypeError, match="here: dtype must be float64"):
        precision("here", np.complex64)
    with pytest.raises(rnnref.DtypeError):
        precision("here", None)


@pytest.mark.parametrize("name", PRECISIONS)
def test_drawn_numbers_are_of_the_precision(name):
    case = draw(rnnref.LSTM(3, 5), 6, 2, 1, name)
    nearest = PRECISIONS[name].nearest
    for array in numbers(case):
        assert array.dtype == np.float64
        assert np.array_equal(nearest(array), array)
        assert np.array_equal(array.astype(PRECISIONS[name].carrier).astype(float), array)


def test_the_same_seed_draws_the_same_case():
    one, same, other = (draw(rnnref.GRU(3, 5), 6, 2, seed) for seed in (1, 1, 2))
    assert all(map(np.array_equal, numbers(one), numbers(same)))
    assert not any(map(np.array_equal, numbers(one), numbers(other)))


@pytest.mark.parametrize("layer", LAYERS, ids=IDS)
def test_cases_are_hard(layer):
    found = cases(layer)
    assert len({case.id for case in found}) == len(found)
    assert {1} < {len(case.x) for case in found}
    assert max(len(case.x) for case in found) >= 40
    assert any(case.x.shape[1] == 1 for case in found)
    assert any(case.lengths is not None for case in found)
    for case in found:
        T, B, D = case.x.shape
        sizes = [n for n in (T, B, D, layer.hidden_size) if n > 1]
        assert len(set(sizes)) == len(sizes)
        for array in numbers(case):
            assert np.all(array != 0)
            assert len(np.unique(array)) == array.size


@pytest.mark.parametrize("layer", GATED, ids=repr)
def test_gates_are_neither_saturated_nor_linear(layer):
    """Of all steps of all cases, few are flat to 2 % of the slope, and half are not straight."""
    gates = defaultdict(list)
    for case in cases(layer):
        _, _, tape = layer.forward(case.params, case.x, case.state)
        for name in layer._code.GATES:
            middle, reach = (0, 1) if name in "gn" else (0.5, 0.5)
            gates[name] += [np.abs(getattr(tape.layers[0], name) - middle).ravel() / reach]
    for name, parts in gates.items():
        away = np.concatenate(parts)
        assert np.mean(away > 0.99) < 0.1, name
        assert np.mean(away > 0.2) > 0.5, name


@pytest.mark.parametrize("clip", [0.1, 1, 3, 10, 200])
@pytest.mark.parametrize("build", [rnnref.RNN, rnnref.GRU, rnnref.LSTM])
def test_clips_are_reached(build, clip):
    """Pre-activations at the first step are partly beyond the clip, and partly within."""
    for name in PRECISIONS:
        case = cases(build(3, 5, gate_clip=clip), dtype=name)[-1]
        p, x, h = case.params, case.x[0], case.state.h[0]
        a = x @ p["weight_ih_l0"].T + h @ p["weight_hh_l0"].T + p["bias_ih_l0"] + p["bias_hh_l0"]
        assert 0.1 < np.mean(np.abs(a) > clip) < 0.95


@pytest.mark.parametrize("clip", [0.5, 1, 3, 10, 200])
def test_the_clip_of_the_cell_state_is_reached(clip):
    layer = rnnref.LSTM(3, 5, cell_clip=clip)
    case = cases(layer)[-1]
    _, _, tape = layer.forward(case.params, case.x, case.state)
    assert 0.1 < np.mean(np.abs(tape.layers[0].c[0]) == clip) < 0.9


@pytest.mark.parametrize("clip", [1e-300, 300, 1e30, 1e300])
@pytest.mark.parametrize("name", PRECISIONS)
def test_numbers_are_finite_whatever_the_clip(name, clip):
    for layer in (rnnref.GRU(3, 5, gate_clip=clip), rnnref.LSTM(3, 5, cell_clip=clip)):
        for case in cases(layer, dtype=name):
            carried = [a.astype(PRECISIONS[name].carrier) for a in numbers(case)]
            assert all(np.isfinite(a).all() for a in (*carried, *reference(case).values()))


def test_sums_err_as_the_mean_over_all_orders():
    p = np.array([0.3, -1.1, 2.0, 0.7, -0.2])
    partial = [np.sum(np.cumsum(order)[1:] ** 2) for order in permutations(p)]
    first = np.mean(p**2)  # the first partial sum is a number, and no sum
    n, q, S = len(p), np.sum(p**2), np.sum(p)
    assert np.isclose(np.mean(partial) + first, (n + 1) * (q / 6 + S**2 / 3))


@pytest.mark.parametrize("name", ["float32", "tf32", "bfloat16"])
def test_operations_err_as_much_as_stated(name):
    format = PRECISIONS[name]
    rng = np.random.default_rng(0)
    a, b = np.full((20_000, 3), 1.5), rng.normal(size=(3, 1))
    plain = a @ b
    arithmetic = Arithmetic(format, 2.0, rng)
    found = np.asarray(inexact(a, arithmetic) @ b)
    p = 1.5 * b[:, 0]
    q, S, u, v = np.sum(p**2), np.sum(p), format.unit, format.operand_unit
    expected = 2 * np.sqrt(u**2 * (q + 4 * (q / 6 + S**2 / 3)) + 2 * v**2 * q)
    assert np.isclose(np.std(found - plain), expected, rtol=0.03)
    for operation, size in ((lambda x: x * 1, 1.5), (np.tanh, 1), (np.negative, 0)):
        found = np.asarray(operation(inexact(a, arithmetic)))
        assert np.isclose(np.std(found - operation(a)), 2 * u * size, rtol=0.03, atol=0)


EXACT_BELOW_ZERO = {"relu", "thresholded_relu"}


@pytest.mark.parametrize("name", FAMILIES)
def test_functions_err_where_a_clip_makes_all_arguments_the_same(name):
    """What a clip hands on is exact; the function after it rounds, and so do its derivatives."""
    numbers = dict.fromkeys(FAMILIES[name].takes.split(), 0.7)
    functions = rnnref.Activation(name, **numbers).functions
    arithmetic = Arithmetic(PRECISIONS["float32"], 1.0, np.random.default_rng(0))
    held = clip(inexact(np.full(1000, -3.0), arithmetic), 0.5)
    assert np.ptp(held) == 0
    assert arithmetic.taken_sides
    errs = np.ptp(functions[0](held)) > 0
    assert errs == (name not in EXACT_BELOW_ZERO)
    for function in functions:
        after = 1.1 * function(held)
        assert np.ptp(after) > 0 or not np.any(after)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("at", [None, 0.5, 10])
def test_right_layers_with_any_function_and_clip_pass(name, at):
    numbers = dict.fromkeys(FAMILIES[name].takes.split(), 0.7)
    own, single = rnnref.Activation(name, **numbers), PRECISIONS["float32"]
    for layer in (
        rnnref.RNN(3, 5, nonlinearity=own, gate_clip=at),
        rnnref.GRU(3, 5, activations=("sigmoid", own), gate_clip=at),
        rnnref.LSTM(3, 5, activations=("sigmoid", own, "tanh"), gate_clip=at, cell_clip=at),
    ):
        for case in (c for c in cases(layer, dtype="float32") if c.id in ("few steps", CLIPS)):
            got = IMPLEMENTATIONS["rnnref itself"](case, single, 0)
            right = reference(case)
            compared = compare(case, got, right, case_tolerance(case, single, right))
            assert [c for c in compared if not c.ok] == [], case.id


@pytest.mark.parametrize("layer", LAYERS, ids=IDS)
def test_without_errors_the_model_is_the_reference(layer):
    case = cases(layer)[4]
    got = inexact_results(case, Arithmetic(PRECISIONS["float64"], 0.0, np.random.default_rng(0)))
    right = reference(case)
    assert list(got) == list(right)
    for name, value in right.items():
        assert np.allclose(got[name], value, rtol=0, atol=1e-13 * max(1, np.abs(value).max()))


def test_tolerances_are_proportional_to_the_unit_roundoff():
    layer = rnnref.LSTM(3, 5)
    double, single, half = (tolerance(layer, 7, 2, d) for d in ("float64", "float32", "float16"))
    for name in double:
        assert 2**28 < single[name] / double[name] < 2**30
        assert 2**12 < half[name] / single[name] < 2**14


def test_longer_sums_are_allowed_more():
    """A sum of n numbers of either sign errs by about √(n/2) roundings of its own size."""
    layer = rnnref.GRU(3, 5)
    few, many = (
        np.mean([tolerance(layer, T, 2, "float32", seed)["d_bias_ih_l0"] for seed in range(3)])
        for T in (2, 200)
    )
    assert many > 2 * few


def test_a_value_at_an_edge_may_fall_on_either_side():
    """A pre-activation of relu is made 0; rounding decides whether its unit passes a gradient."""
    layer, format = rnnref.RNN(3, 5, nonlinearity="relu"), PRECISIONS["float32"]
    case = draw(layer, 3, 2, 0, "float32")
    p = case.params
    a = case.x[0, 0] @ p["weight_ih_l0"].T + case.state.h[0, 0] @ p["weight_hh_l0"].T
    b = -(a + p["bias_hh_l0"])[2]

    def with_bias(value):
        bias = p["bias_ih_l0"].copy()
        bias[2] = value
        return replace(case, params=p | {"bias_ih_l0": bias})

    below, above = (reference(with_bias(b + d)) for d in (-1e-9, 1e-9))
    allowed = case_tolerance(with_bias(b + 1e-9), format)
    assert np.abs(below["d_x"] - above["d_x"]).max() > 1e-2
    assert all(c.ok for c in compare(case, below, above, allowed))
    smooth = case_tolerance(draw(layer, 3, 2, 1, "float32"), format)
    assert not all(c.ok for c in compare(case, below, above, smooth))


EVIDENCE = json.loads(tolerance_evidence.OUT.read_text(encoding="utf-8"))


def test_the_evidence_is_of_this_model():
    """If not: `make tolerances`."""
    assert EVIDENCE["model"] == tolerance_evidence.MODEL
    assert EVIDENCE["catalogue"] == len(CATALOGUE)


@pytest.mark.parametrize("name", PRECISIONS)
def test_right_implementations_are_not_suspected(name):
    rows = [row for row in EVIDENCE["right"] if row["precision"] == name]
    assert sum(row["runs"] for row in rows) >= tolerance_evidence.RUNS
    assert all(row["alarms"] == 0 and row["largest"] <= 1 for row in rows)


@pytest.mark.parametrize("name", PRECISIONS)
def test_known_mistakes_are_caught(name):
    """All in the long precisions; what is missed in the others is named."""
    rows = [row for row in EVIDENCE["mistakes"] if row["precision"] == name]
    planted_in = [*LAYERS, *tolerance_evidence.with_options(3, 5)]
    assert len(rows) == len(tolerance_evidence.PLANTED_IN) * len(planted_in)
    for row in rows:
        assert row["planted"] - row["caught"] == len(row["missed"])
        assert not (row["missed"] and name in ("float64", "float32"))


def test_a_part_of_the_evidence_as_it_is_measured_now():
    """One case of each precision is measured again, so that the file is not all that is tested."""
    layer = rnnref.GRU(3, 5)
    for format in PRECISIONS.values():
        case = cases(layer, 12345, format.name)[0]
        wanted = reference(case)
        allowed = case_tolerance(case, format, wanted)
        found = [run(case, format, 0) for run in IMPLEMENTATIONS.values()]
        for got in (results for results in found if results is not None):
            assert all(c.ok for c in compare(case, got, wanted, allowed))
        errors = tolerance_evidence.largest_errors([case], format)
        assert len(errors) > 60
        assert format.name == "bfloat16" or min(errors.values()) > 1
