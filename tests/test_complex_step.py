"""Derivatives of the generated code itself, by a step of 1e-30 along the imaginary axis.

Of the forward code they are tangents, of the backward code those of the gradients.
Im f(v + i h w) / h is the derivative of f at v along w up to h**2, with nothing subtracted, so that
it keeps the full precision of float64 and knows of no derivative that anyone derived. One thing
that a cell is given is moved at a time, so that each gradient and each Jacobian block answers for
itself. The bound allows 1000 roundings of 1.1e-16, all the same way: more than lie on any chain
of dependent operations here (7 steps, sums of at most 7 + 7 terms, some 20 operations a step).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from oracles import code
from oracles.agreement import LEAST, Agreement
from oracles.cases import Case, Config, Results, over_configs

from derivations.cells import CELLS
from derivations.notation import Cell

STEP = 1e-30
BOUND = 1e-13

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
few_or_many = pytest.mark.parametrize("examples", [10, pytest.param(60, marks=pytest.mark.slow)])


def one_at_a_time(case: Case) -> Iterator[tuple[str, Case]]:
    """The case with a direction along one of the things given and nothing else."""
    for name, wanted in case.along.items():
        along = case.along.map(lambda a, wanted=wanted: a if a is wanted else 0 * a)
        still = {n: 0 * d for n, d in case.upstream_dot.items()}
        yield name, replace(case, along=along, upstream_dot=still)


def arriving_alone(case: Case) -> Case:
    """The case with a direction along what arrives and nothing else."""
    return replace(case, along=case.along.map(lambda a: 0 * a))


def off_the_axis(case: Case) -> Case:
    """The case moved by a step along its direction on the imaginary axis."""
    upstream = {n: d + 1j * STEP * case.upstream_dot[n] for n, d in case.upstream.items()}
    at = case.at.join(case.along, lambda a, v: a + 1j * STEP * v)
    return replace(case, at=at, upstream=upstream).map(lambda a: a.astype(complex))


def moved(case: Case) -> list[Results | Any]:
    """The arguments of a forward function, a step along the direction on the imaginary axis."""
    point = off_the_axis(case).at
    return [point.params, *point.inputs.values(), *point.states.values()]


def inner(left: Results, right: Results) -> tuple[float, float]:
    """The sum of the products of entries, and the sum of their magnitudes."""
    products = [left[name] * right[name] for name in left]
    return sum(p.sum() for p in products), sum(np.abs(p).sum() for p in products)


@every_cell
@few_or_many
def test_step(cell: Cell, examples: int) -> None:
    """Tangents of every array; each Jacobian block and each gradient along a random direction."""
    agreement = Agreement("complex_step", cell)
    module = code.generated(cell.id)

    def check(config: Config) -> None:
        whole = config.step()
        for name, case in one_at_a_time(whole):
            params, *arguments = moved(case)
            arrays = module.step_forward(module.Params(**params), *arguments)
            dots = {f"{n}_dot": a.imag / STEP for n, a in arrays._asdict().items()}
            got = code.step(module, case)
            agreement.check(got, dots, [n for n in got if n in dots], BOUND)
            v = dict(case.along.items())[name]
            v = v.reshape(1 if name in case.at.params else case.B, 1, -1)
            for a in cell.exits:
                block = f"{a.name}_D_{name}"
                rows = got[block].reshape(*got[block].shape[:2], -1)
                product = {block: (rows * v).sum(axis=2)}
                agreement.check(product, {block: dots[f"{a.name}_dot"]}, product, BOUND)
            compare_products(agreement, case, name, got, dots)

    over_configs(cell, examples, check)
    agreement.record("vjp")


@every_cell
@few_or_many
def test_sequence(cell: Cell, examples: int) -> None:
    """Tangents of the states over a sequence, and the gradient of each thing that is given."""
    agreement = Agreement("complex_step", cell)
    module = code.generated(cell.id)

    def check(config: Config) -> None:
        for name, case in one_at_a_time(config.sequence()):
            params, *arguments = moved(case)
            tape = module.forward(module.Params(**params), *arguments)
            dots = {f"{a.name}_dot": getattr(tape, a.name).imag / STEP for a in cell.exits}
            got = code.sequence(module, case)
            agreement.check(got, dots, dots, BOUND)
            last = {s.name: dots[f"{s.name}_dot"][-1] for s in cell.states}
            handed_on = {"y": dots[f"{cell.output.name}_dot"]} | last
            compare_products(agreement, case, name, got, handed_on)

    over_configs(cell, examples, check)
    agreement.record("bptt")


@every_cell
@few_or_many
def test_gradients_of_a_step(cell: Cell, examples: int) -> None:
    """The tangents of all gradients of a step, those of intermediates too."""
    agreement = Agreement("complex_step", cell)

    def check(config: Config) -> None:
        compare_gradients(agreement, config.step(), code.step)

    over_configs(cell, examples, check)
    agreement.record("vjp")


@every_cell
@few_or_many
def test_gradients_of_a_sequence(cell: Cell, examples: int) -> None:
    """The tangents of the gradients of a sequence."""
    agreement = Agreement("complex_step", cell)

    def check(config: Config) -> None:
        compare_gradients(agreement, config.sequence(), code.sequence)

    over_configs(cell, examples, check)
    agreement.record("bptt")


def compare_gradients(
    agreement: Agreement, whole: Case, run: Callable[[Any, Case], Results]
) -> None:
    """Along each thing that is given, and along what arrives."""
    module = code.generated(whole.cell.id)
    for case in (*(case for _, case in one_at_a_time(whole)), arriving_alone(whole)):
        gradients = {n: d for n, d in run(module, off_the_axis(case)).items() if is_gradient(n)}
        dots = {f"{n}_dot": d.imag / STEP for n, d in gradients.items()}
        agreement.check(run(module, case), dots, dots, BOUND)


def is_gradient(name: str) -> bool:
    return name.startswith("d_") and not name.endswith("_dot")


def compare_products(
    agreement: Agreement, case: Case, name: str, got: Results, dots: Results
) -> None:
    """<upstream, J v> = <J^T upstream, v>, relative to the magnitudes of the terms."""
    handed_on = {n: dots[n] if n in dots else dots[f"{n}_dot"] for n in case.upstream}
    forward, size = inner(case.upstream, handed_on)
    backward, other = inner({name: got[f"d_{name}"]}, dict(case.along.items()))
    error = abs(forward - backward) / max(size, other, LEAST)
    assert error <= BOUND, f"{case.cell.id}.d_{name}: error {error:.3g} exceeds {BOUND:.3g}"
    agreement.note(f"d_{name}", error, BOUND)
