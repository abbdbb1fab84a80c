"""The catalogue of mistakes, what computes them, and the diagnosis that names them.

Three oracles share no code with the faulty cells: the reference, for what is right; the complex
step of the outputs, for the gradients of a mistaken forward pass; and wrong implementations in
PyTorch, written by hand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
import rnnref
from layer_cases import normal
from oracles.wrong_torch import COUPLED, OPTIONAL, PAIRS, PEEPHOLES, PLANTED, Planted, results
from rnnref.testing import CATALOGUE, Case, Mistake, diagnose, reference
from rnnref.testing.diagnosis import Diagnosis, WrongCase, diagnose_all
from rnnref.testing.faulty import network
from rnnref.testing.mistakes import CELLS, cell_of, features, mistakes_of

TOLERANCE = 1e-10
STEP = 1e-30

NETWORK: dict[str, Any] = {"num_layers": 2, "bidirectional": True, "dropout": 0.25}
SINGLE = {
    "rnn_tanh": rnnref.RNN(3, 4),
    "rnn_relu": rnnref.RNN(3, 4, nonlinearity="relu"),
    "rnn_general": rnnref.RNN(3, 4, nonlinearity="softsign"),
    "lstm": rnnref.LSTM(3, 4),
    "lstm_projected": rnnref.LSTM(3, 4, proj_size=2),
    "gru_reset_after": rnnref.GRU(3, 4),
    "gru_reset_before": rnnref.GRU(3, 4, reset_after=False),
}
NETWORKS = {name: replace(layer, **NETWORK) for name, layer in SINGLE.items()}
SQUARE = {f"{name}, D = H": replace(layer, input_size=4) for name, layer in SINGLE.items()}
LAYERS = SINGLE | {f"{name}, network": layer for name, layer in NETWORKS.items()} | SQUARE
"""Those with W_ih like W_hh, and those with layers and directions."""
LEAKY = rnnref.Activation("leaky_relu", 0.2)
OPTIONS = {
    "peepholes": PEEPHOLES,
    "coupled": COUPLED,
    "peepholes, coupled": rnnref.LSTM(3, 4, 2, peepholes=True, coupled=True),
    "activations": rnnref.LSTM(3, 4, activations=("softsign", "tanh", "softsign")),
    "clips": rnnref.LSTM(3, 4, peepholes=True, gate_clip=0.4, cell_clip=0.5),
    "activations with numbers": rnnref.LSTM(
        3, 4, activations=("hard_sigmoid", rnnref.Activation("elu", 0.5), LEAKY), cell_clip=0.5
    ),
    "rnn, clip": rnnref.RNN(3, 4, gate_clip=2),
    "rnn, leaky relu": rnnref.RNN(3, 4, nonlinearity=LEAKY),
    "rnn, elu and clip": rnnref.RNN(3, 4, nonlinearity="elu", gate_clip=2),
    "gru, activations": rnnref.GRU(3, 4, activations=("softsign", "elu")),
    "gru, activations with numbers": rnnref.GRU(
        3, 4, activations=("hard_sigmoid", rnnref.Activation("elu", 0.5))
    ),
    "gru, clip": rnnref.GRU(3, 4, gate_clip=2),
    "gru reset before, activations and clip": rnnref.GRU(
        3, 4, reset_after=False, activations=("softsign", "elu"), gate_clip=2
    ),
}
EVERY = LAYERS | OPTIONS
"""Together they have every feature."""


def drawn(layer: Any, seed: int = 0, T: int = 4, B: int = 3, even: bool = False) -> Case:
    """A hard case: nothing is zero, no two sequences have the same length."""
    rng = np.random.default_rng(seed)
    zeros = layer.init_state(B)
    states = [type(zeros)(*(normal(rng, a.shape) for a in zeros)) for _ in range(2)]
    params = {name: normal(rng, shape) for name, shape in layer.parameter_shapes.items()}
    x = normal(rng, (T, B, layer.input_size))
    width = zeros.h.shape[2] * (2 if layer.bidirectional else 1)
    lengths = None if even else np.array([T - 2, T, T - 1, *[1] * B][:B])
    return Case(
        "drawn", layer, params, x, states[0], normal(rng, (T, B, width)), states[1], lengths
    )


def named(case: Case, results: dict[str, np.ndarray]) -> list[set[str]]:
    """The ids in each explanation."""
    return [{m.id for m in found.mistakes} for found in diagnose(case, results, TOLERANCE)]


def outputs(results: dict[str, np.ndarray]) -> list[str]:
    return [name for name in results if not name.startswith("d_")]


def off(got: np.ndarray, wanted: np.ndarray) -> float:
    return np.abs(got - wanted).max() / (np.abs(wanted).max() or 1)


@pytest.mark.parametrize("lengths", [True, False], ids=["lengths", "one length"])
@pytest.mark.parametrize("name", EVERY)
def test_without_mistakes_it_is_the_reference(name: str, lengths: bool) -> None:
    case = drawn(EVERY[name], even=not lengths)
    right, found = reference(case), network.run(case, {})
    assert list(found) == list(right)
    for key, wanted in right.items():
        assert off(found[key], wanted) < 1e-13, key
    bare = replace(EVERY[name], bias=False)
    case = drawn(bare, even=not lengths)
    for key, wanted in reference(case).items():
        assert off(network.run(case, {})[key], wanted) < 1e-13, key


def test_the_catalogue() -> None:
    """Enough mistakes, each named once in a cell, each there where some case can have it."""
    assert len({mistake.id for mistake in CATALOGUE}) >= 60
    assert set(CATALOGUE) == {m for layer in EVERY.values() for m in mistakes_of(drawn(layer))}
    for layer in EVERY.values():
        count = Counter(mistake.id for mistake in mistakes_of(drawn(layer)))
        assert max(count.values()) == 1
    for mistake in CATALOGUE:
        assert set(mistake.cells) <= set(CELLS)
        assert mistake.says
        assert mistake.fix
        assert not mistake.says.endswith(".")


def test_the_features_are_all_known() -> None:
    needed = {need for mistake in CATALOGUE for need in mistake.needs}
    assert needed <= {f for layer in EVERY.values() for f in features(drawn(layer))}


def test_what_a_layer_does_itself_is_no_mistake_in_it() -> None:
    """By what the function computes, not by its name."""
    own = rnnref.Activation("hard_sigmoid", alpha=1 / 6)
    layers = [
        rnnref.RNN(3, 4, nonlinearity=own),
        rnnref.GRU(3, 4, activations=(own, "tanh")),
        rnnref.LSTM(3, 4, activations=(own, "tanh", "tanh")),
    ]
    for layer in layers:
        ids = {mistake.id for mistake in mistakes_of(drawn(layer))}
        assert "hard-sigmoid-keras" not in ids
        assert "hard-sigmoid-onnx" in ids
    affine = rnnref.RNN(3, 4, nonlinearity=rnnref.Activation("affine", alpha=1, beta=0))
    assert "activation-dropped" not in {m.id for m in mistakes_of(drawn(affine))}
    sigmoid = {m.id for m in mistakes_of(drawn(rnnref.RNN(3, 4, nonlinearity="sigmoid")))}
    assert "sigmoid-slope-for-nonlinearity" not in sigmoid
    assert "tanh-slope-for-nonlinearity" in sigmoid
    for gate_clip, there in ((2, False), (1, True)):
        clips = rnnref.LSTM(3, 4, gate_clip=gate_clip, cell_clip=1.5)
        assert ("gate-clip-of-c" in {m.id for m in mistakes_of(drawn(clips))}) == there


def test_the_explanation_of_most_cases_counts() -> None:
    """Of three wrong cases the first has another mistake than the other two."""
    cases = [replace(drawn(rnnref.GRU(3, 4), seed), id=str(seed)) for seed in range(3)]
    switches: list[dict[str, Any]] = [{"without_reset": True}, *[{"z_takes_new": True}] * 2]
    wrong = [
        WrongCase(case, found, dict.fromkeys(found, TOLERANCE))
        for case, made in zip(cases, switches, strict=True)
        for found in [network.run(case, made)]
    ]
    for tries, ids in ((1, ("0",)), (2, ("1", "2"))):
        diagnoses, explained = diagnose_all(wrong, tries)
        assert explained == ids
        assert len(diagnoses) == 1
        assert diagnose_all(wrong[::-1], tries)[1] == ("2", "1")
    assert diagnose_all([], 2) == ((), ())


def test_a_mistake_that_leaves_a_case_right_does_not_explain_it() -> None:
    """A mistake with lengths says nothing of a case without them, wrong in what it leaves open."""
    uneven, even = (drawn(rnnref.RNN(3, 4), even=even) for even in (False, True))
    mistake = next(m for m in mistakes_of(uneven) if m.id == "y-runs-on-in-padding")
    found = Diagnosis((mistake,), ("y", "h_n"), ("d_x",))
    right = reference(even)
    wrong = WrongCase(even, right | {"d_x": right["d_x"] + 1}, dict.fromkeys(right, TOLERANCE))
    assert not wrong.is_explained(found)


@pytest.mark.parametrize("name", SINGLE)
def test_every_switch_belongs_to_one_place_and_is_used(name: str) -> None:
    homes = network.homes(SINGLE[name])
    count = Counter(field.name for home in homes for field in fields(home))
    assert max(count.values()) == 1
    mine = [m for m in CATALOGUE if name.removesuffix("_projected") in m.cells]
    assert {switch for m in mine for switch in m.switches} <= count.keys()
    assert {s for m in CATALOGUE for s in m.switches} >= count.keys()


def complexified(case: Case) -> Case:
    params = {name: a.astype(complex) for name, a in case.params.items()}
    state = type(case.state)(*(a.astype(complex) for a in case.state))
    return replace(case, params=params, x=case.x.astype(complex), state=state)


def slope(case: Case, switches: dict[str, Any], array: np.ndarray, along: np.ndarray) -> float:
    """The derivative of what the cotangents pair with, along a direction, by the complex step."""
    kept = array.copy()
    array += 1j * STEP * along
    found = network.forward(case, switches).results
    array[...] = kept
    loss = (found["y"] * case.d_y).sum()
    for name, d in case.d_state._asdict().items():
        loss += (found[f"{name}_n"] * d).sum()
    return loss.imag / STEP


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY)
def test_gradients_of_a_forward_mistake_are_those_of_its_forward_pass(name: str) -> None:
    """Along a random direction for each input; a wrong gradient is off for almost all of them."""
    case, rng = drawn(EVERY[name], T=3, B=2), np.random.default_rng(1)
    moved = complexified(case)
    arrays = {"x": moved.x} | {f"{k}_0": a for k, a in moved.state._asdict().items()} | moved.params
    right = network.run(case, {})
    for mistake in (m for m in mistakes_of(case) if m.direction == "forward"):
        found = network.run(case, mistake.switches)
        assert any(off(found[key], right[key]) > 1e-6 for key in outputs(right)), mistake.id
        for key, array in arrays.items():
            along = rng.normal(size=array.shape)
            terms = along * found[f"d_{key}"]
            wanted = slope(moved, mistake.switches, array, along)
            scale = np.abs(terms).sum() + 1e-3
            assert abs(terms.sum() - wanted) < 1e-12 * scale, (mistake.id, key)


@pytest.mark.parametrize("name", EVERY)
def test_a_backward_mistake_leaves_the_forward_pass_right(name: str) -> None:
    case = drawn(EVERY[name])
    right = network.run(case, {})
    for mistake in (m for m in mistakes_of(case) if m.direction == "backward"):
        found = network.run(case, mistake.switches)
        assert all(off(found[key], right[key]) < 1e-13 for key in outputs(right)), mistake.id
        assert any(off(found[key], right[key]) > 1e-6 for key in right), mistake.id


@pytest.mark.parametrize("name", SINGLE | OPTIONS)
def test_what_is_right_where_a_size_is_one_is_no_mistake(name: str) -> None:
    """A row stands in memory as its transpose does, and one unit has no other beside it."""
    layer = (SINGLE | OPTIONS)[name]
    width = "proj_size" if getattr(layer, "proj_size", 0) else "hidden_size"
    for size in ("input_size", width):
        cases = [drawn(replace(layer, **{size: 1}), seed) for seed in range(3)]
        known = [(case, reference(case)) for case in cases]  # of relu, one unit may be off
        for mistake in mistakes_of(cases[0]):
            assert any(shows(mistake, case, right) for case, right in known), (size, mistake.id)


def shows(mistake: Mistake, case: Case, right: dict[str, np.ndarray]) -> bool:
    found = network.run(case, mistake.switches)
    return any(off(found[key], wanted) > 1e-6 for key, wanted in right.items())


@pytest.mark.parametrize("name", EVERY)
def test_no_two_mistakes_are_the_same(name: str) -> None:
    """On a hard case every mistake differs from every other, so that none is named for another."""
    case = drawn(EVERY[name])
    found = {m.id: network.run(case, m.switches) for m in mistakes_of(case)}
    ids = list(found)
    for k, one in enumerate(ids):
        for other in ids[:k]:
            apart = max(off(found[one][key], found[other][key]) for key in found[one])
            assert apart > 1e-6, (one, other)


def planted(name: str) -> list[tuple[Case, Mistake]]:
    """Each mistake once: in one cell where that is enough, else in a network."""
    layers = [SINGLE[name], SQUARE[f"{name}, D = H"], NETWORKS[name]]
    further = map(drawn, (SINGLE["lstm_projected"], *OPTIONS.values()))
    cases = [*map(drawn, layers), *(case for case in further if cell_of(case) == name)]
    return [
        (next(case for case in cases if mistake in mistakes_of(case)), mistake)
        for mistake in {m.id: m for case in cases for m in mistakes_of(case)}.values()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", CELLS)
def test_a_mistake_is_named_and_no_other(name: str) -> None:
    for case, mistake in planted(name):
        assert named(case, network.run(case, mistake.switches)) == [{mistake.id}]


@pytest.mark.parametrize("name", ["rnn_tanh", "gru_reset_before"])
def test_a_forward_mistake_is_named_by_the_outputs_alone(name: str) -> None:
    for case, mistake in planted(name):
        if mistake.direction == "forward":
            found = network.forward(case, mistake.switches).results
            assert named(case, found) == [{mistake.id}]


@pytest.mark.slow
@pytest.mark.parametrize("name", SINGLE)
def test_two_mistakes_are_named(name: str) -> None:
    """Or fewer, or others, that give the same; whatever is named does give the results."""
    seed = int(np.random.SeedSequence().entropy) % 2**32  # pytest shows it where the test fails
    print(f"{seed=}")
    rng = np.random.default_rng(seed)
    for k in range(6):
        case = drawn(SINGLE[name], T=5, even=k % 2 == 0)
        known = mistakes_of(case)
        one, other = (known[k] for k in rng.choice(len(known), 2, replace=False))
        if one.switches.keys() & other.switches.keys():
            continue
        wrong = network.run(case, one.switches | other.switches)
        ids = named(case, wrong)
        assert {one.id, other.id} in ids or any(len(d) == 1 for d in ids), (one.id, other.id, ids)


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_found_where_nothing_is_wrong(name: str) -> None:
    for seed in range(3):
        case = drawn(EVERY[name], seed)
        assert diagnose(case, reference(case), TOLERANCE) == []
        single = {key: a.astype(np.float32) for key, a in reference(case).items()}
        assert diagnose(case, single, 1e-6) == []


@pytest.mark.parametrize("wrong", PLANTED, ids=lambda planted: planted.mistake)
def test_wrong_implementations_in_pytorch(wrong: Planted) -> None:
    case = drawn(wrong.layer, even=True)
    assert named(case, results(wrong, case)) == [{wrong.mistake}]


@pytest.mark.parametrize("wrong", OPTIONAL, ids=lambda planted: planted.mistake or "right")
def test_options_in_pytorch(wrong: Planted) -> None:
    """Right ones too: they are what the reference computes."""
    case = drawn(wrong.layer, even=True)
    got = results(wrong, case)
    assert named(case, got) == ([{wrong.mistake}] if wrong.mistake else [])
    apart = max(off(got[key], wanted) for key, wanted in reference(case).items())
    assert (apart > 1e-6) if wrong.mistake else (apart < 1e-13)


@pytest.mark.parametrize("wrong", PAIRS, ids=lambda planted: planted.mistake)
def test_wrong_implementations_in_pytorch_with_two_mistakes(wrong: Planted) -> None:
    case = drawn(wrong.layer, even=True)
    assert named(case, results(wrong, case)) == [set(wrong.mistake.split(" and "))]


def test_what_a_case_cannot_tell_apart_is_all_named() -> None:
    """With two sequences, half of the biases' gradients is their mean over the batch."""
    case = drawn(rnnref.RNN(3, 4), B=2, even=True)
    wrong = reference(case)
    wrong |= {name: wrong[name] / 2 for name in ("d_bias_ih_l0", "d_bias_hh_l0")}
    assert sorted(map(min, named(case, wrong))) == ["d-biases-divided-by-B", "d-biases-halved"]


def test_where_the_reset_stands_cannot_be_told_from_a_zero_state() -> None:
    """One step from h = 0 without biases: both placements are right."""
    after = rnnref.GRU(3, 4, bias=False)
    case = drawn(after, T=1, even=True)
    case = replace(case, state=after.init_state(3))
    other = reference(replace(case, layer=replace(after, reset_after=False)))
    assert diagnose(case, {key: other[key] for key in ("y", "h_n")}, TOLERANCE) == []


@pytest.mark.parametrize("key", ["y", "h_n", "d_x", "d_bias_hh_l0"])
def test_what_is_not_known_is_not_named(key: str) -> None:
    for layer in (rnnref.RNN(3, 4), rnnref.GRU(3, 4)):
        case = drawn(layer)
        wrong = reference(case)
        wrong[key] = wrong[key] * (1 + 1e-3 * normal(np.random.default_rng(2), wrong[key].shape))
        assert diagnose(case, wrong, TOLERANCE) == []


def test_what_has_another_shape_or_is_not_finite_is_not_named() -> None:
    case = drawn(rnnref.RNN(3, 4))
    right = reference(case)
    assert diagnose(case, right | {"y": right["y"][:-1]}) == []
    assert diagnose(case, right | {"y": np.nan * right["y"]}) == []


def test_gradients_that_are_not_explained_are_said() -> None:
    case = drawn(rnnref.RNN(3, 4))
    wrong = network.run(case, {"hidden_transposed": True})
    wrong["d_x"] = wrong["d_x"] + 1
    [found] = diagnose(case, wrong, TOLERANCE)
    assert [m.id for m in found.mistakes] == ["w-hh-transposed"]
    assert found.explains == ("y", "h_n", "d_h_0", *(f"d_{name}" for name in case.params))
    assert found.unexplained == ("d_x",)
    assert found.says == "each block of W_hh is transposed; this does not explain d_x"


def test_gradients_alone() -> None:
    """Without outputs, a wrong forward pass shows in its gradients."""
    case = drawn(rnnref.RNN(3, 4))
    for switches, id in (
        ({"over_batch": "mean"}, "gradients-divided-by-B"),
        ({"activation": "relu"}, "relu-for-tanh"),
    ):
        wrong = network.run(case, switches)
        assert named(case, {k: a for k, a in wrong.items() if k.startswith("d_")}) == [{id}]


def test_a_forward_and_a_backward_mistake() -> None:
    case = drawn(rnnref.LSTM(3, 4))
    wrong = network.run(case, {"order": "iofg", "d_start_left_out": "c"})
    [found] = diagnose(case, wrong, TOLERANCE)
    assert [m.id for m in found.mistakes] == ["gate-order-iofg", "d-c-0-missing"]
    assert "i, o, f, g (the order of ONNX)" in found.says
    assert "; and " in found.fix
