"""Evidence on encoder and decoder: exact runs, and gradients through the hand-over.

Imports the proofs, PyTorch, NumPy and the package under test.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import rnnref
import torch

from derivations.notation import Text
from derivations.proofs.claims import applications
from derivations.proofs.claims.claim import Shown

SOURCE, TARGET, B, D, H = 6, 4, 3, 2, 5


def handover() -> Iterable[Shown]:
    """What is handed over decides the function; its gradient comes back the same way."""
    yield from applications.handover()
    for ours, theirs in ((rnnref.LSTM(D, H), torch.nn.LSTM), (rnnref.GRU(D, H), torch.nn.GRU)):
        error = gradients(ours, theirs)
        name = type(ours).__name__
        what = Text(
            f"{name}: gradients of both parts against PyTorch",
            f"{name}：两部分的梯度与 PyTorch 相比",
        )
        yield Shown(what, error < 1e-12, f"{error:.1e}")


def gradients(ours: Any, theirs: Any) -> float:
    """The largest error of the gradients of all parameters, relative to the largest entry."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        modules = [theirs(D, H, dtype=torch.float64) for _ in range(2)]
        x, y, weights = (
            torch.randn(*size, dtype=torch.float64)
            for size in ((SOURCE, B, D), (TARGET, B, D), (TARGET, B, H))
        )
    encoder, decoder = modules
    (decoder(y, encoder(x)[1])[0] * weights).sum().backward()
    wanted = [p.grad.numpy() for m in modules for p in m.parameters()]
    params = [{n: p.detach().numpy() for n, p in m.named_parameters()} for m in modules]
    _, state, source = ours.forward(params[0], x.numpy())
    _, _, target = ours.forward(params[1], y.numpy(), state)
    back = ours.backward(target, weights.numpy())
    start = ours.backward(source, d_state=back.state)
    found = [*start.params.values(), *back.params.values()]
    errors = [np.abs(f - w).max() / np.abs(w).max() for f, w in zip(found, wanted, strict=True)]
    return float(max(errors))
