"""The ledger of formulas, as ``python -m derivations`` writes it, for the pages to read."""

from __future__ import annotations

import difflib
import fnmatch
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any


class UnknownNameError(LookupError):
    """A formula or a home that the ledger does not have; the message suggests near ones."""


@dataclass(frozen=True)
class Step:
    """One step of a derivation: a formula and why it follows, by language."""

    latex: str
    why: Mapping[str, str]


@dataclass(frozen=True)
class Formula:
    """One numbered formula."""

    id: str
    home: str
    number: str
    kind: str
    title: Mapping[str, str]
    latex: str
    text: str
    shape: tuple[str, ...]
    assumes: tuple[Mapping[str, str], ...]
    numpy: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def anchor(self) -> str:
        """Its place on a page, the same in every language."""
        return f"eq:{self.id}"


@dataclass(frozen=True)
class Symbol:
    """One array: what it is called on paper and in code."""

    name: str
    latex: str
    shape: tuple[str, ...]
    role: str
    title: Mapping[str, str]


@dataclass(frozen=True)
class Cite:
    """A work that a definition comes from, or that a claim speaks of."""

    text: str
    link: str

    @classmethod
    def of(cls, data: Mapping[str, str]) -> Cite:
        """A work as the ledgers have it; a DOI comes before an address."""
        link = f"https://doi.org/{data['doi']}" if "doi" in data else data.get("url", "")
        return cls(data["text"], link)


@dataclass(frozen=True)
class Home:
    """A cell or a loss: its symbols, its sources, and the generated module with its hash."""

    id: str
    title: Mapping[str, str]
    number_prefix: str
    code: str
    code_hash: str
    cite: tuple[Cite, ...]
    symbols: tuple[Symbol, ...]
    module: str

    @property
    def file(self) -> str:
        """The name of the file of the generated module."""
        return self.code.rpartition("/")[2]

    def line(self, formula: str) -> int | None:
        """The first line of the generated module that names ``formula``."""
        name = re.compile(rf"(?<![\w.]){re.escape(formula)}(?!\w|\.\w)")
        lines = enumerate(self.module.splitlines(), 1)
        return next((number for number, line in lines if name.search(line)), None)


@dataclass(frozen=True)
class Ledger:
    """Every home of formulas and every formula, in the order of their derivation.

    ``numbers`` has for each home every id that was ever given, in the order of the numbers;
    ``retired`` has what stands in the place of an id that is no formula any more.
    """

    homes: Mapping[str, Home]
    formulas: Mapping[str, Formula]
    numbers: Mapping[str, Sequence[str]]
    retired: Mapping[str, str]

    def home(self, name: str) -> Home:
        """The cell or loss of that id. Raises ``UnknownNameError``."""
        if name not in self.homes:
            raise UnknownNameError(f"no cell or loss is called {name!r}{suggest(name, self.homes)}")
        return self.homes[name]

    def select(self, pattern: str) -> list[Formula]:
        """The formula of that id, or all that match ``lstm.h_D_W_*``.

        Raises ``UnknownNameError``.
        """
        if pattern in self.formulas:
            return [self.formulas[pattern]]
        found = [f for name, f in self.formulas.items() if fnmatch.fnmatchcase(name, pattern)]
        if not found:
            raise UnknownNameError(f"unknown formula {pattern!r}{suggest(pattern, self.formulas)}")
        return found

    def derived(self, home: str) -> dict[str, Formula]:
        """What the derivations of a home arrive at, as LaTeX, and the formula that it is."""
        formulas = (f for f in self.formulas.values() if f.home == home and f.steps)
        return {f.steps[-1].latex: f for f in formulas}

    def reference(self, anchor: str) -> Formula:
        """The formula that ``eq:lstm.c`` points at, in whatever case.

        Raises ``UnknownNameError``.
        """
        name = anchor.removeprefix("eq:")
        if name.lower() not in self._lower:
            raise UnknownNameError(f"unknown formula {name!r}{suggest(name, self.formulas)}")
        return self.formulas[self._lower[name.lower()]]

    @cached_property
    def _lower(self) -> dict[str, str]:
        return {known.lower(): known for known in self.formulas}


def read_ledger(root: Path) -> Ledger:
    """Read the formulas, the numbers, what is retired, and the generated modules."""
    data = _read(root / "docs/data/formulas.json")
    return Ledger(
        homes={name: _home(name, home, root) for name, home in data["homes"].items()},
        formulas={name: _formula(name, entry) for name, entry in data["formulas"].items()},
        numbers=_read(root / "derivations/numbers.json"),
        retired=_read(root / "docs/data/retired.json"),
    )


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _home(name: str, data: dict[str, Any], root: Path) -> Home:
    return Home(
        id=name,
        title=data["title"],
        number_prefix=data["number_prefix"],
        code=data["code"],
        code_hash=data["code_hash"],
        cite=tuple(map(Cite.of, data["cite"])),
        symbols=tuple(Symbol(**s | {"shape": tuple(s["shape"])}) for s in data["symbols"]),
        module=(root / data["code"]).read_text(encoding="utf-8"),
    )


def _formula(name: str, data: dict[str, Any]) -> Formula:
    return Formula(
        id=name,
        home=data["home"],
        number=data["number"],
        kind=data["kind"],
        title=data["title"],
        latex=data["latex"],
        text=data["text"],
        shape=tuple(data["shape"]),
        assumes=tuple(data["assumes"]),
        numpy=tuple(data["numpy"]),
        steps=tuple(Step(s["latex"], s["why"]) for s in data["steps"]),
    )


def suggest(name: str, known: Mapping[str, Any]) -> str:
    """The known names that are near to one that is not known, to end a message with."""
    near = difflib.get_close_matches(name, known, n=3)
    return f"; did you mean {', '.join(near)}?" if near else ""
