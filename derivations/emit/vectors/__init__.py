"""Test vectors: one JSON file a cell, each number nearest to an evaluation to 50 digits.

`evaluation` evaluates a definition, `sequences` runs it over a batch, `plans` says which cases
there are, `drawing` draws their numbers, `mistaken` makes the mistakes that a file names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import mpmath

from derivations.emit.vectors.drawing import draw, sizes
from derivations.emit.vectors.evaluation import Named, Numbers
from derivations.emit.vectors.mistaken import mistaken
from derivations.emit.vectors.plans import PLANS, Plan
from derivations.emit.vectors.sequences import Run, results
from derivations.notation import Cell

LAYERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "rnn_tanh": ("RNN", {"nonlinearity": "tanh"}),
    "rnn_relu": ("RNN", {"nonlinearity": "relu"}),
    "lstm": ("LSTM", {}),
    "lstm_projected": ("LSTM", {}),
    "lstm_peephole": ("LSTM", {"peepholes": True}),
    "lstm_coupled": ("LSTM", {"coupled": True}),
    "gru_reset_after": ("GRU", {"reset_after": True}),
    "gru_reset_before": ("GRU", {"reset_after": False}),
}
"""The layer of the package that a cell belongs to, with the settings that name the cell."""

DIGITS, SATURATED = 60, 500
"""At least 50 are right: of ``1 - z`` with a saturated gate z the first hundreds are lost."""

MISTAKEN = "plain"
"""The case that says what mistakes make of it."""


def vectors(cell: Cell) -> str:
    """The vectors of a cell as JSON text."""
    plans = [plan for plan in PLANS if not plan.only or cell.id in plan.only]
    content = {
        "about": "Written by `python -m derivations`; do not edit.",
        "$schema": "vectors.schema.json",
        "cell": cell.id,
        "title": {"en": cell.title.en, "zh": cell.title.zh},
        "cases": [_case(cell, plan) for plan in plans],
    }
    return _text(content) + "\n"


def _case(cell: Cell, plan: Plan) -> dict[str, Any]:
    run = draw(cell, plan)
    with mpmath.workdps(SATURATED if "saturated" in plan.flags else DIGITS):
        found = results(run)
        wrong = mistaken(run) if plan.id == MISTAKEN else {}
    return {
        "id": f"{cell.id}.{plan.id}",
        "comment": plan.comment,
        "flags": list(plan.flags),
        "layer": _layer(cell, plan),
        "lengths": list(plan.lengths) or None,
        "params": _arrays(run.params if plan.bias else _without_biases(run.params)),
        "given": _arrays(_given(run)),
        "results": _arrays(found),
        **({"instead": {id: _arrays(array) for id, array in wrong.items()}} if wrong else {}),
    }


def _layer(cell: Cell, plan: Plan) -> dict[str, Any]:
    kind, settings = LAYERS[cell.id]
    n = sizes(cell, plan)
    projected = {"proj_size": n["P"]} if "P" in n else {}
    dropped = {"dropout": plan.dropout} if plan.dropout else {}
    return {
        "type": kind,
        "input_size": n["D"],
        "hidden_size": n["H"],
        "num_layers": plan.layers,
        "bias": plan.bias,
        "bidirectional": plan.bidirectional,
        **settings,
        **projected,
        **dropped,
    }


def _given(run: Run) -> Named:
    """What goes in besides parameters."""
    starts = {f"{name}_0": array for name, array in run.states.items()}
    ends = {f"d_{name}_n": array for name, array in run.d_states.items()}
    return {"x": run.x} | starts | {"d_y": run.d_y} | ends


def _without_biases(params: Named) -> Named:
    return {name: array for name, array in params.items() if "bias" not in name}


def _arrays(named: Named) -> dict[str, Any]:
    return {name: _array(array) for name, array in named.items()}


def _array(numbers: Numbers) -> dict[str, Any]:
    """The nearest double of each number, row by row, in two notations."""
    floats = [float(number) + 0.0 for number in numbers.flat]
    return {"shape": list(numbers.shape), "decimal": floats, "hex": [_hex(f) for f in floats]}


def _hex(number: float) -> str:
    """Hexadecimal as C has it, without the zeros at the end."""
    mantissa, exponent = number.hex().split("p")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}p{exponent}"


def _text(value: Any, indent: str = "") -> str:
    """JSON with a line for each array and each list of words."""
    if isinstance(value, dict) and "shape" not in value:
        inner = [f'{indent} "{k}": {_text(v, indent + " ")}' for k, v in value.items()]
        return "{\n" + ",\n".join(inner) + f"\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        inner = [f"{indent} {_text(v, indent + ' ')}" for v in value]
        return "[\n" + ",\n".join(inner) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)
