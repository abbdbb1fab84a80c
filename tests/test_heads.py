"""Models of a recurrent and an output layer against PyTorch's, and what callers rely on.

PyTorch's side is its recurrent module, with packed sequences where there are lengths, and its
linear module, put together as the documentation of ours says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import rnnref
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.agreement import FLOAT64, relative_error
from rnnref.stepwise import Stepwise
from rnnref.whole import Whole
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

KINDS: dict[str, tuple[Callable[..., Any], Callable[..., torch.nn.Module]]] = {
    "RNN": (rnnref.RNN, torch.nn.RNN),
    "LSTM": (rnnref.LSTM, torch.nn.LSTM),
    "GRU": (rnnref.GRU, torch.nn.GRU),
}
HEADS = ("many to many", "many to one", "one to many", "feedback")
T, B = 5, 4
every_head = pytest.mark.parametrize("head", HEADS)
few_or_many = pytest.mark.parametrize("examples", [5, pytest.param(40, marks=pytest.mark.slow)])


@dataclass(frozen=True)
class Config:
    """What determines a random case; its repr is all that is needed to draw the case again."""

    head: str
    kind: str
    D: int
    H: int
    K: int
    layers: int
    both: bool
    padded: bool
    seed: int


@st.composite
def configs(draw: st.DrawFn, head: str) -> Config:
    D, H, K = draw(st.permutations(range(2, 7)))[:3]
    feedback, sequences = head == "feedback", head.startswith("many")
    return Config(
        head,
        draw(st.sampled_from(sorted(KINDS))),
        D,
        H,
        D if feedback else K,
        draw(st.integers(1, 2)),
        draw(st.booleans()) and not feedback,
        draw(st.booleans()) and sequences,
        draw(st.integers(0, 2**32 - 1)),
    )


class Case:
    """A model, PyTorch's modules with the same parameters, and everything that is handed in."""

    def __init__(self, c: Config) -> None:
        self.c = c
        self.rng = rng = np.random.default_rng(c.seed)
        torch.manual_seed(c.seed)
        ours, theirs = KINDS[c.kind]
        size = c.H * (2 if c.both else 1)
        self.rnn = theirs(c.D, c.H, c.layers, bidirectional=c.both).double()
        self.linear = torch.nn.Linear(size, c.K).double()
        recurrent = ours(c.D, c.H, c.layers, bidirectional=c.both)
        output = rnnref.Output(size, c.K)
        self.model = {
            "many to many": lambda: rnnref.ManyToMany(recurrent, output),
            "many to one": lambda: rnnref.ManyToOne(recurrent, output),
            "one to many": lambda: rnnref.OneToMany(recurrent, output, T),
            "feedback": lambda: rnnref.OneToMany(recurrent, output, T, feedback=True),
        }[c.head]()
        self.params = {f"rnn.{k}": v.numpy() for k, v in self.rnn.state_dict().items()}
        self.params |= {f"output.{k}": v.numpy() for k, v in self.linear.state_dict().items()}
        self.x = rng.normal(size=(T, B, c.D) if c.head.startswith("many") else (B, c.D))
        self.zeros = recurrent.init_state(B)
        self.state = self.random_state()
        self.lengths = rng.integers(1, T + 1, size=B) if c.padded else None

    def random_state(self) -> Any:
        return type(self.zeros)(*(self.rng.normal(size=s.shape) for s in self.zeros))

    def forward(self, **changed: Any) -> Any:
        """Ours, with some arguments replaced."""
        arguments = {"params": self.params, "x": self.x, "state": self.state} | changed
        lengths = {} if self.lengths is None else {"lengths": self.lengths}
        return self.model.forward(*arguments.values(), **lengths)

    def torch(self, x: torch.Tensor, state: tuple[torch.Tensor, ...]) -> list[torch.Tensor]:
        """PyTorch's outputs and last state."""
        if self.c.head == "feedback":
            return self._feedback(x, state)
        if self.c.head == "one to many":
            x = torch.cat([x[None], torch.zeros(T - 1, *x.shape, dtype=x.dtype)])
        h, end = self._run(x, state)
        if self.c.head == "many to one":
            last = end[0][-2:] if self.c.both else end[0][-1:]
            return [self.linear(torch.cat(list(last), dim=-1))[None], *end]
        y = self.linear(h)
        if self.lengths is not None:
            y = y * torch.tensor(np.arange(T)[:, None] < self.lengths)[:, :, None]
        return [y, *end]

    def _run(self, x: torch.Tensor, state: tuple[torch.Tensor, ...]) -> tuple[Any, Any]:
        given = state if self.c.kind == "LSTM" else state[0]
        if self.lengths is None:
            h, end = self.rnn(x, given)
        else:
            lengths = torch.tensor(self.lengths)
            h, end = self.rnn(pack_padded_sequence(x, lengths, enforce_sorted=False), given)
            h, _ = pad_packed_sequence(h, total_length=T)
        return h, end if self.c.kind == "LSTM" else (end,)

    def _feedback(self, x: torch.Tensor, state: tuple[torch.Tensor, ...]) -> list[torch.Tensor]:
        outputs, step = [], x[None]
        for _ in range(T):
            h, state = self._run(step, state)
            step = self.linear(h)
            outputs.append(step)
        return [torch.cat(outputs), *state]

    def parameters(self) -> list[torch.Tensor]:
        return [*self.rnn.parameters(), *self.linear.parameters()]


def flat(gradients: Any) -> list[Any]:
    return [gradients.x, *gradients.state, *gradients.params.values()]


def close(got: list[Any], want: Any) -> None:
    for g, w in zip(got, want, strict=True):
        wanted = w.detach().numpy() if isinstance(w, torch.Tensor) else w
        assert g.shape == wanted.shape
        assert relative_error(g, wanted) <= FLOAT64


def leaves(case: Case) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
    x = torch.tensor(case.x, requires_grad=True)
    return x, tuple(torch.tensor(s, requires_grad=True) for s in case.state)


@every_head
@few_or_many
def test_agrees_with_torch(head: str, examples: int) -> None:
    """Outputs, last state, and all gradients, for a loss that sees all of these."""

    @settings(max_examples=examples, deadline=None)
    @given(config=configs(head))
    def check(config: Config) -> None:
        compare(Case(config))

    check()


def compare(case: Case) -> None:
    y, end, tape = case.forward()
    x, state = leaves(case)
    results = case.torch(x, state)
    close([y, *end], results)
    d_y, d_state = case.rng.normal(size=y.shape), case.random_state()
    grads = case.model.backward(tape, d_y, d_state)
    inputs = [x, *state, *case.parameters()]
    seeds = [torch.tensor(d) for d in (d_y, *d_state)]
    close(flat(grads), torch.autograd.grad(results, inputs, seeds))
    assert list(grads.params) == list(case.params) == list(case.model.parameter_shapes)


@every_head
@few_or_many
def test_tangents_are_the_complex_step(head: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(config=configs(head))
    def check(config: Config) -> None:
        case = Case(config)
        _, _, tape = case.forward()
        dots = directions(case)
        y_dot, end_dot = case.model.jvp(tape, *dots)
        y, end, _ = case.forward(
            params={k: v + 1e-30j * dots[2][k] for k, v in case.params.items()},
            x=case.x + 1e-30j * dots[0],
            state=type(end_dot)(
                *(s + 1e-30j * d for s, d in zip(case.state, dots[1], strict=True))
            ),
        )
        close([y_dot, *end_dot], [v.imag / 1e-30 for v in (y, *end)])

    check()


def directions(case: Case) -> tuple[Any, Any, dict[str, Any]]:
    params = {k: case.rng.normal(size=v.shape) for k, v in case.params.items()}
    return case.rng.normal(size=case.x.shape), case.random_state(), params


@every_head
@few_or_many
def test_tangents_of_gradients_are_those_of_double_backward(head: str, examples: int) -> None:
    """Of a loss whose Hessian by outputs and last state is the identity: L = sum of squares / 2."""

    @settings(max_examples=examples, deadline=None)
    @given(config=configs(head))
    def check(config: Config) -> None:
        case = Case(config)
        y, end, tape = case.forward()
        dots = directions(case)
        y_dot, end_dot = case.model.jvp(tape, *dots)
        product = case.model.backward_jvp(
            tape,
            y,
            end,
            x_dot=dots[0],
            state_dot=dots[1],
            params_dot=dots[2],
            d_y_dot=y_dot,
            d_state_dot=end_dot,
        )
        x, state = leaves(case)
        inputs = [x, *state, *case.parameters()]
        loss = sum((r**2).sum() for r in case.torch(x, state)) / 2
        first = torch.autograd.grad(loss, inputs, create_graph=True)
        along = [torch.tensor(d) for d in (dots[0], *dots[1], *dots[2].values())]
        close(flat(product), torch.autograd.grad(first, inputs, along))

    check()


def fixed(head: str, **changed: Any) -> Case:
    D = 3
    c = {"kind": "LSTM", "D": D, "H": 5, "K": D if head == "feedback" else 4, "layers": 2}
    return Case(Config(**{"head": head, "both": False, "padded": False, "seed": 1} | c | changed))


def without_outputs(self: Stepwise, runs: Any, d_y: Any, d_state: Any) -> Any:
    """Backward through the state alone, as if outputs were detached before they are fed back."""
    found = []
    for t in reversed(range(self.steps)):
        found.append(self.step.backward((runs[t],), d_y[t : t + 1], d_state))
        d_state = found[-1].state
    params = {k: sum(step.params[k] for step in found) for k in found[0].params}
    return rnnref.Gradients(found[-1].x, found[-1].state, params)


MISTAKES: list[tuple[str, Any, str, Any]] = [
    ("many to many", Whole, "_shown", lambda self, rnn, y: y),
    ("many to one", Whole, "_read", lambda self, h, end: h[-1:]),
    ("many to one", Whole, "_unread", lambda self, d_h, d_state: (None, d_state)),
    ("one to many", Whole, "_spread", lambda self, x: np.repeat(x, self.steps, axis=0)),
    ("feedback", Stepwise, "backward", without_outputs),
]


@pytest.mark.parametrize(("head", "kind", "name", "wrong"), MISTAKES)
def test_planted_mistakes_are_caught(
    head: str, kind: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = fixed(head, both=head != "feedback", padded=head.startswith("many"))
    compare(case)
    monkeypatch.setattr(kind, name, wrong)
    with pytest.raises(AssertionError):
        compare(case)


@every_head
def test_what_is_left_out_is_zeros(head: str) -> None:
    case = fixed(head)
    y, end, tape = case.forward()
    zeros, model = case.zeros, case.model
    one = model.backward(tape, y)
    close(flat(one), flat(model.backward(tape, y, zeros)))
    other = model.backward(tape, None, end)
    close(flat(other), flat(model.backward(tape, np.zeros_like(y), end)))
    nothing = {k: np.zeros_like(v) for k, v in case.params.items()}
    y_dot, _ = model.jvp(tape, case.x)
    close([y_dot], [model.jvp(tape, case.x, zeros, nothing)[0]])
    y_dot, _ = model.jvp(tape, params_dot=case.params)
    close([y_dot], [model.jvp(tape, np.zeros_like(case.x), zeros, case.params)[0]])


def test_padding_gives_zeros_and_no_gradient() -> None:
    """Not even to the bias of the output layer."""
    case = fixed("many to many", padded=True)
    y, _, tape = case.forward()
    ended = ~rnnref.length_mask(case.lengths, T)
    assert ended.any()
    assert not y[ended].any()
    d_y = case.rng.normal(size=y.shape)
    other = np.where(ended[:, :, None], 7.0, d_y)
    grads = [case.model.backward(tape, d) for d in (d_y, other)]
    assert all(np.array_equal(a, b) for a, b in zip(*map(flat, grads), strict=True))
    assert not grads[0].x[ended].any()


def test_only_the_first_step_of_one_to_many_reads_an_input() -> None:
    case = fixed("one to many")
    inputs = [run.rnn.layers[0].x for run in case.forward()[2].runs]
    (x,) = inputs
    assert np.array_equal(x[0], case.x)
    assert not x[1:].any()


def test_feedback_reads_its_own_outputs() -> None:
    case = fixed("feedback")
    y, _, tape = case.forward()
    inputs = np.concatenate([run.rnn.layers[0].x for run in tape.runs])
    assert np.array_equal(inputs, np.concatenate([case.x[None], y[:-1]]))


@pytest.mark.parametrize("feedback", [False, True])
def test_dropout_draws_the_same_masks_for_a_seed(feedback: bool) -> None:
    layer = rnnref.GRU(3, 5, 2, dropout=0.5)
    model = rnnref.OneToMany(layer, rnnref.Output(5, 3), T, feedback=feedback)
    params = model.init_params(np.random.default_rng(0))
    x, masks = np.ones((B, 3)), np.random.default_rng(7).random((1, T, B, 5)) >= 0.5
    drawn, *_ = model.forward(params, x, rng=np.random.default_rng(7))
    given, *_ = model.forward(params, x, masks=masks)
    assert np.array_equal(drawn, given)
    assert not np.array_equal(drawn, model.forward(params, x)[0])


@every_head
@pytest.mark.parametrize("dtype", ["float32", "longdouble", "complex128"])
def test_dtype_in_is_dtype_out(head: str, dtype: str) -> None:
    case = fixed(head)
    params = {k: v.astype(dtype) for k, v in case.params.items()}
    state = type(case.state)(*(s.astype(dtype) for s in case.state))
    y, end, tape = case.forward(params=params, x=case.x.astype(dtype), state=state)
    y_dot, end_dot = case.model.jvp(tape, params_dot=params)
    new = case.model.init_params(np.random.default_rng(0), dtype)
    found = [y, *end, *flat(case.model.backward(tape, y, end)), y_dot, *end_dot, *new.values()]
    assert {a.dtype for a in found} == {np.dtype(dtype)}


@every_head
def test_nothing_is_shared_or_changed(head: str) -> None:
    case = fixed(head)
    given = [case.x, *case.state, *case.params.values()]
    for array in given:
        array.flags.writeable = False
    y, end, tape = case.forward()
    grads = case.model.backward(tape, y, end)
    y_dot, end_dot = case.model.jvp(tape, case.x, case.state, case.params)
    apart = [*given, y, *end, *flat(grads), y_dot, *end_dot]
    for i, array in enumerate(apart):
        assert not any(np.shares_memory(array, other) for other in apart[:i])
    before = [array.copy() for array in flat(grads)]
    for array in (y, *end, *flat(grads)):
        array.fill(7)
    y, end, _ = case.forward()
    close(flat(case.model.backward(tape, y, end)), before)
    assert repr(tape) == f"ModelTape(model={case.model!r})"
