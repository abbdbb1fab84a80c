"""The judge of the generated losses: what each of their functions must return, by PyTorch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oracles.losses import Config, by_torch

from derivations.cells import CELLS
from derivations.losses import LOSSES
from derivations.losses.language import Loss
from derivations.notation import Cell

from .judge import Judge

HOMES: dict[str, Cell | Loss] = {**CELLS, **LOSSES}


class LossJudge(Judge):
    """Knows what each function of one loss must return."""

    def _questions(self, loss: Any, sizes: dict[str, int]) -> Iterator[tuple[str, Any, Any]]:
        T, B, K = (sizes[size] for size in "TBK")
        case = Config(loss.id, T, B, K, seed=20).case()
        wanted = by_torch(loss.id, case)
        tape = self._tuple("Tape", {"a": case.a, "y": case.y, "w": case.w} | wanted)
        yield "forward", (case.a, case.y, case.w), tape
        yield "backward", (tape,), wanted["d_a"]
        yield "jvp", (tape, case.a_dot), wanted["loss_dot"]
        yield "backward_jvp", (tape, case.a_dot), wanted["d_a_dot"]


def judge_of(home: Cell | Loss) -> Judge:
    """The judge of a cell or of a loss."""
    return LossJudge(home) if isinstance(home, Loss) else Judge(home)
