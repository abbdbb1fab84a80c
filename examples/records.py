"""What an example found, as JSON that says which code and settings made it. Standard library.

A record is stale if the example's sources or settings are no longer those it speaks of; a test
finds that. A change of rnnref's own code does not make it stale: that code is checked elsewhere.
"""

from __future__ import annotations

import ast
import hashlib
import json
import platform
import re
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KEPT = HERE.parent / "docs" / "data" / "examples"
# What runs an example without having a part in its numbers.
APART = {"command", "records"}

_INNERMOST = re.compile(r"[\[{]\n[^\[\]{}]*\n *[\]}]")


def record(name: str, settings: Any, seconds: float, results: dict[str, Any]) -> dict[str, Any]:
    """Results with what they are about; ``seconds`` are those of the processor, on one thread."""
    about = {
        "command": f"python -m examples.{name}",
        "settings": asdict(settings),
        "sources": fingerprint(name),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "cpu_seconds": round(seconds),
    }
    return {"about": about, "results": results}


def write(path: Path, found: dict[str, Any]) -> None:
    """Keep a record."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _INNERMOST.sub(_on_one_line, json.dumps(found, indent=1, ensure_ascii=False))
    path.write_text(text + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, Any]:
    """A record that was kept."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def fingerprint(name: str) -> str:
    """The hash of an example's source and of the modules of this folder that it imports."""
    text = "".join((HERE / f"{module}.py").read_text("utf-8") for module in sorted(sources(name)))
    return hashlib.sha256(text.encode()).hexdigest()


def sources(name: str) -> set[str]:
    """The modules of this folder that have a part in the numbers of an example."""
    found, waiting = set[str](), [name]
    while waiting:
        module = waiting.pop()
        if module not in found | APART:
            found.add(module)
            waiting += _imports(module)
    return found


def _imports(module: str) -> list[str]:
    tree = ast.parse((HERE / f"{module}.py").read_text("utf-8"))
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level == 1]
    return [m for n in nodes for m in ([n.module] if n.module else [a.name for a in n.names])]


def _on_one_line(found: re.Match[str]) -> str:
    """A list or object that holds no other; a line break is never inside a string."""
    return re.sub(r"\n *", " ", found[0])
