"""What was compared with frameworks, kept as a record. Imports NumPy, rnnref and the frameworks."""

from __future__ import annotations

import hashlib
import json
import platform
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from rnnref.conventions import registry

from oracles.frameworks import measure

RECORD = Path(__file__).parents[2] / "records" / "frameworks.json"
GROUPS = {"y": "outputs", "h_n": "states", "c_n": "states"}


def code() -> str:
    """The SHA-256 of the conventions that are claimed."""
    return hashlib.sha256(Path(registry.__file__).read_bytes()).hexdigest()


def largest(convention: str, kind: str) -> dict[str, float]:
    """The largest error of outputs, final states and gradients over all networks."""
    found: dict[str, float] = {}
    for network in measure.NETWORKS:
        for name, error in measure.errors(convention, kind, *network).items():
            group = GROUPS.get(name, "gradients")
            found[group] = max(found.get(group, 0.0), error)
    return found


def measured() -> dict[str, Any]:
    """The record; raises where something is off by more than it may be."""
    cells: dict[str, dict[str, Any]] = {name: {} for name in measure.FRAMEWORKS}
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    for convention, kind in measure.cases():
        bound, errors = measure.bound(convention, kind), largest(convention, kind)
        assert max(errors.values()) <= bound, (convention, kind, errors)
        cells[convention][kind] = {"bound": bound, "errors": errors}
        versions |= measure.versions(convention)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "versions": dict(sorted(versions.items())),
        "code": code(),
        "cells": cells,
    }


def main() -> None:
    """Measure and write."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = measured()
    RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {RECORD}")
