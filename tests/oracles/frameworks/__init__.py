"""Real frameworks, each running its own cells in its own layout, differentiated by itself.

A module has ``VERSIONS`` (the packages whose versions matter), ``KINDS`` (the kinds of cells that
it has) and ``run``. That takes a layer for its settings, its parameters by the framework's names,
an input, a state, and what arrives at the output and the last state; it returns a `Run`. Nothing
here knows `rnnref`.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Run(NamedTuple):
    """What a framework computes, in its own layout; gradients are None where it has none."""

    y: Any
    state: tuple[Any, ...]
    d_params: dict[str, Any] | None = None
    d_x: Any = None
    d_state: tuple[Any, ...] | None = None


def ends(layer: Any) -> list[str]:
    """How the names of arrays end, direction by direction and layer by layer."""
    ways = ("", "_reverse") if layer.bidirectional else ("",)
    names = [f"_l{n}{way}" for n in range(layer.num_layers) for way in ways]
    return names if len(names) > 1 else [""]


def own(params: dict[str, Any], end: str) -> dict[str, Any]:
    """The arrays of one object, by their names there."""
    if not end:
        return dict(params)
    return {n.removesuffix(end): a for n, a in params.items() if n.endswith(end)}
