"""The data and the baselines of the examples."""

from __future__ import annotations

import re

import numpy as np
import pytest

from examples import adventure_text, forecasts, ngrams, number_words, sunspot_series

# The text.


def test_paragraphs_are_prose_and_occur_once() -> None:
    paragraphs = adventure_text.paragraphs()
    first = "YOU ARE STANDING AT THE END OF A ROAD BEFORE A SMALL BRICK BUILDING. AROUND YOU IS A"
    assert paragraphs[0].startswith(first)
    assert len(paragraphs) == len(set(paragraphs))
    assert not any(re.search(r"[\t\n]|  |>\$<", p) for p in paragraphs)
    assert "OK" in paragraphs


def test_split_is_a_partition() -> None:
    parts = [part.removesuffix("\n").split("\n") for part in adventure_text.split(10)]
    together = [p for part in parts for p in part]
    assert sorted(together) == sorted(adventure_text.paragraphs())
    assert [len(part) for part in parts[1:]] == [len(together) // 10] * 2


# n-grams.


def test_ngrams_by_hand() -> None:
    """abab over two letters with α = 1: p(a) = (2 + 1/2)/5, p(a | b) = (1 + p(a))/(1 + 1) = 3/4."""
    unigram, bigram = (ngrams.ngram("abab", n, 1.0, 2) for n in (1, 2))
    assert unigram("a", "") == pytest.approx(2.5 / 5)
    assert bigram("a", "ab") == pytest.approx((1 + 0.5) / 2)
    assert bigram("b", "ab") == pytest.approx((0 + 0.5) / 2)
    assert bigram("a", "") == unigram("a", "")
    assert ngrams.bits(bigram, "aba") == pytest.approx(-(np.log2(2.5 / 3) + np.log2(0.75)) / 2)


@pytest.mark.parametrize("n", range(5))
def test_ngrams_are_distributions(n: int) -> None:
    alphabet = "abcd"
    text = "".join(np.random.default_rng(0).choice(list("abc"), 60))
    p = ngrams.ngram(text, n, 0.7, len(alphabet))
    for before in ("", "a", "bc", "dddd", "abcab"):
        assert sum(p(c, before) for c in alphabet) == pytest.approx(1, rel=1e-12)


def test_best_alpha_is_the_best() -> None:
    text = "".join(np.random.default_rng(1).choice(list("abcab"), 400))
    train, validation = text[:200], text[200:]
    best = ngrams.best_alpha(train, validation, 2, 3)
    found = {a: ngrams.bits(ngrams.ngram(train, 2, a, 3), validation) for a in ngrams.ALPHAS}
    assert found[best] == min(found.values()) < max(found.values())


# Number words.


def value(words: list[str]) -> int:
    """The number, read from left to right."""
    units = {w: i for i, w in enumerate(number_words.ONES)}
    units |= {w: 10 * i for i, w in enumerate(number_words.TENS, start=2)}
    whole = part = 0
    for word in words:
        if word == "thousand":
            whole, part = 1000 * part, 0
        elif word == "hundred":
            part *= 100
        elif word != "and":
            part += units[word]
    return whole + part


def test_number_words_mean_their_number() -> None:
    said = [number_words.words(n) for n in (*range(12_000), 100_000, 123_456, 999_999)]
    assert [value(words) for words in said] == [*range(12_000), 100_000, 123_456, 999_999]
    examples = {
        0: "zero",
        40: "forty",
        101: "one hundred and one",
        2006: "two thousand and six",
        1906: "one thousand nine hundred and six",
        70_000: "seventy thousand",
    }
    assert {n: " ".join(number_words.words(n)) for n in examples} == examples


def test_sources_and_targets() -> None:
    numbers = np.array([2006, 7, 310])
    x, lengths = number_words.sources(numbers)
    assert lengths.tolist() == [4, 1, 4]
    assert x.sum(axis=2).T.tolist() == [[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 1, 1]]
    assert " ".join(number_words.WORDS[i] for i in x[:, 0].argmax(axis=1)) == "two thousand and six"
    tokens, counts = number_words.targets(numbers)
    end = number_words.END
    assert tokens[:, 0].tolist() == [2, 0, 0, 6, end]
    assert tokens[:, 2].tolist() == [3, 1, 0, end, end]
    assert counts.T.tolist() == [[True] * 5, [True] * 2 + [False] * 3, [True] * 4 + [False]]


def test_numbers_are_drawn_once() -> None:
    numbers = number_words.draw(np.random.default_rng(0), 700, 3)
    assert len(set(numbers.tolist())) == 700
    assert 0 <= numbers.min() < 10
    assert 900 < numbers.max() < 1000


# The series.


def test_sunspots_are_those_of_1700_to_2008() -> None:
    """Years and numbers as they stand in the yearly list of SILSO before its revision of 2015."""
    years, x = sunspot_series.sunspots()
    np.testing.assert_array_equal(years, np.arange(1700, 2009))
    by_year = dict(zip(years.tolist(), x.tolist(), strict=True))
    assert by_year[1957] == x.max() == 190.2
    assert (by_year[1700], by_year[1810], by_year[2008]) == (5.0, 0.0, 2.9)


def test_naive_forecasts() -> None:
    x = np.arange(20.0)
    np.testing.assert_array_equal(forecasts.last_value(x, [5, 9], 2), [[5, 5], [9, 9]])
    period = forecasts.a_period_ago(x, [12, 15], 3, 11)
    np.testing.assert_array_equal(period, [[2, 3, 4], [5, 6, 7]])
    wave = np.sin(2 * np.pi * np.arange(40) / 11)
    exact = np.stack([wave[t + 1 : t + 12] for t in (15, 20)])
    np.testing.assert_allclose(forecasts.a_period_ago(wave, [15, 20], 11, 11), exact, atol=1e-13)


def test_autoregression_is_found_and_iterated() -> None:
    """A series that follows its equation without noise is fitted and forecast without error."""
    want = np.array([0.3, 1.2, -0.7, 0.2])
    x = [1.0, -2.0, 0.5]
    for _ in range(37):
        x.append(want[0] + want[1:] @ x[-1:-4:-1])
    series = np.array(x)
    found = forecasts.fit_autoregression(series[:30], 3)
    np.testing.assert_allclose(found, want, rtol=1e-9)
    ahead = forecasts.autoregression(series, [25, 30], 6, found)
    np.testing.assert_allclose(ahead, [series[26:32], series[31:37]], rtol=1e-8)
