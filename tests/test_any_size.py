"""Any size: swept results equal direct derivatives, and a planted mistake does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
import sympy
from evidence import record

from derivations.calculus.jacobians import Block, jacobian_blocks, step_jacobian
from derivations.calculus.local import Diagonal, Edge, Factor, Outer, Weight
from derivations.calculus.sweeps import Adjoint, Tangent, forward_sweep, reverse_sweep
from derivations.cells import CELLS
from derivations.notation import Cell
from derivations.proofs import any_size, elementwise, swept
from derivations.proofs.indices import LENGTH, J, K, L, element, entry, indices
from derivations.proofs.normal import normal
from derivations.proofs.results import Checked
from derivations.proofs.values import Numbers, value

LSTM = CELLS["lstm"]
every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
with_state = pytest.mark.parametrize(
    "cell", [cell for cell in CELLS.values() if cell.states], ids=lambda cell: cell.id
)


def proved(found: list[Checked]) -> None:
    for checked in found:
        assert checked.residual == 0, checked.formula
    for checked in found:
        record("any_size", checked.formula, error=0, cases=1)


@every_cell
@pytest.mark.parametrize("claim", [any_size.closed_blocks, any_size.recursive_blocks])
def test_jacobian_blocks(cell: Cell, claim: Callable[[Cell], list[Checked]]) -> None:
    found = claim(cell)
    blocks = [b for exit in cell.exits for b in jacobian_blocks(cell, exit)]
    assert [c.formula for c in found] == [f"{cell.id}.{b.name}" for b in blocks]
    proved(found)


@every_cell
def test_blocks_that_do_not_exist_are_zero(cell: Cell) -> None:
    for checked in any_size.absent_blocks(cell):
        assert checked.residual == 0, checked.formula


def test_the_output_gate_has_no_say_in_the_cell_state() -> None:
    absent = {checked.formula for checked in any_size.absent_blocks(LSTM)}
    assert absent >= {f"lstm.c_D_{v}" for v in ("o", "a_o", "W_io", "W_ho", "b_io", "b_ho")}


@every_cell
def test_reverse_sweep(cell: Cell) -> None:
    found = any_size.adjoints(cell)
    assert {c.formula for c in found} == {f"{cell.id}.d_{name}" for name in cell.arrays}
    proved(found)
    record("any_size", f"{cell.id}.vjp", error=0, cases=1)


@every_cell
def test_forward_sweep(cell: Cell) -> None:
    found = any_size.tangents(cell)
    assert [c.formula for c in found] == [f"{cell.id}.{e.out.name}_dot" for e in cell.equations]
    proved(found)
    record("any_size", f"{cell.id}.jvp", error=0, cases=1)


def test_elementwise_functions() -> None:
    facts = [*elementwise.derivatives(), *elementwise.relu_derivative(), elementwise.reflection()]
    assert all(checked.holds for checked in facts)


# Planted mistakes: each must leave a residual.

Change = Callable[[Factor], Factor]


def negated(factor: Factor) -> Factor:
    return Diagonal(-factor.expression) if isinstance(factor, Diagonal) else factor


def squared(factor: Factor) -> Factor:
    return Diagonal(factor.expression**2) if isinstance(factor, Diagonal) else factor


def of_next_gate(factor: Factor) -> Factor:
    if not isinstance(factor, Weight):
        return factor
    *rest, gate = factor.matrix.name
    return Weight(LSTM.arrays["".join(rest) + "ifgoi"["ifgo".index(gate) + 1]])


def by_cell_state(factor: Factor) -> Factor:
    return Outer(LSTM.arrays["c_prev"]) if isinstance(factor, Outer) else factor


def with_mistakes(block: Block, change: Change) -> list[Block]:
    """The block with the first factor that the change applies to changed, in one path each."""
    wrong = []
    for n, path in enumerate(block.paths):
        at = next(m for m, factor in enumerate(path) if change(factor) != factor)
        mistaken = (*path[:at], change(path[at]), *path[at + 1 :])
        wrong.append(replace(block, paths=(*block.paths[:n], mistaken, *block.paths[n + 1 :])))
    return wrong


def block(cell: Cell, exit: str, by: str) -> Block:
    found = step_jacobian(cell, exit, by)
    assert found is not None
    return found


def recurrent(cell: Cell) -> Block:
    return block(cell, cell.output.name, cell.states[0].previous.name)


@with_state
def test_mistakes_in_a_block(cell: Cell) -> None:
    right = recurrent(cell)
    lost = [
        replace(right, paths=tuple(p for p in right.paths if p != path)) for path in right.paths
    ]
    for wrong in (*lost, *with_mistakes(right, negated), *with_mistakes(right, squared)):
        assert not any_size.closed_block(cell, wrong).holds


def test_wrong_gates_and_vectors_in_a_block() -> None:
    wrong = [w for exit in "hc" for w in with_mistakes(block(LSTM, exit, "h_prev"), of_next_gate)]
    wrong += [w for g in "ifgo" for w in with_mistakes(block(LSTM, "h", f"W_h{g}"), by_cell_state)]
    assert len(wrong) == 4 + 3 + 4
    assert not any(any_size.closed_block(LSTM, w).holds for w in wrong)


def test_the_block_of_another_cell() -> None:
    assert not any_size.closed_block(CELLS["rnn_relu"], recurrent(CELLS["rnn_tanh"])).holds


def test_mistakes_in_a_recursion() -> None:
    blocks = {b.by.name: b for b in jacobian_blocks(LSTM, LSTM.arrays["h"])}
    right = blocks["h_prev"]
    wrong = [
        replace(right, terms=tuple(t for t in right.terms if t != lost)) for lost in right.terms
    ]
    wrong.append(replace(right, diagonal=True))
    assert not any(any_size.recursive_block(LSTM, w, blocks).holds for w in wrong)


def test_a_block_taken_for_zero() -> None:
    assert not any_size.absent_block(LSTM, LSTM.arrays["c"], LSTM.arrays["W_ii"]).holds


@with_state
def test_a_missing_transpose(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    local = swept.local

    def transposed(
        entries: swept.Entries, size: str, factor: Factor, row: sympy.Expr, *by: sympy.Expr
    ) -> sympy.Expr:
        if isinstance(factor, Weight):
            return entries.element(factor.matrix.name, *by, row)
        return local(entries, size, factor, row, *by)

    monkeypatch.setattr(swept, "local", transposed)
    assert not any_size.closed_block(cell, recurrent(cell)).holds
    assert not any_size.adjoint(cell, reverse_sweep(cell), cell.states[0].previous).holds
    assert not any_size.tangent(cell, forward_sweep(cell), cell.output).holds


def wrong_sign(edge: Edge) -> Edge:
    return replace(edge, factor=negated(edge.factor))


BACKWARD: Mapping[str, Callable[[Adjoint, Mapping[str, Adjoint]], Adjoint]] = {
    "f: sign": lambda line, _: replace(line, terms=tuple(map(wrong_sign, line.terms))),
    "c: way through h lost": lambda line, _: replace(line, terms=()),
    "c: what arrives lost": lambda line, _: replace(line, arrives=False),
    "h: what arrives lost": lambda line, _: replace(line, arrives=False),
    "h_prev: gate lost": lambda line, _: replace(line, terms=line.terms[1:]),
    "i: that of f": lambda line, lines: replace(lines["f"], of=line.of),
    "a_g: that of a sigmoid": lambda line, lines: replace(
        line, terms=(replace(line.terms[0], factor=lines["a_i"].terms[0].factor),)
    ),
}


@pytest.mark.parametrize("plant", BACKWARD)
def test_mistakes_in_the_reverse_sweep(plant: str) -> None:
    lines = {line.of.name: line for line in reverse_sweep(LSTM)}
    name = plant.split(":")[0]
    lines[name] = BACKWARD[plant](lines[name], lines)
    assert not any_size.adjoint(LSTM, tuple(lines.values()), LSTM.arrays["h_prev"]).holds


FORWARD: Mapping[str, Callable[[Tangent, Mapping[str, Tangent]], Tangent]] = {
    "c: sign": lambda line, _: replace(line, terms=tuple(map(wrong_sign, line.terms))),
    "c: term lost": lambda line, _: replace(line, terms=line.terms[1:]),
    "a_f: bias lost": lambda line, _: replace(line, terms=line.terms[:-1]),
    "a_i: that of a_f": lambda line, lines: replace(lines["a_f"], out=line.out),
    "h: factors swapped": lambda line, _: replace(
        line,
        terms=tuple(
            replace(edge, factor=other.factor)
            for edge, other in zip(line.terms, reversed(line.terms), strict=True)
        ),
    ),
}


@pytest.mark.parametrize("plant", FORWARD)
def test_mistakes_in_the_forward_sweep(plant: str) -> None:
    lines = {line.out.name: line for line in forward_sweep(LSTM)}
    name = plant.split(":")[0]
    lines[name] = FORWARD[plant](lines[name], lines)
    assert not any_size.tangent(LSTM, tuple(lines.values()), LSTM.output).holds


SIZES = {LENGTH["D"]: 2, LENGTH["H"]: 3, LENGTH["K"]: 4, LENGTH["P"]: 5}


@every_cell
@pytest.mark.parametrize("factors", [True, False])
def test_the_normal_form_keeps_the_value(cell: Cell, factors: bool) -> None:
    numbers = Numbers()
    for array in (*cell.sources, *(stack.blocks[0] for stack in cell.stacks)):
        expression = entry(cell, cell.output.name, J).diff(
            element(array.name, array.shape, *indices(array))
        )
        form = normal(expression, factors=factors)
        for k in (0, 1):
            at = {**SIZES, J: 1, K: k, L: 0}
            want = value(expression, at, numbers)
            assert value(form, at, numbers) == pytest.approx(want, rel=1e-12, abs=1e-15)
