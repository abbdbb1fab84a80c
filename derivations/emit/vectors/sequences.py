"""One run of a layer of one cell: what is given, and what follows from it.

Names and shapes are those of PyTorch: ``weight_ih_l0``, states (directions, B, size), gradients
with ``d_`` before the name. Imports NumPy, notation and the evaluation of a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import sympy

from derivations.emit.vectors.evaluation import Named, Numbers, backward, forward, zeros
from derivations.notation import Cell, Elementwise


@dataclass(frozen=True)
class Run:
    """A batch of sequences through one layer.

    Attributes:
        cell: the definition.
        params: the stacked parameters by name, ``_reverse`` after those of the second direction;
            an absent bias is zero.
        x: the inputs (T, B, D).
        states: for each state its start (directions, B, size).
        d_y: dL/dy (T, B, directions·size).
        d_states: for each state dL/d of its end.
        lengths: the length of each sequence.
        bias: whether the layer has biases.
        cut: states whose gradient is not handed to earlier steps, which is a mistake.
    """

    cell: Cell
    params: Named
    x: Numbers
    states: Named
    d_y: Numbers
    d_states: Named
    lengths: tuple[int, ...]
    bias: bool = True
    cut: frozenset[str] = frozenset()

    @property
    def directions(self) -> int:
        """1, or 2 if there is a reverse direction."""
        return len(next(iter(self.states.values())))


def end_of(direction: int) -> str:
    """The end of the names of a direction's parameters."""
    return "_l0_reverse" if direction else "_l0"


def cut_blocks(run: Run, direction: int) -> Named:
    """The parameters block by block, as the rows of each stack are cut."""
    found: Named = {}
    for stack in run.cell.stacks:
        parts = np.split(run.params[stack.name + end_of(direction)], len(stack.blocks))
        found |= {block.name: part for block, part in zip(stack.blocks, parts, strict=True)}
    return found


class Sweep(NamedTuple):
    """One sequence in one direction: which, its times in the order of its steps, its steps."""

    direction: int
    b: int
    times: list[int]
    blocks: Named
    steps: list[Named]


def sweeps(run: Run) -> Iterator[Sweep]:
    """Every sequence in every direction."""
    for direction in range(run.directions):
        blocks = cut_blocks(run, direction)
        for b, length in enumerate(run.lengths):
            times = list(range(length))[:: -1 if direction else 1]
            start = {name: array[direction, b] for name, array in run.states.items()}
            steps = forward(run.cell, blocks, run.x[times, b], start)
            yield Sweep(direction, b, times, blocks, steps)


def arguments(run: Run) -> Numbers:
    """Everything that an elementwise function is applied to, in one vector."""
    calls = [
        call
        for equation in run.cell.equations
        if isinstance(equation.right, Elementwise)
        for call in equation.right.expression.atoms(sympy.Function)
    ]
    names = [call.args[0].name for call in calls]
    found = [step[name] for sweep in sweeps(run) for step in sweep.steps for name in names]
    return np.concatenate(found)


def results(run: Run) -> Named:
    """Outputs, last states and all gradients, by name."""
    cell, width = run.cell, run.d_y.shape[2] // run.directions
    y, d_x = zeros(*run.d_y.shape), zeros(*run.x.shape)
    ends, starts = ({n: zeros(*a.shape) for n, a in run.states.items()} for _ in range(2))
    d_params = {f"d_{name}": zeros(*array.shape) for name, array in run.params.items()}
    for direction, b, times, blocks, steps in sweeps(run):
        at = np.s_[times, b, direction * width : (direction + 1) * width]
        d_end = {name: array[direction, b] for name, array in run.d_states.items()}
        grads = backward(cell, blocks, steps, run.d_y[at], d_end, run.cut)
        y[at] = [step[cell.output.name] for step in steps]
        d_x[times, b] += grads.inputs
        for name in run.states:
            ends[name][direction, b] = steps[-1][name]
            starts[name][direction, b] = grads.states[name]
        for stack in cell.stacks:
            rows = [grads.params[block.name] for block in stack.blocks]
            d_params[f"d_{stack.name}{end_of(direction)}"] += np.concatenate(rows)
    if not run.bias:
        d_params = {name: d for name, d in d_params.items() if "bias" not in name}
    return (
        {"y": y}
        | {f"{name}_n": end for name, end in ends.items()}
        | {"d_x": d_x}
        | {f"d_{name}_0": start for name, start in starts.items()}
        | d_params
    )
