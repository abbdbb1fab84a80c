"""The task of `encoder_decoder`: number words to digits, "two thousand and six" to "2006".

Imports NumPy.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
WORDS = (*ONES, *TENS, "hundred", "thousand", "and")
DIGITS = "0123456789"
END = len(DIGITS)
"""The token after the last digit; the decoder also starts from it."""

LONGEST = 4


def words(number: int) -> list[str]:
    """How a number below a million is said."""
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _below_thousand(rest)
    said = [*_below_thousand(thousands), "thousand"]
    if not rest:
        return said
    return said + (["and"] if rest < 100 else []) + _below_thousand(rest)


def _below_thousand(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    said = [ONES[hundreds], "hundred"]
    return [*said, "and", *_below_hundred(rest)] if rest else said


def _below_hundred(number: int) -> list[str]:
    if number < 20:
        return [ONES[number]]
    tens, ones = divmod(number, 10)
    return [TENS[tens - 2], ONES[ones]] if ones else [TENS[tens - 2]]


def draw(rng: np.random.Generator, count: int) -> npt.NDArray[np.int64]:
    """Different numbers in random order, with as many digits each time as chance says, 1 to 6."""
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        digits = int(rng.integers(1, LONGEST + 1))
        drawn.setdefault(int(rng.integers(10 ** (digits - 1) * (digits > 1), 10**digits)))
    return np.array(list(drawn))
