"""Bare layers of Keras, every second one with ``go_backwards=True``. Imports keras, torch."""

from __future__ import annotations

from functools import partial

from oracles.frameworks import keras_torch
from oracles.frameworks.keras_torch import IN_FLOAT32, KINDS, VERSIONS

__all__ = ["IN_FLOAT32", "KINDS", "VERSIONS", "run"]

run = partial(keras_torch.run, wrapped=False)
