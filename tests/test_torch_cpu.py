"""PyTorch in float64 on the CPU: every cell's definition under autograd, and PyTorch's own modules.

How close is close enough, and why, is said in `oracles.agreement`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
from oracles import code
from oracles.agreement import FLOAT32, FLOAT64, Agreement
from oracles.cases import Config, Results, over_configs
from oracles.mistakes import mistakes, second_order
from oracles.torch_definition import Definition, one_thread
from oracles.torch_modules import MODULES, accepts, hessian_vector_product
from oracles.torch_modules import sequence as module_sequence

from derivations.cells import CELLS
from derivations.notation import Cell

ROUTE = "torch_cpu"
SIZES = {"D": 3, "H": 5, "K": 7, "P": 2}

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
every_module = pytest.mark.parametrize("name", MODULES)
few_or_many = pytest.mark.parametrize("examples", [15, pytest.param(200, marks=pytest.mark.slow)])


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


@every_cell
@few_or_many
def test_step(cell: Cell, examples: int) -> None:
    """Every array, Jacobian, gradient and tangent of a step, and the tangents of its gradients.

    Intermediates included.
    """
    oracle, agreement = Definition(cell), Agreement(ROUTE, cell)

    def check(config: Config) -> None:
        case = config.step()
        got = code.step(code.generated(cell.id), case)
        agreement.check(got, oracle.step(case), got, FLOAT64)

    over_configs(cell, examples, check)
    agreement.record("vjp")


@every_cell
@few_or_many
def test_sequence(cell: Cell, examples: int) -> None:
    """The tape, all gradients and all tangents, those of gradients too, against the definition."""
    oracle, agreement = Definition(cell), Agreement(ROUTE, cell)

    def check(config: Config) -> None:
        case = config.sequence()
        got = code.sequence(code.generated(cell.id), case)
        agreement.check(got, oracle.sequence(case), got, FLOAT64)

    over_configs(cell, examples, check)
    agreement.record("bptt")


@every_module
@few_or_many
def test_module(name: str, examples: int) -> None:
    """Sequences against PyTorch's modules, or another's equations where it has none."""
    cell = CELLS[name]
    agreement = Agreement("torch_nn", cell)

    def check(config: Config) -> None:
        case = config.sequence()
        want = module_sequence(MODULES[name], case)
        agreement.check(code.sequence(code.generated(name), case), want, want, FLOAT64)

    over_configs(cell, examples, check, fits=partial(accepts, name))
    agreement.record("bptt")


@every_module
@few_or_many
def test_hessian_vector_product(name: str, examples: int) -> None:
    """Of a loss that bends, over whole sequences: PyTorch's modules differentiated twice."""
    cell = CELLS[name]
    agreement = Agreement("torch_nn", cell)

    def check(config: Config) -> None:
        case = config.sequence()
        want = hessian_vector_product(MODULES[name], case)
        got = code.hessian_vector_product(code.generated(name), case)
        assert got.keys() == want.keys()
        agreement.check(got, want, got, FLOAT64)

    over_configs(cell, examples, check, fits=partial(accepts, name))
    agreement.record("bptt")


@every_cell
@few_or_many
def test_float32(cell: Cell, examples: int) -> None:
    """The same in float32, against float64 at the same numbers."""
    oracle, agreement = Definition(cell), Agreement("float32", cell)

    def check(config: Config) -> None:
        case = config.sequence().map(np.float32)
        got = code.sequence(code.generated(cell.id), case)
        assert {a.dtype for a in got.values()} == {np.dtype(np.float32)}
        want = oracle.sequence(case.map(np.float64))
        agreement.check(got, want, got, FLOAT32)

    over_configs(cell, examples, check)


@every_cell
@pytest.mark.parametrize("dtype", ["float32", "float64", "longdouble", "complex64", "complex128"])
def test_dtype_in_is_dtype_out(cell: Cell, dtype: str) -> None:
    """No array of any function is cast."""
    config = Config(cell.id, SIZES, T=4, B=6, seed=0)
    module = code.generated(cell.id)
    step = code.step(module, config.step().map(lambda a: a.astype(dtype)))
    sequence = code.sequence(module, config.sequence().map(lambda a: a.astype(dtype)))
    for results in (step, sequence):
        assert {n: a.dtype for n, a in results.items()} == dict.fromkeys(results, np.dtype(dtype))


@pytest.mark.parametrize(
    ("name", "mistake"), [(cell.id, m) for cell in CELLS.values() for m in mistakes(cell)]
)
def test_planted_mistakes_are_caught(name: str, mistake: str) -> None:
    """The comparisons above fail where they should, the definition's and the module's alike."""
    cell = CELLS[name]
    case = Config(name, SIZES, T=4, B=6, seed=1).sequence()
    wrong = code.sequence(mistakes(cell)[mistake](code.generated(name)), case)
    wants: list[Results] = [Definition(cell).sequence(case)]
    if name in MODULES:
        wants.append(module_sequence(MODULES[name], case))
    for want in wants:
        with pytest.raises(AssertionError, match="exceeds"):
            Agreement(ROUTE, cell).check(wrong, want, wrong.keys() & want.keys(), FLOAT64)


@pytest.mark.parametrize(
    ("name", "mistake"), [(n, m) for n in MODULES for m in second_order(CELLS[n])]
)
def test_planted_mistakes_in_a_hessian_are_caught(name: str, mistake: str) -> None:
    cell = CELLS[name]
    case = Config(name, SIZES, T=4, B=6, seed=1).sequence()
    want = hessian_vector_product(MODULES[name], case)
    wrong = code.hessian_vector_product(second_order(cell)[mistake](code.generated(name)), case)
    with pytest.raises(AssertionError, match="exceeds"):
        Agreement("torch_nn", cell).check(wrong, want, want, FLOAT64)


def test_every_cell_with_a_module_is_compared_with_it() -> None:
    """A name that is misspelt in the table would drop a comparison in silence."""
    assert set(MODULES) <= set(CELLS)
