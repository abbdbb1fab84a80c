"""What `check` found, and how it is said. Imports rnnref."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from rnnref.testing.cases import Layer
from rnnref.testing.comparison import Comparison


class Explained(Protocol):
    """What an implementation computes instead, and what to do about it."""

    @property
    def says(self) -> str:
        """What it computes, in words."""

    @property
    def fix(self) -> str:
        """What to change."""


class CheckFailedError(AssertionError):
    """An implementation is not right; the message is the report."""


@dataclass(frozen=True)
class CaseReport:
    """What came of one case.

    Attributes:
        id: which case.
        T, B: its number of steps and of sequences.
        comparisons: each quantity that was computed, by gates.
        problems: what kept quantities from being compared, in words.
        skipped: why the case was not run; "" if it was.
        error: what the implementation raised, if it did.
    """

    id: str
    T: int
    B: int
    comparisons: tuple[Comparison, ...] = ()
    problems: tuple[str, ...] = ()
    skipped: str = ""
    error: Exception | None = None

    @property
    def within_tolerance(self) -> bool:
        """Whether everything that could be compared is right."""
        return all(c.ok for c in self.comparisons)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.problems and self.within_tolerance


@dataclass(frozen=True)
class Report:
    """What `check` found. ``print`` shows it; it is true if everything is right.

    Attributes:
        layer: what should have been computed.
        dtype: in what precision.
        convention: in whose layout.
        seed: of the cases.
        cases: what came of each case.
        diagnoses: what is computed instead, if it is a known mistake.
        diagnosed: the ids of the cases that each of them explains.
        notes: what else was noticed, and what was not checked.

    >>> import rnnref
    >>> from rnnref.testing import check
    >>> layer = rnnref.RNN(3, 5)
    >>> report = check(layer, forward=lambda params, x, state: layer.forward(params, x, state)[:2])
    >>> report.ok
    True
    """

    layer: Layer
    dtype: str
    convention: str
    seed: int
    cases: tuple[CaseReport, ...]
    diagnoses: tuple[Explained, ...] = ()
    diagnosed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything that was computed is right, and everything could be read."""
        return all(case.ok for case in self.cases)

    def __bool__(self) -> bool:
        return self.ok

    def raise_if_failed(self) -> None:
        """Raise if anything is wrong.

        Raises:
            CheckFailedError: an AssertionError with the report as its message.
        """
        if not self.ok:
            errors = [case.error for case in self.cases if case.error]
            raise CheckFailedError(str(self)) from (errors[0] if errors else None)

    def __str__(self) -> str:
        parts = [self._heading(), self._problems(), self._table(), self._instead(), self._notes()]
        return "\n\n".join(part for part in parts if part)

    def _heading(self) -> str:
        ran = [case for case in self.cases if not case.skipped]
        failed = [case for case in ran if not case.ok]
        verdict = f"wrong in {len(failed)} of {len(ran)} cases" if failed else "right"
        head = f"{self.layer}, {self.dtype}, convention {self.convention}"
        return f"{head}, seed {self.seed}: {verdict}"

    def _problems(self) -> str:
        """Each problem once, as the first case that has it puts it: others differ in sizes."""
        found: dict[str, tuple[str, list[str]]] = {}
        for case in self.cases:
            for problem in case.problems:
                alike = re.sub(r"\d+", "", problem)
                found.setdefault(alike, (problem, []))[1].append(case.id)
        return "\n".join(f"{problem}\n  in: {', '.join(ids)}" for problem, ids in found.values())

    def _table(self) -> str:
        ran = [case for case in self.cases if case.comparisons]
        if not ran:
            return ""
        names = list(dict.fromkeys(c.quantity for case in ran for c in case.comparisons))
        body = [self._row(name, ran) for name in names]
        last = "leaves its tolerance in" if any(row[-1] for row in body) else ""
        heads = ["error / tolerance", *(case.id for case in ran), last]
        sizes = ["", *(f"T={case.T} B={case.B}" for case in ran), ""]
        return _aligned([heads, sizes, *body])

    def _row(self, name: str, ran: list[CaseReport]) -> list[str]:
        found = {case.id: [c for c in case.comparisons if c.quantity == name] for case in ran}
        errors = {k: max((c.error for c in parts), default=None) for k, parts in found.items()}
        first = next((k for k, parts in found.items() if not all(c.ok for c in parts)), None)
        where = f"{first}: {_where(found[first])}" if first else ""
        return [name, *map(_number, errors.values()), where]

    def _instead(self) -> str:
        wrong = [case.id for case in self.cases if not case.within_tolerance]
        if not wrong:
            return ""
        if not self.diagnoses:
            return "What it computes instead is no known mistake, nor two of them at once."
        lines = [f"- {d.says}\n  fix: {d.fix}" for d in self.diagnoses]
        rest = [id for id in wrong if id not in self.diagnosed]
        head = "What it computes instead"
        if rest:
            head += f" in {_listed(self.diagnosed)} (not explained: {_listed(rest)})"
        return "\n".join([f"{head}:", *lines])

    def _notes(self) -> str:
        return "\n".join(f"note: {note}" for note in self.notes)


LISTED = 4
"""How many cases are named before the rest is counted."""


def _listed(ids: Sequence[str]) -> str:
    named, more = ", ".join(ids[:LISTED]), len(ids) - LISTED
    return f"{named} and {more} more" if more > 0 else named


def _where(parts: list[Comparison]) -> str:
    """At which steps, or at which gates, a quantity leaves its tolerance."""
    wrong = [c for c in parts if not c.ok]
    gates = [c.gate for c in wrong if c.gate]
    if gates:
        return f"gates {', '.join(gates)}" if len(gates) < len(parts) else "all gates"
    steps = wrong[0].steps
    return f"steps {spans(steps)}" if steps else "throughout"


def spans(steps: Iterable[int]) -> str:
    """Numbers as ranges.

    >>> from rnnref.testing.report import spans
    >>> spans([0, 1, 2, 5])
    '0-2, 5'
    """
    runs = groupby(enumerate(steps), key=lambda pair: pair[1] - pair[0])
    ends = [[n for _, n in run] for _, run in runs]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in ends)


def _number(error: float | None) -> str:
    if error is None:
        return "-"
    return f"{error:.2f}" if error < 100 else f"{error:.0e}"


def _aligned(rows: list[list[str]]) -> str:
    """Columns of text: the first and the last to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]

    def line(row: list[str]) -> str:
        numbers = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)][1:-1]
        return "  ".join([row[0].ljust(widths[0]), *numbers, row[-1]]).rstrip()

    return "\n".join(map(line, rows))
