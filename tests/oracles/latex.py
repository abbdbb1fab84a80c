"""A reader of the LaTeX that the ledger prints: from text to numbers of one sequence.

It knows this grammar and refuses everything else with a `ValueError`, sizes that do not fit too.
A product and ``\\odot`` side by side without brackets are refused, since readers would differ.

    line    = sum ("=" sum)+
    sum     = ["-"] term (("+" | "-") term)*
    term    = [number] product | "\\sum_{t=1}^{T}" term
    product = factor ("\\," factor)* | factor ("\\odot" factor)* | factor "\\otimes" factor
    factor  = atom ("^{\\top}" | "^{\\odot 2}")*
    atom    = number | symbol | derivative | function "(" sum ")" | "(" sum ")"

A vector has one axis, its transpose is a matrix of one row, ``M \\otimes v`` is ``M_jk v_l``.
Imports NumPy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

SYMBOL = (
    r"(?:\\dot\{\\bar\{[A-Za-z]\}\}|\\(?:bar|dot)\{[A-Za-z]\}|[A-Za-z])"
    r"(?:\^\{(?:\+|\\leftarrow|\(t\))\})?(?:_\{[A-Za-z0-9,+-]+\})?"
)
DERIVATIVE = rf"\\frac\{{\\partial(?:\^\{{\+\}})? {SYMBOL}\}}\{{\\partial {SYMBOL}\}}"
FUNCTION = (
    r"\\tanh|\\sigma|\\phi_\{[fgh]\}'{0,2}|\\kappa'?|\\operatorname\{(?:relu|heaviside|diag)\}"
)
SUM = r"\sum_{t=1}^{T}"
TRANSPOSE, SQUARE = r"^{\top}", r"^{\odot 2}"
MARKS = (SUM, TRANSPOSE, SQUARE, r"\left(", r"\right)", r"\odot", r"\otimes", r"\,", *"()+-=")
TOKEN = re.compile(
    rf"\s*(?:(?P<name>{DERIVATIVE}|{SYMBOL})|(?P<function>{FUNCTION})|(?P<number>\d+)"
    rf"|(?P<mark>{'|'.join(map(re.escape, MARKS))}))"
)
BRACKETS = {"(": ")", r"\left(": r"\right)"}


@dataclass(frozen=True)
class Scope:
    """What symbols stand for; ``steps`` is the same for each step that a sum runs over."""

    symbols: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...] = ()


Value = Callable[[Scope], Any]


@dataclass(frozen=True)
class Side:
    """One side of an equation: its text without alignment, and its value in a scope."""

    text: str
    value: Value


def lines(latex: str) -> list[str]:
    """The equations of a formula, one a line, without alignment; continuations are joined."""
    latex = latex.strip()
    if not latex.startswith(r"\begin{aligned}"):
        return [latex]
    if not latex.endswith(r"\end{aligned}"):
        raise ValueError(f"aligned does not end: {latex}")
    found: list[str] = []
    for row in latex[len(r"\begin{aligned}") : -len(r"\end{aligned}")].split(r"\\"):
        if row.count("&") != 1:
            raise ValueError(f"not one alignment mark: {row}")
        left, right = (part.strip() for part in row.split("&"))
        if left.endswith("={}"):
            found.append(f"{left[:-2]} {right}")
        elif left and right.startswith("="):
            found.append(f"{left} {right}")
        elif not left and found and right.startswith(("+", "-")):
            found[-1] += f" {right}"
        else:
            raise ValueError(f"neither a line nor its continuation: {row}")
    return found


@cache
def sides(line: str) -> tuple[Side, ...]:
    """The sides of ``a = b = c``, at least two."""
    texts = [part.strip() for part in re.split(r"(?<!\{t)=", line)]
    if len(texts) < 2:
        raise ValueError(f"not an equation: {line}")
    return tuple(Side(text, read(text)) for text in texts)


def read(text: str) -> Value:
    """The expression that a text says."""
    reader = _Reader(text)
    value = reader.sum()
    if reader.kind:
        raise ValueError(f"cannot read {reader.token!r} at this place of {text}")
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if match is None:
                raise ValueError(f"unknown LaTeX: {text[at:]}")
            self.tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            at = match.end()
        self.tokens.reverse()

    @property
    def kind(self) -> str:
        return self.tokens[-1][0] if self.tokens else ""

    @property
    def token(self) -> str:
        return self.tokens[-1][1] if self.tokens else ""

    def take(self, *wanted: str) -> str:
        """The next token if it is one of these, nothing otherwise."""
        return self.tokens.pop()[1] if self.kind == "mark" and self.token in wanted else ""

    def sum(self) -> Value:
        negative = self.take("-")
        first = self.term()
        value: Value = (lambda scope: -first(scope)) if negative else first
        while sign := self.take("+", "-"):
            value = _apply(_add if sign == "+" else _subtract, value, self.term())
        return value

    def term(self) -> Value:
        if self.take(SUM):
            return _over_time(self.term())
        if self.kind == "number" and self.a_factor_follows():
            return _apply(_scaled, self.atom(), self.product())
        return self.product()

    def a_factor_follows(self) -> bool:
        """Whether a factor stands right behind the next token, no sign between them."""
        kind, token = self.tokens[-2] if len(self.tokens) > 1 else ("mark", "")
        return kind != "mark" or token in BRACKETS

    def product(self) -> Value:
        value = self.factor()
        operation = self.take(r"\,", r"\odot", r"\otimes")
        if operation == r"\otimes":
            return _apply(_tensor, value, self.factor())
        while operation:
            value = _apply(_product if operation == r"\," else _hadamard, value, self.factor())
            operation = self.take(operation)
        return value

    def factor(self) -> Value:
        value = self.atom()
        while mark := self.take(TRANSPOSE, SQUARE):
            value = _apply(_transpose if mark == TRANSPOSE else np.square, value)
        return value

    def atom(self) -> Value:
        if self.kind == "mark":
            return self.bracket()
        if not self.tokens:
            raise ValueError("an operand is missing")
        kind, token = self.tokens.pop()
        if kind == "number":
            return lambda scope: float(token)
        if kind == "function":
            if self.token != "(":
                raise ValueError(f"{token} is not followed by a bracket")
            return _apply(FUNCTIONS[token], self.bracket())
        return lambda scope: _look_up(scope, token)

    def bracket(self) -> Value:
        opened = self.take(*BRACKETS)
        if not opened:
            raise ValueError(f"an operand is missing before {self.token!r}")
        value = self.sum()
        if not self.take(BRACKETS[opened]):
            raise ValueError(f"{opened} is not closed")
        return value


def _look_up(scope: Scope, symbol: str) -> Any:
    if symbol not in scope.symbols:
        raise ValueError(f"unknown symbol {symbol}")
    return scope.symbols[symbol]


def _apply(operation: Callable[..., Any], *operands: Value) -> Value:
    return lambda scope: operation(*(operand(scope) for operand in operands))


def _over_time(body: Value) -> Value:
    def value(scope: Scope) -> Any:
        if not scope.steps:
            raise ValueError("a sum over time, but no steps")
        return np.sum([body(Scope(step)) for step in scope.steps], axis=0)

    return value


def _alike(a: Any, b: Any) -> None:
    if np.ndim(a) and np.ndim(b) and np.shape(a) != np.shape(b):
        raise ValueError(f"sizes {np.shape(a)} and {np.shape(b)} differ")


def _add(a: Any, b: Any) -> Any:
    _alike(a, b)
    return a + b


def _subtract(a: Any, b: Any) -> Any:
    _alike(a, b)
    return a - b


def _scaled(number: float, a: Any) -> Any:
    return number * a


def _hadamard(a: Any, b: Any) -> Any:
    if np.shape(a) != np.shape(b):
        raise ValueError(f"sizes {np.shape(a)} and {np.shape(b)} differ")
    return a * b


def _product(a: Any, b: Any) -> Any:
    if np.ndim(a) == 1:
        a = a[:, None]
    if np.ndim(a) != 2 or np.ndim(b) not in (1, 2) or a.shape[1] != b.shape[0]:
        raise ValueError(f"no product of {np.shape(a)} and {np.shape(b)}")
    return a @ b


def _tensor(a: Any, b: Any) -> Any:
    if np.ndim(a) != 2 or np.ndim(b) != 1:
        raise ValueError(f"no tensor of {np.shape(a)} and {np.shape(b)}")
    return np.einsum("jk,l->jkl", a, b)


def _transpose(a: Any) -> Any:
    if np.ndim(a) not in (1, 2):
        raise ValueError(f"no transpose of {np.shape(a)}")
    return a[None, :] if np.ndim(a) == 1 else a.T


def _diagonal(a: Any) -> Any:
    if np.ndim(a) != 1:
        raise ValueError(f"diag of {np.shape(a)}")
    return np.diag(a)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    r"\tanh": np.tanh,
    r"\sigma": lambda a: 1 / (1 + np.exp(-a)),
    r"\operatorname{relu}": lambda a: np.maximum(a, 0.0),
    r"\operatorname{heaviside}": lambda a: np.where(a > 0, 1.0, 0.0),
    r"\operatorname{diag}": _diagonal,
    r"\kappa": lambda a: a,
    r"\kappa'": np.ones_like,
}
FUNCTIONS |= {
    r"\phi_{f}": FUNCTIONS[r"\sigma"],
    r"\phi_{f}'": lambda a: np.cosh(a / 2) ** -2 / 4,
    r"\phi_{f}''": lambda a: -np.tanh(a / 2) * np.cosh(a / 2) ** -2 / 4,
}
for letter in "gh":
    FUNCTIONS |= {
        rf"\phi_{{{letter}}}": np.tanh,
        rf"\phi_{{{letter}}}'": lambda a: np.cosh(a) ** -2.0,
        rf"\phi_{{{letter}}}''": lambda a: -2 * np.tanh(a) * np.cosh(a) ** -2.0,
    }
