"""The losses, which turn what a network gives into one number. Imports NumPy and rnnref.

What they compute is in the generated modules; here is checked what they are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from rnnref import checks, loss_checks
from rnnref.arrays import Array
from rnnref.checks import Axis, Like
from rnnref.generated import cross_entropy, squared_error
from rnnref.loss import Loss
from rnnref.records import LossTape

AXES = (Axis("T"), Axis("B"), Axis("K"))


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """Softmax cross-entropy: minus the logarithm of the probability of the class that is right.

    With ``p = softmax(logits)`` a position whose class is c counts ``-log p[c]``. The largest logit
    is subtracted first, so nothing overflows. Same as ``torch.nn.functional.cross_entropy`` on real
    logits; complex ones are refused, since the loss compares them. The functions of
    `rnnref.generated.cross_entropy` take any target distribution that sums to 1.

    Args:
        reduction: ``"mean"`` over the positions that the mask shows, or ``"sum"``.

    Raises:
        ArgumentValueError: if ``reduction`` is neither.

    Source: I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 6.2.2.3.

    >>> import numpy as np, rnnref
    >>> loss, tape = rnnref.CrossEntropy().forward(np.zeros((7, 2, 4)), np.ones((7, 2), int))
    >>> bool(np.isclose(loss, np.log(4)))
    True
    """

    @property
    def _code(self) -> ModuleType:
        return cross_entropy

    @property
    def _input(self) -> str:
        return "logits"

    def forward(
        self, logits: Array, targets: Array, mask: Array | None = None
    ) -> tuple[Any, LossTape]:
        """The loss of a batch of sequences.

        Args:
            logits: (T, B, K), an unnormalised logarithm of a probability for each of K classes:
                float32, float64 or longdouble.
            targets: the class that is right at each position (T, B), integers in 0..K-1. Where the
                mask hides, any integer.
            mask: which positions count, bools (T, B), True where they do, as `length_mask` makes
                it; all if left out. The loss and its gradient do not depend on what is hidden.

        Returns:
            The loss, a scalar of the dtype of ``logits``, and the tape that `backward` and its kin
            need: ``tape.run.p`` are the probabilities (T, B, K).

        Raises:
            ShapeError: if an array has another shape; T, B and K are at least 1.
            DtypeError: if the logits are not of these dtypes, the targets no integers, the mask no
                bools.
            NonFiniteError: if a logit is NaN or infinite, hidden or not, or if the loss is more
                than the dtype can hold.
            ArgumentValueError: if a target is no class, or the mask hides everything.
            ArgumentTypeError: if an argument is no array.

        >>> import numpy as np, rnnref
        >>> logits, targets = np.zeros((3, 2, 4)), np.zeros((3, 2), int)
        >>> mask = rnnref.length_mask([3, 1], T=3)
        >>> loss, tape = rnnref.CrossEntropy("sum").forward(logits, targets, mask)
        >>> bool(np.isclose(loss, 4 * np.log(4)))  # 4 positions count
        True
        """
        where = self._where("forward")
        checked = loss_checks.real(where, "logits", logits, AXES)
        T, B, K = checked.shape
        shown = loss_checks.mask(where, mask, T, B)
        classes = loss_checks.classes(where, targets, shown, T, B, K)
        one_hot = (classes[:, :, None] == np.arange(K)).astype(checked.dtype)
        return self._forward(where, checked, one_hot, shown, 1)


@dataclass(frozen=True)
class MeanSquaredError(Loss):
    """The mean of the squares by which the output misses the target, or their sum.

    Same as ``torch.nn.functional.mse_loss``. Complex arrays are refused: the sum of squares of
    complex numbers is no measure of size.

    Args:
        reduction: ``"mean"`` over all entries of the positions that the mask shows, or ``"sum"``.

    Raises:
        ArgumentValueError: if ``reduction`` is neither.

    Source: I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 5.1.4.

    >>> import numpy as np, rnnref
    >>> loss, tape = rnnref.MeanSquaredError().forward(np.ones((4, 2, 4)), np.zeros((4, 2, 4)))
    >>> float(loss)
    1.0
    """

    @property
    def _code(self) -> ModuleType:
        return squared_error

    @property
    def _input(self) -> str:
        return "y"

    def forward(self, y: Array, targets: Array, mask: Array | None = None) -> tuple[Any, LossTape]:
        """The loss of a batch of sequences.

        Args:
            y: the output of the network (T, B, K): float32, float64 or longdouble.
            targets: what it should be, of the same shape and dtype.
            mask: which positions count, bools (T, B), True where they do, as `length_mask` makes
                it; all if left out. The loss and its gradient do not depend on what is hidden.

        Returns:
            The loss, a scalar of the dtype of ``y``, and the tape that `backward` and its kin need.

        Raises:
            ShapeError: if an array has another shape; T, B and K are at least 1.
            DtypeError: if ``y`` is not of these dtypes or ``targets`` not of its dtype, or the mask
                not of bools.
            NonFiniteError: if an array holds NaN or infinity, hidden or not, or if the loss is more
                than the dtype can hold.
            ArgumentValueError: if the mask hides everything.
            ArgumentTypeError: if an argument is no array.

        >>> import numpy as np, rnnref
        >>> y, targets = np.array([[[3.0, 1.0]]]), np.array([[[1.0, 1.0]]])
        >>> loss, tape = rnnref.MeanSquaredError().forward(y, targets)
        >>> float(loss), rnnref.MeanSquaredError().backward(tape)
        (2.0, array([[[2., 0.]]]))
        """
        where = self._where("forward")
        checked = loss_checks.real(where, "y", y, AXES)
        T, B, K = checked.shape
        like, axes = Like("y", checked.dtype), checks.time_axes(checked.shape, "K")
        wanted = checks.array(where, "targets", targets, axes, like)
        shown = loss_checks.mask(where, mask, T, B)
        return self._forward(where, checked, wanted.copy(), shown, K)
