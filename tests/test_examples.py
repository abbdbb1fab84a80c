"""The examples: every training step agrees with PyTorch's, and what they rest on is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import rnnref
from oracles import torch_training
from oracles.torch_definition import one_thread

from examples import adam, encoder_decoder, language_model, number_words, sunspots, training
from examples.number_words import END, WORDS

ADAM = 1e-12
"""Adam alone is a dozen roundings a step, and the entries are of order one."""

STEPS, TRAINING = 25, 1e-12
"""The gradients of a step agree to a few roundings. Adam divides each by its own root mean square,
so that a small gradient's rounding counts as much as a large one's, and the steps add up: 1e-12 of
the largest entry leaves room for a thousand times what is seen. A wrong term moves a parameter by
a share of the rate, which is at least 1e-3, at the first step."""


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


def agree(ours: Any, theirs: Any, steps: int = STEPS) -> None:
    """Losses and all parameters, after each step; all parameters have moved at the end."""
    for step in range(steps):
        (loss, now), (their_loss, params) = next(ours), next(theirs)
        assert now.params.keys() == params.keys()
        assert loss == pytest.approx(their_loss, rel=TRAINING, abs=0), step
        for name, p in params.items():
            off = np.abs(now.params[name] - p).max() / np.abs(p).max()
            assert off < TRAINING, f"step {step}, {name}: {off:.1e}"


def how(settings: Any) -> dict[str, float]:
    return {"rate": settings.rate, "max_norm": settings.max_norm}


def test_adam() -> None:
    rng = np.random.default_rng(0)
    params = {"a": rng.normal(size=(3, 2)), "b": rng.normal(size=4)}
    scales = np.exp(rng.normal(0, 3, 50))
    grads = [{n: s * rng.normal(size=p.shape) for n, p in params.items()} for s in scales]
    ours, moments = params, adam.start(params)
    for theirs, given in zip(torch_training.adam(params, grads, 0.01), grads, strict=True):
        ours, moments = adam.step(ours, given, moments, 0.01)
        for name, p in theirs.items():
            np.testing.assert_allclose(ours[name], p, rtol=0, atol=ADAM)


@pytest.mark.parametrize("max_norm", [0.05, 100.0], ids=["clipped", "unclipped"])
def test_language_model_steps(max_norm: float) -> None:
    size, hidden = 7, 5
    settings = replace(language_model.FULL, steps=9, max_norm=max_norm)
    rng = np.random.default_rng(0)
    text = rng.integers(0, size, (STEPS * 9, 4))
    model = language_model.network(size, hidden)
    params = model.init_params(rng)
    ours = language_model.epoch(model, training.start(params), text, settings)
    cuts = [text[i : i + 10] for i in range(0, len(text) - 1, 9)]
    pieces = ((np.eye(size)[cut[:-1]], cut[1:]) for cut in cuts)
    theirs = torch_training.language_model(params, (size, hidden), pieces, **how(settings))
    agree(ours, theirs)


@pytest.mark.parametrize("name", encoder_decoder.HANDED_OVER)
def test_encoder_decoder_steps(name: str) -> None:
    settings = replace(encoder_decoder.FULL, batch=6)
    net, parts = encoder_decoder.network(5), encoder_decoder.HANDED_OVER[name]
    rng = np.random.default_rng(0)
    numbers = number_words.draw(rng, 40, settings.digits)
    params = encoder_decoder.init_params(net, rng)
    start = training.start(params)
    same = np.random.default_rng(1), np.random.default_rng(1)
    ours = encoder_decoder.steps(net, start, numbers, parts, settings, same[0])

    def batches() -> Iterator[Any]:
        while True:
            chosen = same[1].choice(numbers, settings.batch)
            x, lengths = number_words.sources(chosen)
            tokens, counts = number_words.targets(chosen)
            before = np.eye(END + 1)[np.vstack([np.full((1, len(chosen)), END), tokens[:-1]])]
            yield x, lengths, before, tokens, counts

    sizes = (len(WORDS), END + 1, 5)
    agree(ours, torch_training.encoder_decoder(params, sizes, batches(), parts, **how(settings)))


@pytest.mark.parametrize("name", sunspots.TASKS)
def test_forecaster_steps(name: str) -> None:
    settings = replace(sunspots.FULL, hidden_size=5, window=7, ahead=3)
    z = np.random.default_rng(0).normal(size=30)
    task = sunspots.TASKS[name](z, 25, settings)
    params = task.model.init_params(np.random.default_rng(1))
    ours = sunspots.steps(task, training.start(params), settings)
    sizes = (5, task.targets.shape[-1])
    last = name == "next_year"
    theirs = torch_training.forecaster(
        params, sizes, task.inputs, task.targets, last, **how(settings)
    )
    agree(ours, theirs)


@pytest.mark.parametrize(
    "mistake", [{"rate": 1.001e-2}, {"max_norm": 0.999e-1}], ids=["rate", "max_norm"]
)
def test_a_mistake_is_seen(mistake: dict[str, float]) -> None:
    """What `agree` compares is moved by a thousandth of either setting."""
    settings = replace(sunspots.FULL, hidden_size=5, rate=1e-2, max_norm=1e-1)
    task = sunspots.next_year(np.random.default_rng(0).normal(size=60), 50, settings)
    params = task.model.init_params(np.random.default_rng(1))
    ours = sunspots.steps(task, training.start(params), settings)
    x, targets = task.inputs, task.targets
    theirs = torch_training.forecaster(params, (5, 1), x, targets, True, **how(settings) | mistake)
    with pytest.raises(AssertionError):
        agree(ours, theirs)


def test_gradient_through_the_hand_over_by_complex_step() -> None:
    """dL along a direction in all parameters of the encoder, which reaches L by h and c alone."""
    net, rng = encoder_decoder.network(4), np.random.default_rng(3)
    params = encoder_decoder.init_params(net, rng)
    numbers = number_words.draw(rng, 8, 4)
    for parts in (*encoder_decoder.HANDED_OVER.values(), ()):
        _, grads = encoder_decoder.loss_and_gradients(net, params, numbers, parts)
        along = {n: rng.normal(size=p.shape) for n, p in params.items() if n.startswith("encoder")}
        slope = sum(np.vdot(d, grads[n]) for n, d in along.items())
        step = 1e-30
        moved = {n: p + 1j * step * along.get(n, np.zeros_like(p)) for n, p in params.items()}
        assert slope == pytest.approx(loss(net, moved, numbers, parts).imag / step, rel=1e-12)
        assert (slope == 0) == (not parts)


def loss(net: Any, params: Any, numbers: Any, parts: tuple[str, ...]) -> complex:
    """The mean of -log softmax, written down for complex parameters."""
    x, lengths = number_words.sources(numbers)
    tokens, counts = number_words.targets(numbers)
    before = np.eye(END + 1)[np.vstack([np.full((1, len(numbers)), END), tokens[:-1]])]
    halves = (training.part(half, params) for half in ("encoder", "decoder"))
    encoder, decoder = halves
    _, state, _ = net.encoder.forward(encoder, x.astype(complex), lengths=lengths)
    h, c = (getattr(state, n) if n in parts else np.zeros_like(state.h) for n in ("h", "c"))
    y, _, _ = net.decoder.forward(decoder, before.astype(complex), rnnref.LSTMState(h, c))
    of_right = np.take_along_axis(y, tokens[..., None], axis=-1)[..., 0]
    return complex((np.log(np.exp(y).sum(axis=-1)) - of_right)[counts].mean())


def test_the_state_is_carried_from_piece_to_piece() -> None:
    """With a rate of 0 the pieces of a lane have the loss of the whole lane."""
    settings = replace(language_model.FULL, rate=0.0, steps=5)
    rng = np.random.default_rng(0)
    model, text = language_model.network(6, 4), rng.integers(0, 6, (21, 3))
    params = model.init_params(rng)
    steps = language_model.epoch(model, training.start(params), text, settings)
    losses = [loss for loss, _ in steps]
    y, _, _ = model.forward(params, np.eye(6)[text[:-1]])
    whole, _ = rnnref.CrossEntropy().forward(y, text[1:])
    assert len(losses) == 4
    assert np.mean(losses) == pytest.approx(whole, rel=1e-12)


def test_decoding_is_greedy_and_fed_with_itself() -> None:
    """Teacher forcing on what was written gives back, at each step, what was written."""
    net, rng = encoder_decoder.network(4), np.random.default_rng(0)
    numbers = number_words.draw(rng, 9, 4)
    # Larger weights, so that the untrained network does not always write the same.
    drawn = encoder_decoder.init_params(net, rng)
    params = {name: rng.normal(0, 2, p.shape) for name, p in drawn.items()}
    parts = ("h", "c")
    written = encoder_decoder.decode(net, params, numbers, parts, 6)
    assert len(np.unique(written, axis=1).T) > 3
    x, lengths = number_words.sources(numbers)
    _, state, _ = net.encoder.forward(training.part("encoder", params), x, lengths=lengths)
    before = np.eye(END + 1)[np.vstack([np.full((1, 9), END), written[:-1]])]
    y, _, _ = net.decoder.forward(training.part("decoder", params), before, state)
    np.testing.assert_array_equal(y.argmax(axis=-1), written)


def test_exact_match_needs_every_digit_and_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.array([7, 42, 42, 42, 9])
    written = [[7, END, 3], [4, 2, END], [4, 2, 1], [4, END, END], [END, 9, END]]
    monkeypatch.setattr(encoder_decoder, "decode", lambda *_: np.array(written).T)
    assert encoder_decoder.exact_matches(None, {}, numbers, ()) == 2 / 5


def test_forecasts_do_not_look_ahead() -> None:
    """Nor is a network trained on anything after the part that it is fitted to."""
    rng = np.random.default_rng(0)
    z, fitted = rng.normal(size=60), 40
    settings = replace(sunspots.FULL, hidden_size=3, window=5, ahead=4)
    for make in sunspots.TASKS.values():
        task = make(z, fitted, settings)
        params = task.model.init_params(np.random.default_rng(1))
        for t in (fitted, 50):
            later = np.where(np.arange(60) > t, 100.0, z)
            other = make(later, fitted, settings)
            np.testing.assert_array_equal(other.inputs, task.inputs)
            np.testing.assert_array_equal(other.targets, task.targets)
            known, same = (k.forecast(params, [t - 1, t]) for k in (task, other))
            np.testing.assert_array_equal(known, same)
        assert np.abs(make(z + 1, fitted, settings).targets - task.targets).min() > 0.9


def test_targets_are_the_years_after() -> None:
    """On a series that counts, the forecast of origin t is for t + 1, t + 2, ..."""
    settings = replace(sunspots.FULL, hidden_size=3, window=5, ahead=4)
    count = np.arange(30.0)
    one = sunspots.next_year(count, 20, settings)
    np.testing.assert_array_equal(one.inputs[-1, :, 0] + 1, one.targets[0, :, 0])
    assert one.targets.max() == 19
    many = sunspots.years_ahead(count, 20, settings)
    np.testing.assert_array_equal(many.targets[:, 0] - many.inputs[:, 0], [[1, 2, 3, 4]] * 16)
    assert many.targets.max() == 19


def test_a_sample_follows_the_model() -> None:
    """Of a model that always names the next letter of a cycle."""
    model = language_model.network(3, 2)
    params = {n: np.zeros_like(p) for n, p in model.init_params(np.random.default_rng(0)).items()}
    params["output.bias"] = np.array([0.0, 50.0, 0.0])
    assert language_model.sample(model, params, 0, 5, seed=0) == [1] * 5
    params["output.bias"][1] = 0.0
    drawn = language_model.sample(model, params, 0, 3000, seed=0)
    np.testing.assert_allclose(np.bincount(drawn) / 3000, 1 / 3, atol=0.03)
