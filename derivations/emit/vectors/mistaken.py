"""What known mistakes make of a run, evaluated like the right results.

A mistake is the right definition of something else: of other parameters, another state, another
cell, or of a sweep that leaves something out. Ids are those of `rnnref.testing.CATALOGUE`. Imports
notation, SymPy and the evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain

import numpy as np

from derivations.cells import CELLS
from derivations.cells.lstm_gates import f
from derivations.emit.vectors.evaluation import Named, Numbers
from derivations.emit.vectors.sequences import Run, results
from derivations.functions import tanh
from derivations.notation import Cell, Elementwise, Equation, elementwise

OTHER_CELLS = {
    ("rnn_tanh", "relu-for-tanh"): "rnn_relu",
    ("rnn_relu", "tanh-for-relu"): "rnn_tanh",
    ("gru_reset_after", "reset-before"): "gru_reset_before",
    ("gru_reset_before", "reset-after"): "gru_reset_after",
}
ORDERS = {"ifgo": ("iofg", "ifog", "igfo"), "igo": ("iog",), "rzn": ("zrn",)}
PEEPHOLES = {"i": ("a_i", "c_prev"), "f": ("a_f", "c_prev"), "o": ("a_o", "c")}
"""The pre-activation that the peephole of a gate is added to, and what the peephole reads."""


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
        plain = elementwise(cell.arrays["s"], cell.arrays["c"].symbol)
        yield "tanh-of-c-dropped", replace(run, cell=_with(cell, plain))
    if cell.output.shape == ("H",):
        yield "w-hh-transposed", _blocks(run, lambda b: [p.T for p in b], ("weight_hh",))
    for bias in ("ih", "hh"):
        dropped = {f"bias_{bias}_l0": 0 * run.params[f"bias_{bias}_l0"]}
        yield f"b-{bias}-dropped", replace(run, params=run.params | dropped)
    for name, state in run.states.items():
        yield f"{name}-0-ignored", replace(run, states=run.states | {name: 0 * state})
    if "weight_ch_l0" in run.params:
        yield from _peepholes_read_wrongly(run)
    if gates == "igo":
        i, g, c_prev = (cell.arrays[name].symbol for name in ("i", "g", "c_prev"))
        swapped = elementwise(cell.arrays["c"], i * c_prev + (1 - i) * g)
        yield "coupling-the-other-way", replace(run, cell=_with(cell, swapped))


def _peepholes_read_wrongly(run: Run) -> Iterator[tuple[str, Run]]:
    cell, only = run.cell, ("weight_ch",)
    c, c_prev = (cell.arrays[name].symbol for name in ("c", "c_prev"))
    yield "peephole-order-iof", _blocks(run, partial(_reordered, "ifo", "iof"), only)
    yield "peepholes-ignored", _blocks(run, lambda b: [0 * w for w in b], only)
    yield "output-peephole-ignored", _blocks(run, lambda b: [b[0], b[1], 0 * b[2]], only)
    for id, gates, wrong in (
        ("output-peephole-reads-c-prev", "o", {c: c_prev}),
        ("output-peephole-reads-tanh", "o", {c: tanh(c)}),
        ("input-and-forget-peepholes-read-tanh", "if", {c_prev: tanh(c_prev)}),
    ):
        names = {PEEPHOLES[gate][0] for gate in gates}
        changed = [
            elementwise(e.out, e.right.expression.xreplace(wrong))
            for e in cell.equations
            if e.out.name in names and isinstance(e.right, Elementwise)
        ]
        yield id, replace(run, cell=_with(cell, *changed))


def _backward(run: Run) -> Iterator[tuple[str, Run]]:
    for name, d in run.d_states.items():
        yield f"d-{name}-n-ignored", replace(run, d_states=run.d_states | {name: 0 * d})
        yield f"d-{name}-not-carried", replace(run, cut=frozenset([name]))
    if "weight_ch_l0" in run.params:
        for id, gates in (
            ("peephole-paths-missing", "ifo"),
            ("output-peephole-path-missing", "o"),
            ("input-and-forget-peephole-paths-missing", "if"),
        ):
            yield id, replace(run, missed=frozenset(PEEPHOLES[gate] for gate in gates))
    if "f" not in run.cell.arrays and "c" in run.cell.arrays:
        cell = _with_f_apart(run.cell)
        yield "f-constant-in-coupling", replace(run, cell=cell, missed=frozenset([("f", "i")]))


def _reordered(gates: str, order: str, blocks: list[Numbers]) -> list[Numbers]:
    """The block of each gate, if blocks stand in an order."""
    return [blocks[order.index(gate)] for gate in gates]


def _blocks(
    run: Run,
    change: Callable[[list[Numbers]], list[Numbers]],
    names: tuple[str, ...] = ("weight_ih", "weight_hh", "bias_ih", "bias_hh"),
) -> Run:
    """The run with the blocks of some parameters changed."""
    counts = {stack.name: len(stack.blocks) for stack in run.cell.stacks}
    changed: Mapping[str, Numbers] = {
        f"{name}_l0": np.concatenate(change(np.split(run.params[f"{name}_l0"], counts[name])))
        for name in names
    }
    return replace(run, params={**run.params, **changed})


def _with(cell: Cell, *equations: Equation) -> Cell:
    """The cell with other equations for some of its arrays."""
    others = {e.out.name: e for e in equations}
    return replace(cell, equations=tuple(others.get(e.out.name, e) for e in cell.equations))


def _with_f_apart(cell: Cell) -> Cell:
    """The cell with coupled gates, with a name for 1 - i."""
    i, g, c_prev = (cell.arrays[name].symbol for name in ("i", "g", "c_prev"))
    c = elementwise(cell.arrays["c"], f.symbol * c_prev + i * g)
    whole = [(elementwise(f, 1 - i), c) if e.out.name == "c" else (e,) for e in cell.equations]
    return replace(cell, equations=tuple(chain.from_iterable(whole)))
