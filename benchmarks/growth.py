"""How long `python -m derivations` takes, by phase, and how that grows with a cell's equations.

Imports the definitions' language, the emitters and the proofs. The cells that grow are made up:
``n`` gates of input and hidden state, folded one after the other into the next hidden state.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sympy

from derivations import outputs, prove
from derivations.emit.formulas import formulas
from derivations.emit.module import module
from derivations.functions import sigmoid
from derivations.notation import (
    Cell,
    Citation,
    State,
    Text,
    affine,
    elementwise,
    preactivations,
    previous,
    stack,
    vector,
)

ROOT = Path(__file__).parent.parent
T = TypeVar("T")
GATES = (2, 4, 8, 16, 32)
PROVED = 8
"""Cells with more gates than this are derived but not proved."""


def folded_gates(n: int) -> Cell:
    """A cell with ``n`` gates: ``s_k = s_(k-1) * g_k + g_k``, begun with ``h_prev``."""
    gates = {f"g{k}": Text(f"gate {k}", f"门{k}") for k in range(n)}
    x, h = vector("x", "input", "输入", size="D"), vector("h", "hidden state", "隐状态")
    h_prev, a = previous(h), preactivations(gates)
    g = {name: vector(name, title.en, title.zh) for name, title in gates.items()}
    s = [vector(f"s{k}", f"sum {k}", f"和{k}") for k in range(n - 1)] + [h]
    stacks = {
        (letter, side): stack(f"{word}_{side}h", letter, side, gates, shape)
        for letter, word, side, shape in (
            ("W", "weight", "i", ("H", "D")),
            ("W", "weight", "h", ("H", "H")),
            ("b", "bias", "i", ("H",)),
            ("b", "bias", "h", ("H",)),
        )
    }
    equations = []
    before = h_prev
    for name, after in zip(gates, s, strict=True):
        terms = [
            (stacks["W", i][name], v, stacks["b", i][name]) for i, v in (("i", x), ("h", h_prev))
        ]
        with sympy.evaluate(False):
            folded = before.symbol * g[name].symbol + g[name].symbol
            equations += [
                affine(a[name], *terms),
                elementwise(g[name], sigmoid(a[name].symbol)),
                elementwise(after, folded),
            ]
        before = after
    return Cell(
        id=f"folded{n}",
        title=Text(f"{n} folded gates", f"{n} 个门"),
        number_prefix=f"F{n}",
        inputs=(x,),
        states=(State(h_prev, h),),
        stacks=tuple(stacks.values()),
        equations=tuple(equations),
        output=h,
        cite=(Citation("made up for a measurement"),),
    )


def grown(n: int) -> dict[str, float]:
    """Of a cell with ``n`` gates: equations, formulas, and seconds to derive each kind of thing."""
    cell = folded_gates(n)
    code, _ = _seconds(lambda: module(cell))
    ledger, found = _seconds(lambda: list(formulas(cell)))
    measured = {
        "gates": n,
        "equations": len(cell.equations),
        "formulas": len(found),
        "code": code,
        "formulas with their steps": ledger,
    }
    return measured | ({"proofs": _seconds(lambda: _prove(cell))[0]} if n <= PROVED else {})


def _prove(cell: Cell) -> None:
    for proof in prove.PROOFS.values():
        proof(cell)


def phases() -> dict[str, float]:
    """Seconds of each phase of `python -m derivations`, and of the command in all."""
    found: dict[str, float] = {}
    found["start, imports"], _ = _seconds(lambda: _python("-c", "import derivations.__main__"))
    found["derive and write"], _ = _seconds(lambda: list(outputs.outputs()))
    found |= _proofs()
    with tempfile.TemporaryDirectory() as copy:
        for part in ("derivations", "reference", "docs/data"):
            shutil.copytree(ROOT / part, Path(copy) / part)
        found["in all"], _ = _seconds(lambda: _python("-m", "derivations", folder=copy))
    return found


def _proofs() -> dict[str, float]:
    seconds: defaultdict[str, float] = defaultdict(float)
    last = time.perf_counter()
    for result in prove.prove():
        now = time.perf_counter()
        seconds[f"prove: {result.proof}"] += now - last
        last = now
    return dict(seconds)


def _python(*arguments: str, folder: str | Path = ROOT) -> None:
    subprocess.run([sys.executable, *arguments], cwd=folder, check=True, capture_output=True)


def _seconds(run: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result
