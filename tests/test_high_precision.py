"""Whole sequences, to second order, in float32, float64 and long double against 80 digits.

Every entry has a bound of its own, from a running error analysis (`oracles.rounding`) of the same
sequence: what roundings can do at worst, to first order. It holds for saturated gates as well, and
says what is lost there. A value stays as good as its arguments; but a slope s (1 - s) or 1 - t**2
is right only to some eps absolutely, so a gradient that is small because gates are saturated may
have no right digit left: with weights 30 times as large as usual, entries that ought to be 1e-20
are often exactly 0. The formulas have that property, whoever writes the code.
"""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from oracles import code, digits
from oracles.agreement import Agreement
from oracles.cases import Case, Config, Results
from oracles.digits import DIGITS, Digits, over_entries
from oracles.mistakes import second_order
from oracles.rounding import Rounding
from rnnref import functions

from derivations.cells import CELLS
from derivations.notation import Cell

SIZES = {"D": 5, "H": 2, "K": 6, "P": 7}
SATURATED = 30.0
NO_SHRINKING = [phase for phase in Phase if phase is not Phase.shrink]
"""An example is a seed alone, and no seed is simpler than another."""

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
slow = pytest.mark.slow


def draw(cell: Cell, seed: int, scale: float, dtype: str) -> Case:
    """A short sequence; every size is different."""
    config = Config(cell.id, SIZES, T=3, B=4, seed=seed, scale=scale)
    return config.sequence().map(lambda a: a.astype(dtype))


def compare(cell: Cell, got: Results, want: Results, bound: Results, dtype: str) -> Results:
    """Check every entry; per array the largest error and bound, by the array's largest entry."""
    found: Results = {}
    u = float(np.finfo(dtype).eps) / 2
    for name, array in got.items():
        with mpmath.workdps(DIGITS):
            apart = np.abs(over_entries(array) - want[name]).astype(float)
        may = u * bound[name]
        worst = np.unravel_index(np.argmax(apart - may), may.shape)
        formula = f"{cell.id}.{name}{list(map(int, worst))}"
        if not (apart <= may).all():
            pytest.fail(f"{formula}: error {apart[worst]:.3g} exceeds {may[worst]:.3g}")
        largest = float(np.max(np.abs(want[name]))) or 1.0
        found[name] = (apart.max() / largest, may.max() / largest)
    return found


@every_cell
@pytest.mark.parametrize(
    ("dtype", "scale", "examples"),
    [
        ("float64", 1.0, 1),
        pytest.param("float64", 1.0, 5, marks=slow),
        pytest.param("float64", SATURATED, 5, marks=slow),
        pytest.param("float32", 1.0, 3, marks=slow),
        pytest.param("float32", SATURATED, 3, marks=slow),
        pytest.param("longdouble", 1.0, 3, marks=slow),
        pytest.param("longdouble", SATURATED, 3, marks=slow),
    ],
)
def test_sequence(cell: Cell, dtype: str, scale: float, examples: int) -> None:
    """Values, gradients and the tangents of both, entry by entry."""
    true, rounding = Digits(cell), Rounding(cell)
    agreement = Agreement("high_precision", cell)

    @settings(max_examples=examples, deadline=None, phases=NO_SHRINKING)
    @given(seed=st.integers(0, 2**32 - 1))
    def check(seed: int) -> None:
        case = draw(cell, seed, scale, dtype)
        got = code.sequence(code.generated(cell.id), case)
        found = compare(cell, got, true.sequence(case), rounding.sequence(case), dtype)
        for name, (error, bound) in found.items():
            agreement.note(name, error, bound)

    check()
    if dtype == "float64" and scale == 1.0:
        agreement.record("bptt")


def test_oracle_is_right_beyond_35_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the step changes nothing that anyone will look at."""
    cell = CELLS["gru_reset_before"]
    case = draw(cell, 0, SATURATED, "float64")
    first = Digits(cell).sequence(case)
    monkeypatch.setattr(digits, "STEP", digits.STEP / 10)
    second = Digits(cell).sequence(case)
    for name, array in first.items():
        apart = np.max(np.abs(array - second[name]))
        assert apart < mpmath.mpf(10) ** -40 * (1 + np.max(np.abs(array)))


@pytest.mark.parametrize("cell", [CELLS["rnn_relu"], CELLS["lstm"]], ids=lambda cell: cell.id)
def test_gradients_of_the_oracle_are_slopes_of_its_loss(cell: Cell) -> None:
    """Each entry of what is given is moved in its turn."""
    case = Config(cell.id, {"D": 3, "H": 2}, T=2, B=2, seed=1).sequence()
    oracle = Digits(cell)
    gradients = oracle.sequence(case)
    case = case.map(over_entries)
    with mpmath.workdps(DIGITS):
        for name, array in case.at.items():
            for index in np.ndindex(array.shape):
                value, losses = array[index], []
                for h in (digits.STEP, -digits.STEP):
                    array[index] = value + h
                    losses.append(oracle.loss(case))
                array[index] = value
                slope = (losses[0] - losses[1]) / (2 * digits.STEP)
                assert abs(slope - gradients[f"d_{name}"][index]) < mpmath.mpf(10) ** -45


@pytest.fixture(scope="module")
def judged() -> tuple[Case, Results, Results]:
    """A saturated LSTM: the case, the truth and the bounds."""
    cell = CELLS["lstm"]
    case = draw(cell, 0, SATURATED, "float64")
    return case, Digits(cell).sequence(case), Rounding(cell).sequence(case)


@pytest.mark.parametrize(
    "wrong",
    [lambda x: functions.sigmoid(x) * (1 + 2e-14), lambda x: 0.5 * (1 + np.tanh(0.5 * x))],
    ids=["a hundred eps off", "cancels in the left tail"],
)
def test_lost_digits_are_caught(judged: tuple[Case, Results, Results], wrong: object) -> None:
    """A sigmoid that loses some digits, or the left tail alone, does not pass."""
    case, want, bound = judged
    got = code.sequence(code.load(code.text_of("lstm"), {"sigmoid": wrong}), case)
    with pytest.raises(pytest.fail.Exception, match="exceeds"):
        compare(case.cell, got, want, bound, "float64")


@pytest.mark.parametrize("mistake", second_order(CELLS["lstm"]))
def test_mistakes_of_second_order_are_caught(
    judged: tuple[Case, Results, Results], mistake: str
) -> None:
    """In the tangents of gradients, where everything else is right."""
    case, want, bound = judged
    wrong = second_order(case.cell)[mistake](code.generated("lstm"))
    with pytest.raises(pytest.fail.Exception, match=r"lstm\.d_\w+_dot\[.*exceeds"):
        compare(case.cell, code.sequence(wrong, case), want, bound, "float64")


def test_lost_digits_of_second_order_are_caught() -> None:
    """Gates, not saturated, whose second derivatives are two thousand eps off do not pass."""
    cell = CELLS["lstm"]
    case, text = draw(cell, 0, 1.0, "float64"), code.text_of("lstm")
    wrong = text.replace("(1 - 2 * ", "(1 - (2 + 4e-13) * ")
    assert wrong != text
    got = code.sequence(code.load(wrong), case)
    with pytest.raises(pytest.fail.Exception, match=r"lstm\.d_\w+_dot\[.*exceeds"):
        compare(cell, got, Digits(cell).sequence(case), Rounding(cell).sequence(case), "float64")
