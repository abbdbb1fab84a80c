"""The trainings of the examples in PyTorch's own modules, losses, clipping and optimiser.

Imports torch. Each gives, step after step, the loss and all parameters by the example's
names; what it shares with the example are the numbers: the parameters to begin with, the data of
each step, and the settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy.typing as npt
import torch
from torch import Tensor, nn

Array = npt.NDArray[Any]
Params = dict[str, Array]
Steps = Iterator[tuple[float, Params]]


class Reader(nn.Module):
    """A recurrent layer with an output layer on top."""

    def __init__(self, rnn: nn.RNNBase, classes: int) -> None:
        super().__init__()
        self.rnn, self.output = rnn, nn.Linear(rnn.hidden_size, classes)

    def forward(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Outputs at every step, and the last state."""
        y, state = self.rnn(x, state)
        return self.output(y), state


class Translator(nn.Module):
    """An encoder whose last state is the first of a decoder."""

    def __init__(self, words: int, tokens: int, hidden_size: int) -> None:
        super().__init__()
        self.encoder = nn.LSTM(words, hidden_size)
        self.decoder = Reader(nn.LSTM(tokens, hidden_size), tokens)

    def forward(self, x: Tensor, lengths: Tensor, before: Tensor, parts: tuple[str, ...]) -> Tensor:
        """The scores of the tokens."""
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
        _, last = self.encoder(packed)
        named = zip("hc", last, strict=True)
        state = [a if name in parts else torch.zeros_like(a) for name, a in named]
        return self.decoder(before, tuple(state))[0]


def language_model(
    params: Params, sizes: tuple[int, int], pieces: Iterable[tuple[Array, Array]], **how: float
) -> Steps:
    """Over pieces of one-hot characters and their next ones; the state goes on, detached."""
    model = _double(Reader(nn.LSTM(*sizes), sizes[0]), params)
    optimiser = torch.optim.Adam(model.parameters(), lr=how["rate"])
    state = None
    for x, targets in pieces:
        scores, state = model(torch.tensor(x), state)
        state = tuple(s.detach() for s in state)
        loss = nn.functional.cross_entropy(scores.flatten(0, 1), torch.tensor(targets).flatten())
        yield _step(model, optimiser, loss, how["max_norm"])


def encoder_decoder(
    params: Params,
    sizes: tuple[int, int, int],
    batches: Iterable[tuple[Array, Array, Array, Array, Array]],
    parts: tuple[str, ...],
    **how: float,
) -> Steps:
    """Over batches of words, their lengths, the tokens before, the tokens, and which count."""
    model = _double(Translator(*sizes), params)
    optimiser = torch.optim.Adam(model.parameters(), lr=how["rate"])
    for x, lengths, before, tokens, counts in batches:
        scores = model(torch.tensor(x), torch.tensor(lengths), torch.tensor(before), parts)
        shown = torch.tensor(counts)
        loss = nn.functional.cross_entropy(scores[shown], torch.tensor(tokens)[shown])
        yield _step(model, optimiser, loss, how["max_norm"])


def forecaster(
    params: Params, sizes: tuple[int, int], x: Array, targets: Array, last: bool, **how: float
) -> Steps:
    """On the same data at every step; ``last`` takes the output of the last year alone."""
    model = _double(Reader(nn.GRU(1, sizes[0]), sizes[1]), params)
    optimiser = torch.optim.Adam(model.parameters(), lr=how["rate"])
    while True:
        y, _ = model(torch.tensor(x))
        loss = nn.functional.mse_loss(y[-1:] if last else y, torch.tensor(targets))
        yield _step(model, optimiser, loss, how["max_norm"])


def adam(params: Params, grads: Iterable[Params], rate: float) -> Iterator[Params]:
    """The parameters after each of the given gradients."""
    leaves = {n: nn.Parameter(torch.tensor(p)) for n, p in params.items()}
    optimiser = torch.optim.Adam(leaves.values(), lr=rate)
    for given in grads:
        for name, leaf in leaves.items():
            leaf.grad = torch.tensor(given[name])
        optimiser.step()
        yield {n: leaf.detach().numpy().copy() for n, leaf in leaves.items()}


def _double(module: nn.Module, params: Params) -> nn.Module:
    module.double()
    module.load_state_dict({n: torch.tensor(p) for n, p in params.items()})
    return module


def _step(
    module: nn.Module, optimiser: torch.optim.Optimizer, loss: Tensor, max_norm: float
) -> tuple[float, Params]:
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(module.parameters(), max_norm)
    optimiser.step()
    return loss.item(), {n: p.detach().numpy().copy() for n, p in module.named_parameters()}
