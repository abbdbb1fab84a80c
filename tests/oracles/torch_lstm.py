"""The LSTMs that PyTorch lacks, written down from the literature. Imports torch only.

Peepholes as Gers and Schmidhuber (2000) and ONNX have them: "i and f read C_{t-1}, o reads C_t".
Coupled gates as Greff et al. (2017) have them: ``f = 1 - i``. Rows in the order i, f, g, o, those
of f left out where it is coupled.
"""

from __future__ import annotations

from typing import Any

import torch


def lstm(params: Any, inputs: Any, states: Any, seen: Any = lambda c: c) -> Any:
    """Outputs, last states and the parameters again, from those of one cell.

    ``seen`` is what the peepholes make of the cell state.
    """
    (X,), (h, c) = inputs, states
    peepholes = (
        dict(zip("ifo", params["weight_ch"].split(c.shape[1]), strict=True))
        if ("weight_ch" in params)
        else {}
    )
    coupled = params["weight_ih"].shape[0] == 3 * c.shape[1]
    gates = "igo" if coupled else "ifgo"

    def blocks(name: str) -> dict[str, Any]:
        return dict(zip(gates, params[name].split(c.shape[1]), strict=True))

    W, R, Wb, Rb = (blocks(n) for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    outputs = []
    for x in X:

        def net(gate: str, cell: Any = None, x: Any = x, h: Any = h) -> Any:
            peephole = peepholes[gate] * seen(cell) if gate in peepholes else 0
            return x @ W[gate].T + h @ R[gate].T + peephole + Wb[gate] + Rb[gate]

        i = torch.sigmoid(net("i", c))
        f = 1 - i if coupled else torch.sigmoid(net("f", c))
        c = f * c + i * torch.tanh(net("g"))
        h = torch.sigmoid(net("o", c)) * torch.tanh(c)
        outputs.append(h)
    return torch.stack(outputs), [h, c], params


def held_constant(params: Any, inputs: Any, states: Any) -> Any:
    """The same, but for gradients the peepholes read a constant."""
    return lstm(params, inputs, states, lambda c: c.detach())
