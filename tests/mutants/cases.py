"""The fixed inputs on which mutants are judged. Imports NumPy and the notation of definitions.

All sizes differ and are above 1, gates are not saturated, states do not start at zero, and
cotangents arrive at all outputs and at all final states at once. Units of a relu are on and off,
and positive and negative cotangents arrive at both. No array can be written to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from derivations.notation import Array, Cell

Sizes = dict[str, int]
Values = dict[str, npt.NDArray[np.float64]]

# In the one case H is the largest size; in the other it is so small that an axis of the batch is
# longer than all gates together: a slice by the wrong size or axis shows in one of them.
CASES: tuple[Sizes, ...] = (
    {"T": 3, "B": 2, "D": 5, "H": 6, "K": 7, "P": 4},
    {"T": 5, "B": 9, "D": 4, "H": 2, "K": 7, "P": 3},
)


@dataclass(frozen=True)
class Given:
    """What a function is given besides parameters: values, what arrives from later, both tangents.

    Over time, inputs are (T, B, size) and states are those before the first step; ``arriving``
    holds dL/d of the output at each step as ``y``, and of the last states.
    """

    values: Values
    tangents: Values
    arriving: Values
    arriving_dot: Values


@dataclass(frozen=True)
class Inputs:
    """Everything that the functions of a cell are called with."""

    params: Values
    params_dot: Values
    step: Given
    sequence: Given


def inputs(cell: Cell, sizes: Sizes) -> Inputs:
    """The inputs of one case, the same in every run."""
    rng = np.random.default_rng(51)

    def normal(scale: float, *shape: int) -> npt.NDArray[np.float64]:
        values = scale * rng.standard_normal(shape)
        values.flags.writeable = False
        return values

    def batch(arrays: Iterable[Array], *before: int) -> Values:
        return {a.name: normal(0.8, *before, sizes["B"], sizes[a.shape[0]]) for a in arrays}

    def params() -> Values:
        shapes = {s.name: (len(s.blocks), s.blocks[0].shape) for s in cell.stacks}
        return {
            name: normal(0.5, blocks * sizes[first], *(sizes[s] for s in rest))
            for name, (blocks, (first, *rest)) in shapes.items()
        }

    def over_time() -> Values:
        return batch(cell.inputs, sizes["T"]) | batch(s.previous for s in cell.states)

    def handed_on() -> Values:
        y = normal(0.8, sizes["T"], sizes["B"], sizes[cell.output.shape[0]])
        return {"y": y} | batch(s.next for s in cell.states)

    sources, exits = cell.sources, cell.exits
    return Inputs(
        params=params(),
        params_dot=params(),
        step=Given(batch(sources), batch(sources), batch(exits), batch(exits)),
        sequence=Given(over_time(), over_time(), handed_on(), handed_on()),
    )
