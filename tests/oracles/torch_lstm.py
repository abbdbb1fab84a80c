"""The LSTMs that PyTorch lacks, written down from the literature. Imports torch only.

Peepholes as Gers and Schmidhuber (2000) and ONNX have them: "i and f read C_{t-1}, o reads C_t".
Coupled gates as Greff et al. (2017) have them: ``f = 1 - i``. Rows in the order i, f, g, o, those
of f left out where it is coupled. ``gate_clip`` clips what the functions of the gates and of the
candidate are applied to, ``cell_clip`` the cell state before anything reads it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

Function = Callable[[Any], Any]
USUAL = (torch.sigmoid, torch.tanh, torch.tanh)


def lstm(
    params: Any,
    inputs: Any,
    states: Any,
    seen: Function = lambda c: c,
    functions: tuple[Function, Function, Function] = USUAL,
    gate_clip: float = math.inf,
    cell_clip: float = math.inf,
) -> Any:
    """Outputs, last states and the parameters again, from those of one cell.

    ``seen`` is what the peepholes make of the cell state.
    """
    (X,), (h, c) = inputs, states
    H = c.shape[1]
    coupled = params["weight_ih"].shape[0] == 3 * H
    gates, sighted = ("igo", "io") if coupled else ("ifgo", "ifo")
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    W, R, Wb, Rb = (dict(zip(gates, params[n].split(H), strict=True)) for n in names)
    P = {}
    if "weight_ch" in params:
        P = dict(zip(sighted, params["weight_ch"].split(H), strict=True))
    phi_f, phi_g, phi_h = functions
    outputs = []
    for x in X:

        def net(gate: str, cell: Any = None, x: Any = x, h: Any = h) -> Any:
            peephole = P[gate] * seen(cell) if gate in P else 0
            total = x @ W[gate].T + h @ R[gate].T + peephole + Wb[gate] + Rb[gate]
            return total if gate_clip == math.inf else total.clamp(-gate_clip, gate_clip)

        i = phi_f(net("i", c))
        f = 1 - i if coupled else phi_f(net("f", c))
        c = f * c + i * phi_g(net("g"))
        if cell_clip != math.inf:
            c = c.clamp(-cell_clip, cell_clip)
        h = phi_f(net("o", c)) * phi_h(c)
        outputs.append(h)
    return torch.stack(outputs), [h, c], params


def held_constant(params: Any, inputs: Any, states: Any) -> Any:
    """The same, but for gradients the peepholes read a constant."""
    return lstm(params, inputs, states, lambda c: c.detach())
