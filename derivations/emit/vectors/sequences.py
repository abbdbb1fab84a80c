"""One run of layers of one cell: what is given, and what follows from it.

Names and shapes are those of PyTorch: ``weight_ih_l0``, states (layers·directions, B, size),
gradients with ``d_`` before the name. Imports NumPy, notation and the evaluation of a cell.
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
    """A batch of sequences through one layer, or several.

    Attributes:
        cell: the definition.
        params: the stacked parameters by name, ``_reverse`` after those of the second direction;
            an absent bias is zero.
        x: the inputs (T, B, D).
        states: for each state its start (layers·directions, B, size).
        d_y: dL/dy (T, B, directions·size).
        d_states: for each state dL/d of its end.
        lengths: the length of each sequence.
        bias: whether the layers have biases.
        layers: how many there are.
        directions: 1, or 2 if there is a reverse direction.
        cut: states whose gradient is not handed to earlier steps, which is a mistake.
        missed: an array and another that its equation reads, between which no gradient passes,
            which is a mistake.
    """

    cell: Cell
    params: Named
    x: Numbers
    states: Named
    d_y: Numbers
    d_states: Named
    lengths: tuple[int, ...]
    bias: bool = True
    layers: int = 1
    directions: int = 1
    cut: frozenset[str] = frozenset()
    missed: frozenset[tuple[str, str]] = frozenset()


class Sweep(NamedTuple):
    """One sequence in one direction of one layer.

    ``k`` is the place of its state among those of all layers and directions; ``columns`` are its
    part of the layer's outputs, ``times`` the times of its steps in their order.
    """

    k: int
    end: str
    b: int
    columns: slice
    times: list[int]
    blocks: Named
    steps: list[Named]


def cells(layers: int, directions: int) -> list[str]:
    """The end of the names of the parameters of each layer and direction, in PyTorch's order."""
    ends = ("", "_reverse")[:directions]
    return [f"_l{n}{end}" for n in range(layers) for end in ends]


def _cut_blocks(run: Run, end: str) -> Named:
    """The parameters block by block, as the rows of each stack are cut."""
    found: Named = {}
    for stack in run.cell.stacks:
        parts = np.split(run.params[stack.name + end], len(stack.blocks))
        found |= {block.name: part for block, part in zip(stack.blocks, parts, strict=True)}
    return found


def _sweeps(run: Run, layer: int, x: Numbers) -> Iterator[Sweep]:
    """Every sequence in every direction of a layer."""
    width = run.d_y.shape[2] // run.directions
    for direction in range(run.directions):
        k = layer * run.directions + direction
        end = cells(run.layers, run.directions)[k]
        blocks, columns = _cut_blocks(run, end), slice(direction * width, (direction + 1) * width)
        for b, length in enumerate(run.lengths):
            times = list(range(length))[:: -1 if direction else 1]
            start = {name: array[k, b] for name, array in run.states.items()}
            steps = forward(run.cell, blocks, x[times, b], start)
            yield Sweep(k, end, b, columns, times, blocks, steps)


def _outputs(run: Run, layer: list[Sweep]) -> Numbers:
    """What a layer puts out; zero after the end of a sequence."""
    y = zeros(*run.d_y.shape)
    for s in layer:
        y[s.times, s.b, s.columns] = [step[run.cell.output.name] for step in s.steps]
    return y


def _swept(run: Run) -> list[list[Sweep]]:
    """The sweeps of each layer."""
    found: list[list[Sweep]] = []
    for layer in range(run.layers):
        x = _outputs(run, found[-1]) if found else run.x
        found.append(list(_sweeps(run, layer, x)))
    return found


def arguments(run: Run) -> Numbers:
    """Everything that an elementwise function is applied to, in one vector."""
    calls = [
        call
        for equation in run.cell.equations
        if isinstance(equation.right, Elementwise)
        for call in equation.right.expression.atoms(sympy.Function)
    ]
    names = [call.args[0].name for call in calls]
    steps = [step for layer in _swept(run) for sweep in layer for step in sweep.steps]
    return np.concatenate([step[name] for step in steps for name in names])


def results(run: Run) -> Named:
    """Outputs, last states and all gradients, by name."""
    swept = _swept(run)
    ends, starts = ({n: zeros(*a.shape) for n, a in run.states.items()} for _ in range(2))
    d_params = {f"d_{name}": zeros(*array.shape) for name, array in run.params.items()}
    d_y = run.d_y
    for n, layer in reversed(list(enumerate(swept))):
        d_x = zeros(*(d_y if n else run.x).shape)
        for k, end, b, columns, times, blocks, steps in layer:
            d_end = {name: array[k, b] for name, array in run.d_states.items()}
            arriving = d_y[times, b, columns]
            grads = backward(run.cell, blocks, steps, arriving, d_end, run.cut, run.missed)
            d_x[times, b] += grads.inputs
            for name in run.states:
                ends[name][k, b] = steps[-1][name]
                starts[name][k, b] = grads.states[name]
            for stack in run.cell.stacks:
                rows = [grads.params[block.name] for block in stack.blocks]
                d_params[f"d_{stack.name}{end}"] += np.concatenate(rows)
        d_y = d_x
    if not run.bias:
        d_params = {name: d for name, d in d_params.items() if "bias" not in name}
    return (
        {"y": _outputs(run, swept[-1])}
        | {f"{name}_n": end for name, end in ends.items()}
        | {"d_x": d_y}
        | {f"d_{name}_0": start for name, start in starts.items()}
        | d_params
    )
