"""What a claim of the source document is, and what it takes to settle it. Imports notation only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from derivations.notation import Citation, Text


class Verdict(Enum):
    """What became of a claim.

    ``PROVED`` as it stands, under the assumptions named; ``CORRECTED``: wrong or incomplete as it
    stands, and the right statement is proved; ``REFUTED``: false, by a counterexample;
    ``EMPIRICAL``: no theorem, but measured; ``OPINION``: nothing that could be measured or proved.
    """

    PROVED = "proved"
    CORRECTED = "corrected"
    REFUTED = "refuted"
    EMPIRICAL = "empirical"
    OPINION = "opinion"


@dataclass(frozen=True)
class Shown:
    """One thing that was found to hold or not; ``value`` is what was computed or measured."""

    what: Text
    holds: bool
    value: str = ""


Evidence: TypeAlias = Callable[[], Iterable[Shown]]


@dataclass(frozen=True)
class Claim:
    """A statement of the source document in our words, and what is true.

    ``covers`` are the statements of the inventory that it answers for. ``shown_by`` settles it: a
    function, or, where that needs PyTorch or the generated code, the name of one in the test suite
    as ``module:function``. Only an opinion has none. ``formulas`` are the ids in the ledger of
    formulas on which the finding rests, ``cite`` the works that it speaks of. Texts may hold LaTeX
    in ``$...$``.
    """

    id: str
    covers: tuple[str, ...]
    statement: Text
    assumptions: Text
    verdict: Verdict
    finding: Text
    shown_by: Evidence | str | None
    formulas: tuple[str, ...] = ()
    cite: tuple[Citation, ...] = ()
