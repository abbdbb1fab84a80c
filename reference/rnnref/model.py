"""Models of a recurrent and an output layer, differentiated both ways. Imports NumPy and rnnref.

What a model computes is in `rnnref.whole` and `rnnref.stepwise`, out of its two layers. What it is
given is checked here; the layers check the rest, in their own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rnnref import checks
from rnnref.arrays import Array
from rnnref.assembly import Assembly
from rnnref.errors import ArgumentValueError
from rnnref.records import Gradients, ModelTape


@dataclass(frozen=True)
class Model(Assembly):
    """What the models share: gradients, tangents, and tangents of gradients."""

    def backward(
        self, tape: ModelTape, d_y: Array | None = None, d_state: Any = None
    ) -> Gradients[Any]:
        """From dL/d of what `forward` returned to all it was given.

        Args:
            tape: what `forward` returned last.
            d_y: dL/dy; zeros if left out. What it holds where ``y`` is padding has no effect.
            d_state: dL/d of the last state by what comes after; zeros if left out.

        Returns:
            New arrays in ``x``, ``state`` and ``params``, each of the shape of what was given.

        Raises:
            ArgumentTypeError: if ``tape`` is not the tape of a model, or ``d_state`` not a state of
                the recurrent layer.
            ArgumentValueError: if the tape is another model's, or no gradient is given at all.
            ShapeError, DtypeError, NonFiniteError: as in `forward`.

        >>> import numpy as np, rnnref
        >>> model = rnnref.ManyToOne(rnnref.GRU(3, 5), rnnref.Output(5, 4))
        >>> params = model.init_params(np.random.default_rng(0))
        >>> y, state, tape = model.forward(params, np.ones((7, 2, 3)))
        >>> grads = model.backward(tape, d_y=y)  # of L = (y**2).sum() / 2
        >>> grads.x.shape, grads.params["rnn.weight_hh_l0"].shape
        ((7, 2, 3), (15, 5))
        """
        where = self._where("backward")
        own = self._own_tape(where, tape)
        if d_y is None and d_state is None:
            checks.fail(ArgumentValueError, where, "d_y and d_state are both None, nothing to do")
        return self._given(
            self._engine.backward(own.runs, *self._arriving(where, own, d_y, d_state))
        )

    def jvp(
        self,
        tape: ModelTape,
        x_dot: Array | None = None,
        state_dot: Any = None,
        params_dot: Mapping[str, Array] | None = None,
    ) -> tuple[Array, Any]:
        """The Jacobian-vector product: how `forward`'s results move as its arguments do.

        Args:
            tape: what `forward` returned last.
            x_dot: tangent of ``x``; zeros if left out.
            state_dot: tangent of the state before the first step; zeros if left out.
            params_dot: tangents of all parameters by name; zeros if left out.

        Returns:
            The tangents of ``y`` and of the last state.

        Raises:
            ArgumentTypeError, ArgumentValueError: as in `backward`.
            ParameterNameError, ShapeError, DtypeError, NonFiniteError: as in `forward`.

        >>> import numpy as np, rnnref
        >>> model = rnnref.ManyToMany(rnnref.GRU(3, 5), rnnref.Output(5, 4))
        >>> params = model.init_params(np.random.default_rng(0))
        >>> y, state, tape = model.forward(params, np.ones((7, 2, 3)))
        >>> y_dot, state_dot = model.jvp(tape, params_dot=params)
        >>> y_dot.shape
        (7, 2, 4)
        """
        where = self._where("jvp")
        own = self._own_tape(where, tape)
        if x_dot is None and state_dot is None and params_dot is None:
            checks.fail(ArgumentValueError, where, "all tangents are None, nothing to do")
        return self._engine.jvp(own.runs, *self._moved(where, own, x_dot, state_dot, params_dot))

    def backward_jvp(
        self,
        tape: ModelTape,
        d_y: Array | None = None,
        d_state: Any = None,
        *,
        x_dot: Array | None = None,
        state_dot: Any = None,
        params_dot: Mapping[str, Array] | None = None,
        d_y_dot: Array | None = None,
        d_state_dot: Any = None,
    ) -> Gradients[Any]:
        """Forward over reverse: how the gradients of `backward` move as all that it reads does.

        Args:
            tape: what `forward` returned last.
            d_y, d_state: as in `backward`.
            x_dot, state_dot, params_dot: as in `jvp`.
            d_y_dot, d_state_dot: tangents of ``d_y`` and ``d_state``; zeros if left out.

        Returns:
            The tangents of what `backward` returns, as new arrays.

        Raises:
            ArgumentTypeError: as in `backward`.
            ArgumentValueError: if the tape is another model's, if all gradients and their tangents
                are left out, or all tangents.
            ParameterNameError, ShapeError, DtypeError, NonFiniteError: as in `forward`.

        >>> import numpy as np, rnnref
        >>> model = rnnref.ManyToMany(rnnref.GRU(3, 5), rnnref.Output(5, 4))
        >>> params = model.init_params(np.random.default_rng(0))
        >>> y, state, tape = model.forward(params, np.ones((7, 2, 3)))
        >>> y_dot, _ = model.jvp(tape, params_dot=params)
        >>> product = model.backward_jvp(tape, d_y=y, params_dot=params, d_y_dot=y_dot)
        >>> product.params["output.weight"].shape  # of L = (y**2).sum() / 2, along params
        (4, 5)
        """
        where = self._where("backward_jvp")
        own = self._own_tape(where, tape)
        if all(dot is None for dot in (x_dot, state_dot, params_dot, d_y_dot, d_state_dot)):
            checks.fail(ArgumentValueError, where, "all tangents are None, nothing to do")
        if all(d is None for d in (d_y, d_state, d_y_dot, d_state_dot)):
            said = "d_y, d_state and their tangents are all None, nothing to do"
            checks.fail(ArgumentValueError, where, said)
        moved = self._moved(where, own, x_dot, state_dot, params_dot)
        arriving = self._arriving(where, own, d_y, d_state)
        arriving_dot = self._arriving(where, own, d_y_dot, d_state_dot, "_dot")
        return self._given(self._engine.backward_jvp(own.runs, *moved, arriving, arriving_dot))
