"""Every formula of a cell, built from a result of the calculus in two notations.

Nothing is derived here and nothing is typed by hand.
"""

from __future__ import annotations

from derivations.calculus.jacobians import jacobian_blocks
from derivations.calculus.second import adjoint_tangents
from derivations.calculus.sweeps import forward_sweep, reverse_sweep
from derivations.emit.formulas.assumptions import assuming
from derivations.emit.formulas.definitions import definition, whole
from derivations.emit.formulas.jacobians import jacobian
from derivations.emit.formulas.model import Formula, Reason
from derivations.emit.formulas.second import (
    adjoint_tangent,
    gradient_tangent,
    recursion_tangent,
    whole_hvp,
)
from derivations.emit.formulas.sweeps import adjoint, tangent, whole_jvp, whole_vjp
from derivations.emit.formulas.through_time import gradient, recursion
from derivations.notation import Cell

__all__ = ["Formula", "Reason", "formulas"]


def formulas(cell: Cell) -> tuple[Formula, ...]:
    """Every formula that follows from the definition of a cell, in reading order."""
    found = (
        whole(cell),
        *(definition(cell, e.out) for e in cell.equations),
        *(jacobian(cell, b) for exit in cell.exits for b in jacobian_blocks(cell, exit)),
        whole_vjp(cell),
        *(adjoint(cell, a) for a in reverse_sweep(cell) if a.terms),
        whole_jvp(cell),
        *(tangent(cell, t) for t in forward_sweep(cell)),
        *((recursion(cell),) if cell.states else ()),
        *(gradient(cell, stack) for stack in cell.stacks),
        whole_hvp(cell),
        *(adjoint_tangent(cell, s) for s in adjoint_tangents(cell) if s.line.terms),
        *((recursion_tangent(cell),) if cell.states else ()),
        *(gradient_tangent(cell, stack) for stack in cell.stacks),
    )
    return tuple(map(assuming, found))
