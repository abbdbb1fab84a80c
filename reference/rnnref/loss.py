"""What the losses share: reduction, tape, derivatives. Imports NumPy and rnnref.

Nothing here knows a formula; those are in the generated module that ``_code`` names.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.checks import Like
from rnnref.errors import ArgumentTypeError, ArgumentValueError, NonFiniteError
from rnnref.records import LossTape

REDUCTIONS = ("mean", "sum")


@dataclass(frozen=True)
class Loss(ABC):
    """What the losses share; ``reduction`` says what is done with the losses of all positions."""

    reduction: str = "mean"

    def __post_init__(self) -> None:
        if not isinstance(self.reduction, str) or self.reduction not in REDUCTIONS:
            said = f"reduction must be 'mean' or 'sum', got {self.reduction!r}"
            checks.fail(ArgumentValueError, type(self).__name__, said)

    @property
    @abstractmethod
    def _code(self) -> ModuleType:
        """The generated module."""

    @property
    @abstractmethod
    def _input(self) -> str:
        """What the first argument of ``forward`` is called."""

    def backward(self, tape: LossTape) -> Array:
        """The gradient of the loss by what the network gave.

        Args:
            tape: what `forward` returned last.

        Returns:
            A new array (T, B, K), 0 where the mask hides.

        Raises:
            ArgumentTypeError: if ``tape`` is not the tape of a loss.
            ArgumentValueError: if it is the tape of another loss.

        >>> import numpy as np, rnnref
        >>> loss = rnnref.CrossEntropy()
        >>> _, tape = loss.forward(np.zeros((1, 1, 4)), np.array([[2]]))
        >>> loss.backward(tape)
        array([[[ 0.25,  0.25, -0.75,  0.25]]])
        """
        return np.asarray(self._code.backward(self._run("backward", tape)))

    def jvp(self, tape: LossTape, dot: Array) -> Any:
        """The tangent of the loss, where what the network gave moves along ``dot``.

        Args:
            tape: what `forward` returned last.
            dot: the tangent (T, B, K) of `forward`'s first argument.

        Returns:
            A scalar of the dtype of the tape.

        Raises:
            ArgumentTypeError, ArgumentValueError: as in `backward`.
            ShapeError, DtypeError, NonFiniteError: as in `forward`.

        >>> import numpy as np, rnnref
        >>> loss = rnnref.MeanSquaredError()
        >>> _, tape = loss.forward(np.ones((1, 1, 2)), np.zeros((1, 1, 2)))
        >>> float(loss.jvp(tape, np.array([[[1.0, 0.0]]])))
        1.0
        """
        run = self._run("jvp", tape)
        return self._code.jvp(run, self._tangent("jvp", run, dot))

    def backward_jvp(self, tape: LossTape, dot: Array) -> Array:
        """The tangent of what `backward` returns: the Hessian of the loss times ``dot``.

        Args:
            tape: what `forward` returned last.
            dot: the tangent (T, B, K) of `forward`'s first argument.

        Returns:
            A new array (T, B, K).

        Raises:
            ArgumentTypeError, ArgumentValueError: as in `backward`.
            ShapeError, DtypeError, NonFiniteError: as in `forward`.

        >>> import numpy as np, rnnref
        >>> loss = rnnref.CrossEntropy()
        >>> _, tape = loss.forward(np.zeros((1, 1, 2)), np.array([[0]]))
        >>> loss.backward_jvp(tape, np.array([[[1.0, 0.0]]]))
        array([[[ 0.25, -0.25]]])
        """
        run = self._run("backward_jvp", tape)
        return np.asarray(self._code.backward_jvp(run, self._tangent("backward_jvp", run, dot)))

    def _forward(
        self, where: str, given: Array, targets: Array, mask: Array | None, entries: int
    ) -> tuple[Any, LossTape]:
        """The loss of arrays that are checked; the mean is over ``entries`` entries a position."""
        seen = np.ones(given.shape[:2], bool) if mask is None else mask
        weights = seen[:, :, None].astype(given.dtype)
        if self.reduction == "mean":
            weights /= np.count_nonzero(seen) * entries
        with np.errstate(over="ignore", invalid="ignore"):
            run = self._code.forward(given.copy(), targets, weights)
        if not np.isfinite(run.loss):
            said = f"{self._input} must be of a size that {given.dtype} can hold the loss of"
            checks.fail(NonFiniteError, where, f"{said}, got {run.loss}", "use a wider dtype")
        for array in run[:-1]:
            array.flags.writeable = False
        return run.loss, LossTape(self, run)

    def _where(self, function: str) -> str:
        return f"{type(self).__name__}.{function}"

    def _run(self, function: str, tape: object) -> Any:
        """The arrays of a tape of this loss."""
        where = self._where(function)
        if not isinstance(tape, LossTape):
            said = f"tape must be the rnnref.LossTape that forward returned, got {hints.kind(tape)}"
            last = "it is the last of what forward returns"
            checks.fail(ArgumentTypeError, where, said, last)
        if tape.loss != self:
            said = f"tape must be of {self}, got the tape of {tape.loss}"
            checks.fail(ArgumentValueError, where, said)
        return tape.run

    def _tangent(self, function: str, run: Any, dot: object) -> Array:
        like = Like("the tape", run.a.dtype)
        axes = checks.time_axes(run.a.shape, "K")
        return checks.array(self._where(function), "dot", dot, axes, like)
