"""Forward mode through a network, of its values and of its gradients. Imports NumPy and rnnref."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnref import checks
from rnnref.arrays import Array
from rnnref.conventions.reading import Readable
from rnnref.errors import ArgumentValueError
from rnnref.records import Gradients, S, Tape
from rnnref.sequences import Run, Sequences


@dataclass(frozen=True, repr=False)
class Recurrent(Sequences[S], Readable):
    """A network that can be differentiated both ways."""

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
            x_dot: tangent of ``x`` (T, B, input_size); None for zeros. What it holds after the end
                of a sequence has no effect.
            state_dot: tangent of the state before the first step; zeros if left out.
            params_dot: tangents of all parameters by name; zeros if left out.

        Returns:
            The tangents of ``y`` and of the last state.

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
        run = self._run(where, tape)
        if x_dot is None and state_dot is None and params_dot is None:
            checks.fail(ArgumentValueError, where, "all tangents are None, nothing to do")
        dots, x_dot, start = self._tangents(where, run, x_dot, state_dot, params_dot)
        y_dot, end, _ = run.stack.jvp(run.tape.layers, dots, x_dot, start)
        return y_dot, self._states(end)

    def backward_jvp(
        self,
        tape: Tape,
        d_y: Array | None = None,
        d_state: S | None = None,
        *,
        x_dot: Array | None = None,
        state_dot: S | None = None,
        params_dot: Mapping[str, Array] | None = None,
        d_y_dot: Array | None = None,
        d_state_dot: S | None = None,
    ) -> Gradients[S]:
        """Forward over reverse: how the gradients of `backward` move as all that it reads does.

        For a loss L(y, state) the Hessian-vector product is this with dL/dy and dL/dstate as
        ``d_y`` and ``d_state``, and with their tangents along what `jvp` returns as ``d_y_dot``
        and ``d_state_dot``.

        Args:
            tape: what `forward` returned last.
            d_y, d_state: as in `backward`.
            x_dot, state_dot, params_dot: as in `jvp`; the masks of dropout do not move.
            d_y_dot, d_state_dot: tangents of ``d_y`` and ``d_state``; zeros if left out.

        Returns:
            The tangents of what `backward` returns, as new arrays.

        Raises:
            ArgumentTypeError: as in `backward`.
            ArgumentValueError: if the tape is another layer's, if all gradients and their tangents
                are left out, or all tangents.
            ParameterNameError, ShapeError, DtypeError, NonFiniteError: as in `forward`.

        Source: B. A. Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6
        (1994).

        >>> import numpy as np, rnnref
        >>> ref = rnnref.GRU(input_size=3, hidden_size=5)
        >>> params = ref.init_params(np.random.default_rng(0))
        >>> y, state, tape = ref.forward(params, np.ones((7, 2, 3)))
        >>> y_dot, _ = ref.jvp(tape, None, params_dot=params)
        >>> product = ref.backward_jvp(tape, d_y=y, params_dot=params, d_y_dot=y_dot)
        >>> product.params["weight_hh_l0"].shape  # of L = (y**2).sum() / 2, along params
        (15, 5)
        """
        where = self._where("backward_jvp")
        run = self._run(where, tape)
        moved = x_dot, state_dot, params_dot, d_y_dot, d_state_dot
        if all(dot is None for dot in moved):
            checks.fail(ArgumentValueError, where, "all tangents are None, nothing to do")
        if all(d is None for d in (d_y, d_state, d_y_dot, d_state_dot)):
            said = "d_y, d_state and their tangents are all None, nothing to do"
            checks.fail(ArgumentValueError, where, said)
        dots, x_dot, start = self._tangents(where, run, x_dot, state_dot, params_dot)
        arriving = self._results(where, run, ("d_y", d_y), ("d_state", d_state))
        arriving_dot = self._results(where, run, ("d_y_dot", d_y_dot), ("d_state_dot", d_state_dot))
        _, _, tapes_dot = run.stack.jvp(run.tape.layers, dots, x_dot, start)
        found = run.stack.backward_jvp(run.tape.layers, dots, tapes_dot, *arriving, *arriving_dot)
        return self._gradients(found)

    def _tangents(
        self,
        where: str,
        run: Run,
        x_dot: Array | None,
        state_dot: S | None,
        params_dot: Mapping[str, Array] | None,
    ) -> tuple[list[Any], Array, list[Array]]:
        """The tangents of all that `forward` was given; zeros for None."""
        T, B = run.x.shape[:2]
        given = np.zeros_like(run.x) if x_dot is None else x_dot
        axes = checks.time_axes(run.x.shape, "input_size")
        checked = checks.array(where, "x_dot", given, axes, run.like)
        start = self._each(where, "state_dot", state_dot, T, B, run.like)
        return self._dots(where, params_dot, run.tape, run.like), checked, start
