"""Evidence on the models of the source document's program: held against the package.

Imports the program's classes, PyTorch, NumPy and the package under test. All in float64, with the
parameters that PyTorch draws.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import rnnref
import torch
from claims.program_run import ran

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs.claims.claim import Shown
from derivations.proofs.claims.exactly import vanish
from derivations.proofs.framework_maps import bias_differences

B, T, D, H, K, LAYERS = 4, 7, 3, 5, 2, 2
TOLERANCE = 1e-12
Params = dict[str, Any]


def _made(name: str, *sizes: int) -> tuple[Any, torch.Tensor]:
    """A model of the program in float64 and evaluation mode, and inputs (B, T, D)."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = ran()[1][name](*sizes).double().eval()
        return model, torch.randn(B, T, D, dtype=torch.float64)


def _numpy(tensor: torch.Tensor) -> Any:
    return tensor.detach().numpy()


def _apart(found: Any, wanted: torch.Tensor | Any) -> float:
    other = _numpy(wanted) if isinstance(wanted, torch.Tensor) else wanted
    return float(np.abs(found - other).max() / max(1.0, float(np.abs(other).max())))


def _agree(en: str, zh: str, error: float) -> Shown:
    return Shown(Text(en, zh), error < TOLERANCE, f"{error:.1e}")


def vanilla() -> Iterable[Shown]:
    """VanillaRNN against RNN and Output: outputs, last state, gradients."""
    model, x = _made("VanillaRNN", D, H, K)
    start = torch.randn(B, H, dtype=torch.float64, generator=_generator())
    x.requires_grad_(), start.requires_grad_()
    outputs, last = model(x, start)
    weights = torch.randn(outputs.shape, dtype=torch.float64, generator=_generator())
    (outputs * weights).sum().backward()
    rnn, head = rnnref.RNN(D, H), rnnref.Output(H, K)
    params = {
        "weight_ih_l0": model.W_xh.weight,
        "weight_hh_l0": model.W_hh.weight,
        "bias_ih_l0": model.W_xh.bias,
        "bias_hh_l0": model.W_hh.bias,
    }
    values = {name: _numpy(p) for name, p in params.items()}
    y, state, tape = rnn.forward(values, _time_first(x), rnnref.State(_numpy(start)[None]))
    z, head_tape = head.forward(_linear(model.W_hy), y)
    yield _agree("outputs", "输出", _apart(z, _swap(outputs)))
    yield _agree(
        "last state, $(B, H)$ for our $(1, B, H)$",
        "末状态，$(B, H)$ 对我们的 $(1, B, H)$",
        _apart(state.h[0], last),
    )
    back = head.backward(head_tape, _time_first(weights))
    grads = rnn.backward(tape, back.h)
    errors = [_apart(grads.params[name], p.grad) for name, p in params.items()]
    errors += [
        _apart(back.params["weight"], model.W_hy.weight.grad),
        _apart(back.params["bias"], model.W_hy.bias.grad),
    ]
    errors += [_apart(grads.x, _swap(x.grad)), _apart(grads.state.h[0], start.grad)]
    yield _agree(
        "gradients of parameters, inputs and initial state",
        "参数、输入与初始状态的梯度",
        max(errors),
    )


def biases() -> Iterable[Shown]:
    """The two biases of VanillaRNN: equal gradients, and a step twice as long."""
    cell = CELLS["rnn_tanh"]
    yield vanish(
        Text("derivatives by both biases agree, any size", "对两个偏置的导数相等，任意尺寸"),
        bias_differences(cell, "h"),
    )
    model, x = _made("VanillaRNN", D, H, K)
    model(x, torch.zeros(B, H, dtype=torch.float64))[0].sum().backward()
    grad = model.W_xh.bias.grad.clone()
    before = (model.W_xh.bias + model.W_hh.bias).detach()
    torch.optim.SGD(model.parameters(), lr=0.125).step()
    moved = (model.W_xh.bias + model.W_hh.bias).detach() - before
    yield _agree(
        "a step of SGD moves the sum by twice the step of one bias",
        "SGD 一步中两偏置之和移动单偏置步长的两倍",
        _apart(_numpy(moved), -2 * 0.125 * grad),
    )


def models() -> Iterable[Shown]:
    """The other models in evaluation mode: outputs and gradients of every parameter."""
    for name, attribute, layer in (
        ("LSTMModel", "lstm", rnnref.LSTM(D, H, LAYERS)),
        ("GRUModel", "gru", rnnref.GRU(D, H, LAYERS)),
        ("BiLSTM", "lstm", rnnref.LSTM(D, H, LAYERS, bidirectional=True)),
    ):
        error = _model(name, attribute, layer)
        yield _agree(f"{name}, evaluation mode", f"{name}，评估模式", error)
    error = _model("GRUModel", "gru", rnnref.GRU(D, H, LAYERS, reset_after=False))
    what = Text("GRUModel against the reset before", "GRUModel 与先重置的 GRU 相比")
    yield Shown(what, error > 1e-3, f"{error:.1e}")


def _model(name: str, attribute: str, layer: Any) -> float:
    """The largest error of outputs and gradients of a model of the program."""
    sizes = (D, H, LAYERS, K)
    model, x = _made(name, *sizes)
    outputs = model(x)
    outputs = outputs if name == "BiLSTM" else outputs[0]
    weights = torch.randn(outputs.shape, dtype=torch.float64, generator=_generator())
    (outputs * weights).sum().backward()
    theirs = dict(getattr(model, attribute).named_parameters())
    y, _, tape = layer.forward({n: _numpy(p) for n, p in theirs.items()}, _time_first(x))
    head = rnnref.Output(model.fc.in_features, K)
    z, head_tape = head.forward(_linear(model.fc), y)
    back = head.backward(head_tape, _time_first(weights))
    grads = layer.backward(tape, back.h).params
    errors = [_apart(grads[n], p.grad) for n, p in theirs.items()]
    return max(_apart(z, _swap(outputs)), *errors)


def dropout() -> Iterable[Shown]:
    """What dropout does to LSTMModel: in training mode, and where."""
    model, x = _made("LSTMModel", D, H, LAYERS, K)
    zeros = tuple(s.double() for s in model.init_hidden(B, x.device))
    what = Text("zeros from init_hidden are what None means", "init_hidden 的零状态即缺省状态")
    yield Shown(what, torch.equal(model(x, zeros)[0], model(x)[0]))
    first, second = model(x)[0], model(x)[0]
    yield Shown(
        Text("evaluation mode: two runs agree", "评估模式：两次运行相同"),
        torch.equal(first, second),
    )
    model.train()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        first, second = (model(x)[0] for _ in range(2))
    apart = _apart(_numpy(first), second)
    yield Shown(
        Text("training mode: two runs differ by", "训练模式：两次运行相差"),
        apart > 1e-3,
        f"{apart:.1e}",
    )
    names = ran()[1]
    modes = [names[n].training for n in ("lstm_model", "gru_model")]
    yield Shown(
        Text("mode in which the program runs: training", "程序运行时处于训练模式"),
        all(modes),
        str(modes),
    )
    one = ran()[1]["LSTMModel"](D, H, 1, K)
    rates = one.lstm.dropout, one.dropout.p, model.lstm.dropout
    what = Text(
        "rates: within one layer, at the output, within two", "丢弃率：单层内部，输出处，两层之间"
    )
    yield Shown(what, rates == (0, 0.5, 0.5), str(rates))


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(1)


def _linear(layer: Any) -> Params:
    return {"weight": _numpy(layer.weight), "bias": _numpy(layer.bias)}


def _swap(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.transpose(0, 1)


def _time_first(tensor: torch.Tensor) -> Any:
    return np.ascontiguousarray(_numpy(_swap(tensor)))
