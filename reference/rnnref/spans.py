"""Which sequences of a batch run when: spans of time between their ends. Imports NumPy.

Nothing here knows a cell. Within a span the same sequences run, so that code for sequences of one
length can run there; from span to span the states are handed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rnnref.arrays import Array


class Span(NamedTuple):
    """The steps ``times``, in the order in which they are run, of the sequences ``rows``."""

    times: slice
    rows: slice | Array

    def of(self, array: Array) -> Array:
        """Its share of an array (T, B, size), first step run first; a view where that can be."""
        return array[self.times][:, self.rows]


def spans(T: int, lengths: Array | None = None, every: int | None = None) -> tuple[Span, ...]:
    """Cut time where a sequence ends and, if ``every`` is given, at each multiple of it.

    Args:
        T: number of steps.
        lengths: of each sequence, integers (B,) in 1..T; all are T if left out.
        every: distance between further cuts.

    Returns:
        The spans, first to last; none after the end of the longest sequence.

    >>> [span.times for span in spans(7, every=3)]
    [slice(0, 3, 1), slice(3, 6, 1), slice(6, 7, 1)]
    >>> [(span.times.stop, span.rows) for span in spans(7, np.array([4, 7]))]
    [(4, slice(None, None, None)), (7, array([1]))]
    """
    ends = np.array([T]) if lengths is None else lengths
    cuts = range(0, ends.max(), every or T)
    found = []
    for start, stop in pairwise(sorted({*ends.tolist(), *cuts})):
        running = ends >= stop
        rows = slice(None) if running.all() else np.flatnonzero(running)
        found.append(Span(slice(start, stop, 1), rows))
    return tuple(found)


def backwards(forwards: Sequence[Span]) -> tuple[Span, ...]:
    """The same spans run last step first, so that each sequence begins at its own end.

    >>> [span.times for span in backwards(spans(7, np.array([4, 7])))]
    [slice(6, 3, -1), slice(3, None, -1)]
    """
    return tuple(
        Span(slice(times.stop - 1, times.start - 1 if times.start else None, -1), rows)
        for times, rows in reversed(forwards)
    )


def joined(found: Sequence[Span], parts: Sequence[Array], T: int, B: int) -> Array:
    """The array (T, B, size) of which ``parts`` are the shares of the spans; else zeros.

    If one span is everything, this is a view of its part.
    """
    first = parts[0]
    if first.shape[:2] == (T, B):
        return first[found[0].times]
    whole = np.zeros((T, B, first.shape[2]), first.dtype)
    for (times, rows), part in zip(found, parts, strict=True):
        whole[times][:, rows] = part
    return whole
