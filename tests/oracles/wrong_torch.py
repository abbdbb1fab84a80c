"""Wrong implementations in PyTorch, written by hand, with the name of the mistake that each makes.

Nothing here is shared with the package: the steps are PyTorch's operations, or PyTorch's own
modules with parameters put in wrongly; the gradients are autograd's, or spoiled on their way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import rnnref
import torch
from torch import Tensor, sigmoid, tanh

Parameters = dict[str, Tensor]
Step = Callable[..., tuple[Tensor, ...]]


class Planted(NamedTuple):
    """The layer that was to be computed, and what computes something else: y and last states."""

    mistake: str
    layer: Any
    run: Callable[[Parameters, Tensor, tuple[Tensor, ...]], tuple[Tensor, tuple[Tensor, ...]]]
    spoil: Callable[[dict[str, np.ndarray], Any], None] = lambda grads, case: None


def over_time(step: Step) -> Callable[..., Any]:
    """Steps one after the other from the first layer's state."""

    def run(p: Parameters, x: Tensor, state: tuple[Tensor, ...]) -> Any:
        state, outputs = tuple(s[0] for s in state), []
        for x_t in x:
            state = step(p, x_t, *state)
            outputs.append(state[0])
        return torch.stack(outputs), tuple(s[None] for s in state)

    return run


def cut_off(step: Step) -> Callable[..., Any]:
    """The same, each step cut off from those before: `detach` where states are handed on."""

    def run(p: Parameters, x: Tensor, state: tuple[Tensor, ...]) -> Any:
        state, outputs = tuple(s[0] for s in state), []
        for t, x_t in enumerate(x):
            state = step(p, x_t, *(s.detach() if t else s for s in state))
            outputs.append(state[0])
        return torch.stack(outputs), tuple(s[None] for s in state)

    return run


def results(planted: Planted, case: Any) -> dict[str, np.ndarray]:
    """Everything that a wrong implementation gives for a case, by the names of the package."""
    leaf = lambda a: torch.tensor(a, requires_grad=True)  # noqa: E731
    p = {name: leaf(a) for name, a in case.params.items()}
    x, state = leaf(case.x), tuple(leaf(a) for a in case.state)
    y, end = planted.run(p, x, state)
    loss = (y * torch.tensor(case.d_y)).sum()
    loss = loss + sum((s * torch.tensor(d)).sum() for s, d in zip(end, case.d_state, strict=True))
    names = list(case.state._fields)
    wanted = {"d_x": x} | {f"d_{n}_0": s for n, s in zip(names, state, strict=True)}
    wanted |= {f"d_{name}": a for name, a in p.items()}
    found = torch.autograd.grad(
        loss, list(wanted.values()), allow_unused=True, materialize_grads=True
    )
    grads = {name: g.numpy().copy() for name, g in zip(wanted, found, strict=True)}
    planted.spoil(grads, case)
    ends = {f"{n}_n": s.detach().numpy() for n, s in zip(names, end, strict=True)}
    return {"y": y.detach().numpy()} | ends | grads


def gates(p: Parameters, x: Tensor, h: Tensor, count: int = 4) -> tuple[Tensor, ...]:
    a = x @ p["weight_ih_l0"].T + p["bias_ih_l0"] + h @ p["weight_hh_l0"].T + p["bias_hh_l0"]
    return a.chunk(count, 1)


class WrongSigmoid(torch.autograd.Function):
    """A sigmoid whose backward takes the derivative of what it has activated already."""

    @staticmethod
    def forward(ctx: Any, a: Tensor) -> Tensor:
        v = sigmoid(a)
        ctx.save_for_backward(v)
        return v

    @staticmethod
    def backward(ctx: Any, d: Tensor) -> Tensor:
        (v,) = ctx.saved_tensors
        return d * sigmoid(v) * (1 - sigmoid(v))


def lstm(p, x, h, c, gate=sigmoid, order="ifgo", carried=lambda c: c, squash=tanh):
    a = dict(zip(order, gates(p, x, h), strict=True))
    c = gate(a["f"]) * carried(c) + gate(a["i"]) * tanh(a["g"])
    return gate(a["o"]) * squash(c), c


def lstm_with_forget_bias(p, x, h, c):
    i, j, f, o = gates(p, x, h)  # the order and the bias of TensorFlow 1's BasicLSTMCell
    c = sigmoid(f + 1.0) * c + sigmoid(i) * tanh(j)
    return sigmoid(o) * tanh(c), c


def lstm_h_before_c(p, x, h, c):
    i, f, g, o = gates(p, x, h)
    h = sigmoid(o) * tanh(c)
    return h, sigmoid(f) * c + sigmoid(i) * tanh(g)


def with_options(p, x, h, c, read=lambda c: c, old=False, fresh=True, coupled=False):
    """Peepholes where there are weights for them; what they read passes through ``read``."""
    *first, g, o = gates(p, x, h, 3 if coupled else 4)
    i, f = first * 2 if coupled else first
    if "weight_ch_l0" in p:
        w_i, w_f, w_o = p["weight_ch_l0"].chunk(3)
        i, f = i + w_i * read(c), f + w_f * read(c)
    i, f, before = sigmoid(i), sigmoid(f), c
    if coupled:
        i, f = (i, 1 - i) if fresh else (1 - i, i)
    c = f * c + i * tanh(g)
    if "weight_ch_l0" in p:
        o = o + w_o * read(before if old else c)
    return sigmoid(o) * tanh(c), c


def gru(p, x, h, detached=False, new=lambda z, n, h: (1 - z) * n + z * h):
    """The reset acts on the state before the product."""
    W_ir, W_iz, W_in = p["weight_ih_l0"].chunk(3)
    W_hr, W_hz, W_hn = p["weight_hh_l0"].chunk(3)
    b_ir, b_iz, b_in = p["bias_ih_l0"].chunk(3)
    b_hr, b_hz, b_hn = p["bias_hh_l0"].chunk(3)
    r = sigmoid(x @ W_ir.T + b_ir + h @ W_hr.T + b_hr)
    z = sigmoid(x @ W_iz.T + b_iz + h @ W_hz.T + b_hz)
    r = r.detach() if detached else r
    n = tanh(x @ W_in.T + b_in + (r * h) @ W_hn.T + b_hn)
    return (new(z, n, h),)


def module(name: str, change: Callable[[Parameters], Parameters] = dict, **options: Any) -> Any:
    """One of PyTorch's own modules, its parameters changed on the way in."""

    def run(p: Parameters, x: Tensor, state: tuple[Tensor, ...]) -> Any:
        H = state[0].shape[2]
        rnn = getattr(torch.nn, name)(x.shape[2], H, dtype=x.dtype, **options)
        given = tuple(state) if name == "LSTM" else state[0]
        y, end = torch.func.functional_call(rnn, change(p), (x, given))
        return y, tuple(end) if name == "LSTM" else (end,)

    return run


def reordered(p: Parameters) -> Parameters:
    """Rows stand as ONNX has them, i, o, f, g, and are taken as they stand."""
    return {name: torch.cat([a.chunk(4)[k] for k in (0, 2, 3, 1)]) for name, a in p.items()}


def transposed(p: Parameters) -> Parameters:
    blocks = [block.T for block in p["weight_hh_l0"].chunk(3)]
    return p | {"weight_hh_l0": torch.cat(blocks)}


def z_negated(p: Parameters) -> Parameters:
    """What takes 1 - z for z."""
    r_z_n = {name: a.chunk(3) for name, a in p.items()}
    return {name: torch.cat([r, -z, n]) for name, (r, z, n) in r_z_n.items()}


def both_ways(p: Parameters, x: Tensor, state: tuple[Tensor, ...]) -> Any:
    """A reverse direction whose outputs are not flipped back."""
    parts = []
    for k, end in enumerate(("", "_reverse")):
        mine = {
            name.removesuffix("_reverse"): a for name, a in p.items() if name.endswith(f"l0{end}")
        }
        read = x.flip(0) if k else x
        parts.append(module("GRU")(mine, read, (state[0][k : k + 1],)))
    return torch.cat([y for y, _ in parts], 2), (torch.cat([end[0] for _, end in parts]),)


def averaged(grads: dict[str, np.ndarray], case: Any) -> None:
    for name in case.params:
        grads[f"d_{name}"] /= case.x.shape[1]


def without_h_0(grads: dict[str, np.ndarray], case: Any) -> None:
    grads["d_h_0"][...] = 0


RNN, LSTM = rnnref.RNN(3, 4), rnnref.LSTM(3, 4)
PEEPHOLES, COUPLED = rnnref.LSTM(3, 4, peepholes=True), rnnref.LSTM(3, 4, coupled=True)
GRU, GRU_BEFORE = rnnref.GRU(3, 4), rnnref.GRU(3, 4, reset_after=False)

PLANTED = [
    Planted("gate-order-iofg", LSTM, module("LSTM", reordered)),
    Planted("gate-order-fiog", LSTM, over_time(lambda *a: lstm(*a, order="fiog"))),
    Planted("tanh-of-c-dropped", LSTM, over_time(lambda *a: lstm(*a, squash=lambda c: c))),
    Planted("h-reads-c-prev", LSTM, over_time(lstm_h_before_c)),
    Planted("gate-slope-of-value", LSTM, over_time(lambda *a: lstm(*a, gate=WrongSigmoid.apply))),
    Planted("gradients-divided-by-B", LSTM, module("LSTM"), averaged),
    Planted("d-h-0-missing", LSTM, module("LSTM"), without_h_0),
    Planted("reset-after", GRU_BEFORE, module("GRU")),
    Planted("reset-before", GRU, over_time(gru)),
    Planted("r-constant", GRU_BEFORE, over_time(lambda *a: gru(*a, detached=True))),
    Planted("w-hh-transposed", GRU, module("GRU", transposed)),
    Planted("z-takes-new", GRU, module("GRU", z_negated)),
    Planted("d-h-not-carried", RNN, cut_off(lambda p, x, h: (tanh(gates(p, x, h, 1)[0]),))),
    Planted("states-not-carried", LSTM, cut_off(lstm)),
    Planted("relu-for-tanh", RNN, module("RNN", nonlinearity="relu")),
    Planted("reverse-not-flipped-back", rnnref.GRU(3, 4, bidirectional=True), both_ways),
]
OPTIONAL = [
    Planted("", PEEPHOLES, over_time(with_options)),
    Planted("", COUPLED, over_time(lambda *a: with_options(*a, coupled=True))),
    Planted(
        "output-peephole-reads-c-prev",
        PEEPHOLES,
        over_time(lambda *a: with_options(*a, old=True)),
    ),
    Planted(
        "peephole-paths-missing",
        PEEPHOLES,
        over_time(lambda *a: with_options(*a, read=lambda c: c.detach())),
    ),
    Planted(
        "coupling-the-other-way",
        COUPLED,
        over_time(lambda *a: with_options(*a, coupled=True, fresh=False)),
    ),
]
PAIRS = [
    Planted("gate-order-igfo and forget-bias-added", LSTM, over_time(lstm_with_forget_bias)),
    Planted(
        "gate-order-iofg and gradients-divided-by-B", LSTM, module("LSTM", reordered), averaged
    ),
    Planted("reset-after and z-takes-new", GRU_BEFORE, module("GRU", z_negated)),
]
