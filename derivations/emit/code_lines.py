"""Find the generated NumPy lines that compute a formula, by the tags that they carry.

Imports the emitters of functions.
"""

from __future__ import annotations

from collections.abc import Iterable

from derivations.emit import numpy_second, numpy_sequence, numpy_step
from derivations.notation import Cell

Lines = dict[str, tuple[str, ...]]


def code_lines(cell: Cell) -> Lines:
    """For each formula id the lines of code that compute it."""
    forward = _tagged(numpy_step.step_forward(cell))
    backward = _tagged(numpy_step.step_backward(cell))
    jvp = _tagged(numpy_step.step_jvp(cell))
    second = _tagged(numpy_second.step_backward_jvp(cell))
    jacobians = _tagged(numpy_step.step_jacobians(cell))
    step = forward | second | backward | jvp | jacobians
    lines: Lines = {id: (line,) for id, line in step.items()}
    lines[cell.id] = tuple(forward.values())
    names = [p.name for p in cell.parameters] + [stack.name for stack in cell.stacks]
    parameters = {f"{cell.id}.d_{name}{dot}" for name in names for dot in ("", "_dot")}
    lines[f"{cell.id}.vjp"] = tuple(b for id, b in backward.items() if id not in parameters)
    lines[f"{cell.id}.jvp"] = tuple(jvp.values())
    lines[f"{cell.id}.hvp"] = tuple(
        line for id, line in second.items() if id not in parameters | backward.keys()
    )
    if cell.states:
        lines |= _over_time(cell, list(numpy_sequence.backward(cell)))
        lines |= _over_time(cell, list(numpy_second.backward_jvp(cell)), "_dot")
    return lines


def _over_time(cell: Cell, sequence: list[str], dot: str = "") -> Lines:
    """The loop over time, and the gradients of the parameters that are summed after it."""
    found = _tagged(sequence)
    gradients = [f"{cell.id}.d_{stack.name}{dot}" for stack in cell.stacks]
    loop = {f"{cell.id}.bptt{dot}": tuple(_loop(sequence))}
    return loop | {gradient: (found[gradient],) for gradient in gradients}


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
