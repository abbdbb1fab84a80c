"""Test vectors: cases with what is right, to 50 digits. Imports NumPy and rnnref.

The files are in ``rnnref/vectors``, one a cell, with a JSON Schema beside them; any language can
read them. Nothing in them was computed by this package.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

import rnnref
from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.errors import ArgumentValueError
from rnnref.testing.cases import Case, Layer, Results

CELLS = (
    "rnn_tanh",
    "rnn_relu",
    "lstm",
    "lstm_projected",
    "lstm_peephole",
    "lstm_coupled",
    "gru_reset_after",
    "gru_reset_before",
)
"""The cells that there are vectors for."""

LAYERS: dict[str, type[Layer]] = {"RNN": rnnref.RNN, "LSTM": rnnref.LSTM, "GRU": rnnref.GRU}
FOLDER = resources.files("rnnref") / "vectors"


@dataclass(frozen=True, eq=False)
class Vector:
    """One test vector.

    Attributes:
        case: what is given, in float64; all of it can be told exactly in float32, too.
        results: what is right, each number the float64 nearest to it.
        comment: what is particular about the case.
        flags: what the case is good for; `flags` explains them.
        instead: what known mistakes give, by their ids; of each those results that are not right.
    """

    case: Case
    results: Results = field(repr=False)
    comment: str
    flags: tuple[str, ...]
    instead: dict[str, Results] = field(repr=False)


def load(cell: str) -> list[Vector]:
    """The vectors of a cell.

    Args:
        cell: one of `CELLS`.

    Returns:
        Its vectors, in the order of the file.

    Raises:
        ArgumentValueError: if there is no such cell.

    >>> from rnnref.testing import vectors
    >>> first = vectors.load("lstm")[0]
    >>> first.case.id, first.case.x.shape, first.comment
    ('lstm.plain', (4, 2, 5), 'Every size is different, everything is other than zero.')
    >>> y, state, tape = first.case.layer.forward(first.case.params, first.case.x, first.case.state)
    >>> bool(abs(y - first.results["y"]).max() < 1e-15)
    True
    """
    if cell not in CELLS:
        said = f"cell must be one of {', '.join(CELLS)}, got {cell!r}"
        checks.fail(ArgumentValueError, "vectors.load", said, hints.near(cell, CELLS))
    content = json.loads((FOLDER / f"{cell}.json").read_text(encoding="utf-8"))
    return [_vector(case) for case in content["cases"]]


@cache
def flags() -> dict[str, dict[str, str]]:
    """What each flag means: in English which mistakes it catches, and what follows from them.

    >>> from rnnref.testing import vectors
    >>> vectors.flags()["one_step"]["catches"]
    'a step that is wrong in itself'
    """
    content = json.loads((FOLDER / "flags.json").read_text(encoding="utf-8"))
    return {
        flag: {name: text["en"] for name, text in texts.items()}
        for flag, texts in content["flags"].items()
    }


def _vector(content: dict[str, Any]) -> Vector:
    settings = dict(content["layer"])
    layer = LAYERS[settings.pop("type")](**settings)
    given, lengths = _arrays(content["given"]), content["lengths"]
    fields = type(layer.init_state(1))._fields
    case = Case(
        content["id"],
        layer,
        _arrays(content["params"]),
        given["x"],
        layer.init_state(1)._replace(**{name: given[f"{name}_0"] for name in fields}),
        given["d_y"],
        layer.init_state(1)._replace(**{name: given[f"d_{name}_n"] for name in fields}),
        None if lengths is None else np.array(lengths),
    )
    return Vector(
        case,
        _arrays(content["results"]),
        content["comment"],
        tuple(content["flags"]),
        {id: _arrays(results) for id, results in content.get("instead", {}).items()},
    )


def _arrays(content: dict[str, Any]) -> dict[str, Array]:
    return {
        name: np.array(array["decimal"], np.float64).reshape(array["shape"])
        for name, array in content.items()
    }
