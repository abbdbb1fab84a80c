"""The RNN and the GRU that PyTorch lacks, written down from ONNX's text. Imports torch only.

``gate_clip`` clips what a function is applied to. Rows are in PyTorch's order r, z, n.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

Function = Callable[[Any], Any]


def clipped(a: Any, at: float) -> Any:
    return a if at == math.inf else a.clamp(-at, at)


def rnn(
    params: Any, inputs: Any, states: Any, function: Function, gate_clip: float = math.inf
) -> Any:
    """ONNX: ``Ht = f(Xt*(Wi^T) + Ht-1*(Ri^T) + Wbi + Rbi)``."""
    (X,), (H,) = inputs, states
    outputs = []
    for Xt in X:
        from_input = Xt @ params["weight_ih"].T + params["bias_ih"]
        from_state = H @ params["weight_hh"].T + params["bias_hh"]
        H = function(clipped(from_input + from_state, gate_clip))
        outputs.append(H)
    return torch.stack(outputs), [H], params


def gru(
    params: Any,
    inputs: Any,
    states: Any,
    linear_before_reset: bool,
    functions: tuple[Function, Function] = (torch.sigmoid, torch.tanh),
    gate_clip: float = math.inf,
) -> Any:
    """The GRU as ONNX has it; with ``linear_before_reset=0`` that of Cho et al. (2014).

    ONNX: ``zt = f(Xt*(Wz^T) + Ht-1*(Rz^T) + Wbz + Rbz)``, the same for ``rt``,
    ``ht = g(Xt*(Wh^T) + (rt (.) Ht-1)*(Rh^T) + Rbh + Wbh)`` or, with ``linear_before_reset``,
    ``ht = g(Xt*(Wh^T) + (rt (.) (Ht-1*(Rh^T) + Rbh)) + Wbh)``,
    ``Ht = (1 - zt) (.) ht + zt (.) Ht-1``.
    """
    (X,), (H,) = inputs, states
    n, (f, g) = H.shape[1], functions
    Wr, Wz, Wh = (params["weight_ih"][k * n : (k + 1) * n].T for k in range(3))
    Rr, Rz, Rh = (params["weight_hh"][k * n : (k + 1) * n].T for k in range(3))
    Wbr, Wbz, Wbh = (params["bias_ih"][k * n : (k + 1) * n] for k in range(3))
    Rbr, Rbz, Rbh = (params["bias_hh"][k * n : (k + 1) * n] for k in range(3))
    outputs = []
    for Xt in X:
        zt = f(clipped(Xt @ Wz + H @ Rz + Wbz + Rbz, gate_clip))
        rt = f(clipped(Xt @ Wr + H @ Rr + Wbr + Rbr, gate_clip))
        after = rt * (H @ Rh + Rbh) if linear_before_reset else (rt * H) @ Rh + Rbh
        ht = g(clipped(Xt @ Wh + after + Wbh, gate_clip))
        H = (1 - zt) * ht + zt * H
        outputs.append(H)
    return torch.stack(outputs), [H], params
