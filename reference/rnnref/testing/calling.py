"""The functions that `check` is given: how they can be called, and what is said of them."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Function = Callable[..., Any]

ARGUMENTS = ("params", "x", "state", "d_y", "d_state")
"""What functions are given, in this order; a forward function the first three."""

PACKAGE = Path(__file__).parents[1]


def takes_lengths(function: Function) -> bool:
    """Whether it can be called with a keyword ``lengths``."""
    try:
        parameters: Mapping[str, inspect.Parameter] = inspect.signature(function).parameters
    except (TypeError, ValueError):  # of a compiled function nothing is known
        return False
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return True
    return "lengths" in parameters


def name_of(function: Function) -> str:
    """What to call it."""
    return getattr(function, "__name__", type(function).__name__)


def raised(function: Function, error: Exception, arguments: Sequence[str]) -> str:
    """What it raised, and at which line of whose code; or that it cannot be called so."""
    said = f"{name_of(function)} raised {type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is the call of it
    own = [frame for frame in frames if PACKAGE not in Path(frame.filename).parents]
    if not frames:
        return f"{said}\n  it is called with ({', '.join(arguments)})"
    frame = (own or frames)[-1]
    return f"{said}\n  at {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
