"""How far a right implementation may be off, from a model of rounding. Imports NumPy and rnnref.

The model is in `rnnref.testing.rounding`. Its errors pass through the steps as real ones do, so
that the growth with T and with the sizes, and the conditioning of the very case, come out of the
computation and are not put in.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from rnnref.arrays import Array
from rnnref.testing.cases import Case, Layer, Results, reference
from rnnref.testing.drawing import draw
from rnnref.testing.precision import Precision, precision
from rnnref.testing.rounding import Arithmetic, inexact_results

LEVEL = 4.0
"""The standard deviation of the model's errors, in unit roundoffs.

Rounding to nearest errs by u at most, in mean square by less than u/√3. So a tolerance is where
errors of seven times the real size, or more, begin to show.
"""

SAMPLES, SAMPLES_WITH_EDGES, WITH_EDGES = 8, 32, 2.0
"""How often the model is run; the largest error counts.

Where operations have edges, as that of relu at 0, a value that rounding may put on either side has
to be seen on each, so the model runs more often. `LEVEL` makes other errors larger, and not what
comes of a change of sides; the largest error is multiplied by ``WITH_EDGES`` instead.
"""


def blocks(layer: Layer, name: str) -> list[tuple[str, slice]]:
    """The parts of a quantity that have a scale of their own: the gates of a stacked parameter.

    >>> import rnnref
    >>> from rnnref.testing.tolerance import blocks
    >>> blocks(rnnref.RNN(3, 5), "y")
    [('', slice(None, None, None))]
    >>> [gate for gate, rows in blocks(rnnref.GRU(3, 5), "d_bias_hh_l0")]
    ['r', 'z', 'n']
    """
    gates, H = layer._code.GATES, layer.hidden_size
    shape = layer.parameter_shapes.get(name.removeprefix("d_"))
    if shape is None or len(gates) == 1 or shape[0] != len(gates) * H:
        return [("", slice(None))]
    return [(gate, slice(k * H, (k + 1) * H)) for k, gate in enumerate(gates)]


def scale(array: Array) -> float:
    """What an error in an array is measured by: its largest entry; 1 if all are 0."""
    return float(np.abs(array).max()) or 1.0


def relative_errors(layer: Layer, got: Results, wanted: Results) -> Iterator[tuple[str, float]]:
    """For each block of each quantity its largest error, by the largest entry of the block."""
    for name, right in wanted.items():
        for _, rows in blocks(layer, name):
            error = np.abs(got[name][rows] - right[rows]).max()
            yield name, float(error) / scale(right[rows])


def case_tolerance(case: Case, format: Precision, right: Results | None = None) -> dict[str, float]:
    """The tolerance of each quantity of one case.

    Args:
        case: its arrays are float64.
        format: what the implementation computes in.
        right: what `reference` gives for the case, if it is known.
    """
    right = reference(case) if right is None else right
    arithmetic = Arithmetic(format, LEVEL, np.random.default_rng(0))
    found = dict.fromkeys(right, 0.0)
    for sample in range(SAMPLES_WITH_EDGES):
        if sample >= SAMPLES and not arithmetic.taken_sides:
            break
        for name, error in relative_errors(case.layer, inexact_results(case, arithmetic), right):
            found[name] = max(found[name], error)
    factor = WITH_EDGES if arithmetic.taken_sides else 1.0
    return {name: factor * error for name, error in found.items()}


def tolerance(
    layer: Layer, T: int, B: int, dtype: npt.DTypeLike | str = np.float64, seed: int = 0
) -> dict[str, float]:
    """How far each result of a right implementation may be off.

    `check` takes the tolerances of the very cases that it runs; these are those of a case like
    them, drawn for T and B.

    Args:
        layer: what is computed.
        T: number of steps.
        B: number of sequences.
        dtype: what it is computed in: float64, float32, float16, ``"bfloat16"`` or ``"tf32"``.
        seed: of the case that is drawn.

    Returns:
        For each quantity, by its name in `rnnref.testing.Results`, the largest error allowed, as a
        fraction of the largest entry: of the gate's rows for a gradient of stacked parameters, of
        the whole array otherwise.

    Raises:
        ArgumentTypeError, ArgumentValueError, DtypeError: as in `draw`.

    >>> import rnnref
    >>> from rnnref.testing import tolerance
    >>> single, double = (tolerance(rnnref.LSTM(3, 5), 7, 2, d) for d in ("float32", "float64"))
    >>> 1e-7 < single["y"] < 1e-5, 1e-16 < double["y"] < 1e-14
    (True, True)
    """
    format = precision("tolerance", dtype)
    return case_tolerance(draw(layer, T, B, seed, dtype), format)
