"""Sequences through any cell with states: forward, backward, JVP. Imports NumPy and rnnref.

Nothing here knows an equation; those are in the generated module that ``_code`` names.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic

import numpy as np
import numpy.typing as npt

from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.checks import Axis, Like, Shape
from rnnref.errors import ArgumentValueError
from rnnref.parametrized import Parametrized
from rnnref.records import Gradients, S, Tape

# How many gates are stacked in the parameters of a layer, and whose that number is.
OWNERS = {1: "an RNN's", 3: "a GRU's", 4: "an LSTM's"}


@dataclass(frozen=True)
class Recurrent(Parametrized, Generic[S]):
    """One layer in one direction, of the cell that a subclass names."""

    input_size: int
    hidden_size: int

    def __post_init__(self) -> None:
        for name in ("input_size", "hidden_size"):
            value = checks.size(type(self).__name__, name, getattr(self, name))
            object.__setattr__(self, name, value)

    @property
    def _gates(self) -> int:
        """How many blocks of ``hidden_size`` rows each parameter has."""
        return len(self._code.GATES)

    @property
    @abstractmethod
    def _state(self) -> type[S]:
        """The NamedTuple of its states, in the order of the generated functions' arguments."""

    @property
    def _wanted(self) -> dict[str, Shape]:
        gates = "" if self._gates == 1 else f"{self._gates}·"
        rows = Axis(f"{gates}hidden_size", self._gates * self.hidden_size)
        return {
            "weight_ih_l0": (rows, Axis("input_size", self.input_size)),
            "weight_hh_l0": (rows, Axis("hidden_size", self.hidden_size)),
            "bias_ih_l0": (rows,),
            "bias_hh_l0": (rows,),
        }

    def init_state(self, batch_size: int, dtype: npt.DTypeLike = np.float64) -> S:
        """The state of zeros that ``forward`` starts from if it is given none.

        Args:
            batch_size: number of sequences B.
            dtype: float32, float64, longdouble or their complex kin.

        Returns:
            A state of new arrays, each (1, B, H).

        Raises:
            ArgumentTypeError: if ``batch_size`` is not an int.
            ArgumentValueError: if ``batch_size`` is less than 1.
            DtypeError: if ``dtype`` is none of the above.

        >>> import rnnref
        >>> rnnref.GRU(input_size=3, hidden_size=2).init_state(batch_size=1)
        State(h=array([[[0., 0.]]]))
        """
        where = self._where("init_state")
        batch = checks.size(where, "batch_size", batch_size)
        as_dtype = checks.dtype(where, dtype)
        return self._states(
            np.zeros((1, batch, self.hidden_size), as_dtype) for _ in self._state._fields
        )

    def forward(
        self, params: Mapping[str, Array], x: Array, state: S | None = None
    ) -> tuple[Array, S, Tape]:
        """Run over a batch of sequences.

        Args:
            params: the parameters by PyTorch's names: exactly those in ``parameter_shapes``.
            x: the input (T, B, input_size), time first.
            state: the state before the first step, each array (1, B, H); zeros if left out.
                All arrays have one dtype: float32, float64, longdouble or their complex kin.

        Returns:
            ``y`` (T, B, H), which is the hidden state after each step; the state after the last
            step; the tape that `backward` and `jvp` need. All are of the dtype of the arguments
            and share no memory with them, nor ``y`` and the state with the tape: writing to any
            of these arrays changes none of the others.

        Raises:
            ShapeError: if an array has another shape; T and B are at least 1.
            DtypeError: if an array has another dtype, or not that of the parameters.
            NonFiniteError: if an array holds NaN or infinity.
            ParameterNameError: if a parameter is missing or not known.
            ArgumentTypeError: if an argument is no array, dict or state of this layer.

        >>> import numpy as np, rnnref
        >>> ref = rnnref.LSTM(input_size=3, hidden_size=5)
        >>> params = ref.init_params(np.random.default_rng(0))
        >>> y, state, tape = ref.forward(params, np.ones((7, 2, 3)))
        >>> y.shape, state.h.shape, state.c.shape
        ((7, 2, 5), (1, 2, 5), (1, 2, 5))
        """
        where = self._where("forward")
        own = self._own(where, params)
        like = Like("weight_ih_l0", own["weight_ih_l0"].dtype)
        axes = (Axis("T"), Axis("B"), Axis("input_size", self.input_size))
        x = checks.array(where, "x", x, axes, like)
        start = self._each(where, "state", state, x, like)
        run = self._code.forward(self._stacked(own), x.copy(), *start)
        end = self._states(getattr(run, name)[-1:].copy() for name in self._state._fields)
        return run.h.copy(), end, self._record(own, run)

    def backward(
        self, tape: Tape, d_y: Array | None = None, d_state: S | None = None
    ) -> Gradients[S]:
        """Backpropagation through time: from dL/d of what `forward` returned to all it was given.

        Args:
            tape: what `forward` returned last.
            d_y: dL/dy (T, B, H), the gradient that reaches each output directly; None if the loss
                does not see ``y``.
            d_state: dL/d of the last state by what comes after the sequence; zeros if left out.
                Where the last output and ``state.h`` are both used, both gradients count.

        Returns:
            New arrays in ``x`` (T, B, input_size), ``state`` (the state that `forward` began
            with) and ``params``, a dict by PyTorch's names; parameter gradients are sums over
            time and batch.

        Raises:
            ArgumentTypeError: if ``tape`` is not a tape, or ``d_state`` not a state of this layer.
            ArgumentValueError: if the tape is another layer's, or no gradient is given at all.
            ShapeError, DtypeError, NonFiniteError: as in `forward`.

        >>> import numpy as np, rnnref
        >>> ref = rnnref.GRU(input_size=3, hidden_size=5)
        >>> params = ref.init_params(np.random.default_rng(0))
        >>> y, state, tape = ref.forward(params, np.ones((7, 2, 3)))
        >>> grads = ref.backward(tape, d_y=y)  # of L = (y**2).sum() / 2
        >>> grads.x.shape, grads.state.h.shape, grads.params["weight_hh_l0"].shape
        ((7, 2, 3), (1, 2, 5), (15, 5))
        """
        where = self._where("backward")
        params, run, like = self._read(where, tape)
        if d_y is None and d_state is None:
            checks.fail(ArgumentValueError, where, "d_y and d_state are both None, nothing to do")
        if d_y is None:
            d_y = np.zeros_like(run.h)
        d_y = checks.array(where, "d_y", d_y, checks.over_time(run.h.shape, "hidden_size"), like)
        end = self._each(where, "d_state", d_state, run.h, like)
        d = self._code.backward(params, run, d_y, *end)
        start = self._states(getattr(d, name)[None] for name in self._state._fields)
        return Gradients(d.x, start, self._named(d.params))

    def jvp(
        self,
        tape: Tape,
        x_dot: Array | None,
        state_dot: S | None = None,
        params_dot: Mapping[str, Array] | None = None,
    ) -> tuple[Array, S]:
        """The Jacobian-vector product: how `forward`'s results move as its arguments do.

        Args:
            tape: what `forward` returned last.
            x_dot: tangent of ``x`` (T, B, input_size); None for zeros.
            state_dot: tangent of the state before the first step; zeros if left out.
            params_dot: tangents of all parameters by name; zeros if left out.

        Returns:
            The tangents of ``y`` (T, B, H) and of the last state.

        Raises:
            ArgumentTypeError, ArgumentValueError: as in `backward`.
            ParameterNameError, ShapeError, DtypeError, NonFiniteError: as in `forward`.

        >>> import numpy as np, rnnref
        >>> ref = rnnref.RNN(input_size=3, hidden_size=5)
        >>> params = ref.init_params(np.random.default_rng(0))
        >>> y, state, tape = ref.forward(params, np.ones((7, 2, 3)))
        >>> y_dot, state_dot = ref.jvp(tape, x_dot=np.ones((7, 2, 3)))
        >>> y_dot.shape, state_dot.h.shape
        ((7, 2, 5), (1, 2, 5))
        """
        where = self._where("jvp")
        params, run, like = self._read(where, tape)
        if x_dot is None and state_dot is None and params_dot is None:
            checks.fail(ArgumentValueError, where, "all tangents are None, nothing to do")
        if x_dot is None:
            x_dot = np.zeros_like(run.x)
        x_dot = checks.array(
            where, "x_dot", x_dot, checks.over_time(run.x.shape, "input_size"), like
        )
        start = self._each(where, "state_dot", state_dot, run.h, like)
        dots = self._dots(where, params_dot, tape, like)
        dot = self._code.jvp(params, run, dots, x_dot, *start)
        end = self._states(getattr(dot, name)[-1:].copy() for name in self._state._fields)
        return dot.h, end

    def _each(self, where: str, name: str, state: object, beside: Array, like: Like) -> list[Array]:
        """The arrays (B, H) of a state, its gradient or tangent; zeros for None.

        ``beside`` is an array (T, B, ...) of the same call.
        """
        T, B = beside.shape[:2]
        if state is None:
            state = self.init_state(B, like.dtype)
        axes = (Axis("1", 1), Axis("B", B), Axis("hidden_size", self.hidden_size))

        def hint(got: tuple[int, ...], wanted: Shape) -> str:
            return hints.state(got, T, B)

        arrays = checks.state(where, name, state, self._state, axes, like, hint)
        return [array[0] for array in arrays]

    def _whose(self, got: tuple[int, ...], wanted: Shape) -> str:
        """Whose parameter it may be that has this shape."""
        gates, rest = divmod(got[0] if got else 0, self.hidden_size)
        columns = tuple(axis.size for axis in wanted[1:])
        if rest == 0 and gates in OWNERS and gates != self._gates and got[1:] == columns:
            return f"{gates}·hidden_size: is it {OWNERS[gates]}?"
        return super()._whose(got, wanted)

    def _states(self, arrays: Iterable[Array]) -> S:
        return self._state(*arrays)
