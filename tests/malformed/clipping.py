"""Calls that the clipping functions must refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import rnnref
import torch
from rnnref import ArgumentTypeError, ArgumentValueError, DtypeError, NonFiniteError, ShapeError

from malformed.case import Bad, with_entry

CLIPPERS = {
    "clip_by_value": rnnref.clip_by_value,
    "clip_by_norm": rnnref.clip_by_norm,
    "clip_grad_norm": rnnref.clip_grad_norm,
}


class ClippingCase:
    """A clipping function with arguments that are right."""

    def __init__(self, kind: str) -> None:
        self.kind, self.clip = kind, CLIPPERS[kind]
        self.limit = "max_norm" if kind == "clip_grad_norm" else "threshold"
        self.grads: dict[str, Any] = {"weight": np.ones((2, 3)), "bias": np.ones(2)}

    def words(self, text: str) -> str:
        return text.format(kind=self.kind, limit=self.limit)

    def run(self, limit: Any = 1.0, **changed: Any) -> Any:
        return self.clip(self.grads | changed, limit)


CLIPPING = [
    Bad(
        "gradients are an array",
        lambda c: c.clip(c.grads["weight"], 1.0),
        ArgumentTypeError,
        "{kind}: grads must be a dict of numpy.ndarray, got numpy.ndarray",
    ),
    Bad("gradients are a list", lambda c: c.clip([np.ones(2)], 1.0), ArgumentTypeError, "got list"),
    Bad(
        "all that backward returned",
        lambda c: c.clip(rnnref.Gradients(np.ones(2), None, c.grads), 1.0),
        ArgumentTypeError,
        "got rnnref.Gradients; its field params is one",
    ),
    Bad("no gradients", lambda c: c.clip({}, 1.0), ArgumentValueError, "got an empty dict"),
    Bad(
        "a gradient is a tensor",
        lambda c: c.run(bias=torch.ones(2)),
        ArgumentTypeError,
        "{kind}: grads['bias'] must be a numpy.ndarray, got torch.Tensor on cpu; convert it",
    ),
    Bad("a gradient is None", lambda c: c.run(bias=None), ArgumentTypeError, "got None"),
    Bad("a gradient is a number", lambda c: c.run(bias=1.0), ArgumentTypeError, "got float"),
    Bad("a gradient is masked", lambda c: c.run(bias=np.ma.ones(2)), ArgumentTypeError, "Masked"),
    Bad("a gradient is of ints", lambda c: c.run(bias=np.ones(2, int)), DtypeError, "got int64"),
    Bad(
        "a gradient is complex",
        lambda c: c.clip({"bias": np.ones(2) + 0j}, 1.0),
        DtypeError,
        "grads['bias'] must be float32, float64 or longdouble, got complex128",
    ),
    Bad(
        "gradients of two dtypes",
        lambda c: c.run(bias=np.ones(2, "f4")),
        DtypeError,
        "{kind}: grads['bias'] must be float64 as grads['weight'] is, got float32",
    ),
    Bad("a gradient is empty", lambda c: c.run(bias=np.ones(0)), ShapeError, "grads['bias'] must"),
    Bad(
        "a gradient holds NaN",
        lambda c: c.run(bias=with_entry(np.ones(2), np.nan)),
        NonFiniteError,
        "{kind}: grads['bias'] must be finite, got nan at [1]; 1 of 2 entries",
    ),
    Bad(
        "a gradient holds inf",
        lambda c: c.run(weight=np.full((2, 3), -np.inf)),
        NonFiniteError,
        "grads['weight'] must be finite, got -inf at [0, 0]; 6 of 6",
    ),
    Bad(
        "a limit of 0",
        lambda c: c.run(0),
        ArgumentValueError,
        "{kind}: {limit} must be a finite number above 0, got 0",
    ),
    Bad("a negative limit", lambda c: c.run(-1.0), ArgumentValueError, "got -1.0"),
    Bad("an infinite limit", lambda c: c.run(np.inf), ArgumentValueError, "got inf"),
    Bad("a limit of NaN", lambda c: c.run(np.nan), ArgumentValueError, "got nan"),
    Bad(
        "a limit that is 0 in single precision",
        lambda c: c.clip({"bias": np.ones(2, "f4")}, 1e-60),
        ArgumentValueError,
        "{limit} must be a finite number above 0, got 1e-60; float32 rounds it to 0",
    ),
    Bad("no limit", lambda c: c.run(None), ArgumentTypeError, "{limit} must be; got None"),
    Bad("a limit of True", lambda c: c.run(True), ArgumentTypeError, "got True (bool)"),
    Bad("a limit in words", lambda c: c.run("1"), ArgumentTypeError, "got '1' (str)"),
    Bad("a limit for each", lambda c: c.run([1.0, 2.0]), ArgumentTypeError, "(list)"),
    Bad("a limit in an array", lambda c: c.run(np.ones(1)), ArgumentTypeError, "numpy.ndarray"),
]
