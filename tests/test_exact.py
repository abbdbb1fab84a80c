"""The text of the generated modules, run on symbols: every entry equals the derivative, exactly.

The text is read from its file and run with `sigmoid`, `tanh`, `relu` and `heaviside` exchanged for
functions of symbols; everything else, the helpers in `rnnref.arrays` too, is as users run it. The
numbers in its arrays are polynomials of SymPy, kept expanded, in the entries of all arrays and in
the values of functions, such as tanh(sum of W x + sum of U h + b), told apart by their expanded
arguments. That makes `expand(a - b) == 0` a comparison of dictionaries, so that two steps of two
sequences with D = 4, H = 2, K = P = 3 and every gradient in full take seconds. The oracle writes
the equations out in explicit sums and differentiates by SymPy's `diff`. Since T, B and H are all
2, one of these axes taken for another is left to the numeric routes, whose sizes all differ.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy
from oracles import code, polynomials
from oracles.agreement import Agreement
from oracles.cases import Results
from oracles.mistakes import mistakes
from oracles.polynomials import RULES, Symbols, differences, is_direction, is_upstream

from derivations.cells import CELLS
from derivations.notation import Cell

SIZES = {"D": 4, "H": 2, "K": 3, "P": 3}

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def compare(got: Results, want: Results, symbols: Symbols, cell: Cell, whole: str) -> None:
    """No entry may differ; the evidence counts entries."""
    agreement = Agreement("exact", cell)
    for name, array in got.items():
        assert differences(array, want[name], symbols) == 0, f"{cell.id}.{name} differs"
        agreement.note(name, 0.0, 0.0, array.size)
    agreement.record(whole)


@every_cell
def test_step(cell: Cell) -> None:
    """Two sequences, one step: all arrays, Jacobians, gradients, tangents; intermediates too."""
    symbols = Symbols(cell, SIZES, T=None, B=2)
    want = polynomials.step(symbols)
    symbols.closed = True
    module = code.load(code.text_of(cell.id), symbols.over_arrays())
    compare(code.step(module, symbols.case), want, symbols, cell, "vjp")


@pytest.mark.slow
@every_cell
@pytest.mark.parametrize("zero", [is_direction, is_upstream], ids=["gradients", "tangents"])
def test_sequence(cell: Cell, zero: Callable[[str], bool]) -> None:
    """Two sequences, two steps: the tape, and the gradients of everything or the tangents."""
    symbols = Symbols(cell, SIZES, T=2, B=2, zero=zero)
    want = polynomials.sequence(symbols)
    symbols.closed = True
    module = code.load(code.text_of(cell.id), symbols.over_arrays())
    got = code.sequence(module, symbols.case)
    compare({n: a for n, a in got.items() if not zero(n)}, want, symbols, cell, "bptt")


@pytest.mark.parametrize("name", [name for name in RULES if name != polynomials.INTERMEDIATE])
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
    ("name", "mistake"), [(n, m) for n in ("rnn_tanh", "rnn_relu") for m in mistakes(CELLS[n])]
)
def test_planted_mistakes_are_caught(name: str, mistake: str) -> None:
    """The comparison fails where it should."""
    cell = CELLS[name]
    symbols = Symbols(cell, SIZES, T=2, B=2)
    want = polynomials.sequence(symbols)
    symbols.closed = True
    module = code.load(code.text_of(name), symbols.over_arrays())
    with pytest.raises(AssertionError, match=r"differs|is applied to"):
        compare(
            code.sequence(mistakes(cell)[mistake](module), symbols.case),
            want,
            symbols,
            cell,
            "bptt",
        )


def test_unknown_argument_is_caught() -> None:
    """A function that is applied to something else than in the definition is no new symbol."""
    symbols = Symbols(CELLS["rnn_tanh"], SIZES, T=None, B=2)
    polynomials.step(symbols)
    symbols.closed = True
    module = code.load(code.text_of("rnn_tanh").replace("+ b_hh", "- b_hh"), symbols.over_arrays())
    with pytest.raises(AssertionError, match="tanh is applied to what the definition"):
        code.step(module, symbols.case)
