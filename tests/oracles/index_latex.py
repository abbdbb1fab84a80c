"""A reader of the LaTeX in index notation that the ledger prints for losses.

It knows this grammar and refuses everything else with a `ValueError`.

    line    = symbol "=" sum
    sum     = ["-"] term (("+" | "-") term)*
    term    = [number] factor ("\\," factor)*
    factor  = "\\sum_{k=1}^{K}" term | "\\sum_{n=1}^{N}" term | "\\max_{k}" symbol | atom ["^{2}"]
    atom    = symbol | "\\frac{" sum "}{" sum "}" | ("\\exp" | "\\log") "(" sum ")" | "(" sum ")"

A sum takes all factors to its right. A symbol is a name with its indices; its value is an entry of
the array that the name stands for. Imports NumPy.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

NAME = r"\\(?:bar|dot)\{(?:\\bar\{[A-Za-z]\}|[A-Za-z])\}|\\ell|\\log p|[A-Za-z]"
SYMBOL = rf"(?P<name>{NAME})(?:_\{{(?P<indices>[nik]+)\}})?"
SUMS = {r"\sum_{k=1}^{K}": "k", r"\sum_{n=1}^{N}": "n"}
FUNCTIONS = {r"\exp": math.exp, r"\log": math.log}
MARKS = (*SUMS, r"\max_{k}", r"\frac", r"\exp(", r"\log(", r"\,", "^{2}", *"()+-={}")
TOKEN = re.compile(
    rf"\s*(?:(?P<mark>{'|'.join(map(re.escape, MARKS))})|(?P<symbol>{SYMBOL})|(?P<number>\d+))"
)

Where = dict[str, int]
Value = Callable[[Where], float]


class Reader:
    """Reads expressions of symbols whose arrays are known."""

    def __init__(self, text: str, arrays: Mapping[str, Any]) -> None:
        self.arrays = arrays
        self.tokens: list[tuple[str, re.Match[str]]] = []
        at, text = 0, text.strip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if found is None:
                raise ValueError(f"unknown LaTeX: {text[at:]}")
            kind = next(k for k in ("mark", "symbol", "number") if found[k])
            self.tokens.append((kind, found))
            at = found.end()
        self.tokens.reverse()
        self.sizes = dict(zip("nk", np.shape(arrays["a"]), strict=True))
        self.bound = ""

    def equation(self) -> tuple[str, str, Value]:
        """The name on the left, its indices, and the value of the right side."""
        if not self.tokens or self.tokens[-1][0] != "symbol":
            raise ValueError("no symbol on the left")
        left = self.tokens.pop()[1]
        self.need("=")
        self.bound = left["indices"] or ""
        value = self.sum()
        if self.tokens:
            raise ValueError(f"cannot read {self.tokens[-1][1][0]!r} at this place")
        return left["name"], left["indices"] or "", value

    def take(self, *wanted: str) -> str:
        """The next mark if it is one of these, nothing otherwise."""
        if self.tokens and self.tokens[-1][0] == "mark" and self.tokens[-1][1]["mark"] in wanted:
            return str(self.tokens.pop()[1]["mark"])
        return ""

    def need(self, mark: str) -> None:
        if not self.take(mark):
            raise ValueError(f"{mark} is missing")

    def sum(self) -> Value:
        sign = -1 if self.take("-") else 1
        terms = [(sign, self.term())]
        while mark := self.take("+", "-"):
            terms.append((1 if mark == "+" else -1, self.term()))
        return lambda at: sum(s * term(at) for s, term in terms)

    def term(self) -> Value:
        number = self.number()
        factors = [self.factor()]
        while self.take(r"\,"):
            factors.append(self.factor())
        return lambda at: math.prod((factor(at) for factor in factors), start=number)

    def number(self) -> float:
        """The number that stands in front; 1 where there is none."""
        if self.tokens and self.tokens[-1][0] == "number":
            return float(self.tokens.pop()[1]["number"])
        return 1.0

    def factor(self) -> Value:
        if mark := self.take(*SUMS):
            index = SUMS[mark]
            inside = self.under(index, self.term)
            return lambda at: sum(inside({**at, index: c}) for c in range(self.sizes[index]))
        if self.take(r"\max_{k}"):
            entry = self.under("k", self.symbol)
            return lambda at: max(entry({**at, "k": c}) for c in range(self.sizes["k"]))
        value = self.atom()
        return (lambda at: value(at) ** 2) if self.take("^{2}") else value

    def under(self, index: str, read: Callable[[], Value]) -> Value:
        """What is read where an index is bound."""
        before, self.bound = self.bound, self.bound + index
        value = read()
        self.bound = before
        return value

    def atom(self) -> Value:
        if self.take(r"\frac"):
            upper, lower = self.group("{", "}"), self.group("{", "}")
            return lambda at: upper(at) / lower(at)
        if mark := self.take(r"\exp(", r"\log("):
            function, value = FUNCTIONS[mark[:-1]], self.sum()
            self.need(")")
            return lambda at: function(value(at))
        if self.tokens and self.tokens[-1][0] == "symbol":
            return self.symbol()
        return self.group("(", ")")

    def group(self, opened: str, closed: str) -> Value:
        self.need(opened)
        value = self.sum()
        self.need(closed)
        return value

    def symbol(self) -> Value:
        if not self.tokens or self.tokens[-1][0] != "symbol":
            raise ValueError("a symbol is missing")
        found = self.tokens.pop()[1]
        name, indices = found["name"], found["indices"] or ""
        if name not in self.arrays or np.ndim(self.arrays[name]) != len(indices):
            raise ValueError(f"unknown symbol {found[0]}")
        if any(index not in self.bound for index in indices):
            raise ValueError(f"an index of {found[0]} is not bound")
        array = self.arrays[name]
        return lambda at: float(array[tuple(at[index] for index in indices)])


def both_sides(line: str, arrays: Mapping[str, Any]) -> tuple[str, Any, Any]:
    """The name on the left of a line, its array, and what the right side gives at each entry."""
    name, indices, value = Reader(line, arrays).equation()
    if name not in arrays or np.ndim(arrays[name]) != len(indices):
        raise ValueError(f"nothing is called {name}_{{{indices}}}")
    wanted = np.asarray(arrays[name])
    found = np.empty_like(wanted)
    for at in np.ndindex(wanted.shape):
        found[at] = value(dict(zip(indices, at, strict=True)))
    return name, wanted, found
