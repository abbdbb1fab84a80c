"""Whole networks in PyTorch: its own modules, and a stack built sequence by sequence.

Imports torch. The second way composes one layer in one direction from `oracles.torch_loops`,
`oracles.torch_lstm` or PyTorch's functions; it is for what the modules do not have: other cells,
and dropout with masks that are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from oracles.torch_loops import gru, rnn
from oracles.torch_lstm import lstm

MODULES: dict[str, Callable[..., nn.RNNBase]] = {
    "rnn_tanh": partial(nn.RNN, nonlinearity="tanh"),
    "rnn_relu": partial(nn.RNN, nonlinearity="relu"),
    "rnn_general": nn.RNN,
    "lstm": nn.LSTM,
    "lstm_projected": nn.LSTM,
    "lstm_peephole": nn.LSTM,
    "lstm_coupled": nn.GRU,
    "lstm_general": nn.LSTM,
    "lstm_general_coupled": nn.GRU,
    "gru_reset_after": nn.GRU,
    "gru_reset_before": nn.GRU,
    "gru_general": nn.GRU,
    "gru_general_before": nn.GRU,
}
"""The module of a cell, or one with as many gates where PyTorch lacks it."""

FUNCTIONS = (torch.sigmoid, lambda a: 1.2 * torch.tanh(0.8 * a), nn.functional.softsign)
CLIP = 1.5
"""What the general cells are compared with; `oracles.layers` names the same functions."""
_rnn = partial(rnn, function=FUNCTIONS[1], gate_clip=CLIP)
_gru = partial(gru, functions=FUNCTIONS[:2], gate_clip=CLIP)
_lstm = partial(lstm, functions=FUNCTIONS, gate_clip=CLIP, cell_clip=0.8)

LACKING: dict[str, Callable[..., Any]] = {
    "rnn_general": _rnn,
    "gru_reset_before": partial(gru, linear_before_reset=False),
    "gru_general": partial(_gru, linear_before_reset=True),
    "gru_general_before": partial(_gru, linear_before_reset=False),
    "lstm_peephole": lstm,
    "lstm_coupled": lstm,
    "lstm_general": _lstm,
    "lstm_general_coupled": _lstm,
}
PEEPHOLES = {"lstm_peephole": 3, "lstm_general": 3, "lstm_general_coupled": 2}


@dataclass(frozen=True)
class Network:
    """What determines a random case; its repr is all that is needed to draw the case again."""

    cell: str
    T: int
    B: int
    D: int
    H: int
    layers: int = 1
    bidirectional: bool = False
    bias: bool = True
    proj: int = 0
    lengths: tuple[int, ...] | None = None
    seed: int = 0

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def output(self) -> int:
        """The size of the output in one direction."""
        return self.proj or self.H

    @property
    def settings(self) -> dict[str, Any]:
        """PyTorch's arguments."""
        named = {"num_layers": self.layers, "bias": self.bias, "bidirectional": self.bidirectional}
        return named | ({"proj_size": self.proj} if self.proj else {})

    def module(self) -> nn.RNNBase:
        return MODULES[self.cell](self.D, self.H, dtype=torch.float64, **self.settings)

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """In PyTorch's order; peepholes stand behind the biases of their cell."""
        shapes: dict[str, tuple[int, ...]] = {}
        own = [(name, tuple(p.shape)) for name, p in self.module().named_parameters()]
        for k, (name, shape) in enumerate(own):
            shapes[name] = shape
            end = name.partition("_l")[2]
            last = [n.partition("_l")[2] for n, _ in own[k + 1 : k + 2]] != [end]
            if self.cell in PEEPHOLES and last:
                shapes[f"weight_ch_l{end}"] = (PEEPHOLES[self.cell] * self.H,)
        return shapes

    def state_shapes(self, B: int | None = None) -> list[tuple[int, int, int]]:
        cells = self.layers * self.directions
        sizes = [self.output, self.H] if "lstm" in self.cell else [self.output]
        return [(cells, B or self.B, size) for size in sizes]


class Arrays(NamedTuple):
    """An input, states and parameters, or their tangents; in PyTorch's order."""

    x: Any
    states: list[Any]
    params: dict[str, Any]

    def flat(self) -> list[Any]:
        return [self.x, *self.states, *self.params.values()]


class Case(NamedTuple):
    """A point, a direction, and gradients of the output and the last states, with tangents."""

    at: Arrays
    along: Arrays
    upstream: list[Any]
    upstream_dot: list[Any]


def draw(network: Network) -> Case:
    """At these sizes no gate is saturated; no entry that counts is zero. None can be written to."""
    rng = np.random.default_rng(network.seed)
    n = network
    shapes = n.parameter_shapes()

    def normal(shape: tuple[int, ...]) -> np.ndarray:
        return _locked(rng.normal(size=shape))

    def point(weights: Callable[[tuple[int, ...]], np.ndarray]) -> Arrays:
        states = [normal(shape) for shape in n.state_shapes()]
        params = {name: weights(shape) for name, shape in shapes.items()}
        return Arrays(normal((n.T, n.B, n.D)), states, params)

    def results() -> list[np.ndarray]:
        y = (n.T, n.B, n.output * n.directions)
        return [normal(shape) for shape in (y, *n.state_shapes())]

    at = point(lambda shape: _locked(rng.uniform(-0.7, 0.7, shape)))
    return Case(at, point(normal), results(), results())


def _locked(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


@st.composite
def networks(draw: st.DrawFn, cell: str, **fixed: Any) -> Network:
    """All sizes different and greater than 1; at the edges T, B or both are 1 all the same."""
    T, B, D, H, proj = draw(st.permutations(range(2, 8)))[:5]
    if cell == "lstm_projected":
        H, proj = max(H, proj), min(H, proj)
    else:
        proj = 0
    edge = draw(st.sampled_from(["", "", "", "T", "B", "TB"]))
    T, B = 1 if "T" in edge else T, 1 if "B" in edge else B
    some = st.lists(st.integers(1, T), min_size=B, max_size=B).map(tuple)
    chosen = {
        "layers": draw(st.integers(1, 3)),
        "bidirectional": draw(st.booleans()),
        "bias": draw(st.booleans()),
        "lengths": draw(st.one_of(st.none(), some)),
        "seed": draw(st.integers(0, 2**32 - 1)),
    }
    return Network(cell, T, B, D, H, proj=proj, **(chosen | fixed))


class Results(NamedTuple):
    """What a network was given and what it gave, as tensors that autograd knows."""

    given: list[Tensor]
    gave: list[Tensor]

    def gradients(self, upstream: Sequence[np.ndarray]) -> list[np.ndarray]:
        """dL/d of all that was given, for the gradients of all that it gave."""
        seeds = [torch.tensor(d) for d in upstream]
        return arrays(torch.autograd.grad(self.gave, self.given, seeds, retain_graph=True))

    def tangents(self, along: Sequence[np.ndarray]) -> list[np.ndarray]:
        """J v, as the gradient of the linear map u -> (J^T u) v: no forward mode is needed."""
        weights = [torch.zeros_like(t, requires_grad=True) for t in self.gave]
        back = torch.autograd.grad(self.gave, self.given, weights, create_graph=True)
        return arrays(torch.autograd.grad(_inner(back, along), weights, retain_graph=True))

    def hessian_product(self, loss: Tensor, along: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The second derivative of a loss by all that was given, times a direction."""
        back = torch.autograd.grad(loss, self.given, create_graph=True)
        found = torch.autograd.grad(
            _inner(back, along), self.given, retain_graph=True, materialize_grads=True
        )
        return arrays(found)


def by_module(network: Network, at: Arrays, states: bool = True) -> Results:
    """PyTorch's module; with lengths, on the packed sequence. Without states it takes zeros."""
    module = network.module()
    module.load_state_dict({name: torch.tensor(p) for name, p in at.params.items()})
    x, given = leaf(at.x), [leaf(s) for s in at.states] if states else []
    hx = None if not given else tuple(given) if isinstance(module, nn.LSTM) else given[0]
    if network.lengths is None:
        y, last = module(x, hx)
    else:
        packed = pack_padded_sequence(x, torch.tensor(network.lengths), enforce_sorted=False)
        y, last = module(packed, hx)
        y, _ = pad_packed_sequence(y, total_length=network.T)
    end = last if isinstance(last, tuple) else (last,)
    return Results([x, *given, *module.parameters()], [y, *end])


def by_composition(network: Network, at: Arrays, scales: np.ndarray | None = None) -> Results:
    """The stack, sequence by sequence; ``scales`` multiply the outputs of all layers but one."""
    x, states = leaf(at.x), [leaf(s) for s in at.states]
    params = {name: leaf(p) for name, p in at.params.items()}
    y, end = compose(network, x, states, params, scales)
    return Results([x, *states, *params.values()], [y, *end])


def compose(
    network: Network,
    x: Tensor,
    states: Sequence[Tensor],
    params: dict[str, Tensor],
    scales: np.ndarray | None = None,
) -> tuple[Tensor, list[Tensor]]:
    """Each layer, each direction, each sequence of the batch by itself, and cut at its length."""
    T, B = x.shape[:2]
    lengths = network.lengths or (T,) * B
    ends: list[list[Tensor]] = []
    for layer in range(network.layers):
        ways = []
        for way in range(network.directions):
            k, tail = len(ends), f"_l{layer}" + "_reverse" * way
            own = {n.removesuffix(tail): p for n, p in params.items() if n.endswith(tail)}
            outputs, lasts = [], []
            for b, length in enumerate(lengths):
                one = x[:length, b : b + 1]
                start = [s[k, b : b + 1] for s in states]
                out, last = _one_way(network, own, one.flip(0) if way else one, start)
                out = out.flip(0) if way else out
                outputs.append(nn.functional.pad(out, (0, 0, 0, 0, 0, T - length)))
                lasts.append(last)
            ways.append(torch.cat(outputs, dim=1))
            ends.append([torch.cat(parts) for parts in zip(*lasts, strict=True)])
        x = torch.cat(ways, dim=2)
        if scales is not None and layer < network.layers - 1:
            x = x * torch.tensor(scales[layer])
    return x, [torch.stack(parts) for parts in zip(*ends, strict=True)]


def _one_way(
    network: Network, own: dict[str, Tensor], x: Tensor, start: list[Tensor]
) -> tuple[Tensor, list[Tensor]]:
    """One layer in one direction, by PyTorch's functions where it has them."""
    if network.cell in LACKING:
        rows = own["weight_ih"].shape[0]
        biases = {name: torch.zeros(rows, dtype=x.dtype) for name in ("bias_ih", "bias_hh")}
        y, last, _ = LACKING[network.cell](biases | own, [x], start)
        return y, last
    settings = (network.bias, 1, 0.0, False, False, False)
    hx, weights = [s[None] for s in start], list(own.values())
    if "lstm" in network.cell:
        y, *last = torch.lstm(x, hx, weights, *settings)
    else:
        function = {"rnn_tanh": torch.rnn_tanh, "rnn_relu": torch.rnn_relu}.get(network.cell)
        y, *last = (function or torch.gru)(x, hx[0], weights, *settings)
    return y, [s[0] for s in last]


def oracle(network: Network, at: Arrays) -> Results:
    """PyTorch's module where it has one."""
    return (by_composition if network.cell in LACKING else by_module)(network, at)


def leaf(array: np.ndarray) -> Tensor:
    return torch.tensor(array, requires_grad=True)


def arrays(tensors: Sequence[Tensor]) -> list[np.ndarray]:
    return [np.asarray(t.detach()) for t in tensors]


def _inner(tensors: Sequence[Tensor], along: Sequence[np.ndarray]) -> Tensor:
    pairs = zip(tensors, along, strict=True)
    return torch.stack([(t * torch.tensor(v)).sum() for t, v in pairs]).sum()
