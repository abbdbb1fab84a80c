"""Sequences through a network, forward and backward. Imports NumPy and rnnref.

What is checked here is computed in `rnnref.stack`, layer by layer, and there in
`rnnref.direction`, span by span.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnnref import checks
from rnnref.architecture import Architecture
from rnnref.arrays import Array
from rnnref.checks import Axis, Like
from rnnref.errors import ArgumentValueError
from rnnref.network_checks import lengths as checked_lengths
from rnnref.records import Gradients, S, Tape, Truncated
from rnnref.stack import Stack, StackGradients


class Run(NamedTuple):
    """A tape of the network's own, how its cells are run, x and its dtype."""

    tape: Tape
    stack: Stack
    x: Array
    like: Like


@dataclass(frozen=True, repr=False)
class Sequences(Architecture[S]):
    """A network that runs over sequences and sends gradients back."""

    def forward(
        self,
        params: Mapping[str, Array],
        x: Array,
        state: S | None = None,
        *,
        lengths: Array | None = None,
        masks: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, S, Tape]:
        """Run over a batch of sequences.

        Args:
            params: the parameters by PyTorch's names: exactly those in ``parameter_shapes``.
            x: the input (T, B, input_size), time first.
            state: the state before the first step, as `init_state` makes it; zeros if left out.
                All arrays have one dtype: float32, float64, longdouble or their complex kin.
            lengths: how many steps each sequence has, integers (B,) in 1..T; all have T if left
                out. What ``x`` holds after the end of a sequence must be finite and has no effect.
            masks: what dropout keeps of the outputs of each layer but the last: bools
                (num_layers - 1, T, B, size of an output), True where kept.
            rng: draws these masks, the same ones for the same seed. Without masks and rng nothing
                is dropped, as in PyTorch's evaluation mode.

        Returns:
            ``y`` (T, B, size of an output), which is the hidden state of the last layer after each
            step, forward direction first, and zeros after the end of a sequence; the state after
            the last step of each sequence; the tape that the other functions need. All are of the
            dtype of the arguments and share no memory with them, nor ``y`` and the state with the
            tape: writing to any of these arrays changes none of the others.

        Raises:
            ShapeError: if an array has another shape; T and B are at least 1.
            DtypeError: if an array has another dtype, or not that of the parameters.
            NonFiniteError: if an array holds NaN or infinity.
            ParameterNameError: if a parameter is missing or not known.
            ArgumentTypeError: if an argument is no array, dict or state of this layer.
            ArgumentValueError: if a length is not in 1..T; if masks and rng are both given, or one
                of them where dropout is 0; if a mask keeps anything where dropout is 1.

        >>> import numpy as np, rnnref
        >>> ref = rnnref.LSTM(input_size=3, hidden_size=5, num_layers=2, bidirectional=True)
        >>> params = ref.init_params(np.random.default_rng(0))
        >>> y, state, tape = ref.forward(params, np.ones((7, 2, 3)), lengths=np.array([7, 4]))
        >>> y.shape, state.h.shape, state.c.shape
        ((7, 2, 10), (4, 2, 5), (4, 2, 5))
        """
        where = self._where("forward")
        own = self._own(where, params)
        like = Like("weight_ih_l0", own["weight_ih_l0"].dtype)
        axes = (Axis("T"), Axis("B"), Axis("input_size", self.input_size))
        x = checks.array(where, "x", x, axes, like)
        T, B = x.shape[:2]
        start = self._each(where, "state", state, T, B, like)
        ends = None if lengths is None else checked_lengths(where, lengths, T, B)
        kept = self._kept(where, masks, rng, T, B)
        y, end, tapes = self._stack(own, T, ends, kept).forward(x.copy(), start)
        return y, self._states(end), self._record(own, tapes, ends, kept)

    def backward(
        self, tape: Tape, d_y: Array | None = None, d_state: S | None = None
    ) -> Gradients[S]:
        """Backpropagation through time: from dL/d of what `forward` returned to all it was given.

        Args:
            tape: what `forward` returned last.
            d_y: dL/dy, the gradient that reaches each output directly; None if the loss does not
                see ``y``. What it holds after the end of a sequence has no effect: ``y`` is the
                constant 0 there.
            d_state: dL/d of the last state by what comes after the sequence; zeros if left out.
                Where the last output and ``state.h`` are both used, both gradients count.

        Returns:
            New arrays in ``x`` (T, B, input_size), zeros after the end of a sequence, ``state``
            (the state that `forward` began with) and ``params``, a dict by PyTorch's names;
            parameter gradients are sums over time and batch.

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
        run = self._run(where, tape)
        if d_y is None and d_state is None:
            checks.fail(ArgumentValueError, where, "d_y and d_state are both None, nothing to do")
        arriving = self._results(where, run, ("d_y", d_y), ("d_state", d_state))
        return self._gradients(run.stack.backward(run.tape.layers, *arriving))

    def truncated_backward(
        self, tape: Tape, steps: int, d_y: Array | None = None, d_state: S | None = None
    ) -> Truncated[S]:
        """Backpropagation that ends every ``steps`` steps, and what it drops by that.

        The sequences are cut after each multiple of ``steps``, in all layers. In ``gradients`` no
        gradient crosses a cut, as if each piece began with a state that is given; PyTorch programs
        detach the state there. ``dropped`` is what crosses a cut at least once, computed for
        itself: the sum of both is what `backward` gives.

        Args:
            tape: what `forward` returned last.
            steps: how many steps a piece has; the last may have fewer.
            d_y, d_state: as in `backward`.

        Returns:
            ``gradients`` and ``dropped``, each as `backward` gives them.

        Raises:
            ArgumentTypeError: as in `backward`, or if ``steps`` is not an int.
            ArgumentValueError: as in `backward`; if ``steps`` is less than 1; if the network is
                bidirectional: the reverse direction begins each piece with a state that the later
                ones leave, so it cannot be run piece by piece.
            ShapeError, DtypeError, NonFiniteError: as in `forward`.

        Source: R. J. Williams and J. Peng, An efficient gradient-based algorithm for on-line
        training of recurrent network trajectories, Neural Computation 2 (1990): BPTT(h; h') with
        h = h' = ``steps``.

        >>> import numpy as np, rnnref
        >>> ref = rnnref.GRU(input_size=3, hidden_size=5)
        >>> params = ref.init_params(np.random.default_rng(0))
        >>> y, state, tape = ref.forward(params, np.ones((7, 2, 3)))
        >>> truncated = ref.truncated_backward(tape, 3, d_y=y)
        >>> sums = truncated.gradients.x + truncated.dropped.x
        >>> bool(np.allclose(sums, ref.backward(tape, d_y=y).x, rtol=0, atol=1e-15))
        True
        """
        where = self._where("truncated_backward")
        every = checks.size(where, "steps", steps)
        if self.bidirectional:
            said = "bidirectional must be False: pieces would need the reverse state of later ones"
            checks.fail(ArgumentValueError, where, said, "backward gives the full gradient")
        run = self._run(where, tape, every)
        if d_y is None and d_state is None:
            checks.fail(ArgumentValueError, where, "d_y and d_state are both None, nothing to do")
        arriving = self._results(where, run, ("d_y", d_y), ("d_state", d_state))
        found = run.stack.truncated_backward(every, run.tape.layers, *arriving)
        return Truncated(*map(self._gradients, found))

    def _run(self, where: str, tape: object, every: int | None = None) -> Run:
        """What the tape says, to be run in pieces of ``every`` steps."""
        own, like = self._own_tape(where, tape)
        x = own.layers[0].x
        stack = self._stack(own.params, len(x), own.lengths, own.masks, every)
        return Run(own, stack, x, like)

    def _results(
        self, where: str, run: Run, y: tuple[str, Array | None], state: tuple[str, S | None]
    ) -> tuple[Array, list[Array]]:
        """Arrays, with their names, of the shapes of what `forward` returned; zeros for None."""
        T, B = run.x.shape[:2]
        axes = (Axis("T", T), Axis("B", B), self._features)
        given = np.zeros(checks.sizes(axes), run.like.dtype) if y[1] is None else y[1]
        checked = checks.array(where, y[0], given, axes, run.like)
        return checked, self._each(where, *state, T, B, run.like)

    def _gradients(self, found: StackGradients) -> Gradients[S]:
        return Gradients(found.x, self._states(found.start), self._named(found.params))
