"""The symbolic proofs of every cell's step and recursion and of every loss, one after the other.

Imports the cells, the losses and the proofs. The proofs over unrolled sequences and of the maps to
other notations take longer or concern no single cell; the tests run them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from derivations.cells import CELLS
from derivations.losses import LOSSES
from derivations.losses.language import Loss
from derivations.notation import Cell
from derivations.proofs import any_size, bptt, losses
from derivations.proofs.results import Checked

Proof = Callable[[Cell], list[Checked]]

PROOFS: dict[str, Proof] = {
    "Jacobian blocks in closed form": any_size.closed_blocks,
    "Jacobian blocks by recursion": any_size.recursive_blocks,
    "blocks that are zero": any_size.absent_blocks,
    "backward pass of a step": any_size.adjoints,
    "tangents of a step": any_size.tangents,
    "recursion through time, base case": bptt.base_case,
    "recursion through time, induction step": bptt.induction_step,
    "recursion through time, by blocks": bptt.induction_by_blocks,
}

LOSS_PROOFS: dict[str, Callable[[Loss], list[Checked]]] = {
    "computed as defined": losses.computed,
    "gradient": losses.gradient,
    "tangents": losses.tangents,
}


@dataclass(frozen=True)
class Proved:
    """What one proof found for one cell or one loss."""

    of: str
    proof: str
    checked: list[Checked]

    @property
    def failures(self) -> list[Checked]:
        """The formulas whose residual is not identically zero."""
        return [c for c in self.checked if not c.holds]


def steps() -> int:
    """How many results `prove` will give."""
    return len(CELLS) * len(PROOFS) + len(LOSSES) * len(LOSS_PROOFS)


def prove() -> Iterator[Proved]:
    """Run every proof, cell by cell, then loss by loss."""
    for cell in CELLS.values():
        for name, proof in PROOFS.items():
            yield Proved(cell.id, name, proof(cell))
    for loss in LOSSES.values():
        for name, proof_of_loss in LOSS_PROOFS.items():
            yield Proved(loss.id, name, proof_of_loss(loss))
