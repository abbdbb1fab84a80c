"""The output layer, which has no state. Imports NumPy and rnnref."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from rnnref import checks
from rnnref.arrays import Array
from rnnref.checks import Axis, Like, Shape
from rnnref.errors import ArgumentValueError
from rnnref.generated import output
from rnnref.parametrized import Parametrized
from rnnref.records import OutputGradients, Tape


@dataclass(frozen=True)
class Output(Parametrized):
    """The output layer ``y = W h + b`` at each time step; same as ``torch.nn.Linear``.

    Args:
        hidden_size: number of features H of what it reads.
        output_size: number of features K of what it gives.

    Raises:
        ArgumentTypeError: if a size is not an int.
        ArgumentValueError: if a size is less than 1.

    Source: I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), eq. 10.10.

    >>> import numpy as np, rnnref
    >>> head = rnnref.Output(hidden_size=5, output_size=4)
    >>> head.parameter_shapes
    {'weight': (4, 5), 'bias': (4,)}
    """

    hidden_size: int
    output_size: int

    def __post_init__(self) -> None:
        for name in ("hidden_size", "output_size"):
            object.__setattr__(self, name, checks.size("Output", name, getattr(self, name)))

    @property
    def _code(self) -> ModuleType:
        return output

    @property
    def _wanted(self) -> dict[str, Shape]:
        rows, columns = Axis("output_size", self.output_size), Axis("hidden_size", self.hidden_size)
        return {"weight": (rows, columns), "bias": (rows,)}

    def forward(self, params: Mapping[str, Array], h: Array) -> tuple[Array, Tape]:
        """Apply the layer to every step of every sequence.

        Args:
            params: ``weight`` (K, H) and ``bias`` (K,).
            h: what it reads (T, B, H), the output of a recurrent layer or its ``state.h``; of the
                dtype of the parameters: float32, float64, longdouble or their complex kin.

        Returns:
            ``y`` (T, B, K) and the tape that `backward` and `jvp` need; they share no memory with
            each other or with the arguments.

        Raises:
            ShapeError: if an array has another shape; T and B are at least 1.
            DtypeError: if an array has another dtype, or not that of the parameters.
            NonFiniteError: if an array holds NaN or infinity.
            ParameterNameError: if a parameter is missing or not known.
            ArgumentTypeError: if an argument is no array or dict.

        >>> import numpy as np, rnnref
        >>> head = rnnref.Output(hidden_size=5, output_size=4)
        >>> params = head.init_params(np.random.default_rng(0))
        >>> y, tape = head.forward(params, np.ones((7, 2, 5)))
        >>> y.shape
        (7, 2, 4)
        """
        where = self._where("forward")
        own = self._own(where, params)
        axes = (Axis("T"), Axis("B"), Axis("hidden_size", self.hidden_size))
        h = checks.array(where, "h", h, axes, Like("weight", own["weight"].dtype))
        run = self._code.forward(self._stacked(own), h.copy())
        return run.y.copy(), self._record(own, (run,))

    def backward(self, tape: Tape, d_y: Array) -> OutputGradients:
        """From dL/dy to the gradients of all that `forward` was given.

        Args:
            tape: what `forward` returned last.
            d_y: dL/dy (T, B, K).

        Returns:
            New arrays in ``h`` (T, B, H) and ``params``, a dict by name; parameter gradients are
            sums over time and batch.

        Raises:
            ArgumentTypeError: if ``tape`` is not a tape.
            ArgumentValueError: if the tape is another layer's.
            ShapeError, DtypeError, NonFiniteError: as in `forward`.

        >>> import numpy as np, rnnref
        >>> head = rnnref.Output(hidden_size=5, output_size=4)
        >>> params = head.init_params(np.random.default_rng(0))
        >>> y, tape = head.forward(params, np.ones((7, 2, 5)))
        >>> grads = head.backward(tape, d_y=y)  # of L = (y**2).sum() / 2
        >>> grads.h.shape, grads.params["bias"].shape
        ((7, 2, 5), (4,))
        """
        where = self._where("backward")
        params, run, like = self._read(where, tape)
        d_y = checks.array(where, "d_y", d_y, checks.time_axes(run.y.shape, "output_size"), like)
        d = self._code.backward(params, run, d_y)
        return OutputGradients(d.h, self._named(d.params))

    def jvp(
        self, tape: Tape, h_dot: Array | None, params_dot: Mapping[str, Array] | None = None
    ) -> Array:
        """The Jacobian-vector product: how `forward`'s result moves as its arguments do.

        Args:
            tape: what `forward` returned last.
            h_dot: tangent of ``h`` (T, B, H); None for zeros.
            params_dot: tangents of both parameters by name; zeros if left out.

        Returns:
            The tangent of ``y`` (T, B, K).

        Raises:
            ArgumentTypeError, ArgumentValueError: as in `backward`.
            ParameterNameError, ShapeError, DtypeError, NonFiniteError: as in `forward`.

        >>> import numpy as np, rnnref
        >>> head = rnnref.Output(hidden_size=5, output_size=4)
        >>> params = head.init_params(np.random.default_rng(0))
        >>> y, tape = head.forward(params, np.ones((7, 2, 5)))
        >>> head.jvp(tape, h_dot=np.ones((7, 2, 5))).shape
        (7, 2, 4)
        """
        where = self._where("jvp")
        params, run, like = self._read(where, tape)
        if h_dot is None and params_dot is None:
            checks.fail(ArgumentValueError, where, "all tangents are None, nothing to do")
        if h_dot is None:
            h_dot = np.zeros_like(run.h)
        h_dot = checks.array(
            where, "h_dot", h_dot, checks.time_axes(run.h.shape, "hidden_size"), like
        )
        dots = self._dots(where, params_dot, tape, like)
        return np.asarray(self._code.jvp(params, run, dots, h_dot).y)

    def backward_jvp(
        self,
        tape: Tape,
        d_y: Array | None = None,
        *,
        h_dot: Array | None = None,
        params_dot: Mapping[str, Array] | None = None,
        d_y_dot: Array | None = None,
    ) -> OutputGradients:
        """Forward over reverse: how the gradients of `backward` move as all that it reads does.

        Args:
            tape: what `forward` returned last.
            d_y: as in `backward`; zeros if left out.
            h_dot, params_dot: as in `jvp`.
            d_y_dot: the tangent of ``d_y``; zeros if left out.

        Returns:
            The tangents of what `backward` returns, as new arrays.

        Raises:
            ArgumentTypeError: as in `backward`.
            ArgumentValueError: if the tape is another layer's, if ``d_y`` and its tangent are left
                out, or all tangents.
            ParameterNameError, ShapeError, DtypeError, NonFiniteError: as in `forward`.

        >>> import numpy as np, rnnref
        >>> head = rnnref.Output(hidden_size=5, output_size=4)
        >>> params = head.init_params(np.random.default_rng(0))
        >>> y, tape = head.forward(params, np.ones((7, 2, 5)))
        >>> y_dot = head.jvp(tape, None, params_dot=params)
        >>> product = head.backward_jvp(tape, y, params_dot=params, d_y_dot=y_dot)
        >>> product.params["weight"].shape  # of L = (y**2).sum() / 2, along params
        (4, 5)
        """
        where = self._where("backward_jvp")
        params, run, like = self._read(where, tape)
        if h_dot is None and params_dot is None and d_y_dot is None:
            checks.fail(ArgumentValueError, where, "all tangents are None, nothing to do")
        if d_y is None and d_y_dot is None:
            checks.fail(ArgumentValueError, where, "d_y and d_y_dot are both None, nothing to do")
        given = {"h_dot": h_dot, "d_y": d_y, "d_y_dot": d_y_dot}
        sizes = {"h_dot": (run.h.shape, "hidden_size")}
        arrays = []
        for name, value in given.items():
            shape, last = sizes.get(name, (run.y.shape, "output_size"))
            array = np.zeros(shape, like.dtype) if value is None else value
            arrays.append(checks.array(where, name, array, checks.time_axes(shape, last), like))
        dots = self._dots(where, params_dot, tape, like)
        run_dot = self._code.jvp(params, run, dots, arrays[0])
        d = self._code.backward_jvp(params, run, dots, run_dot, *arrays[1:])
        return OutputGradients(d.h, self._named(d.params))

    def _read(self, where: str, tape: object) -> tuple[Any, Any, Like]:
        """The parameters, the arrays over time, and the dtype of this layer's tape."""
        own, like = self._own_tape(where, tape)
        return self._stacked(own.params), own.layers[0], like
