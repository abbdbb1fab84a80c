"""Models by what they read and give: many to many, many to one, one to many. Imports rnnref."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from rnnref import checks, network_checks
from rnnref.arrays import Array
from rnnref.checks import Axis, Like, Shape
from rnnref.errors import ArgumentValueError
from rnnref.model import Model
from rnnref.records import Gradients, ModelTape
from rnnref.stepwise import Stepwise
from rnnref.whole import Whole


@dataclass(frozen=True)
class OfSequences(Model):
    """A model that reads a sequence."""

    def forward(
        self,
        params: Mapping[str, Array],
        x: Array,
        state: Any = None,
        *,
        lengths: Array | None = None,
        masks: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, Any, ModelTape]:
        """Run over a batch of sequences.

        Args:
            params: the parameters of both layers: exactly those in ``parameter_shapes``.
            x: the input (T, B, input_size), time first.
            state, lengths, masks, rng: as in the recurrent layer's `forward`.

        Returns:
            ``y``, as the class says; the last state of the recurrent layer; the tape that the other
            functions need. They share no memory with each other or with the arguments.

        Raises:
            ParameterNameError: if a parameter is missing or not known.
            ShapeError, DtypeError, NonFiniteError, ArgumentTypeError, ArgumentValueError: as in the
                recurrent layer's `forward`, and in its name.

        >>> import numpy as np, rnnref
        >>> model = rnnref.ManyToOne(rnnref.GRU(3, 5), rnnref.Output(5, 4))
        >>> params = model.init_params(np.random.default_rng(0))
        >>> y, state, tape = model.forward(params, np.ones((7, 2, 3)), lengths=[7, 4])
        >>> y.shape
        (1, 2, 4)
        """
        own = self._own(self._where("forward"), "params", params)
        options = {"lengths": lengths, "masks": masks, "rng": rng}
        y, end, runs = self._engine.forward(own, x, state, options)
        return y, end, ModelTape(self, runs)

    def _input_axes(self, T: int, B: int) -> Shape:
        return checks.time_axes((T, B, self.recurrent.input_size), "input_size")


@dataclass(frozen=True)
class ManyToMany(OfSequences):
    """An output at each step: ``y`` is (T, B, output_size), and zeros where a sequence has ended.

    Args:
        recurrent: an `RNN`, `LSTM` or `GRU`.
        output: an `Output` that reads what it gives, in all directions.

    Raises:
        ArgumentTypeError: if one of them is something else.
        ArgumentValueError: if ``output`` reads another number of features.

    >>> import numpy as np, rnnref
    >>> model = rnnref.ManyToMany(rnnref.LSTM(3, 5, bidirectional=True), rnnref.Output(10, 4))
    >>> params = model.init_params(np.random.default_rng(0))
    >>> y, state, tape = model.forward(params, np.ones((7, 2, 3)))
    >>> loss, loss_tape = rnnref.CrossEntropy().forward(y, np.ones((7, 2), int))
    >>> grads = model.backward(tape, rnnref.CrossEntropy().backward(loss_tape))
    >>> grads.params["output.weight"].shape
    (4, 10)
    """

    @property
    def _engine(self) -> Whole:
        return Whole(self.recurrent, self.output)


@dataclass(frozen=True)
class ManyToOne(OfSequences):
    """One output a sequence: ``y`` is (1, B, output_size), one step, as the losses take it.

    It reads the last state of the last layer; of two directions both, one after the other, each at
    the end of its own way: the forward one after the last step of each sequence, the reverse one
    after the first.

    Args:
        recurrent: an `RNN`, `LSTM` or `GRU`.
        output: an `Output` that reads what it gives, in all directions.

    Raises:
        ArgumentTypeError: if one of them is something else.
        ArgumentValueError: if ``output`` reads another number of features.

    >>> import numpy as np, rnnref
    >>> model = rnnref.ManyToOne(rnnref.GRU(3, 5, bidirectional=True), rnnref.Output(10, 4))
    >>> y, _, _ = model.forward(model.init_params(np.random.default_rng(0)), np.ones((7, 2, 3)))
    >>> y.shape
    (1, 2, 4)
    """

    @property
    def _engine(self) -> Whole:
        return Whole(self.recurrent, self.output, last=True)


@dataclass(frozen=True)
class OneToMany(Model):
    """A sequence of outputs from one input: ``y`` is (steps, B, output_size).

    The input enters at the first step. At the others nothing is left to read: the input is zero
    there, and the state alone carries on. With ``feedback`` each output is the input of the next
    step instead, as in a generator; gradients go back through the outputs too.

    Args:
        recurrent: an `RNN`, `LSTM` or `GRU`; in one direction if ``feedback``.
        output: an `Output` that reads what it gives, in all directions.
        steps: how many outputs there are.
        feedback: whether outputs are fed back; they then have the size of an input.

    Raises:
        ArgumentTypeError: if one of them is of another kind.
        ArgumentValueError: if ``output`` reads another number of features, or ``steps`` is less
            than 1; with ``feedback``, if the sizes of inputs and outputs differ or the recurrent
            layer is bidirectional: its reverse direction would begin with the last input.

    >>> import numpy as np, rnnref
    >>> model = rnnref.OneToMany(rnnref.GRU(3, 5), rnnref.Output(5, 3), steps=7, feedback=True)
    >>> params = model.init_params(np.random.default_rng(0))
    >>> y, state, tape = model.forward(params, np.ones((2, 3)))
    >>> y.shape, model.backward(tape, y).x.shape
    ((7, 2, 3), (2, 3))
    """

    steps: int
    _: KW_ONLY
    feedback: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "steps", checks.size("OneToMany", "steps", self.steps))
        network_checks.flag("OneToMany", "feedback", self.feedback)
        sizes = self.output.output_size, self.recurrent.input_size
        if self.feedback and sizes[0] != sizes[1]:
            said = f"output_size must be input_size = {sizes[1]} with feedback, got {sizes[0]}"
            checks.fail(ArgumentValueError, "OneToMany", said)
        if self.feedback and self.recurrent.bidirectional:
            said = "recurrent must have one direction with feedback; reverse begins at the end"
            checks.fail(ArgumentValueError, "OneToMany", said)

    @property
    def _engine(self) -> Whole | Stepwise:
        if self.feedback:
            return Stepwise(Whole(self.recurrent, self.output), self.steps)
        return Whole(self.recurrent, self.output, steps=self.steps)

    def forward(
        self,
        params: Mapping[str, Array],
        x: Array,
        state: Any = None,
        *,
        masks: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, Any, ModelTape]:
        """Run from a batch of inputs.

        Args:
            params: the parameters of both layers: exactly those in ``parameter_shapes``.
            x: the inputs (B, input_size).
            state, masks, rng: as in the recurrent layer's `forward`, with T = ``steps``.

        Returns:
            ``y`` (steps, B, output_size); the last state of the recurrent layer; the tape that the
            other functions need. They share no memory with each other or with the arguments.

        Raises:
            ParameterNameError: if a parameter is missing or not known.
            ShapeError, DtypeError, NonFiniteError, ArgumentTypeError, ArgumentValueError: as in the
                recurrent layer's `forward`.

        >>> import numpy as np, rnnref
        >>> model = rnnref.OneToMany(rnnref.GRU(3, 5), rnnref.Output(5, 4), steps=7)
        >>> params = model.init_params(np.random.default_rng(0))
        >>> y, state, tape = model.forward(params, np.ones((2, 3)))
        >>> y.shape
        (7, 2, 4)
        """
        where = self._where("forward")
        own = self._own(where, "params", params)
        like = Like("rnn.weight_ih_l0", own.rnn["weight_ih_l0"].dtype)
        axes = (Axis("B"), Axis("input_size", self.recurrent.input_size))
        given = checks.array(where, "x", x, axes, like)
        kept = self.recurrent._kept(where, masks, rng, self.steps, len(given))
        options = {} if kept is None else {"masks": kept}
        y, end, runs = self._engine.forward(own, self._enters(given), state, options)
        return y, end, ModelTape(self, runs)

    def _enters(self, x: Array) -> Array:
        return x[None]

    def _given(self, found: Gradients[Any]) -> Gradients[Any]:
        return found._replace(x=found.x[0])

    def _input_axes(self, T: int, B: int) -> Shape:
        return (Axis("B", B), Axis("input_size", self.recurrent.input_size))
