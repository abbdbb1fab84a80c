"""Arrays rearranged as a pattern says, and back. Imports NumPy and rnnref."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod

import numpy as np

from rnnref.arrays import Array


def groups(axes: str) -> list[str]:
    """The letters of each axis of a pattern; none for an axis of length 1.

    >>> groups("1 v (g h) d")
    ['', 'v', 'gh', 'd']
    """
    return ["".join(filter(str.isalpha, axis)) for axis in re.findall(r"\(.*?\)|\S", axes)]


def arrange(array: Array, letters: str, axes: str) -> Array:
    """A new array with the axes of a pattern, of one whose axes are called ``letters``.

    Axes of length 1 that the pattern leaves out are dropped.

    >>> arrange(np.arange(6).reshape(1, 2, 3), "vgh", "1 (h g)")
    array([[0, 3, 1, 4, 2, 5]])
    """
    wanted = groups(axes)
    sizes = dict(zip(letters, array.shape, strict=True))
    order = [letters.index(letter) for letter in "".join(wanted)]
    order += [n for n in range(len(letters)) if n not in order]
    shape = [prod(sizes[letter] for letter in group) for group in wanted]
    return np.array(array.transpose(order).reshape(shape), order="C")


def restore(array: Array, letters: str, axes: str, sizes: Mapping[str, int]) -> Array:
    """The array of which `arrange` made this one.

    ``sizes`` are those of the axes that cannot be read off the array, being joined or left out.

    >>> restore(np.array([[0, 3, 1, 4, 2, 5]]), "vgh", "1 (h g)", {"v": 1, "g": 2, "h": 3})
    array([[[0, 1, 2],
            [3, 4, 5]]])
    """
    known = dict(zip(groups(axes), array.shape, strict=True)) | dict(sizes)
    shape = [known[letter] for letter in letters]
    out = np.empty(array.size, array.dtype)
    out[arrange(np.arange(array.size).reshape(shape), letters, axes)] = array
    return out.reshape(shape)
