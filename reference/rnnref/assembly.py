"""A recurrent and an output layer: their parameters, and checks. Imports NumPy and rnnref."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.checks import Like, Shape
from rnnref.errors import ArgumentTypeError, ArgumentValueError
from rnnref.output_layer import Output
from rnnref.records import Gradients, ModelTape, Pair
from rnnref.recurrent import Recurrent
from rnnref.stepwise import Stepwise
from rnnref.whole import Whole, joined


@dataclass(frozen=True)
class Assembly(ABC):
    """What the models share. Their parameters are called ``rnn.<name>`` and ``output.<name>``."""

    recurrent: Recurrent[Any]
    output: Output

    def __post_init__(self) -> None:
        where = type(self).__name__
        for name, kind, wanted in (
            ("recurrent", Recurrent, "an RNN, LSTM or GRU of rnnref"),
            ("output", Output, "a rnnref.Output"),
        ):
            value = getattr(self, name)
            if not isinstance(value, kind):
                said = f"{name} must be {wanted}, got {hints.kind(value)}"
                checks.fail(ArgumentTypeError, where, said)
        size = self.recurrent._features.size
        if self.output.hidden_size != size:
            said = f"output must have hidden_size = {size}, got {self.output.hidden_size}"
            what = "it reads what the recurrent layer gives, in all directions"
            checks.fail(ArgumentValueError, where, said, what)

    @property
    @abstractmethod
    def _engine(self) -> Whole | Stepwise:
        """What runs the two layers."""

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each parameter, by name.

        >>> import rnnref
        >>> model = rnnref.ManyToMany(rnnref.GRU(3, 5), rnnref.Output(5, 4))
        >>> list(model.parameter_shapes)[::4]
        ['rnn.weight_ih_l0', 'output.weight']
        """
        return joined(self.recurrent.parameter_shapes, self.output.parameter_shapes)

    def init_params(
        self, rng: np.random.Generator, dtype: npt.DTypeLike = np.float64
    ) -> dict[str, Array]:
        """New parameters, by `init_params` of the recurrent layer and then of the output layer.

        Args:
            rng: where the numbers come from; the same seed gives the same numbers.
            dtype: float32, float64, longdouble or their complex kin.

        Returns:
            A dict of new arrays.

        Raises:
            ArgumentTypeError: if ``rng`` is not a ``numpy.random.Generator``.
            DtypeError: if ``dtype`` is none of the above.

        >>> import numpy as np, rnnref
        >>> model = rnnref.ManyToOne(rnnref.GRU(3, 5), rnnref.Output(5, 4))
        >>> model.init_params(np.random.default_rng(0))["output.weight"].shape
        (4, 5)
        """
        rnn = self.recurrent.init_params(rng, dtype)
        return joined(rnn, self.output.init_params(rng, dtype))

    def _enters(self, x: Array) -> Array:
        """The input as the layers take it, (T, B, input_size)."""
        return x

    def _given(self, found: Gradients[Any]) -> Gradients[Any]:
        """Gradients of the input as it was given."""
        return found

    @abstractmethod
    def _input_axes(self, T: int, B: int) -> Shape:
        """The shape of the input."""

    @property
    def _wanted(self) -> dict[str, Shape]:
        return joined(self.recurrent._wanted, self.output._wanted)

    def _where(self, function: str) -> str:
        return f"{type(self).__name__}.{function}"

    def _own(self, where: str, argument: str, params: object, like: Like | None = None) -> Pair:
        """The parameters of both layers, or their tangents, as the layers take them."""
        found = checks.parameters(where, argument, params, self._wanted, like)
        return Pair(*(_of(found, layer) for layer in Pair._fields))

    def _own_tape(self, where: str, tape: object) -> ModelTape:
        if not isinstance(tape, ModelTape):
            said = (
                f"tape must be the rnnref.ModelTape that forward returned, got {hints.kind(tape)}"
            )
            last = "it is the last of what forward returns"
            checks.fail(ArgumentTypeError, where, said, last)
        if tape.model != self:
            said = f"tape must be of {self}, got the tape of {tape.model}"
            checks.fail(ArgumentValueError, where, said)
        return tape

    def _arriving(
        self, where: str, tape: ModelTape, d_y: Array | None, d_state: Any, end: str = ""
    ) -> Pair:
        """Gradients of the outputs and of the last state, or their tangents; zeros for None."""
        steps = [run.output.layers[0].y for run in tape.runs]
        T, (B, K), like = sum(map(len, steps)), steps[0].shape[1:], _like(tape)
        given = np.zeros((T, B, K), like.dtype) if d_y is None else d_y
        axes = checks.time_axes((T, B, K), "output_size")
        checked = checks.array(where, f"d_y{end}", given, axes, like)
        return Pair(checked, self._state(where, f"d_state{end}", d_state, tape))

    def _moved(
        self, where: str, tape: ModelTape, x_dot: Array | None, state_dot: Any, params_dot: Any
    ) -> tuple[Array, Any, Pair]:
        """The tangents of all that `forward` was given; zeros for None."""
        T, B = tape.runs[0].rnn.layers[0].x.shape[:2]
        like, axes = _like(tape), self._input_axes(T, B)
        if x_dot is None:
            x_dot = np.zeros([axis.size or 0 for axis in axes], like.dtype)
        if params_dot is None:
            params_dot = {k: np.zeros(s, like.dtype) for k, s in self.parameter_shapes.items()}
        moved = self._enters(checks.array(where, "x_dot", x_dot, axes, like))
        state = self._state(where, "state_dot", state_dot, tape)
        return moved, state, self._own(where, "params_dot", params_dot, like)

    def _state(self, where: str, name: str, state: Any, tape: ModelTape) -> Any:
        T, B = tape.runs[0].rnn.layers[0].x.shape[:2]
        recurrent = self.recurrent
        return recurrent._states(recurrent._each(where, name, state, T, B, _like(tape)))


def _of(params: Mapping[str, Array], layer: str) -> dict[str, Array]:
    """The parameters of one layer, by its own names for them."""
    prefix = f"{layer}."
    return {k.removeprefix(prefix): v for k, v in params.items() if k.startswith(prefix)}


def _like(tape: ModelTape) -> Like:
    return Like("the tape", tape.runs[0].rnn.layers[0].x.dtype)
