"""The gradient explorer as HTML: its controls, and the words that its script draws with.

The names of arrays are those of the ledger. Knows no Markdown.
"""

from __future__ import annotations

import json
from html import escape

from pieces import Pieces

CELLS = {"rnn_tanh": "RNN", "lstm": "LSTM", "gru_reset_after": "GRU"}
SHOWN = {
    "rnn_tanh": ("slope", "h"),
    "lstm": ("i", "f", "o", "g", "c", "h"),
    "gru_reset_after": ("r", "z", "n", "h"),
}
"""The arrays drawn over time, from top to bottom; the slope is 1 - h**2."""

SLIDERS = {  # symbol, least, most, step, at first
    "scale": (r"$\sigma_{\max}$", 0.1, 4, 0.05, 1),
    "bias": ("$b_f$, $b_z$", -2, 6, 0.5, 2),
    "size": ("", 0, 2, 0.1, 1),
    "T": ("$T$", 10, 100, 5, 60),
    "seed": ("", 1, 40, 1, 1),
}
DRAWN = ("measured", "one_step", "gates", "weights", "path", "back", "steps")


def explorer_html(pieces: Pieces) -> str:
    """The form, the empty drawings, and the words and names as JSON."""
    words = {name: pieces.say(f"explorer_{name}") for name in DRAWN}
    titles = {id: _titles(pieces, id) for id in CELLS}
    data = json.dumps({"words": words, "arrays": titles, "cells": CELLS}, ensure_ascii=False)
    return f"""
<form class="gx" data-drawn="{escape(data)}">
<div class="gx-controls">
<fieldset class="gx-choice"><legend>{pieces.say("explorer_cell")}</legend>
{_choices(CELLS)}</fieldset>
{"".join(_slider(pieces, name) for name in SLIDERS)}
</div>
<div class="gx-view">
<fieldset class="gx-choice gx-state"><legend>{pieces.say("explorer_norm")}</legend>
{_state(pieces, "h", True)}{_state(pieces, "c", False)}</fieldset>
<svg class="gx-plot" role="img" aria-label="{pieces.say("explorer_plot")}"></svg>
<div class="gx-maps" role="img" aria-label="{pieces.say("explorer_maps")}"></div>
<p class="gx-key"><span class="gx-zero-one"></span>{pieces.say("explorer_zero_one")}
<span class="gx-signed"></span>{pieces.say("explorer_signed")}</p>
<div class="gx-at" hidden><span></span></div>
</div>
<p class="gx-said" aria-live="polite"></p>
<noscript><p>{pieces.say("explorer_noscript")}</p></noscript>
</form>"""


def _titles(pieces: Pieces, cell: str) -> list[list[str]]:
    """Name and title of each array that is drawn."""
    titles = {s.name: s.title[pieces.lang] for s in pieces.ledger.home(cell).symbols}
    titles["slope"] = pieces.say("explorer_slope")
    return [[name, titles[name]] for name in SHOWN[cell]]


def _choices(names: dict[str, str]) -> str:
    return "".join(
        f'<label><input type="radio" name="cell" value="{value}"'
        f"{' checked' if value == 'lstm' else ''}><span>{name}</span></label>"
        for value, name in names.items()
    )


def _state(pieces: Pieces, state: str, checked: bool) -> str:
    norm = pieces.rich(rf"$\|\partial {state}_T/\partial {state}_t\|$")
    return (
        f'<label><input type="radio" name="state" value="{state}"{" checked" * checked} '
        f'aria-label="‖∂{state}_T/∂{state}_t‖">'
        f"<span>{norm}</span></label>"
    )


def _slider(pieces: Pieces, name: str) -> str:
    symbol, least, most, step, first = SLIDERS[name]
    label = f"{pieces.say(f'explorer_{name}')} {pieces.rich(symbol)}".strip()
    return (
        f'<label class="gx-slider"><span>{label}</span><output></output>'
        f'<input type="range" name="{name}" min="{least}" max="{most}" step="{step}" '
        f'value="{first}"></label>'
    )
