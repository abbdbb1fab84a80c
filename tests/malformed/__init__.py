"""Malformed calls as data: what is called, the error it must raise, the words of the message.

Words in braces stand for what a layer calls its things: {x} is its input, {weight} its first
weight, {bias} its first bias.
"""

from __future__ import annotations

from malformed.case import Bad
from malformed.every_layer import EVERY_LAYER
from malformed.networks import NETWORKS, PROJECTION
from malformed.recurrent import GATED, OF_ONE_LAYER, RECURRENT
from malformed.variants import VARIANTS


def table(name: str) -> list[Bad]:
    """All malformed calls of a layer."""
    kind = name.split()[0]
    recurrent = [*RECURRENT, *NETWORKS] if kind != "Output" else []
    gated = GATED if kind in ("LSTM", "GRU") else []
    projected = [*PROJECTION, *VARIANTS] if kind == "LSTM" else []
    return [*EVERY_LAYER, *recurrent, *gated, *projected, *OF_ONE_LAYER[kind]]
