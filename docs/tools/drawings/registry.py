"""The pictures by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import partial

from formulas import UnknownNameError

from drawings import cells, curves, networks, results
from drawings.kit import Kit
from drawings.svg import Drawing

PICTURES: dict[str, Callable[[Kit], list[Drawing]]] = {
    "unrolled": networks.unrolled,
    "bidirectional": networks.bidirectional,
    "stacked": networks.stacked,
    **{name: partial(cells.draw, name) for name in cells.GRAPHS},
    "activations": curves.activations,
    "gate_limits": curves.gate_limits,
    "operation_counts": curves.operation_counts,
    "gradient_norms": results.gradient_norms,
    "language_model": results.language_model,
    "encoder_decoder": results.encoder_decoder,
    "sunspots": results.sunspots,
}


def panels(name: str, kit: Kit) -> list[str]:
    """The panels of a picture, each an SVG element. Raises ``UnknownNameError``."""
    if name not in PICTURES:
        near = difflib.get_close_matches(name, PICTURES, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(PICTURES)}"
        raise UnknownNameError(f"unknown figure {name!r}; {hint}")
    return [drawing.svg() for drawing in PICTURES[name](kit)]
