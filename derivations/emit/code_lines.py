"""Find the generated NumPy lines that compute a formula, by the tags that they carry.

Imports the emitters of functions.
"""

from __future__ import annotations

from collections.abc import Iterable

from derivations.emit import numpy_sequence, numpy_step
from derivations.notation import Cell

Lines = dict[str, tuple[str, ...]]


def code_lines(cell: Cell) -> Lines:
    """For each formula id the lines of code that compute it."""
    forward = _tagged(numpy_step.step_forward(cell))
    backward = _tagged(numpy_step.step_backward(cell))
    jvp = _tagged(numpy_step.step_jvp(cell))
    jacobians = _tagged(numpy_step.step_jacobians(cell))
    lines: Lines = {id: (line,) for id, line in (forward | backward | jvp | jacobians).items()}
    lines[cell.id] = tuple(forward.values())
    names = [p.name for p in cell.parameters] + [stack.name for stack in cell.stacks]
    parameters = {f"{cell.id}.d_{name}" for name in names}
    lines[f"{cell.id}.vjp"] = tuple(b for id, b in backward.items() if id not in parameters)
    lines[f"{cell.id}.jvp"] = tuple(jvp.values())
    if cell.states:
        sequence = list(numpy_sequence.backward(cell))
        lines[f"{cell.id}.bptt"] = tuple(_loop(sequence))
        lines |= {
            f"{cell.id}.d_{s.name}": (_tagged(sequence)[f"{cell.id}.d_{s.name}"],)
            for s in cell.stacks
        }
    return lines


def _tagged(lines: Iterable[str]) -> dict[str, str]:
    return {
        tag: line.strip()
        for line, found, tag in (line.partition("  # ") for line in lines)
        if found
    }


def _loop(lines: list[str]) -> list[str]:
    """The loop over time and the lines that start it off, without tags."""
    first = next(k for k, line in enumerate(lines) if line.startswith("for t in"))
    start = [line for line in lines[:first] if line.startswith("d_") and "np." not in line]
    body = [line for line in lines[first + 1 :] if line.startswith("    ")]
    return [line.partition("  # ")[0] for line in (*start, lines[first], *body)]
