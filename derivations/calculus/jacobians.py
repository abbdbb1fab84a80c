"""Jacobian blocks of a step: each exit by every array, as a reverse sweep started from that exit.

Imports notation and the sweeps. A block is kept in two forms: the recursion that a reader (and
the code) follows line by line, and its closed form, a sum over the paths from source to exit.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.calculus.local import Diagonal, Edge, Factor
from derivations.calculus.sweeps import reverse_sweep
from derivations.notation import Array, Cell

Path = tuple[Factor, ...]


@dataclass(frozen=True)
class Block:
    """``exit_D_by``: the derivative of an exit with respect to one array of the step.

    ``terms`` are the edges that leave ``by`` towards ``exit``: the block is the sum of
    ``exit_D_(term.out) * term.factor``. ``paths`` is the closed form, ``diagonal`` says that
    the block is a diagonal matrix.
    """

    exit: Array
    by: Array
    terms: tuple[Edge, ...]
    paths: tuple[Path, ...]
    diagonal: bool

    @property
    def name(self) -> str:
        """The block's name in code: ``h_D_c_prev``."""
        return f"{self.exit.name}_D_{self.by.name}"


def jacobian_blocks(cell: Cell, exit: Array) -> tuple[Block, ...]:
    """All non-zero blocks of one exit, in the order in which they can be computed."""
    blocks: dict[str, Block] = {}
    for adjoint in reverse_sweep(cell):
        if adjoint.of == exit:
            blocks[exit.name] = Block(exit, exit, (), ((),), True)
            continue
        terms = tuple(e for e in adjoint.terms if e.out.name in blocks)
        if not terms:
            continue
        paths = tuple(
            (*path, edge.factor) for edge in terms for path in blocks[edge.out.name].paths
        )
        diagonal = all(
            blocks[e.out.name].diagonal and isinstance(e.factor, Diagonal) for e in terms
        )
        blocks[adjoint.of.name] = Block(exit, adjoint.of, terms, paths, diagonal)
    del blocks[exit.name]
    return tuple(blocks.values())


def step_jacobian(cell: Cell, exit: str, by: str) -> Block | None:
    """The block ``exit_D_by``, or None where the exit does not depend on the array."""
    blocks = jacobian_blocks(cell, cell.arrays[exit])
    return next((b for b in blocks if b.by.name == by), None)
