"""`python -m examples.encoder_decoder`: number words to digits, by two LSTMs.

The encoder reads the words; its last state is the decoder's first. The decoder is trained on the
right digits so far (teacher forcing) and evaluated on its own (greedy decoding). The gradient goes
back the way that the state came: dL/d of the decoder's first state is the encoder's ``d_state``.

Each of several seeds is trained with h and c handed over, with h alone and with c alone; what is
not handed over is zeros, and no gradient flows back there. Imports rnnref.

Source: I. Sutskever, O. Vinyals and Q. V. Le, Sequence to sequence learning with neural networks,
NeurIPS (2014).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import rnnref
from rich.table import Table
from rnnref import LSTMState, ManyToMany

from . import command, number_words, training
from .adam import Arrays
from .number_words import END, WORDS, Codes
from .training import Training

LOSS = rnnref.CrossEntropy()
TOKENS = END + 1
HANDED_OVER = {"h and c": ("h", "c"), "h alone": ("h",), "c alone": ("c",)}


@dataclass(frozen=True)
class Settings:
    """What can be chosen. The numbers trained on and those held out have none in common."""

    hidden_size: int = 48
    digits: int = 4
    trained_on: int = 5000
    held_out: int = 1000
    batch: int = 64
    steps: int = 500
    every: int = 50
    rate: float = 1e-2
    max_norm: float = 1.0
    seeds: int = 3


FULL = Settings()
QUICK = Settings(hidden_size=8, trained_on=100, held_out=20, batch=4, steps=4, every=2, seeds=1)


class Network(NamedTuple):
    """Both halves."""

    encoder: rnnref.LSTM
    decoder: ManyToMany


def network(hidden_size: int) -> Network:
    """From one-hot words to the scores of digits and END."""
    output = rnnref.Output(hidden_size, TOKENS)
    decoder = ManyToMany(rnnref.LSTM(TOKENS, hidden_size), output)
    return Network(rnnref.LSTM(len(WORDS), hidden_size), decoder)


def init_params(net: Network, rng: np.random.Generator) -> Arrays:
    """The parameters of both halves by name."""
    encoder, decoder = net.encoder.init_params(rng), net.decoder.init_params(rng)
    return training.prefixed("encoder", encoder) | training.prefixed("decoder", decoder)


def hand_over(state: LSTMState, parts: tuple[str, ...]) -> LSTMState:
    """The parts of a state that are handed over, zeros for the others; of its gradient likewise."""
    return LSTMState(*(a if n in parts else np.zeros_like(a) for n, a in state._asdict().items()))


def loss_and_gradients(
    net: Network, params: Arrays, numbers: Codes, parts: tuple[str, ...]
) -> tuple[float, Arrays]:
    """Cross-entropy of the digits under teacher forcing, and its gradient by every parameter."""
    x, lengths = number_words.sources(numbers)
    tokens, counts = number_words.targets(numbers)
    before = np.eye(TOKENS)[np.concatenate([np.full_like(tokens[:1], END), tokens[:-1]])]
    encoder, decoder = training.part("encoder", params), training.part("decoder", params)
    _, state, encoded = net.encoder.forward(encoder, x, lengths=lengths)
    y, _, decoded = net.decoder.forward(decoder, before, hand_over(state, parts))
    loss, seen = LOSS.forward(y, tokens, counts)
    d_decoder = net.decoder.backward(decoded, LOSS.backward(seen))
    d_encoder = net.encoder.backward(encoded, None, hand_over(d_decoder.state, parts))
    grads = training.prefixed("encoder", d_encoder.params)
    return float(loss), grads | training.prefixed("decoder", d_decoder.params)


def steps(
    net: Network,
    now: Training,
    numbers: Codes,
    parts: tuple[str, ...],
    settings: Settings,
    rng: np.random.Generator,
) -> Iterator[tuple[float, Training]]:
    """Train on random batches without end; gives the loss and what came of it."""
    while True:
        batch = rng.choice(numbers, settings.batch)
        loss, grads = loss_and_gradients(net, now.params, batch, parts)
        now = training.step(now, grads, settings.rate, settings.max_norm)
        yield loss, now


def decode(
    net: Network, params: Arrays, numbers: Codes, parts: tuple[str, ...], longest: int
) -> Codes:
    """What the decoder writes by itself, its likeliest token at each step, (longest, B)."""
    x, lengths = number_words.sources(numbers)
    _, state, _ = net.encoder.forward(training.part("encoder", params), x, lengths=lengths)
    state, decoder = hand_over(state, parts), training.part("decoder", params)
    written = [np.full(len(numbers), END)]
    for _ in range(longest):
        y, state, _ = net.decoder.forward(decoder, np.eye(TOKENS)[written[-1]][None], state)
        written.append(y[0].argmax(axis=-1))
    return np.stack(written[1:])


def exact_matches(net: Network, params: Arrays, numbers: Codes, parts: tuple[str, ...]) -> float:
    """The share of numbers that are written right to the last digit and ended there."""
    tokens, counts = number_words.targets(numbers)
    right = decode(net, params, numbers, parts, len(tokens)) == tokens
    return float((right | ~counts).all(axis=0).mean())


def compute(settings: Settings, track: command.Track) -> dict[str, Any]:
    """Train every seed with everything that can be handed over."""
    runs = [
        _run(settings, seed, name, track) for seed in range(settings.seeds) for name in HANDED_OVER
    ]
    example = {"words": " ".join(number_words.words(1906)), "digits": "1906"}
    return {"example": example, "runs": runs}


def _run(settings: Settings, seed: int, name: str, track: command.Track) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    numbers = number_words.draw(rng, settings.trained_on + settings.held_out, settings.digits)
    trained_on, held_out = np.split(numbers, [settings.trained_on])
    net, parts = network(settings.hidden_size), HANDED_OVER[name]
    run = steps(net, training.start(init_params(net, rng)), trained_on, parts, settings, rng)
    curve, losses = [], []
    for step in track(range(1, settings.steps + 1), f"seed {seed}: {name}"):
        loss, now = next(run)
        losses.append(loss)
        if step % settings.every == 0:
            right = exact_matches(net, now.params, held_out, parts)
            curve.append({"step": step, "loss": float(np.mean(losses)), "held_out": right})
            losses = []
    known = exact_matches(net, now.params, trained_on[: len(held_out)], parts)
    return {"seed": seed, "handed_over": name, "trained_on": known, "curve": curve}


def table(results: dict[str, Any]) -> Table:
    """Exact matches after the last step."""
    shown = Table("handed over", "seed", "trained on", "held out")
    order = list(HANDED_OVER)
    for run in sorted(results["runs"], key=lambda run: order.index(run["handed_over"])):
        shares = (run["trained_on"], run["curve"][-1]["held_out"])
        shown.add_row(run["handed_over"], str(run["seed"]), *(f"{share:.1%}" for share in shares))
    return shown


EXAMPLE = command.Example("encoder_decoder", FULL, QUICK, compute, table)

if __name__ == "__main__":
    sys.exit(command.run(EXAMPLE))
