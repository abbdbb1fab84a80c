"""Build the site as `make site` does, with evidence or without. Imports nothing of the site."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


URL = "http://rnnref.localhost/"


def build(
    root: Path, out: Path, offline: bool = False, evidence: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """`mkdocs build --strict`, without this folder on the path of modules."""
    place = {"OFFLINE": "true"} if offline else {"SITE_URL": URL}
    shown = {"EVIDENCE": str(evidence)} if evidence else {}
    return subprocess.run(
        [sys.executable, "-P", "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)],
        cwd=root,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"} | place | shown,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def longest_evidence() -> dict[str, Any]:
    """What no run records: every route passed every formula, with numbers as long as they get.

    The site is measured and looked at with it, for only a GPU record makes badges fuller. Of a
    claim eight things are shown, which is what they have on average.
    """
    data = json.loads((ROOT / "docs/data/formulas.json").read_text("utf-8"))
    claims = json.loads((ROOT / "docs/data/claims.json").read_text("utf-8"))["claims"]
    routes = json.loads((ROOT / "docs/data/routes.json").read_text("utf-8"))
    numbers = random.Random("evidence")

    def found(route: str) -> dict[str, float]:
        cases = {"cases": numbers.randint(1000, 9999)}
        if route in ("exact", "any_size"):
            return cases | {"error": 0}
        return cases | {"error": numbers.uniform(1e-16, 1e-15), "bound": 1.2e-13}

    of_run = [r["id"] for r in routes if r["id"] not in ("mutants", "torch_gpu")]
    return {
        "created": "2000-01-01T00:00:00Z",
        "versions": dict.fromkeys(("python", "numpy", "sympy", "torch", "mpmath"), "0.00.00"),
        "code": {name: home["code_hash"] for name, home in data["homes"].items()},
        "formulas": {f: {route: found(route) for route in of_run} for f in data["formulas"]},
        "mutants": {
            name: {"killed": 9000, "total": 9009, "equivalent": 9} for name in data["homes"]
        },
        "claims": {
            name: [{"what": claim["statement"], "value": f"{numbers.random()}"} for _ in range(8)]
            for name, claim in claims.items()
        },
    }
