"""What the checks measured, kept per formula for the site: `build/evidence.json`.

A test calls `record`; each worker appends to a file of its own, and the end of the session merges
them. Entries of routes that did not run this time are kept only while the generated code they
speak of is unchanged.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

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


def append(entry: dict[str, Any]) -> None:
    """Add one line to this process's part."""
    PARTS.mkdir(parents=True, exist_ok=True)
    with (PARTS / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as part:
        part.write(json.dumps(entry) + "\n")


def clear() -> None:
    """Forget the parts of an earlier session."""
    for part in PARTS.glob("*.jsonl"):
        part.unlink()


def merge() -> None:
    """Join all parts into `build/evidence.json`."""
    entries = [
        json.loads(line)
        for part in PARTS.glob("*.jsonl")
        for line in part.read_text(encoding="utf-8").splitlines()
    ]
    if not entries:
        return
    merged = _kept({e["route"] for e in entries if "route" in e})
    for entry in entries:
        if "mutants" in entry:
            merged["mutants"][entry["mutants"]] = entry["counts"]
            continue
        routes = merged["formulas"].setdefault(entry["formula"], {})
        seen = routes.setdefault(entry["route"], {"cases": 0, "error": 0.0})
        seen["cases"] += entry["cases"]
        seen["error"] = max(seen["error"], entry["error"])
        if "bound" in entry:
            seen["bound"] = max(seen.get("bound", 0.0), entry["bound"])
    EVIDENCE.write_text(json.dumps(merged, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _kept(routes_run: set[str]) -> dict[str, Any]:
    """The frame of a new record, with what an earlier one still says truly."""
    packages = ("numpy", "sympy", "torch", "mpmath")
    frame: dict[str, Any] = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version()} | {p: version(p) for p in packages},
        "code": code_hashes(),
        "formulas": {},
        "mutants": {},
    }
    if not EVIDENCE.exists():
        return frame
    earlier = json.loads(EVIDENCE.read_text(encoding="utf-8"))
    if earlier["versions"] != frame["versions"]:
        return frame
    same = {c for c, digest in frame["code"].items() if earlier["code"].get(c) == digest}
    for formula, routes in earlier["formulas"].items():
        kept = {r: seen for r, seen in routes.items() if r not in routes_run}
        if formula.split(".")[0] in same and kept:
            frame["formulas"][formula] = kept
    frame["mutants"] = {c: n for c, n in earlier["mutants"].items() if c in same}
    return frame
