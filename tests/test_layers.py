"""The layers against PyTorch's modules, and the laws they must keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
import rnnref
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

DTYPES = ["float32", "float64", "longdouble", "complex64", "complex128", "clongdouble"]


class Sizes(NamedTuple):
    """The sizes of a case; all different, so that no transpose can hide."""

    T: int
    B: int
    D: int
    H: int


SIZES = st.lists(st.integers(2, 8), min_size=4, max_size=4, unique=True).map(lambda n: Sizes(*n))
SEEDS = st.integers(0, 2**32 - 1)
FIXED = Sizes(T=6, B=2, D=3, H=5)

LAYERS: dict[str, Callable[[Sizes], Any]] = {
    "rnn_tanh": lambda n: rnnref.RNN(n.D, n.H),
    "rnn_relu": lambda n: rnnref.RNN(n.D, n.H, nonlinearity="relu"),
    "lstm": lambda n: rnnref.LSTM(n.D, n.H),
    "gru_reset_after": lambda n: rnnref.GRU(n.D, n.H),
    "gru_reset_before": lambda n: rnnref.GRU(n.D, n.H, reset_after=False),
}


class GRUResetBefore(torch.nn.GRU):
    """The one cell that PyTorch does not have, with the parameters of the one it has."""

    def forward(self, x, h_0):
        h, ys = h_0[0], []
        w_r, w_z, w_n = self.weight_hh_l0.chunk(3)
        b_r, b_z, b_n = self.bias_hh_l0.chunk(3)
        for x_t in x:
            i_r, i_z, i_n = torch.nn.functional.linear(
                x_t, self.weight_ih_l0, self.bias_ih_l0
            ).chunk(3, dim=1)
            r = torch.sigmoid(i_r + h @ w_r.T + b_r)
            z = torch.sigmoid(i_z + h @ w_z.T + b_z)
            n = torch.tanh(i_n + (r * h) @ w_n.T + b_n)
            h = torch.lerp(n, h, z)
            ys.append(h)
        return torch.stack(ys), h[None]


MODULES: dict[str, Callable[[Sizes], torch.nn.Module]] = {
    "rnn_tanh": lambda n: torch.nn.RNN(n.D, n.H),
    "rnn_relu": lambda n: torch.nn.RNN(n.D, n.H, nonlinearity="relu"),
    "lstm": lambda n: torch.nn.LSTM(n.D, n.H),
    "gru_reset_after": lambda n: torch.nn.GRU(n.D, n.H),
    "gru_reset_before": lambda n: GRUResetBefore(n.D, n.H),
}
each_layer = pytest.mark.parametrize("name", LAYERS)


class Case(NamedTuple):
    """A layer with everything that can be handed to it."""

    layer: Any
    params: dict[str, np.ndarray]
    x: np.ndarray
    state: Any
    d_y: np.ndarray
    d_state: Any


def normal(rng, shape, dtype="float64"):
    """Normal numbers, complex where the dtype is."""
    draw = rng.normal(size=shape)
    if np.dtype(dtype).kind == "c":
        draw = draw + 1j * rng.normal(size=shape)
    return draw.astype(dtype)


def make(name: str, n: Sizes = FIXED, seed: int = 0, dtype: str = "float64") -> Case:
    layer = LAYERS[name](n)
    rng = np.random.default_rng(seed)
    zeros = layer.init_state(n.B, dtype)
    some = [type(zeros)(*(normal(rng, s.shape, dtype) for s in zeros)) for _ in range(2)]
    x, d_y = normal(rng, (n.T, n.B, n.D), dtype), normal(rng, (n.T, n.B, n.H), dtype)
    return Case(layer, layer.init_params(rng, dtype), x, some[0], d_y, some[1])


def tangents(case: Case, seed: int = 1) -> tuple[np.ndarray, Any, dict[str, np.ndarray]]:
    """A direction for everything that went in."""
    rng = np.random.default_rng(seed)
    dtype = case.x.dtype.name
    return (
        normal(rng, case.x.shape, dtype),
        type(case.state)(*(normal(rng, s.shape, dtype) for s in case.state)),
        {k: normal(rng, v.shape, dtype) for k, v in case.params.items()},
    )


def flat(value: Any) -> list[np.ndarray]:
    """All arrays in nested tuples and dicts, in order."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, rnnref.Tape):
        return flat((value.params, value.layers))
    parts = value.values() if isinstance(value, Mapping) else value
    return [array for part in parts for array in flat(part)]


def close(got: Any, wanted: Any, tolerance: float = 1e-12) -> None:
    """Every array is as wanted, relative to its largest entry."""
    pairs = list(zip(flat(got), flat(wanted), strict=True))
    assert pairs
    for g, w in pairs:
        assert g.shape == w.shape
        assert np.abs(g - w).max() <= tolerance * max(np.abs(w).max(), 1e-3)


def scaled(value: Any, a: float) -> Any:
    return type(value)(*(a * array for array in value))


def added(one: Any, other: Any) -> Any:
    return type(one)(*(a + b for a, b in zip(one, other, strict=True)))


def numpy(tensors: Any) -> list[np.ndarray]:
    return [t.detach().numpy() for t in tensors]


def as_tuple(state: Any) -> tuple[torch.Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


@each_layer
@settings(deadline=None, max_examples=60)
@given(n=SIZES, seed=SEEDS)
def test_agrees_with_torch(name: str, n: Sizes, seed: int) -> None:
    """Outputs, states and all gradients, for a loss that sees every output and every state."""
    case = make(name, n, seed)
    torch.manual_seed(seed)
    module = MODULES[name](n).to(torch.float64)
    params = {k: v.numpy() for k, v in module.state_dict().items()}
    y, state, tape = case.layer.forward(params, case.x, case.state)
    grads = case.layer.backward(tape, case.d_y, case.d_state)

    x = torch.tensor(case.x, requires_grad=True)
    start = [torch.tensor(s, requires_grad=True) for s in case.state]
    y_torch, end = module(x, tuple(start) if len(start) > 1 else start[0])
    outputs = [y_torch, *as_tuple(end)]
    seeds = [torch.tensor(d) for d in (case.d_y, *case.d_state)]
    inputs = [x, *start, *module.parameters()]
    assert [k for k, _ in module.named_parameters()] == list(grads.params)
    close([y, state], numpy(outputs))
    close([grads.x, grads.state, grads.params], numpy(torch.autograd.grad(outputs, inputs, seeds)))


@settings(deadline=None, max_examples=60)
@given(n=SIZES, seed=SEEDS)
def test_output_agrees_with_torch(n: Sizes, seed: int) -> None:
    torch.manual_seed(seed)
    module = torch.nn.Linear(n.H, n.D, dtype=torch.float64)
    params = {k: v.numpy() for k, v in module.state_dict().items()}
    h = torch.randn(n.T, n.B, n.H, dtype=torch.float64, requires_grad=True)
    d_y = torch.randn(n.T, n.B, n.D, dtype=torch.float64)
    layer = rnnref.Output(n.H, n.D)
    y, tape = layer.forward(params, h.detach().numpy())
    grads = layer.backward(tape, d_y.numpy())
    y_torch = module(h)
    close([y], numpy([y_torch]))
    close(grads, numpy(torch.autograd.grad(y_torch, [h, *module.parameters()], d_y)))


@each_layer
def test_parameters_are_those_of_torch(name: str) -> None:
    layer, module = LAYERS[name](FIXED), MODULES[name](FIXED)
    shapes = {k: tuple(v.shape) for k, v in module.state_dict().items()}
    assert layer.parameter_shapes == shapes
    params = layer.init_params(np.random.default_rng(0))
    assert {k: v.shape for k, v in params.items()} == shapes
    everything = np.concatenate([v.ravel() for v in params.values()])
    bound = 1 / np.sqrt(FIXED.H)
    assert 0.9 * bound < np.abs(everything).max() <= bound
    same = layer.init_params(np.random.default_rng(0), np.float32)
    assert all(np.array_equal(same[k], params[k].astype(np.float32)) for k in params)


def test_output_parameters_are_those_of_torch() -> None:
    module = torch.nn.Linear(5, 3)
    shapes = {k: tuple(v.shape) for k, v in module.state_dict().items()}
    assert rnnref.Output(5, 3).parameter_shapes == shapes


@each_layer
@settings(deadline=None, max_examples=30)
@given(n=SIZES, seed=SEEDS)
def test_jvp_is_the_complex_step(name: str, n: Sizes, seed: int) -> None:
    """f(v + i ε v_dot) has ε times the tangent as its imaginary part, with no cancellation."""
    case = make(name, n, seed)
    x_dot, state_dot, params_dot = tangents(case, seed + 1)
    _, _, tape = case.layer.forward(case.params, case.x, case.state)
    got = case.layer.jvp(tape, x_dot, state_dot, params_dot)
    step = 1e-30j
    y, state, _ = case.layer.forward(
        {k: v + step * params_dot[k] for k, v in case.params.items()},
        case.x + step * x_dot,
        added(case.state, scaled(state_dot, step)),
    )
    close(got, [array.imag / abs(step) for array in flat([y, state])])


def test_output_jvp_is_the_complex_step() -> None:
    layer, rng = rnnref.Output(5, 3), np.random.default_rng(0)
    params, h, h_dot = layer.init_params(rng), normal(rng, (6, 2, 5)), normal(rng, (6, 2, 5))
    params_dot = {k: normal(rng, v.shape) for k, v in params.items()}
    got = layer.jvp(layer.forward(params, h)[1], h_dot, params_dot)
    moved = {k: v + 1e-30j * params_dot[k] for k, v in params.items()}
    close([got], [layer.forward(moved, h + 1e-30j * h_dot)[0].imag / 1e-30])


@each_layer
@pytest.mark.parametrize("dtype", DTYPES)
def test_backward_is_the_transpose_of_jvp(name: str, dtype: str) -> None:
    """<d, J v> = <Jᵀ d, v>, without conjugation, in every dtype to its own precision."""
    case = make(name, dtype=dtype)
    dots = tangents(case)
    _, _, tape = case.layer.forward(case.params, case.x, case.state)
    grads = case.layer.backward(tape, case.d_y, case.d_state)
    moved = flat(case.layer.jvp(tape, *dots))
    one = sum((d * v).sum() for d, v in zip(flat([case.d_y, case.d_state]), moved, strict=True))
    other = sum((d * v).sum() for d, v in zip(flat(grads), flat(dots), strict=True))
    size = sum(np.abs(d * v).sum() for d, v in zip(flat(grads), flat(dots), strict=True))
    assert abs(one - other) <= 10 * np.finfo(dtype).eps * size


@each_layer
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype_in_is_dtype_out(name: str, dtype: str) -> None:
    case = make(name, dtype=dtype)
    y, state, tape = case.layer.forward(case.params, case.x, case.state)
    grads = case.layer.backward(tape, case.d_y, case.d_state)
    dots = case.layer.jvp(tape, *tangents(case))
    arrays = flat([case.params, case.layer.init_state(2, dtype), y, state, tape, grads, dots])
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


@pytest.mark.parametrize("dtype", DTYPES)
def test_output_dtype_in_is_dtype_out(dtype: str) -> None:
    layer, rng = rnnref.Output(5, 3), np.random.default_rng(0)
    params, h, d_y = (
        layer.init_params(rng, dtype),
        normal(rng, (6, 2, 5), dtype),
        normal(rng, (6, 2, 3), dtype),
    )
    y, tape = layer.forward(params, h)
    arrays = flat([params, y, tape, layer.backward(tape, d_y), layer.jvp(tape, h, params)])
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


@each_layer
def test_state_left_out_is_zeros(name: str) -> None:
    case = make(name)
    zeros = case.layer.init_state(FIXED.B)
    y, state, tape = case.layer.forward(case.params, case.x)
    assert all(
        np.array_equal(a, b)
        for a, b in zip(
            flat([y, state]), flat(case.layer.forward(case.params, case.x, zeros)[:2]), strict=True
        )
    )
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


@each_layer
def test_inputs_are_never_written_to(name: str) -> None:
    """With arrays that refuse it."""
    case = make(name)
    dots = tangents(case)
    for array in flat([case[1:], dots]):
        array.flags.writeable = False
    _, _, tape = case.layer.forward(case.params, case.x, case.state)
    case.layer.backward(tape, case.d_y, case.d_state)
    case.layer.jvp(tape, *dots)


@each_layer
def test_nothing_handed_back_is_shared(name: str) -> None:
    """Whatever is written to later, the tape and the other arrays stay as they are."""
    case = make(name)
    dots = tangents(case)
    y, state, tape = case.layer.forward(case.params, case.x, case.state)
    grads = case.layer.backward(tape, case.d_y, case.d_state)
    moved = case.layer.jvp(tape, *dots)
    apart = flat([case[1:], dots, y, state, grads, moved])
    for i, array in enumerate(apart):
        assert not any(np.shares_memory(array, other) for other in apart[:i])
        assert not any(np.shares_memory(array, other) for other in flat(tape))
    before = [array.copy() for array in flat(grads)]
    for array in flat([case.params, case.x, case.state, y, state, grads]):
        array.fill(7)
    close(case.layer.backward(tape, case.d_y, case.d_state), before, 0)
    for array in flat(tape):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_output_shares_nothing() -> None:
    layer, rng = rnnref.Output(5, 3), np.random.default_rng(0)
    params, h, d_y = layer.init_params(rng), normal(rng, (6, 2, 5)), normal(rng, (6, 2, 3))
    y, tape = layer.forward(params, h)
    grads = layer.backward(tape, d_y)
    apart = flat([params, h, d_y, y, grads, layer.jvp(tape, h, params)])
    for i, array in enumerate(apart):
        assert not any(np.shares_memory(array, other) for other in apart[:i] + flat(tape))
    assert not any(array.flags.writeable for array in flat(tape))


@each_layer
def test_memory_order_does_not_matter(name: str) -> None:
    """Transposed and strided views give what their contiguous copies give."""
    case = make(name)

    def strided(array: np.ndarray) -> np.ndarray:
        wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), 7.0)
        wide[..., ::2] = array
        return np.asfortranarray(wide)[..., ::2]

    _, _, tape = case.layer.forward(case.params, case.x, case.state)
    wanted = case.layer.backward(tape, case.d_y, case.d_state)
    _, _, tape = case.layer.forward(
        {k: strided(v) for k, v in case.params.items()},
        strided(case.x),
        type(case.state)(*map(strided, case.state)),
    )
    ends = type(case.d_state)(*map(strided, case.d_state))
    close(case.layer.backward(tape, strided(case.d_y), ends), wanted, 1e-14)


@each_layer
@settings(deadline=None, max_examples=20)
@given(n=SIZES, seed=SEEDS, a=st.floats(-3, 3), b=st.floats(-3, 3))
def test_backward_is_linear(name: str, n: Sizes, seed: int, a: float, b: float) -> None:
    case, other = make(name, n, seed), make(name, n, seed + 1)
    _, _, tape = case.layer.forward(case.params, case.x, case.state)
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
    y, end, tape = layer.forward(case.params, case.x, case.state)
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
def test_sequences_of_a_batch_do_not_meet(name: str) -> None:
    case = make(name)
    y, state, tape = case.layer.forward(case.params, case.x, case.state)
    grads = case.layer.backward(tape, case.d_y, case.d_state)
    alone = []
    for b in range(FIXED.B):
        one = slice(b, b + 1)
        start = type(case.state)(*(s[:, one] for s in case.state))
        ends = type(case.state)(*(s[:, one] for s in case.d_state))
        y_b, state_b, tape_b = case.layer.forward(case.params, case.x[:, one], start)
        alone.append(case.layer.backward(tape_b, case.d_y[:, one], ends))
        close([y_b, state_b], [y[:, one], type(state)(*(s[:, one] for s in state))])
        close(alone[b].x, grads.x[:, one])
    sums = {k: sum(g.params[k] for g in alone) for k in grads.params}
    close(sums, grads.params)


@each_layer
def test_one_of_everything(name: str) -> None:
    """T = B = D = H = 1, and one step of a long sequence, are no special cases."""
    case = make(name, Sizes(1, 1, 1, 1))
    y, state, tape = case.layer.forward(case.params, case.x, case.state)
    grads = case.layer.backward(tape, case.d_y, case.d_state)
    assert y.shape == state.h.shape == grads.x.shape == grads.state.h.shape == (1, 1, 1)


@each_layer
def test_tape_reads_as_the_paper(name: str) -> None:
    case = make(name)
    y, _, tape = case.layer.forward(case.params, case.x, case.state)
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
        "GRU(input_size=3, hidden_size=5, num_layers=2, bias=True, bidirectional=False, "
        "dropout=0.5, reset_after=True)"
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
