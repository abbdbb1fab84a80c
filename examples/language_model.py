"""`python -m examples.language_model`: an LSTM that predicts the next character of a text.

Trained by BPTT that is cut every ``steps`` characters while the state is carried on: the text is
cut into ``lanes`` that run side by side, and each piece of a lane starts with the state in which
the one before it ended. Kept are the parameters of the epoch that predicts the validation text
best; the test text was used for nothing. Imports rnnref.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt
import rnnref
from rich.table import Table
from rnnref import ManyToMany

from . import adventure_text, command, ngrams, training
from .adam import Arrays
from .training import Training

Codes = npt.NDArray[np.int64]
LOSS = rnnref.CrossEntropy()
PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Settings:
    """What can be chosen. Of every ``part`` paragraphs one is for validation, one for the test."""

    hidden_size: int = 96
    lanes: int = 16
    steps: int = 50
    epochs: int = 32
    rate: float = 5e-3
    max_norm: float = 1.0
    part: int = 10
    orders: int = 6
    sample: int = 400
    seed: int = 0


FULL = Settings()
QUICK = Settings(hidden_size=8, epochs=2, orders=2, sample=20)


def network(size: int, hidden_size: int) -> ManyToMany:
    """From one-hot characters to the scores of the next one; ``size`` characters are known."""
    return ManyToMany(rnnref.LSTM(size, hidden_size), rnnref.Output(hidden_size, size))


def side_by_side(codes: Codes, lanes: int) -> Codes:
    """The text in pieces of one length, (characters, lanes); what is left over is dropped."""
    return codes[: len(codes) // lanes * lanes].reshape(lanes, -1).T


def epoch(
    model: ManyToMany, now: Training, text: Codes, settings: Settings
) -> Iterator[tuple[float, Training]]:
    """Once through a text (characters, lanes); gives the loss and what came of it, step by step."""
    one_hot = np.eye(model.output.output_size)
    state = None
    for begin in range(0, len(text) - 1, settings.steps):
        piece = text[begin : begin + settings.steps + 1]
        y, state, tape = model.forward(now.params, one_hot[piece[:-1]], state)
        loss, seen = LOSS.forward(y, piece[1:])
        grads = model.backward(tape, LOSS.backward(seen))
        now = training.step(now, grads.params, settings.rate, settings.max_norm)
        yield float(loss), now


def bits(model: ManyToMany, params: Arrays, codes: Codes) -> float:
    """Mean bits for each character but the first, given all before it."""
    one_hot = np.eye(model.output.output_size)
    y, _, _ = model.forward(params, one_hot[codes[:-1, None]])
    return float(LOSS.forward(y, codes[1:, None])[0]) / np.log(2)


def sample(model: ManyToMany, params: Arrays, first: int, length: int, seed: int) -> list[int]:
    """Characters drawn one after another, each from what the model says of it."""
    rng, one_hot = np.random.default_rng(seed), np.eye(model.output.output_size)
    state, drawn = None, [first]
    for _ in range(length):
        y, state, _ = model.forward(params, one_hot[[[drawn[-1]]]], state)
        p = np.exp(y[0, 0] - y[0, 0].max())
        drawn.append(int(rng.choice(len(p), p=p / p.sum())))
    return drawn[1:]


def compute(settings: Settings, track: command.Track) -> dict[str, Any]:
    """Train, choose an epoch, and compare with n-grams."""
    texts = dict(zip(PARTS, adventure_text.split(settings.part), strict=True))
    alphabet = sorted(set("".join(texts.values())))
    code = {character: i for i, character in enumerate(alphabet)}
    codes = {name: np.array([code[c] for c in text]) for name, text in texts.items()}
    model = network(len(alphabet), settings.hidden_size)
    now = training.start(model.init_params(np.random.default_rng(settings.seed)))
    lanes = side_by_side(codes["train"], settings.lanes)
    curve, best = [], now.params
    for _ in track(range(settings.epochs), "LSTM"):
        losses, after = zip(*epoch(model, now, lanes, settings), strict=True)
        now = after[-1]
        known = min((row["validation"] for row in curve), default=np.inf)
        validation = bits(model, now.params, codes["validation"])
        curve.append({"train": float(np.mean(losses) / np.log(2)), "validation": validation})
        best = now.params if validation < known else best
    drawn = sample(model, best, code["\n"], settings.sample, settings.seed)
    return {
        "text": _about(texts, alphabet),
        "curve": curve,
        "lstm": {name: bits(model, best, c) for name, c in codes.items()},
        "ngrams": [_ngram(n, texts, len(alphabet)) for n in range(1, settings.orders + 1)],
        "sample": "".join(alphabet[c] for c in drawn),
    }


def _about(texts: dict[str, str], alphabet: list[str]) -> dict[str, Any]:
    return {
        "package": "adventure",
        "version": version("adventure"),
        "sha256": hashlib.sha256("".join(texts.values()).encode()).hexdigest(),
        "characters": {name: len(text) for name, text in texts.items()},
        "alphabet": "".join(alphabet),
    }


def _ngram(n: int, texts: dict[str, str], size: int) -> dict[str, Any]:
    alpha = ngrams.best_alpha(texts["train"], texts["validation"], n, size)
    p = ngrams.ngram(texts["train"], n, alpha, size)
    return {"n": n, "alpha": alpha} | {name: ngrams.bits(p, text) for name, text in texts.items()}


def table(results: dict[str, Any]) -> Table:
    """Bits for each character."""
    shown = Table("bits per character", "training", "validation", "test")
    rows = {f"{row['n']}-gram": row for row in results["ngrams"]} | {"LSTM": results["lstm"]}
    for name, row in rows.items():
        shown.add_row(name, *(f"{row[part]:.3f}" for part in PARTS))
    return shown


EXAMPLE = command.Example("language_model", FULL, QUICK, compute, table)

if __name__ == "__main__":
    sys.exit(command.run(EXAMPLE))
