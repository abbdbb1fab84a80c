"""What known mistakes make of a run, evaluated like the right results.

A mistake is the right definition of something else: of other parameters, another state, another
cell, or of a sweep that leaves something out. Ids are those of `rnnref.testing.CATALOGUE`. Imports
notation, SymPy and the evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from derivations.cells import CELLS
from derivations.emit.vectors.evaluation import Named, Numbers
from derivations.emit.vectors.sequences import Run, results
from derivations.notation import Cell, elementwise

OTHER_CELLS = {
    ("rnn_tanh", "relu-for-tanh"): "rnn_relu",
    ("rnn_relu", "tanh-for-relu"): "rnn_tanh",
    ("gru_reset_after", "reset-before"): "gru_reset_before",
    ("gru_reset_before", "reset-after"): "gru_reset_after",
}
ORDERS = {"ifgo": ("iofg", "ifog", "igfo"), "rzn": ("zrn",)}


def mistaken(run: Run) -> dict[str, Named]:
    """For each mistake that is made of a run, by its id, the results that are not right.

    Of a mistake in the forward pass these are outputs and last states alone.
    """
    right = results(run)
    found = {id: _outputs(results(wrong)) for id, wrong in _forward(run)}
    found |= {id: results(wrong) for id, wrong in _backward(run)}
    steps, batch = len(run.x), run.x.shape[1]
    found["gradients-divided-by-T"] = _divided(right, steps)
    found["gradients-divided-by-B"] = _divided(right, batch)
    return {id: _different(wrong, right) for id, wrong in found.items()}


def _outputs(found: Named) -> Named:
    return {name: array for name, array in found.items() if not name.startswith("d_")}


def _divided(right: Named, by: int) -> Named:
    return {name: a / by if name.endswith("_l0") else a for name, a in right.items()}


def _different(wrong: Named, right: Named) -> Named:
    return {name: array for name, array in wrong.items() if (array != right[name]).any()}


def _forward(run: Run) -> Iterator[tuple[str, Run]]:
    cell = run.cell
    gates = "".join(block.sub[-1] for block in cell.stacks[0].blocks)
    for order in ORDERS.get(gates, ()):
        yield f"gate-order-{order}", _blocks(run, partial(_reordered, gates, order))
    if gates == "rzn":
        yield "z-takes-new", _blocks(run, lambda b: [b[0], -b[1], b[2]])
    for (id, mistake), other in OTHER_CELLS.items():
        if cell.id == id:
            yield mistake, replace(run, cell=CELLS[other])
    if "s" in cell.arrays:
        yield "tanh-of-c-dropped", replace(run, cell=_with_plain_c(cell))
    if cell.output.shape == ("H",):
        yield "w-hh-transposed", _blocks(run, lambda b: [p.T for p in b], ("weight_hh",))
    for bias in ("ih", "hh"):
        dropped = {f"bias_{bias}_l0": 0 * run.params[f"bias_{bias}_l0"]}
        yield f"b-{bias}-dropped", replace(run, params=run.params | dropped)
    for name, state in run.states.items():
        yield f"{name}-0-ignored", replace(run, states=run.states | {name: 0 * state})


def _backward(run: Run) -> Iterator[tuple[str, Run]]:
    for name, d in run.d_states.items():
        yield f"d-{name}-n-ignored", replace(run, d_states=run.d_states | {name: 0 * d})
        yield f"d-{name}-not-carried", replace(run, cut=frozenset([name]))


def _reordered(gates: str, order: str, blocks: list[Numbers]) -> list[Numbers]:
    """The block of each gate, if blocks stand in an order."""
    return [blocks[order.index(gate)] for gate in gates]


def _blocks(
    run: Run,
    change: Callable[[list[Numbers]], list[Numbers]],
    names: tuple[str, ...] = ("weight_ih", "weight_hh", "bias_ih", "bias_hh"),
) -> Run:
    """The run with the blocks of some parameters changed."""
    count = len(run.cell.stacks[0].blocks)
    changed: Mapping[str, Numbers] = {
        f"{name}_l0": np.concatenate(change(np.split(run.params[f"{name}_l0"], count)))
        for name in names
    }
    return replace(run, params={**run.params, **changed})


def _with_plain_c(cell: Cell) -> Cell:
    """The cell with c in place of tanh(c)."""
    plain = elementwise(cell.arrays["s"], cell.arrays["c"].symbol)
    return replace(cell, equations=tuple(plain if e.out.name == "s" else e for e in cell.equations))
