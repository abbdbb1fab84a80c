"""What a test needs of the environment. Imports pytest."""

from __future__ import annotations

from importlib.util import find_spec
from types import ModuleType

import pytest
from oracles.frameworks import measure


def framework(convention: str) -> ModuleType:
    """The module that runs a convention's framework; skips where that is not installed."""
    _, package = measure.FRAMEWORKS[convention]
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed: `make test-frameworks` has it")
    return measure.framework(convention)
