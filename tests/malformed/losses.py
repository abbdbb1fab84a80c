"""Calls that the losses, and the mask of lengths, must refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import rnnref
import torch
from rnnref import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    NonFiniteError,
    ShapeError,
)

from malformed.case import Bad, with_entry

T, B, K = 4, 3, 5
KINDS = {"CrossEntropy": rnnref.CrossEntropy, "MeanSquaredError": rnnref.MeanSquaredError}


class LossCase:
    """A loss with arrays that are right, and how to call it with some of them replaced."""

    def __init__(self, kind: str) -> None:
        rng = np.random.default_rng(0)
        self.kind, self.build = kind, KINDS[kind]
        self.loss = self.build()
        self.input = "logits" if kind == "CrossEntropy" else "y"
        self.a = rng.normal(size=(T, B, K))
        self.classes = rng.integers(K, size=(T, B))
        self.targets = self.classes if kind == "CrossEntropy" else rng.normal(size=(T, B, K))
        self.mask = rnnref.length_mask([4, 2, 3], T)
        _, self.tape = self.loss.forward(self.a, self.targets, self.mask)
        self.other = next(build for name, build in KINDS.items() if name != kind)()

    def words(self, text: str) -> str:
        return text.format(kind=self.kind, input=self.input)

    def run(self, a: Any = None, targets: Any = None, mask: Any = None) -> Any:
        """Forward with some arguments replaced."""
        given = [self.a, self.targets, self.mask]
        changed = [a, targets, mask]
        return self.loss.forward(
            *(g if c is None else c for g, c in zip(given, changed, strict=True))
        )


def with_class(c: LossCase, number: int) -> Any:
    """The targets with another class at the first position."""
    targets = c.classes.copy()
    targets[0, 0] = number
    return targets


BOTH = [
    Bad(
        "unknown reduction",
        lambda c: c.build("none"),
        ArgumentValueError,
        "{kind}: reduction must be 'mean' or 'sum', got 'none'",
    ),
    Bad("no reduction", lambda c: c.build(None), ArgumentValueError, "got None"),
    Bad(
        "input is a list",
        lambda c: c.run(c.a.tolist()),
        ArgumentTypeError,
        "{kind}.forward: {input} must be a numpy.ndarray (T, B, K), got list; convert it",
    ),
    Bad(
        "input is a tensor",
        lambda c: c.run(torch.tensor(c.a)),
        ArgumentTypeError,
        "got torch.Tensor on cpu; {input}.detach().cpu().numpy()",
    ),
    Bad("input is of ints", lambda c: c.run(c.classes), DtypeError, "{input} must be; got int64"),
    Bad("input is of halves", lambda c: c.run(c.a.astype("f2")), DtypeError, "got float16"),
    Bad(
        "input is complex",
        lambda c: c.run(c.a + 0j),
        DtypeError,
        "{input} must be float32, float64 or longdouble, got complex128; a real function",
    ),
    Bad("input of two axes", lambda c: c.run(c.a[0]), ShapeError, "(T, B, K), got (3, 5)"),
    Bad("input without classes", lambda c: c.run(c.a[..., :0]), ShapeError, "got (4, 3, 0)"),
    Bad("input holds NaN", lambda c: c.run(with_entry(c.a, np.nan)), NonFiniteError, "got nan"),
    Bad(
        "hidden input holds inf",
        lambda c: c.run(with_entry(c.a, np.inf), mask=c.mask & (np.arange(T) < 3)[:, None]),
        NonFiniteError,
        "{kind}.forward: {input} must be finite, got inf at [3, 2, 4]",
    ),
    Bad(
        "a loss beyond the dtype",
        lambda c: c.run(np.float32(3e38) * np.sign(c.a).astype("f4"), _targets(c)),
        NonFiniteError,
        "{input} must be of a size that float32 can hold the loss of, got; use a wider dtype",
    ),
    Bad(
        "targets of other length",
        lambda c: c.run(targets=c.targets[1:]),
        ShapeError,
        "targets must be (T, B; = (4, 3; got (3, 3",
    ),
    Bad(
        "targets with batch first",
        lambda c: c.run(targets=np.swapaxes(c.targets, 0, 1)),
        ShapeError,
        "targets must be; got (3, 4",
    ),
    Bad(
        "targets are a list",
        lambda c: c.run(targets=c.targets.tolist()),
        ArgumentTypeError,
        "targets must be a numpy.ndarray; got list; np.asarray(targets, dtype=",
    ),
    Bad(
        "mask of lengths",
        lambda c: c.run(mask=np.array([4, 2, 3])),
        DtypeError,
        "mask must be of bools, True where a position counts, got int64; mask != 0",
    ),
    Bad("mask of numbers", lambda c: c.run(mask=c.mask * 1.0), DtypeError, "got float64"),
    Bad(
        "mask is a list",
        lambda c: c.run(mask=c.mask.tolist()),
        ArgumentTypeError,
        "mask must be a numpy.ndarray (T, B) = (4, 3), got list; np.asarray(mask, dtype=bool)",
    ),
    Bad(
        "mask with batch first",
        lambda c: c.run(mask=c.mask.T),
        ShapeError,
        "mask must be (T, B) = (4, 3), got (3, 4); is it transposed?",
    ),
    Bad("mask of one step", lambda c: c.run(mask=c.mask[:1]), ShapeError, "got (1, 3)"),
    Bad("mask of entries", lambda c: c.run(mask=c.a > 0), ShapeError, "(4, 3), got (4, 3, 5)"),
    Bad(
        "mask that hides all",
        lambda c: c.run(mask=np.zeros((T, B), bool)),
        ArgumentValueError,
        "{kind}.forward: mask must show a position, got 12 times False",
    ),
    Bad(
        "no tape",
        lambda c: c.loss.backward(None),
        ArgumentTypeError,
        "{kind}.backward: tape must be the rnnref.LossTape that forward returned, got None",
    ),
    Bad(
        "all that forward returned",
        lambda c: c.loss.backward(c.run()),
        ArgumentTypeError,
        "got tuple; it is the last of what forward returns",
    ),
    Bad(
        "tape of a layer",
        lambda c: c.loss.backward(rnnref.Tape(None, {}, ())),
        ArgumentTypeError,
        "got rnnref.Tape",
    ),
    Bad(
        "tape of the other loss",
        lambda c: c.other.backward(c.tape),
        ArgumentValueError,
        "tape must be of; got the tape of {kind}(reduction='mean')",
    ),
    Bad(
        "tape of another reduction",
        lambda c: c.build("sum").jvp(c.tape, c.a),
        ArgumentValueError,
        "{kind}.jvp: tape must be of {kind}(reduction='sum'), got the tape of {kind}(",
    ),
    Bad(
        "tangent of another shape",
        lambda c: c.loss.jvp(c.tape, c.a[:1]),
        ShapeError,
        "{kind}.jvp: dot must be (T, B, K) = (4, 3, 5), got (1, 3, 5)",
    ),
    Bad(
        "tangent in single precision",
        lambda c: c.loss.backward_jvp(c.tape, c.a.astype("f4")),
        DtypeError,
        "{kind}.backward_jvp: dot must be float64 as the tape is, got float32",
    ),
    Bad("no tangent", lambda c: c.loss.jvp(c.tape, None), ArgumentTypeError, "dot must be; None"),
    Bad("tangent is NaN", lambda c: c.loss.jvp(c.tape, c.a * np.nan), NonFiniteError, "dot must"),
    Bad(
        "length beyond T",
        lambda c: rnnref.length_mask([4, 5], T=4),
        ArgumentValueError,
        "length_mask: lengths must be from 1 to T = 4, got 5 at [1]",
    ),
    Bad(
        "length of 0",
        lambda c: rnnref.length_mask(np.array([0]), T=4),
        ArgumentValueError,
        "got 0 at [0]",
    ),
    Bad(
        "lengths are floats",
        lambda c: rnnref.length_mask(np.array([4.0]), T=4),
        DtypeError,
        "length_mask: lengths must be of an integer dtype, got float64",
    ),
    Bad(
        "lengths of two axes",
        lambda c: rnnref.length_mask(np.array([[4]]), T=4),
        ShapeError,
        "lengths must be (B,), got (1, 1)",
    ),
    Bad(
        "lengths are a number",
        lambda c: rnnref.length_mask(4, T=4),
        ArgumentTypeError,
        "lengths must be a numpy.ndarray (B,), got int",
    ),
    Bad("no steps", lambda c: rnnref.length_mask([1], T=0), ArgumentValueError, "T must be an int"),
    Bad("half a step", lambda c: rnnref.length_mask([1], T=1.5), ArgumentTypeError, "T must be an"),
]


def _targets(c: LossCase) -> Any:
    return np.argmin(c.a, axis=-1) if c.kind == "CrossEntropy" else c.targets.astype("f4")


OF_ONE_LOSS = {
    "CrossEntropy": [
        Bad(
            "targets are floats",
            lambda c: c.run(targets=c.classes * 1.0),
            DtypeError,
            "CrossEntropy.forward: targets must be of an integer dtype, got float64",
        ),
        Bad(
            "targets are one-hot",
            lambda c: c.run(targets=np.eye(K)[c.classes]),
            DtypeError,
            "got float64; np.argmax(targets, axis=-1) if they are one-hot",
        ),
        Bad(
            "targets are one-hot integers",
            lambda c: c.run(targets=np.eye(K, dtype=int)[c.classes]),
            ShapeError,
            "targets must be (T, B) = (4, 3), got (4, 3, 5); np.argmax(targets, axis=-1)",
        ),
        Bad("targets are bools", lambda c: c.run(targets=c.classes > 1), DtypeError, "got bool"),
        Bad(
            "a class too many",
            lambda c: c.run(targets=with_class(c, 5)),
            ArgumentValueError,
            "targets must be from 0 to K - 1 = 4, got 5 at [0, 0]",
        ),
        Bad(
            "a negative class",
            lambda c: c.run(targets=with_class(c, -1)),
            ArgumentValueError,
            "got -1 at [0, 0]",
        ),
        Bad(
            "PyTorch's mark for padding",
            lambda c: c.run(targets=with_class(c, -100)),
            ArgumentValueError,
            "got -100 at [0, 0]; hide it: mask=targets != -100",
        ),
    ],
    "MeanSquaredError": [
        Bad(
            "targets in single precision",
            lambda c: c.run(targets=c.targets.astype("f4")),
            DtypeError,
            "MeanSquaredError.forward: targets must be float64 as y is, got float32",
        ),
        Bad(
            "targets to broadcast",
            lambda c: c.run(targets=c.targets[..., :1]),
            ShapeError,
            "targets must be (T, B, K) = (4, 3, 5), got (4, 3, 1)",
        ),
        Bad(
            "targets hold NaN",
            lambda c: c.run(targets=c.targets * np.nan),
            NonFiniteError,
            "targets must be finite",
        ),
    ],
}


def loss_table(kind: str) -> list[Bad]:
    """All malformed calls of a loss."""
    return [*BOTH, *OF_ONE_LOSS[kind]]
