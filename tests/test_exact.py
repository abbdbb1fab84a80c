"""The text of the generated modules, run on symbols: every entry equals the derivative, exactly.

The text is read from its file and run with `sigmoid`, `tanh`, `relu` and `heaviside` exchanged for
functions of symbols; everything else, the helpers in `rnnref.arrays` too, is as users run it. The
numbers in its arrays are polynomials of SymPy, kept expanded, in the entries of all arrays and in
the values of functions, such as tanh(sum of W x + sum of U h + b), told apart by their expanded
arguments. That makes `expand(a - b) == 0` a comparison of dictionaries, so that two steps of two
sequences with D = 4, H = 2, K = P = 3 and every gradient in full take seconds. The oracle writes
the equations out in explicit sums and differentiates by SymPy's `diff`. Since T, B and H are all
2, one of these axes taken for another is left to the numeric routes, whose sizes all differ.

The tangents of the gradients of a sequence have too many terms to be written out, and so has all
of a sequence where the functions are anything: their derivatives are numbers of their own, no
polynomials in their values. There both sides are compared at a random point of a prime field
(`oracles.residues`), with all sizes different.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy
from oracles import code, polynomials, residues
from oracles.agreement import Agreement
from oracles.cases import Results
from oracles.definition import function_calls
from oracles.mistakes import mistakes, second_order
from oracles.polynomials import RULES, Symbols, differences, is_direction, is_upstream
from oracles.residues import Residues

from derivations.cells import CELLS
from derivations.functions import FUNCTIONS
from derivations.notation import Cell

SIZES = {"D": 4, "H": 2, "K": 3, "P": 3}
ALL_DIFFERENT = {"D": 5, "H": 2, "K": 6, "P": 3}

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def of_known_functions(cell: Cell) -> bool:
    """Whether the definition says which functions it applies."""
    return not any(name.startswith("phi_") for e in cell.equations for name in function_calls(e))


WRITTEN_OUT = {id: cell for id, cell in CELLS.items() if of_known_functions(cell)}


def compare(got: Results, want: Results, symbols: Symbols, cell: Cell, whole: str) -> None:
    """No entry may differ; the evidence counts entries."""
    agreement = Agreement("exact", cell)
    for name, array in got.items():
        assert differences(array, want[name], symbols) == 0, f"{cell.id}.{name} differs"
        agreement.note(name, 0.0, 0.0, array.size)
    agreement.record(whole)


def nothing(name: str) -> bool:
    return False


@every_cell
@pytest.mark.parametrize(
    "zero",
    [
        pytest.param(is_direction, id="gradients"),
        pytest.param(nothing, id="tangents too", marks=pytest.mark.slow),
    ],
)
def test_step(cell: Cell, zero: Callable[[str], bool]) -> None:
    """Two sequences, one step: all arrays, Jacobians and gradients, the tangents of arrays and
    gradients; of intermediates too.
    """
    symbols = Symbols(cell, SIZES, T=None, B=2, zero=zero)
    want = polynomials.step(symbols)
    symbols.closed = True
    module = code.load(code.text_of(cell.id), symbols.over_arrays())
    got = code.step(module, symbols.case)
    compare({n: a for n, a in got.items() if not zero(n)}, want, symbols, cell, "vjp")


@pytest.mark.slow
@pytest.mark.parametrize("cell", WRITTEN_OUT.values(), ids=WRITTEN_OUT)
@pytest.mark.parametrize("zero", [is_direction, is_upstream], ids=["gradients", "tangents"])
def test_sequence(cell: Cell, zero: Callable[[str], bool]) -> None:
    """Two sequences, two steps: the tape, and the gradients of everything or the tangents."""
    symbols = Symbols(cell, SIZES, T=2, B=2, zero=zero)
    want = polynomials.sequence(symbols)
    symbols.closed = True
    module = code.load(code.text_of(cell.id), symbols.over_arrays())
    got = code.sequence(module, symbols.case)
    compare({n: a for n, a in got.items() if not zero(n)}, want, symbols, cell, "bptt")


def compare_residues(cell: Cell, module: Any, point: Residues) -> Agreement:
    """All of a sequence, the tangents of gradients too; that of the right code or of another."""
    got = code.sequence(module, point.case)
    want = residues.Definition(point).sequence()
    assert {f"d_{name}_dot" for name, _ in point.case.at.items()} <= got.keys()
    agreement = Agreement("exact", cell)
    for name in got:
        assert got[name].shape == want[name].shape
        assert (got[name] == want[name]).all(), f"{cell.id}.{name} differs"
        agreement.note(name, 0.0, 0.0, got[name].size)
    return agreement


@pytest.mark.slow
@every_cell
def test_sequence_in_a_prime_field(cell: Cell) -> None:
    """Three sequences, four steps: everything, the tangent of every gradient included."""
    point = Residues(cell, ALL_DIFFERENT, T=4, B=3, seed=0)
    module = code.load(code.text_of(cell.id), point.over_arrays())
    compare_residues(cell, module, point).record("bptt")


@pytest.mark.parametrize(
    ("name", "mistake"),
    [(n, m) for n in ("rnn_tanh", "rnn_relu") for m in second_order(CELLS[n])],
)
def test_planted_mistakes_of_second_order_are_caught(name: str, mistake: str) -> None:
    cell = CELLS[name]
    point = Residues(cell, ALL_DIFFERENT, T=4, B=3, seed=1)
    module = code.load(code.text_of(name), point.over_arrays())
    with pytest.raises(AssertionError, match="differs"):
        compare_residues(cell, second_order(cell)[mistake](module), point)


@pytest.mark.parametrize("name", [f.__name__ for f in FUNCTIONS])
def test_rules_of_the_oracle(name: str) -> None:
    """What the oracle takes for the derivative of a function is what SymPy makes of its formula."""
    x = sympy.Symbol("x", real=True)
    formula = {
        "sigmoid": 1 / (1 + sympy.exp(-x)),
        "tanh": sympy.tanh(x),
        "relu": sympy.Piecewise((x, x > 0), (0, True)),
        "heaviside": sympy.Piecewise((1, x > 0), (0, True)),
    }[name]
    indicator = sympy.Piecewise((1, x > 0), (0, True))
    assert sympy.simplify(formula.diff(x) - RULES[name](formula, indicator)) == 0


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        (n, m)
        for n in ("rnn_tanh", "rnn_relu")
        for m in mistakes(CELLS[n])
        if m not in second_order(CELLS[n])
    ],
)
def test_planted_mistakes_are_caught(name: str, mistake: str) -> None:
    """The comparison fails where it should."""
    cell = CELLS[name]
    symbols = Symbols(cell, SIZES, T=2, B=2)
    want = polynomials.sequence(symbols)
    symbols.closed = True
    module = code.load(code.text_of(name), symbols.over_arrays())

    def judge() -> None:
        wrong = code.sequence(mistakes(cell)[mistake](module), symbols.case)
        compare({n: wrong[n] for n in want if n in wrong}, want, symbols, cell, "bptt")

    with pytest.raises(AssertionError, match=r"differs|is applied to"):
        judge()


def test_unknown_argument_is_caught() -> None:
    """A function that is applied to something else than in the definition is no new symbol."""
    symbols = Symbols(CELLS["rnn_tanh"], SIZES, T=None, B=2)
    polynomials.step(symbols)
    symbols.closed = True
    module = code.load(code.text_of("rnn_tanh").replace("+ b_hh", "- b_hh"), symbols.over_arrays())
    with pytest.raises(AssertionError, match="tanh is applied to what the definition"):
        code.step(module, symbols.case)
