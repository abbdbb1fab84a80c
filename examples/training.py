"""One step of training: the gradient clipped by its norm, then Adam. Imports rnnref."""

from __future__ import annotations

from typing import NamedTuple

import rnnref

from . import adam
from .adam import Arrays, Moments


class Training(NamedTuple):
    """Where training has come to."""

    params: Arrays
    moments: Moments


def start(params: Arrays) -> Training:
    """Before the first step."""
    return Training(params, adam.start(params))


def step(now: Training, grads: Arrays, rate: float, max_norm: float) -> Training:
    """After one more step; nothing that it was given is changed."""
    clipped, _ = rnnref.clip_grad_norm(grads, max_norm)
    return Training(*adam.step(now.params, clipped, now.moments, rate))


def prefixed(prefix: str, params: Arrays) -> Arrays:
    """The parameters of a part under the names that they have in the whole."""
    return {f"{prefix}.{name}": array for name, array in params.items()}


def part(prefix: str, params: Arrays) -> Arrays:
    """The parameters of a part under its own names."""
    start = f"{prefix}."
    return {n.removeprefix(start): a for n, a in params.items() if n.startswith(start)}
