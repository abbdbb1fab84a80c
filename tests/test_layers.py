"""The laws that the recurrent layers must keep, one layer or many.

That they compute what PyTorch computes is in `test_networks`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import rnnref
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_cases import (
    DTYPES,
    EVERYTHING,
    FIXED,
    LAYERS,
    SEEDS,
    SIZES,
    Case,
    Sizes,
    added,
    close,
    flat,
    make,
    scaled,
    tangents,
)

each_layer = pytest.mark.parametrize("name", LAYERS)
every_layer = pytest.mark.parametrize("name", EVERYTHING)


@every_layer
@settings(deadline=None, max_examples=30)
@given(n=SIZES, seed=SEEDS)
def test_jvp_is_the_complex_step(name: str, n: Sizes, seed: int) -> None:
    """f(v + i ε v_dot) has ε times the tangent as its imaginary part, with no cancellation."""
    case = make(name, n, seed)
    x_dot, state_dot, params_dot = tangents(case, seed + 1)
    _, _, tape = case.forward()
    got = case.layer.jvp(tape, x_dot, state_dot, params_dot)
    step = 1e-30j
    y, state, _ = case.layer.forward(
        {k: v + step * params_dot[k] for k, v in case.params.items()},
        case.x + step * x_dot,
        added(case.state, scaled(state_dot, step)),
        **case.options,
    )
    close(got, [array.imag / abs(step) for array in flat([y, state])])


@every_layer
@pytest.mark.parametrize("dtype", DTYPES)
def test_backward_is_the_transpose_of_jvp(name: str, dtype: str) -> None:
    """<d, J v> = <Jᵀ d, v>, without conjugation, in every dtype to its own precision."""
    case = make(name, dtype=dtype)
    dots = tangents(case)
    _, _, tape = case.forward()
    grads = case.layer.backward(tape, case.d_y, case.d_state)
    moved = flat(case.layer.jvp(tape, *dots))
    one = sum((d * v).sum() for d, v in zip(flat([case.d_y, case.d_state]), moved, strict=True))
    other = sum((d * v).sum() for d, v in zip(flat(grads), flat(dots), strict=True))
    size = sum(np.abs(d * v).sum() for d, v in zip(flat(grads), flat(dots), strict=True))
    assert abs(one - other) <= 10 * np.finfo(dtype).eps * size


def everything(case: Case, tape: rnnref.Tape) -> list[Any]:
    """What all functions return that read a tape."""
    layer, back = case.layer, (case.d_y, case.d_state)
    x_dot, state_dot, params_dot = tangents(case)
    dots = {"x_dot": x_dot, "state_dot": state_dot, "params_dot": params_dot}
    back_dots = {"d_y_dot": case.d_y, "d_state_dot": case.d_state}
    found = [
        layer.backward(tape, *back),
        layer.jvp(tape, **dots),
        layer.backward_jvp(tape, *back, **dots, **back_dots),
    ]
    if not layer.bidirectional:
        found.append(layer.truncated_backward(tape, 2, *back))
    return found


@every_layer
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype_in_is_dtype_out(name: str, dtype: str) -> None:
    case = make(name, dtype=dtype)
    y, state, tape = case.forward()
    start = case.layer.init_state(2, dtype)
    arrays = flat([case.params, start, y, state, tape.params, tape.layers, everything(case, tape)])
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


@every_layer
def test_state_left_out_is_zeros(name: str) -> None:
    case = make(name)
    zeros = case.layer.init_state(FIXED.B)
    y, state, tape = case._replace(state=None).forward()
    close([y, state], case._replace(state=zeros).forward()[:2], 0)
    close(case.layer.backward(tape, case.d_y), case.layer.backward(tape, case.d_y, zeros), 0)
    close(
        case.layer.backward(tape, None, case.d_state),
        case.layer.backward(tape, np.zeros_like(case.d_y), case.d_state),
        0,
    )
    x_dot, state_dot, params_dot = tangents(case)
    no_params = {k: np.zeros_like(v) for k, v in params_dot.items()}
    no_x = np.zeros_like(x_dot)
    jvp = case.layer.jvp
    close(jvp(tape, x_dot), jvp(tape, x_dot, zeros, no_params), 0)
    close(jvp(tape, None, state_dot), jvp(tape, no_x, state_dot, no_params), 0)
    close(jvp(tape, None, None, params_dot), jvp(tape, no_x, zeros, params_dot), 0)


@every_layer
def test_inputs_are_never_written_to(name: str) -> None:
    """With arrays that refuse it."""
    case = make(name)
    for array in flat(case[1:]):
        array.flags.writeable = False
    _, _, tape = case.forward()
    everything(case, tape)


@every_layer
def test_nothing_handed_back_is_shared(name: str) -> None:
    """Whatever is written to later, the tape and the other arrays stay as they are."""
    case = make(name)
    y, state, tape = case.forward()
    found = everything(case, tape)
    apart = flat([case[1:], y, state, found])
    for i, array in enumerate(apart):
        assert not any(np.shares_memory(array, other) for other in apart[:i])
        assert not any(np.shares_memory(array, other) for other in flat(tape))
    before = [array.copy() for array in flat(found)]
    arriving = case._replace(
        d_y=case.d_y.copy(), d_state=added(case.d_state, scaled(case.d_state, 0))
    )
    for array in flat([case[1:], y, state, found]):
        array.fill(7)
    close(everything(arriving, tape), before, 0)
    for array in flat(tape):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@every_layer
def test_memory_order_does_not_matter(name: str) -> None:
    """Transposed and strided views give what their contiguous copies give."""
    case = make(name)

    def strided(array: np.ndarray) -> np.ndarray:
        wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), 7.0)
        wide[..., ::2] = array
        return np.asfortranarray(wide)[..., ::2]

    _, _, tape = case.forward()
    wanted = case.layer.backward(tape, case.d_y, case.d_state)
    _, _, tape = case.layer.forward(
        {k: strided(v) for k, v in case.params.items()},
        strided(case.x),
        type(case.state)(*map(strided, case.state)),
        **case.options,
    )
    ends = type(case.d_state)(*map(strided, case.d_state))
    close(case.layer.backward(tape, strided(case.d_y), ends), wanted, 1e-14)


@every_layer
@settings(deadline=None, max_examples=20)
@given(n=SIZES, seed=SEEDS, a=st.floats(-3, 3), b=st.floats(-3, 3))
def test_backward_is_linear(name: str, n: Sizes, seed: int, a: float, b: float) -> None:
    case, other = make(name, n, seed), make(name, n, seed + 1)
    _, _, tape = case.forward()
    one = flat(case.layer.backward(tape, case.d_y, case.d_state))
    two = flat(case.layer.backward(tape, other.d_y, other.d_state))
    both = case.layer.backward(
        tape,
        a * case.d_y + b * other.d_y,
        added(scaled(case.d_state, a), scaled(other.d_state, b)),
    )
    for got, u, v in zip(flat(both), one, two, strict=True):
        size = np.abs(a * u).max() + np.abs(b * v).max()
        assert np.abs(got - (a * u + b * v)).max() <= 1e-12 * max(size, 1e-3)


@each_layer
@settings(deadline=None, max_examples=20)
@given(n=SIZES, seed=SEEDS, data=st.data())
def test_two_halves_make_the_whole(name: str, n: Sizes, seed: int, data: st.DataObject) -> None:
    """The state carries all of the past forward, its gradient all of the future backward."""
    cut = data.draw(st.integers(1, n.T - 1))
    case = make(name, n, seed)
    layer = case.layer
    y, end, tape = case.forward()
    whole = layer.backward(tape, case.d_y, case.d_state)
    y_1, middle, tape_1 = layer.forward(case.params, case.x[:cut], case.state)
    y_2, end_2, tape_2 = layer.forward(case.params, case.x[cut:], middle)
    close([np.concatenate([y_1, y_2]), end_2], [y, end])
    late = layer.backward(tape_2, case.d_y[cut:], case.d_state)
    early = layer.backward(tape_1, case.d_y[:cut], late.state)
    close(np.concatenate([early.x, late.x]), whole.x)
    close(early.state, whole.state)
    close({k: early.params[k] + late.params[k] for k in early.params}, whole.params)


@each_layer
def test_one_of_everything(name: str) -> None:
    """T = B = D = H = 1, and one step of a long sequence, are no special cases."""
    case = make(name, Sizes(1, 1, 1, 1))
    y, state, tape = case.forward()
    grads = case.layer.backward(tape, case.d_y, case.d_state)
    assert y.shape == state.h.shape == grads.x.shape == grads.state.h.shape == (1, 1, 1)


@each_layer
def test_tape_reads_as_the_paper(name: str) -> None:
    case = make(name)
    y, _, tape = case.forward()
    (run,) = tape.layers
    assert {array.shape[:2] for array in run} == {(FIXED.T, FIXED.B)}
    assert np.array_equal(run.h, y)
    assert np.array_equal(run.h_prev[1:], y[:-1])
    assert np.array_equal(run.h_prev[:1], case.state.h)
    assert repr(tape) == f"Tape(layer={case.layer!r})"


def test_layers_are_values() -> None:
    """Equal settings make equal layers, so a tape may be read by an equal one."""
    assert rnnref.LSTM(np.int64(3), 5) == rnnref.LSTM(3, 5)
    assert repr(rnnref.GRU(np.int64(3), 5, np.int64(2), dropout=np.float32(0.5))) == (
        "GRU(input_size=3, hidden_size=5, num_layers=2, dropout=0.5)"
    )
    assert rnnref.RNN(3, 5) != rnnref.RNN(3, 5, nonlinearity="relu")
    assert len({rnnref.GRU(3, 5), rnnref.GRU(3, 5, reset_after=True)}) == 1
    case = make("lstm")
    _, _, tape = case.layer.forward(case.params, case.x)
    rnnref.LSTM(FIXED.D, FIXED.H).backward(tape, case.d_y)


def test_memory_mapped_input(tmp_path: Any) -> None:
    """A file larger than memory is sliced without a conversion."""
    case = make("lstm")
    np.save(tmp_path / "x.npy", case.x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    y, _, tape = case.layer.forward(case.params, mapped)
    assert type(y) is type(tape.layers[0].x) is np.ndarray
    close(y, case.layer.forward(case.params, case.x)[0], 0)
