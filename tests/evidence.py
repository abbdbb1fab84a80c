"""What the checks measured, kept per formula for the site: `build/evidence.json`.

A test calls `record`; each worker appends to a file of its own, and the end of the session merges
them. What earlier sessions found is kept only while code, checks and versions are unchanged, and
a session in which a test failed leaves no evidence.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from derivations.proofs.claims.claim import Shown

ROOT = Path(__file__).parent.parent
EVIDENCE = ROOT / "build" / "evidence.json"
PARTS = ROOT / "build" / "evidence"
GENERATED = ROOT / "reference" / "rnnref" / "generated"


def code_hash(cell: str) -> str:
    """The hash of a cell's generated module."""
    return hashlib.sha256((GENERATED / f"{cell}.py").read_bytes()).hexdigest()


def code_hashes() -> dict[str, str]:
    """The hash of every generated module."""
    return {p.stem: code_hash(p.stem) for p in sorted(GENERATED.glob("[!_]*.py"))}


def checks_hash() -> str:
    """The hash of everything that derives and checks, so that old results do not outlive it."""
    files = sorted(p for folder in ("derivations", "tests") for p in (ROOT / folder).rglob("*.py"))
    return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()


def record(
    route: str, formula: str, error: float, cases: int = 1, bound: float | None = None
) -> None:
    """Note that `formula` was checked by `route` in `cases` cases, with this largest error.

    An error of 0 from a symbolic route means: identically zero.
    """
    entry = {"route": route, "formula": formula, "error": float(error), "cases": cases}
    if bound is not None:
        entry["bound"] = bound
    append(entry)


def record_mutants(cell: str, killed: int, total: int, equivalent: int) -> None:
    """Note how many mutants of a cell's generated module the checks killed."""
    counts = {"killed": killed, "total": total, "equivalent": equivalent}
    append({"mutants": cell, "counts": counts})


def record_claim(claim: str, shown: Iterable[Shown]) -> None:
    """Note what was found to hold of a claim of the source document."""
    found = [{"what": vars(s.what), "value": s.value} for s in shown]
    append({"claim": claim, "shown": found})


def append(entry: dict[str, Any]) -> None:
    """Add one line to this process's part."""
    PARTS.mkdir(parents=True, exist_ok=True)
    with (PARTS / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as part:
        part.write(json.dumps(entry) + "\n")


def clear() -> None:
    """Forget the parts of an earlier session."""
    for part in PARTS.glob("*.jsonl"):
        part.unlink()


def merge(passed: bool) -> None:
    """Join all parts into `build/evidence.json`; a run that failed leaves no evidence at all."""
    entries = [
        json.loads(line)
        for part in PARTS.glob("*.jsonl")
        for line in part.read_text(encoding="utf-8").splitlines()
    ]
    if not passed:
        EVIDENCE.unlink(missing_ok=True)
    elif entries:
        merged = _joined(_gathered(entries), _earlier())
        EVIDENCE.write_text(json.dumps(merged, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _gathered(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The notes of one session, by formula and route."""
    found: dict[str, Any] = _frame()
    for entry in entries:
        if "mutants" in entry:
            found["mutants"][entry["mutants"]] = entry["counts"]
            continue
        if "claim" in entry:
            found["claims"][entry["claim"]] = entry["shown"]
            continue
        routes = found["formulas"].setdefault(entry["formula"], {})
        seen = routes.setdefault(entry["route"], {"cases": 0, "error": 0.0})
        seen["cases"] += entry["cases"]
        seen["error"] = max(seen["error"], entry["error"])
        if "bound" in entry:
            seen["bound"] = max(seen.get("bound", 0.0), entry["bound"])
    return found


def _frame() -> dict[str, Any]:
    packages = ("numpy", "sympy", "torch", "mpmath")
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version()} | {p: version(p) for p in packages},
        "code": code_hashes(),
        "checks": checks_hash(),
        "formulas": {},
        "mutants": {},
        "claims": {},
    }


def _earlier() -> dict[str, Any]:
    """What an earlier session found with the same code, checks and versions; else nothing."""
    now = _frame()
    if EVIDENCE.exists():
        earlier: dict[str, Any] = json.loads(EVIDENCE.read_text(encoding="utf-8"))
        if all(earlier.get(k) == now[k] for k in ("versions", "code", "checks")):
            return earlier
    return now


def _joined(found: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """Both together: of each formula and route the session with more cases, the larger error."""
    for formula, routes in earlier["formulas"].items():
        now = found["formulas"].setdefault(formula, {})
        for route, seen in routes.items():
            other = now.get(route, seen)
            more = max(other, seen, key=lambda s: s["cases"])
            now[route] = more | {"error": max(other["error"], seen["error"])}
    for notes in ("mutants", "claims"):
        found[notes] = earlier[notes] | found[notes]
    return found
