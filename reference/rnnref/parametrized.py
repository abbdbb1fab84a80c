"""What all layers share: named parameters, and a tape of their own. Imports NumPy and rnnref."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.checks import Like, Shape
from rnnref.errors import ArgumentTypeError, ArgumentValueError
from rnnref.records import Tape


class Parametrized(ABC):
    """A layer that is a description only: its parameters are handed to each call."""

    hidden_size: int

    @property
    @abstractmethod
    def _code(self) -> ModuleType:
        """The generated module."""

    @property
    @abstractmethod
    def _wanted(self) -> dict[str, Shape]:
        """The parameters, in the order of the generated ``Params``."""

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each parameter, by PyTorch's name for it.

        >>> import rnnref
        >>> rnnref.LSTM(input_size=3, hidden_size=5).parameter_shapes["weight_hh_l0"]
        (20, 5)
        """
        return {
            name: tuple(axis.size for axis in axes if axis.size is not None)
            for name, axes in self._wanted.items()
        }

    def init_params(
        self, rng: np.random.Generator, dtype: npt.DTypeLike = np.float64
    ) -> dict[str, Array]:
        """New parameters, uniform in ±1/sqrt(hidden_size) as PyTorch's are.

        Args:
            rng: where the numbers come from; the same seed gives the same numbers, rounded to
                ``dtype``.
            dtype: float32, float64, longdouble or their complex kin, then with imaginary part 0.

        Returns:
            A dict of new arrays by PyTorch's names, of the shapes in ``parameter_shapes``.

        Raises:
            ArgumentTypeError: if ``rng`` is not a ``numpy.random.Generator``.
            DtypeError: if ``dtype`` is none of the above.

        >>> import numpy as np, rnnref
        >>> params = rnnref.RNN(input_size=3, hidden_size=5).init_params(np.random.default_rng(0))
        >>> {name: array.shape for name, array in params.items()}
        {'weight_ih_l0': (5, 3), 'weight_hh_l0': (5, 5), 'bias_ih_l0': (5,), 'bias_hh_l0': (5,)}
        """
        where = self._where("init_params")
        rng = checks.generator(where, rng)
        as_dtype = checks.dtype(where, dtype)
        bound = 1 / np.sqrt(self.hidden_size)
        shapes = self.parameter_shapes.items()
        return {name: rng.uniform(-bound, bound, shape).astype(as_dtype) for name, shape in shapes}

    def _where(self, function: str) -> str:
        return f"{type(self).__name__}.{function}"

    def _own(self, where: str, params: object) -> dict[str, Array]:
        """Copies of the parameters, in the order of ``_wanted``."""
        checked = checks.parameters(where, "params", params, self._wanted, hint=self._whose)
        return {name: array.copy() for name, array in checked.items()}

    def _whose(self, got: tuple[int, ...], wanted: Shape) -> str:
        """A guess at whose parameter it is that has this shape and not the one wanted."""
        return hints.other_size(got, [axis.size for axis in wanted], [axis.name for axis in wanted])

    def _dots(self, where: str, params_dot: object, tape: Tape, like: Like) -> Any:
        """The parameters' tangents as the generated module takes them; zeros for None."""
        if params_dot is None:
            params_dot = {name: np.zeros_like(array) for name, array in tape.params.items()}
        return self._stacked(
            checks.parameters(where, "params_dot", params_dot, self._wanted, like, self._whose)
        )

    def _stacked(self, params: dict[str, Array]) -> Any:
        """The parameters as the generated module takes them."""
        return self._code.Params(*params.values())

    def _named(self, params: Any) -> dict[str, Array]:
        """The parameters as the generated module hands them back, by name."""
        return dict(zip(self._wanted, params, strict=True))

    def _own_tape(self, where: str, tape: object) -> tuple[Tape, Like]:
        """A tape of this layer, and its dtype."""
        if not isinstance(tape, Tape):
            said = f"tape must be the rnnref.Tape that forward returned, got {hints.kind(tape)}"
            last = "it is the last of what forward returns"
            checks.fail(ArgumentTypeError, where, said, last)
        if tape.layer != self:
            said = f"tape must be of {self}, got the tape of {tape.layer}"
            checks.fail(ArgumentValueError, where, said)
        return tape, Like("the tape", tape.layers[0].h.dtype)

    def _record(
        self,
        params: dict[str, Array],
        runs: Sequence[Any],
        lengths: Array | None = None,
        masks: Array | None = None,
    ) -> Tape:
        """The tape of a run, locked."""
        arrays = [*params.values(), *(array for run in runs for array in run)]
        for array in (*arrays, *(a for a in (lengths, masks) if a is not None)):
            array.flags.writeable = False
        return Tape(self, params, tuple(runs), lengths, masks)
