"""PyTorch's own modules, and the cells that it lacks written down from the literature.

Imports torch; of a case it uses the names of arrays alone, never the definition.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from oracles.cases import Case, Point, Results
from oracles.torch_definition import Tensors, as_arrays, gradients, tangents, tensors
from oracles.torch_loops import gru, rnn
from oracles.torch_lstm import lstm

Run = Callable[[Tensors, list[Tensor], list[Tensor]], tuple[Tensor, list[Tensor], Tensors]]
"""From parameters, inputs and states to the outputs, the final states, and the parameters again:
those that autograd knows."""


def recurrent(kind: Callable[..., nn.RNNBase], params: Any, inputs: Any, states: Any) -> Any:
    """One layer, one direction of ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU``."""
    (x,) = inputs
    module = kind(x.shape[-1], states[-1].shape[-1], dtype=x.dtype, device=x.device)
    module.load_state_dict({f"{name}_l0": p for name, p in params.items()})
    first = tuple(s[None] for s in states)
    outputs, last = module(x, first if isinstance(module, nn.LSTM) else first[0])
    final = [s[0] for s in (last if isinstance(last, tuple) else (last,))]
    return outputs, final, {name: getattr(module, f"{name}_l0") for name in params}


def projected(params: Any, inputs: Any, states: Any) -> Any:
    """``nn.LSTM`` with ``proj_size``, the size of its hidden state.

    In float32 PyTorch says that oneDNN has no projections and does without oneDNN.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "LSTM with projections is not supported with oneDNN")
        return recurrent(partial(nn.LSTM, proj_size=states[0].shape[-1]), params, inputs, states)


def linear(params: Any, inputs: Any, _states: Any) -> Any:
    """``nn.Linear`` at each step."""
    weight = params["weight"]
    module = nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype, device=weight.device)
    module.load_state_dict(params)
    return module(inputs[0]), [], dict(module.named_parameters())


MODULES: dict[str, Run] = {
    "rnn_tanh": partial(recurrent, partial(nn.RNN, nonlinearity="tanh")),
    "rnn_relu": partial(recurrent, partial(nn.RNN, nonlinearity="relu")),
    "rnn_general": partial(rnn, function=torch.sigmoid),
    "lstm": partial(recurrent, nn.LSTM),
    "lstm_projected": projected,
    "lstm_peephole": lstm,
    "lstm_coupled": lstm,
    "lstm_general": lstm,
    "lstm_general_coupled": lstm,
    "gru_reset_after": partial(recurrent, nn.GRU),
    "gru_reset_before": partial(gru, linear_before_reset=False),
    "gru_general": partial(gru, linear_before_reset=True),
    "gru_general_before": partial(gru, linear_before_reset=False),
    "output": linear,
}


def accepts(name: str, sizes: dict[str, int]) -> bool:
    """Whether PyTorch's module takes these sizes: its projection must be onto fewer numbers."""
    return name != "lstm_projected" or sizes["P"] < sizes["H"]


def sequence(run: Run, case: Case, device: str = "cpu", dots: bool = True) -> Results:
    """The output, the final states, all gradients; with ``dots`` the tangents of all these."""
    moved, handed_on = _handed_on(run, tensors(case, device))
    results = handed_on | gradients(_loss(moved, handed_on), dict(moved.at.items()))
    if dots:
        results |= tangents(results, moved)
    return as_arrays(results)


def hessian_vector_product(run: Run, case: Case) -> Results:
    """The Hessian of ``sum upstream * sin(what is handed on)`` times the direction of the case.

    It is the gradient of the inner product of gradient and direction.
    """
    moved, handed_on = _handed_on(run, tensors(case, "cpu"))
    loss = _loss(moved, {name: torch.sin(a) for name, a in handed_on.items()})
    found = gradients(loss, dict(moved.at.items()))
    pairs = zip(found.values(), moved.along.items(), strict=True)
    slope = torch.stack([(d * v).sum() for d, (_, v) in pairs]).sum()
    products = gradients(slope, dict(moved.at.items()))
    return as_arrays({f"{name}_dot": d for name, d in products.items()})


def _handed_on(run: Run, case: Case) -> tuple[Case, Tensors]:
    """What a run hands on, and the case with the parameters that autograd knows."""
    given = case.at
    outputs, last, params = run(given.params, [*given.inputs.values()], [*given.states.values()])
    handed_on = {case.cell.output.name: outputs}
    handed_on |= {f"{name}_last": s for name, s in zip(given.states, last, strict=True)}
    return replace(case, at=Point(params, given.inputs, given.states)), handed_on


def _loss(case: Case, handed_on: Tensors) -> Tensor:
    pairs = zip(handed_on.values(), case.upstream.values(), strict=True)
    return torch.stack([(a * d).sum() for a, d in pairs]).sum()
