r"""When the whole Jacobian of an LSTM vanishes: a sufficient condition, for any size.

Imports the definitions, index notation and SymPy. Let ``phi < 1`` bound all forget gates along the
trajectory and ``|c_0| <= C = 1/(1 - phi)``, so that all ``|c_t| <= phi C + 1 = C``. With ``s_g``
the largest singular value of ``W_hg``,

    ``beta = C s_f / 4 + s_i / 4 + s_g`` bounds dc/dh,    ``omega = s_o / 4``,

and the blocks of a step are bounded by ``M = [[beta + omega, phi], [beta, phi]]`` (rows and columns
h, c). With ``v = (1, 1 - omega)`` and ``q = phi + beta + omega (1 - phi) < 1``,

    ``M v = v - (1 - q) (1, 1) <= q v``,

since no entry of v exceeds 1. So ``M^n v <= q^n v``, and M^n bounds the blocks of n steps.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from sympy import Matrix

from derivations.cells import CELLS
from derivations.proofs.indices import Entries, J, K, delta
from derivations.proofs.normal import residual
from derivations.proofs.results import Checked

LSTM = CELLS["lstm"]
PHI, BETA, OMEGA = sympy.symbols("phi beta omega", positive=True)
BOUND = PHI + BETA + OMEGA * (1 - PHI)
ONE_STEP = Matrix([[BETA + OMEGA, PHI], [BETA, PHI]])
DIRECTION = Matrix([1, 1 - OMEGA])

THROUGH_GATES = {
    "f": "c_prev * f * (1 - f)",
    "i": "g * i * (1 - i)",
    "g": "i * (1 - g**2)",
}
"""dc/dh is the sum over these gates of a diagonal times the gate's recurrent weight."""


def blocks(through: Mapping[str, str] = THROUGH_GATES) -> list[Checked]:
    """The four blocks of a step in the form in which they are bounded, less the derivatives."""
    step = Entries(LSTM)

    def at(expression: str) -> sympy.Expr:
        return step.scalar(
            sympy.sympify(expression, {n: a.symbol for n, a in LSTM.arrays.items()}), J
        )

    def weight(gate: str) -> sympy.Expr:
        return step.element(f"W_h{gate}", J, K)

    c_by_h = sympy.Add(*(at(slope) * weight(gate) for gate, slope in through.items()))
    stated = {
        ("c", "h"): c_by_h,
        ("h", "h"): at("o * (1 - s**2)") * c_by_h + at("s * o * (1 - o)") * weight("o"),
        ("c", "c"): at("f") * delta("H", J, K),
        ("h", "c"): at("o * (1 - s**2) * f") * delta("H", J, K),
    }
    return [
        Checked(
            f"lstm.{exit}_D_{by}_prev",
            residual(form, step.entry(exit, J).diff(step.element(f"{by}_prev", K))),
        )
        for (exit, by), form in stated.items()
    ]


def slack() -> Matrix:
    """``v - M v``, which is ``1 - q`` twice."""
    return (DIRECTION - ONE_STEP * DIRECTION).expand()


def kept() -> sympy.Expr:
    """``phi C + 1 - C`` at ``C = 1/(1 - phi)``."""
    C = 1 / (1 - PHI)
    return sympy.simplify(PHI * C + 1 - C)
