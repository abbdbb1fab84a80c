"""Each layer refuses each malformed call with an error that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import rnnref
from hypothesis import given, settings
from hypothesis import strategies as st
from malformed import table
from malformed.case import LAYERS, Bad, Case
from rnnref import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    NonFiniteError,
    ParameterNameError,
    ShapeError,
)


@pytest.mark.parametrize(
    ("name", "bad"),
    [pytest.param(name, bad, id=f"{name}: {bad.what}") for name in LAYERS for bad in table(name)],
)
def test_is_refused_with_a_word(name: str, bad: Bad) -> None:
    case = Case(name)
    with pytest.raises(bad.error) as caught:
        bad.call(case)
    message = str(caught.value)
    assert type(caught.value) is bad.error
    assert message.startswith((f"{case.kind}: ", f"{case.kind}."))
    for words in case.words(bad.words).split("; "):
        assert words in message


@pytest.mark.parametrize("name", LAYERS)
def test_table_is_long_and_without_repetition(name: str) -> None:
    names = [bad.what for bad in table(name)]
    assert len(set(names)) == len(names) >= 40
    assert {bad.error for bad in table(name)} == {
        ArgumentTypeError,
        ArgumentValueError,
        DtypeError,
        NonFiniteError,
        ParameterNameError,
        ShapeError,
    }


@pytest.mark.parametrize(
    ("ours", "builtin"),
    [
        (ShapeError, ValueError),
        (DtypeError, TypeError),
        (ArgumentTypeError, TypeError),
        (ArgumentValueError, ValueError),
        (NonFiniteError, ValueError),
        (ParameterNameError, KeyError),
    ],
)
def test_errors_are_builtin_errors_too(ours: type[Exception], builtin: type[Exception]) -> None:
    assert issubclass(ours, (rnnref.RnnrefError, builtin))
    assert issubclass(ours, builtin)
    assert str(ours("said\nso")) == "said\nso"


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        *((name, argument) for name in LAYERS for argument in ("batch_first", "device", "dtype")),
        *((name, "proj_size") for name in LAYERS if name != "LSTM"),
        *(("Output", argument) for argument in ("num_layers", "bidirectional", "dropout", "bias")),
    ],
)
def test_no_argument_that_does_nothing(name: str, argument: str) -> None:
    with pytest.raises(TypeError, match=argument):
        LAYERS[name](**{argument: 1})


SHAPES = st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 7, 15, 20]), max_size=4).map(tuple)


def takers(case: Case) -> dict[str, tuple[tuple[int, ...], Callable[[Any], object]]]:
    """For each argument the shape that is right, and a call that hands in an array there."""
    calls: dict[str, tuple[tuple[int, ...], Callable[[Any], object]]] = {
        "d_y": (case.d_y.shape, case.back),
        "x_dot": (case.x.shape, case.jvp),
    }
    for key, value in case.params.items():
        calls[key] = (value.shape, lambda a, k=key: case.run(**{k: a}))
        calls[f"params_dot.{key}"] = (
            value.shape,
            lambda a, k=key: case.jvp(None, params_dot=case.but(**{k: a})),
        )
    for f in case.state._fields if case.kind != "Output" else ():
        shape = case.h.shape
        calls[f"state.{f}"] = (shape, lambda a, f=f: case.start(case.state._replace(**{f: a})))
        calls[f"d_state.{f}"] = (
            shape,
            lambda a, f=f: case.back(None, case.state._replace(**{f: a})),
        )
        calls[f"state_dot.{f}"] = (
            shape,
            lambda a, f=f: case.jvp(None, case.state._replace(**{f: a})),
        )
    return calls


@pytest.mark.parametrize("name", LAYERS)
@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_no_shape_but_the_right_one(name: str, data: st.DataObject) -> None:
    """No array of another shape is broadcast, wherever it is handed in."""
    calls = takers(Case(name))
    wanted, call = calls[data.draw(st.sampled_from(sorted(calls)))]
    others = st.sampled_from([shape for shape, _ in calls.values()])
    shape = data.draw(st.one_of(st.just(wanted), others, SHAPES))
    if shape == wanted:
        call(np.ones(shape))
    else:
        with pytest.raises(ShapeError):
            call(np.ones(shape))
