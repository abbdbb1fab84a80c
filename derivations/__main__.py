"""`python -m derivations`: regenerate everything that is derived."""

from __future__ import annotations

from pathlib import Path

from derivations.cells import CELLS
from derivations.emit.module import module

GENERATED = Path(__file__).parent.parent / "reference" / "rnnref" / "generated"

if __name__ == "__main__":
    for cell in CELLS.values():
        (GENERATED / f"{cell.id}.py").write_text(module(cell), encoding="utf-8")
