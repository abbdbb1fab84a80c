"""The mask of sequences of different lengths. Imports NumPy and rnnref."""

from __future__ import annotations

import numpy as np

from rnnref import checks, network_checks
from rnnref.arrays import Array


def length_mask(lengths: Array, T: int) -> Array:
    """The mask of sequences of these lengths: True where a sequence still runs.

    The same sense as ``lengths=`` of the layers, whose outputs are zeros where this is False;
    PyTorch's padding masks are often the other way round.

    Args:
        lengths: how many steps each sequence has, integers (B,) in 1..T.
        T: the number of steps, padding included.

    Returns:
        Bools (T, B).

    Raises:
        ArgumentTypeError: if ``lengths`` is no array or list of integers, or ``T`` no int.
        ArgumentValueError: if a length is not in 1..T.
        DtypeError: if ``lengths`` is no array of integers.
        ShapeError: if it is not of one axis.

    >>> import rnnref
    >>> rnnref.length_mask([3, 1], T=3)
    array([[ True,  True],
           [ True, False],
           [ True, False]])
    """
    where = "length_mask"
    steps = checks.size(where, "T", T)
    return np.arange(steps)[:, None] < network_checks.lengths(where, lengths, steps, None)
