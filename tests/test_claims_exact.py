"""What the claims compute with: exact runs against the generated code, reach, ways to show."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
import sympy
from sympy import Matrix, Rational

from derivations.cells import CELLS
from derivations.notation import Cell, Text
from derivations.proofs.claims import exactly
from derivations.proofs.exact import point, run, state_jacobian
from derivations.proofs.reach import (
    affine_depth,
    folded,
    graph,
    has_cycle,
    inputs_reaching,
    occurring,
    parameter_count,
    parameters_used,
)
from derivations.proofs.results import Checked

SIZES = {"D": 3, "H": 2, "K": 4, "P": 4}
WHAT = Text("a thing", "某事")
recurrent = pytest.mark.parametrize(
    "cell", [c for c in CELLS.values() if c.states], ids=lambda c: c.id
)


def drawn(cell: Cell, rng: np.random.Generator) -> dict[str, Matrix]:
    """Rational numbers for all sources and parameters."""
    zeros = point(cell, SIZES)
    return {
        n: v.applyfunc(lambda _: Rational(int(rng.integers(-9, 10)), 10)) for n, v in zeros.items()
    }


def arrays(cell: Cell, values: dict[str, Matrix]) -> tuple[object, list[np.ndarray]]:
    """The same as parameters of the generated code and states with a batch of one."""
    code = import_module(f"rnnref.generated.{cell.id}")
    numbers = {n: np.array(v.tolist(), dtype=float) for n, v in values.items()}
    stacks = {s.name: np.concatenate([numbers[b.name] for b in s.blocks]) for s in cell.stacks}
    vectors = {s.name for s in cell.stacks if len(s.blocks[0].shape) == 1}
    shaped = {n: a[:, 0] if n in vectors else a for n, a in stacks.items()}
    return code.Params(**shaped), [numbers[s.previous.name].T for s in cell.states]


@recurrent
def test_an_exact_run_is_what_the_generated_code_gives(cell: Cell) -> None:
    rng = np.random.default_rng(0)
    values = drawn(cell, rng)
    inputs = [Matrix([Rational(k, 7), -Rational(k, 5), 1]) for k in (1, 2)]
    exact = run(cell, values, inputs)
    code = import_module(f"rnnref.generated.{cell.id}")
    params, states = arrays(cell, values)
    x = np.array([[[float(e) for e in v]] for v in inputs])
    tape = code.forward(params, x, *states)
    for t, step in enumerate(exact):
        for state in cell.states:
            found = np.array(step[state.name].evalf(20), dtype=float)[:, 0]
            assert np.abs(found - getattr(tape, state.name)[t, 0]).max() < 1e-14


@pytest.mark.slow
@recurrent
def test_an_exact_jacobian_is_that_of_the_generated_code(cell: Cell) -> None:
    rng = np.random.default_rng(1)
    values = drawn(cell, rng)
    exact = np.array(state_jacobian(cell, values, [values["x"]]).evalf(20), dtype=float)
    code = import_module(f"rnnref.generated.{cell.id}")
    params, states = arrays(cell, values)
    x = np.array(values["x"].T, dtype=float)
    found = code.step_jacobians(params, code.step_forward(params, x, *states))
    names = [s.name for s in cell.states]
    blocks = [[getattr(found, f"{a}_D_{b}_prev")[0] for b in names] for a in names]
    assert np.abs(exact - np.block(blocks)).max() < 1e-14


def test_a_value_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"W_hh must be \(2, 2\), got \(3, 2\)"):
        point(CELLS["rnn_tanh"], SIZES, W_hh=sympy.zeros(3, 2))


def test_what_does_not_occur_is_not_found() -> None:
    M = sympy.MatrixSymbol("M", 2, 2)
    assert occurring(M[0, 1] + sympy.Symbol("N")) == {"M"}
    assert inputs_reaching(CELLS["rnn_relu"], 2) == {1: {1}, 2: {1, 2}}
    assert "W_ho" not in parameters_used(CELLS["rnn_tanh"], 2)


def test_counts_and_depths_of_known_cells() -> None:
    D, H = (sympy.Symbol(n, integer=True, positive=True) for n in "DH")
    assert sympy.expand(parameter_count(CELLS["lstm"]) - 4 * H * (D + H + 2)) == 0
    assert affine_depth(CELLS["lstm"], 4) == 4
    assert affine_depth(CELLS["gru_reset_before"], 4) == 8


@recurrent
def test_only_the_folded_graph_has_a_cycle(cell: Cell) -> None:
    nodes = graph(cell, 2)
    assert not has_cycle(nodes)
    assert has_cycle(folded(cell))
    first = cell.equations[0].out.name
    nodes[first, 1].add((cell.states[0].name, 2))
    assert has_cycle(nodes)


def test_ways_to_show_can_fail() -> None:
    x = sympy.Symbol("x")
    assert exactly.equal(WHAT, sympy.sin(x) ** 2 + sympy.cos(x) ** 2, sympy.S.One).holds
    assert not exactly.equal(WHAT, x, x + Rational(1, 10**9)).holds
    assert not exactly.equal(WHAT, sympy.eye(2), sympy.ones(2)).holds
    assert exactly.differ(WHAT, x, 2 * x).holds
    assert not exactly.differ(WHAT, (x + 1) ** 2, x**2 + 2 * x + 1).holds
    assert not exactly.differ(WHAT, sympy.eye(2), sympy.eye(2)).holds
    assert exactly.positive(WHAT, sympy.pi - 3).holds
    assert not exactly.positive(WHAT, sympy.S.Zero).holds
    assert exactly.vanish(WHAT, [Checked("f", sympy.S.Zero)]).holds
    assert not exactly.vanish(WHAT, [Checked("f", sympy.S.Zero), Checked("g", x)]).holds
    assert not exactly.vanish(WHAT, []).holds
