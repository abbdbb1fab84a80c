"""``torch.nn`` with ``batch_first=True``. Imports torch."""

from __future__ import annotations

from functools import partial

from oracles.frameworks import torch_modules
from oracles.frameworks.torch_modules import KINDS, VERSIONS

__all__ = ["KINDS", "VERSIONS", "run"]

run = partial(torch_modules.run, batch_first=True)
