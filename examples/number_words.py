"""The task of `encoder_decoder`: number words to digits, "two thousand and six" to "2006".

Imports NumPy.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# fmt: off
ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
WORDS = (*ONES, *TENS, "hundred", "thousand", "and")
END = 10
"""The token after the last of the digits 0 to 9; the decoder also starts from it."""


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


def draw(rng: np.random.Generator, count: int, digits: int) -> Codes:
    """Different numbers of up to ``digits`` digits in random order, few of them short ones.

    The number of digits is drawn first, so that a short number is likelier than any one long one.
    """
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        many = int(rng.integers(1, digits + 1))
        drawn.setdefault(int(rng.integers(10**many)))
    return np.array(list(drawn))


def sources(numbers: Codes) -> tuple[Array, Codes]:
    """The words as one-hot vectors (T, B, words), zeros after the last, and how many they are."""
    said = [[WORDS.index(word) for word in words(int(number))] for number in numbers]
    lengths = np.array([len(s) for s in said])
    x = np.zeros((lengths.max(), len(numbers), len(WORDS)))
    for b, s in enumerate(said):
        x[np.arange(len(s)), b, s] = 1
    return x, lengths


def targets(numbers: Codes) -> tuple[Codes, Mask]:
    """The digits with END (T, B), and which of them count: all up to END."""
    written = [[*map(int, str(number)), END] for number in numbers]
    tokens = np.full((max(map(len, written)), len(numbers)), END)
    for b, w in enumerate(written):
        tokens[: len(w), b] = w
    steps = np.arange(len(tokens))[:, None]
    return tokens, steps < np.array([len(w) for w in written])
