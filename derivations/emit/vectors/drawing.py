"""Numbers for a plan: dyadic, so that every format and every language reads the same ones.

Parameters are multiples of 1/256, all others of 1/64, with at most 8 significant bits: bfloat16 has
them all. No two entries of an array, and no two parameters of a direction, are equal or zero.
"""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import mpmath
import numpy as np

from derivations.emit.vectors.evaluation import Named, Numbers, exact, zeros
from derivations.emit.vectors.plans import Plan
from derivations.emit.vectors.sequences import Run, arguments, cells
from derivations.notation import Cell

WEIGHTS = [sign * k / 256 for k in range(1, 161) for sign in (1, -1)]
OTHERS = [sign * k / 64 for k in range(1, 97) for sign in (1, -1)]
DIGITS = 20
"""More than what is drawn needs to be added and multiplied exactly."""

NARROW = 3
"""How much smaller a projected output is than the cell that it projects."""


def draw(cell: Cell, plan: Plan) -> Run:
    """The first draw that fits."""
    with mpmath.workdps(DIGITS):
        runs = (_draw(cell, plan, Random(f"{cell.id}.{plan.id}.{seed}")) for seed in range(100))
        run = next(run for run in runs if _fits(run, plan))
        return TWISTS[plan.twist](run) if plan.twist else run


def _fits(run: Run, plan: Plan) -> bool:
    """Whether the largest argument is where it has to be, and enlarging has made none equal."""
    least, most = plan.seen
    first = [a for name, p in run.params.items() if name.endswith("_l0") for a in p.flat if a]
    distinct = len(set(first)) == len(first)
    return distinct and bool(least <= max(abs(arguments(run))) <= most)


def sizes(cell: Cell, plan: Plan) -> dict[str, int]:
    """The sizes of the arrays of a cell; ``plan.H`` is that of its output."""
    found = {"D": plan.D, "H": plan.H}
    if cell.output.shape == ("P",):
        found |= {"P": plan.H, "H": plan.H + NARROW}
    return found


def _draw(cell: Cell, plan: Plan, random: Random) -> Run:
    n, T, B = sizes(cell, plan), plan.T, plan.B
    directions = 2 if plan.bidirectional else 1
    width = directions * n[cell.output.shape[0]]
    ends = cells(plan.layers, directions)
    params: Named = {}
    for k, end in enumerate(ends):
        n |= {"D": width if k >= directions else plan.D}
        pool = list(WEIGHTS)
        for stack in cell.stacks:
            rows, *columns = (n[size] for size in stack.blocks[0].shape)
            shape = (len(stack.blocks) * rows, *columns)
            absent = not plan.bias and stack.name.startswith("bias")
            array = zeros(*shape) if absent else _take(pool, random, shape)
            times = plan.times if stack.blocks[0].shape[0] == "H" else 1  # not a projection
            params[stack.name + end] = times * array
    states = {s.name: (len(ends), B, n[s.next.shape[0]]) for s in cell.states}
    x = _take(list(OTHERS), random, (T, B, plan.D))
    if plan.silent is not None:
        x[plan.silent :] = mpmath.mpf(0)
    start = {name: _take(list(OTHERS), random, shape) for name, shape in states.items()}
    arriving = {"d_y": (T, B, width)} | {f"d_{name}_n": shape for name, shape in states.items()}
    d = {name: _arriving(name, plan, random, shape) for name, shape in arriving.items()}
    return Run(
        cell,
        params,
        x,
        start if plan.start else {name: zeros(*shape) for name, shape in states.items()},
        d["d_y"],
        {name: d[f"d_{name}_n"] for name in states},
        plan.lengths or (T,) * B,
        plan.bias,
        plan.layers,
        directions,
    )


def _take(pool: list[float], random: Random, shape: tuple[int, ...]) -> Numbers:
    """An array of numbers from a pool, none of them twice while there are enough of them."""
    if math.prod(shape) > len(pool):
        raise ValueError(f"an array {shape} needs more than the {len(pool)} numbers that are left")
    found = [pool.pop(int(random.random() * len(pool))) for _ in range(math.prod(shape))]
    return exact(np.array(found)).reshape(shape)


def _arriving(name: str, plan: Plan, random: Random, shape: tuple[int, ...]) -> Numbers:
    drawn = _take(list(OTHERS), random, shape)
    at = () if plan.arrives is None else plan.arrives.get(name)
    if at == ():
        return drawn
    array = zeros(*shape)
    if at is not None:
        array[at] = mpmath.mpf(1)
    return array


def _at_kink(run: Run) -> Run:
    """Move biases so that the first pre-activations of the first sequence are -e, 0, e, ..."""
    first = arguments(run)[: run.d_y.shape[2]]
    wanted = [mpmath.mpf(k - 1) / 2**14 for k in range(len(first))]
    moved = run.params["bias_ih_l0"] - first + np.array(wanted)
    return replace(run, params=run.params | {"bias_ih_l0": moved})


def _overflowing(run: Run) -> Run:
    """The biases of the first two units beyond 1024: of different signs, gate by gate in turn."""
    blocks = len(run.cell.stacks[0].blocks)
    changed = run.params["bias_ih_l0"].copy().reshape(blocks, -1)
    for k in range(blocks):
        for unit in (0, 1):
            sign = (-1) ** (k + unit)
            changed[k, unit] = sign * mpmath.mpf(1024 + 8 * (2 * k + unit))
    return replace(run, params=run.params | {"bias_ih_l0": changed.reshape(-1)})


TWISTS = {"kink": _at_kink, "overflow": _overflowing}
"""What a plan may ask for beyond a draw."""
