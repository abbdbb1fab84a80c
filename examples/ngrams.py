"""Character n-grams with interpolated counts: the baselines of the language model. Pure Python.

The probability of a character a after the context w of n - 1 characters is

    p_n(a | w) = (count(w a) + α p_(n-1)(a | w without its first)) / (count(w) + α),

with p_0 the uniform distribution: add-α smoothing whose prior is the next shorter context (D. J. C.
MacKay and L. C. Bauman Peto, A hierarchical Dirichlet language model, 1995). n = 1 is the unigram,
n = 2 the bigram.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

ALPHAS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)

Probability = Callable[[str, str], float]


def ngram(text: str, n: int, alpha: float, size: int) -> Probability:
    """p(character, what stands before it), from the counts in a text of ``size`` characters."""
    if n == 0:
        return lambda character, before: 1 / size
    shorter = ngram(text, n - 1, alpha, size)
    grams = [text[i : i + n] for i in range(len(text) - n + 1)]
    count, contexts = Counter(grams), Counter(gram[:-1] for gram in grams)

    def probability(character: str, before: str) -> float:
        if len(before) < n - 1:
            return shorter(character, before)
        context = before[len(before) - n + 1 :]
        prior = alpha * shorter(character, before)
        return (count[context + character] + prior) / (contexts[context] + alpha)

    return probability


def bits(p: Probability, text: str) -> float:
    """Mean bits for each character but the first, given all before it."""
    # No n-gram here looks further back than ten characters.
    logs = [math.log2(p(text[i], text[max(0, i - 10) : i])) for i in range(1, len(text))]
    return -sum(logs) / len(logs)


def best_alpha(train: str, validation: str, n: int, size: int) -> float:
    """The α under which the validation text takes fewest bits."""
    return min(ALPHAS, key=lambda alpha: bits(ngram(train, n, alpha, size), validation))
