"""What the last test run found out about each formula, and what may be said of it.

Nothing is filled in: a route that did not run, or ran on other code, is reported as just that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from formulas import Formula, Home, Ledger

SYMBOLIC = ("any_size", "exact")
NUMERIC = ("torch_cpu", "torch_nn", "torch_gpu", "complex_step", "high_precision")


@dataclass(frozen=True)
class Route:
    """One way of checking: what it sees and what it cannot see, by language."""

    id: str
    title: Mapping[str, str]
    sees: Mapping[str, str]
    cannot_see: Mapping[str, str]


@dataclass(frozen=True)
class Finding:
    """What one route says of one formula.

    ``state`` is ``passed``, ``failed``, ``absent`` (it did not run) or ``stale`` (it ran on other
    code). ``cases``, ``error`` and ``bound`` are as recorded.
    """

    route: str
    state: str
    cases: int = 0
    error: float = 0.0
    bound: float | None = None

    @property
    def symbolic(self) -> bool:
        """Whether the route compares expressions, not numbers."""
        return self.route in SYMBOLIC


@dataclass(frozen=True)
class Mutants:
    """How many of the changed copies of a module's code the tests caught."""

    state: str
    killed: int = 0
    total: int = 0
    equivalent: int = 0


@dataclass(frozen=True)
class Record:
    """One file of results: of this build's test run, or of a GPU."""

    created: str = ""
    device: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)
    formulas: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    mutants: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    claims: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def present(self) -> bool:
        """Whether there is such a file at all."""
        return bool(self.created)


@dataclass(frozen=True)
class Evidence:
    """The routes and the two records."""

    routes: tuple[Route, ...]
    run: Record
    gpu: Record
    ledger: Ledger

    def findings(self, formula: Formula) -> list[Finding]:
        """What each route but the mutants says of ``formula``, in the order of the routes."""
        routes = (route.id for route in self.routes if route.id != "mutants")
        return [self.finding(formula, route) for route in routes]

    def mutants(self, home: Home) -> Mutants:
        """What became of the mutants of the code of ``home``."""
        counts = self.run.mutants.get(home.id)
        if counts is None:
            return Mutants("absent")
        if self.run.code.get(home.id) != home.code_hash:
            return Mutants("stale")
        caught = counts["killed"] + counts["equivalent"] == counts["total"]
        return Mutants("passed" if caught else "failed", **counts)

    def verdict(self, formula: Formula) -> str:
        """``verified``, ``partly``, ``failed`` or ``unverified``.

        Verified means: every route that ran passed, and of the symbolic and of the numeric routes
        at least one ran.
        """
        findings = self.findings(formula)
        ran = {f.route for f in findings if f.state in ("passed", "failed")}
        if not ran:
            return "unverified"
        mutants = self.mutants(self.ledger.homes[formula.home]) if formula.numpy else None
        if any(f.state == "failed" for f in findings) or (mutants and mutants.state == "failed"):
            return "failed"
        both = ran.intersection(SYMBOLIC) and ran.intersection(NUMERIC)
        return "verified" if both else "partly"

    def finding(self, formula: Formula, route: str) -> Finding:
        """What one route says of ``formula``."""
        record = self.gpu if route == "torch_gpu" else self.run
        found = record.formulas.get(formula.id, {}).get(route)
        if found is None:
            return Finding(route, "absent")
        if record.code.get(formula.home) != self.ledger.homes[formula.home].code_hash:
            return Finding(route, "stale")
        error, bound = found["error"], found.get("bound")
        passed = error == 0 or (bound is not None and error <= bound)
        return Finding(route, "passed" if passed else "failed", found["cases"], error, bound)


def read_evidence(root: Path, run: str, ledger: Ledger) -> Evidence:
    """Read the routes and whatever records exist under ``root``; ``run`` is that of the tests."""
    routes = json.loads((root / "docs/data/routes.json").read_text(encoding="utf-8"))
    return Evidence(
        routes=tuple(Route(**route) for route in routes),
        run=_record(root / run),
        gpu=_record(root / "tests/records/gpu.json"),
        ledger=ledger,
    )


def _record(file: Path) -> Record:
    if not file.is_file():
        return Record()
    data = json.loads(file.read_text(encoding="utf-8"))
    return Record(
        created=data.get("created") or data["date"],
        device=data.get("device", ""),
        versions=data["versions"],
        code=data["code"],
        formulas=data["formulas"],
        mutants=data.get("mutants", {}),
        claims=data.get("claims", {}),
    )
