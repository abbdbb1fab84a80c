"""Cases that a wrong implementation does not get right by luck. Imports NumPy and rnnref.

The numbers are random, so that no two gates, rows or sequences are alike. Pre-activations are of
order 1: gates are neither saturated, where a wrong weight would not show, nor near 1/2 throughout,
where a wrong derivative would not. States are not zero before the first step, and gradients reach
every output and every final state at once. Where a layer clips, one case goes beyond the clips.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.errors import ArgumentTypeError, ArgumentValueError
from rnnref.testing.cases import Case, Layer, a_layer
from rnnref.testing.precision import Precision, precision

LONG = 40
"""The number of steps of the long case, where no size is the same."""

CLIPS = "clips"
"""The case of a layer that clips in which its clips matter."""

BIAS, PEEPHOLE, INITIAL = 0.5, 0.7, 0.6
"""Standard deviations: of the biases, of diagonal weights, of the hidden state to begin with."""


def draw(
    layer: Layer,
    T: int,
    B: int,
    seed: int = 0,
    dtype: npt.DTypeLike | str = np.float64,
    *,
    lengths: Array | None = None,
    name: str = "drawn",
    beyond_clips: bool = False,
) -> Case:
    """A random case of a layer, of T steps and B sequences.

    Every number is one of ``dtype``, held as float64: an implementation in that precision and the
    reference in float64 start from the same numbers.

    Args:
        layer: what is to be computed.
        T: number of steps.
        B: number of sequences.
        seed: of the random numbers; the same seed gives the same case.
        dtype: float64, float32, float16, ``"bfloat16"`` or ``"tf32"``.
        lengths: the length of each sequence (B,); all are T if left out.
        name: the ``id`` of the case.
        beyond_clips: inputs and first cell states are so large that the layer's clips hold some of
            the pre-activations and of the cell states back, but not all. A clip whose square
            ``dtype`` cannot hold stays out of reach.

    Raises:
        ArgumentTypeError: if ``layer`` is no layer.
        ArgumentTypeError, ArgumentValueError: if T or B is not an int of at least 1, or ``seed``
            not one of at least 0.
        DtypeError: if ``dtype`` is none of the above.

    >>> import numpy as np, rnnref
    >>> from rnnref.testing import draw
    >>> case = draw(rnnref.LSTM(3, 5), T=7, B=2, seed=1, dtype="bfloat16")
    >>> case.x.shape, case.state.c.shape
    ((7, 2, 3), (1, 2, 5))
    """
    a_layer("draw", layer)
    a_seed("draw", seed)
    T, B = checks.size("draw", "T", T), checks.size("draw", "B", B)
    format = precision("draw", dtype)
    nearest = format.nearest
    of_x, of_c = _reaches(layer, format) if beyond_clips else (1.0, 1.0)
    rng = np.random.default_rng(seed)

    def normal(shape: tuple[int, ...], scale: float = 1.0) -> Array:
        return nearest(scale * rng.normal(size=shape))

    def states(h: float, c: float) -> Any:
        zeros = layer.init_state(B)
        scales = {"h": h, "c": c}
        return type(zeros)(*(normal(v.shape, scales[k]) for k, v in zeros._asdict().items()))

    params = {
        key: nearest(_weights(rng, key, shape, layer.hidden_size))
        for key, shape in layer.parameter_shapes.items()
    }
    width = layer._features.size or 0
    return Case(
        id=name,
        layer=layer,
        params=params,
        x=normal((T, B, layer.input_size), of_x),
        state=states(h=INITIAL, c=of_c),
        d_y=normal((T, B, width)),
        d_state=states(h=1.0, c=1.0),
        lengths=lengths,
    )


def _reaches(layer: Layer, format: Precision) -> tuple[float, float]:
    """How large inputs and first cell states have to be for clips to matter; 1 at least.

    Half of a first cell state is forgotten at once, so that it has to be twice as large. Without a
    clip of its own it goes beyond that of the pre-activations, which some apply to it too.
    """
    limit = np.sqrt(float(np.finfo(format.carrier).max))
    clips = (getattr(layer, name, None) for name in ("gate_clip", "cell_clip"))
    gate, cell = (clip if clip and clip < limit else 0.0 for clip in clips)
    return max(1.0, 1.5 * gate), max(1.0, 2 * (cell or gate))


def a_seed(where: str, value: object) -> int:
    """What random numbers start from.

    Raises:
        ArgumentTypeError, ArgumentValueError: if it is not an int of at least 0.
    """
    said = "seed must be an int of at least 0"
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        checks.fail(ArgumentTypeError, where, f"{said}, got {hints.shown(value)}")
    if value < 0:
        checks.fail(ArgumentValueError, where, f"{said}, got {value}")
    return int(value)


def _weights(rng: np.random.Generator, name: str, shape: tuple[int, ...], H: int) -> Array:
    """A parameter whose part of a pre-activation is of order 1.

    Each gate's matrix of ``weight_hh`` is scaled to the spectral norm 1: a step neither blows an
    error up nor forgets the steps before it.
    """
    drawn = rng.normal(size=shape)
    if name.startswith("bias"):
        return BIAS * drawn
    if len(shape) == 1:
        return PEEPHOLE * drawn
    if name.startswith("weight_hh"):
        gates = np.split(drawn, max(1, shape[0] // H))
        return np.concatenate([gate / np.linalg.norm(gate, 2) for gate in gates])
    return np.asarray(drawn / np.sqrt(shape[1]))


def cases(layer: Layer, seed: int = 0, dtype: npt.DTypeLike | str = np.float64) -> list[Case]:
    """What `check` asks of an implementation, the most telling case first.

    T and B are different from each other and from the sizes of the layer, so that no transposed
    axes fit: a few steps; one step; one sequence; many steps; sequences of different lengths,
    which are not sorted. A layer that clips is also given numbers that its clips hold back.

    Args:
        layer: what is to be computed.
        seed: of the first case; each has its own numbers.
        dtype: as in `draw`.

    >>> import rnnref
    >>> from rnnref.testing.drawing import cases
    >>> [(case.id, *case.x.shape[:2]) for case in cases(rnnref.LSTM(3, 5))[:4]]
    [('few steps', 6, 2), ('one step', 1, 2), ('one sequence', 6, 1), ('long', 40, 2)]
    """
    free = _free_sizes(layer)
    B, more, T = next(free), next(free), next(n for n in free if n > 4)
    long = next(n for n in range(LONG, LONG + 9) if n not in _sizes(layer))
    lengths = np.array([[T, 1, T - 1, 3][k % 4] for k in range(more)])
    lengths = np.roll(lengths, 1)  # the longest is not the first
    shapes: dict[str, tuple[int, int, Array | None]] = {
        "few steps": (T, B, None),
        "one step": (1, B, None),
        "one sequence": (T, 1, None),
        "long": (long, B, None),
        "lengths": (T, more, lengths),
    }
    if any(getattr(layer, name, None) for name in ("gate_clip", "cell_clip")):
        shapes[CLIPS] = T, B, None
    return [
        draw(layer, T, B, seed + k, dtype, lengths=ends, name=name, beyond_clips=name == CLIPS)
        for k, (name, (T, B, ends)) in enumerate(shapes.items())
    ]


def _sizes(layer: Layer) -> set[int]:
    """The sizes of a layer, and those of its stacked axes."""
    H, ways = layer.hidden_size, 2 if layer.bidirectional else 1
    cells = len(layer._cells)
    return {1, layer.input_size, H, layer._gates * H, layer._output.size or 0, ways * H, cells}


def _free_sizes(layer: Layer) -> Iterator[int]:
    taken = _sizes(layer)
    return (n for n in range(2, 100) if n not in taken)
