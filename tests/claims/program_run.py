"""Evidence from a run of the source document's program: what it prints and does.

Imports the program, PyTorch and its standard output.
"""

from __future__ import annotations

import ast
import contextlib
import io
import runpy
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import torch

from derivations.notation import Text
from derivations.proofs.claims.claim import Shown

PROGRAM = Path(__file__).with_name("program.py")


@cache
def ran(seed: int = 0) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The lines that the program prints, and the names that it leaves behind."""
    printed = io.StringIO()
    with torch.random.fork_rng(), contextlib.redirect_stdout(printed):
        torch.manual_seed(seed)
        names = runpy.run_path(str(PROGRAM), run_name="__main__")
    return tuple(line for line in printed.getvalue().splitlines() if line), names


def shapes() -> Iterable[Shown]:
    """Every shape printed, against the sizes that the program sets."""
    lines, names = ran()
    B, T, D, H, K = (
        names[n] for n in ("batch_size", "seq_len", "input_size", "hidden_size", "output_size")
    )
    layers = names["num_layers"]
    output, states = f"Output: {_size(B, T, K)}", _size(layers, B, H)
    wanted = {
        "Vanilla RNN": [f"Input: {_size(B, T, D)}", output, f"Hidden: {_size(B, H)}"],
        "LSTM": [output, f"Hidden h: {states}", f"Hidden c: {states}"],
        "GRU": [output, f"Hidden: {states}"],
        "Bidirectional LSTM": [output],
    }
    for title, expected in wanted.items():
        found = _under(lines, title)
        yield Shown(Text(title, title), found == expected, "; ".join(found))


def _size(*sizes: int) -> str:
    return f"torch.Size({list(sizes)})"


def _under(lines: tuple[str, ...], title: str) -> list[str]:
    start = lines.index(f"=== {title} ===") + 1
    ends = [k for k, line in enumerate(lines) if line.startswith("===") and k >= start]
    return list(lines[start : ends[0] if ends else None])


def clipping() -> Iterable[Shown]:
    """What the part on clipping prints, why, and what it prints of the model meant."""
    lines, names = ran()
    found = _under(lines, "Gradient Clipping")
    wanted = [f"Gradient norm {when} clipping: 0.0000" for when in ("before", "after")]
    yield Shown(Text("prints", "打印结果"), found == wanted, "; ".join(found))
    lstm, bilstm = names["lstm_model"], names["bilstm"]
    none = [p.grad is None for p in lstm.parameters()]
    what = Text("parameters of the LSTM without a gradient", "LSTM 中没有梯度的参数")
    yield Shown(what, all(none), f"{sum(none)} / {len(none)}")
    what = Text("norm of the gradient, which is the BiLSTM's", "梯度范数，梯度属于双向 LSTM")
    yield Shown(what, _norm(bilstm) > 1, f"{_norm(bilstm):.4f}")
    lstm.zero_grad()
    lstm(names["x"])[0].sum().backward()
    before = _norm(lstm)
    names["clip_gradient"](lstm, clip_value=1.0)
    after = _norm(lstm)
    lstm.zero_grad()
    what = Text("with the LSTM's own loss: before, after", "改用 LSTM 自己的损失：裁剪前，裁剪后")
    yield Shown(what, before > 1 and abs(after - 1) < 1e-5, f"{before:.4f}, {after:.4f}")


def _norm(model: Any) -> float:
    grads = [p.grad.norm() for p in model.parameters() if p.grad is not None]
    return float(torch.stack(grads).norm())


def rule() -> Iterable[Shown]:
    """What ``clip_gradient`` does to gradients (3, 4) and (0.6, 0.8) at threshold 1."""
    clip = ran()[1]["clip_gradient"]
    for norm, along in ((5.0, (3.0, 4.0)), (1.0, (0.6, 0.8))):
        model = torch.nn.Linear(2, 1, bias=False, dtype=torch.float64)
        model.weight.grad = torch.tensor([along], dtype=torch.float64)
        clip(model, 1.0)
        found = model.weight.grad[0]
        stated = torch.tensor(along, dtype=torch.float64) / (norm + 1e-6)
        factor = f"$1 / ({norm:g} + 10^{{-6}})$"
        what = Text(f"{along}: times {factor}", f"{along}：乘 {factor}")
        same = bool(torch.allclose(found, stated, rtol=1e-14, atol=0))
        yield Shown(what, same, f"{found.tolist()}, norm {float(found.norm()):.9f}")
        by_value = torch.tensor(along, dtype=torch.float64).clamp(-1, 1)
        what = Text("not what clipping by value gives", "与按值裁剪不同")
        apart = float((found - by_value).abs().max())
        yield Shown(what, apart > 1e-7, f"{by_value.tolist()}")


def untrained() -> Iterable[Shown]:
    """The optimiser takes no step; names that are never read."""
    _, names = ran()
    taken = len(names["optimizer"].state)
    yield Shown(
        Text("parameters that Adam has stepped", "Adam 更新过的参数"), taken == 0, str(taken)
    )
    unread = sorted(_unread(ast.parse(PROGRAM.read_text("utf-8"))))
    what = Text("names bound at the top and never read", "顶层绑定而从未读取的名字")
    yield Shown(what, unread == ["F", "np", "optimizer"], ", ".join(unread))


def _unread(tree: ast.Module) -> set[str]:
    imports = [a for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    main = [s for s in tree.body if isinstance(s, ast.If)]
    stored = [n for s in main for n in _names(s) if isinstance(n.ctx, ast.Store)]
    bound = {a.asname or a.name for a in imports} | {n.id for n in stored}
    return bound - {n.id for n in _names(tree) if isinstance(n.ctx, ast.Load)}


def _names(tree: ast.AST) -> list[ast.Name]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.Name)]


def precision() -> Iterable[Shown]:
    """The initial states are float32, whatever the parameters are."""
    _, names = ran()
    x = torch.zeros(2, 3, 4, dtype=torch.float64)
    vanilla = names["VanillaRNN"](4, 5, 6).double()
    yield _refused(Text("VanillaRNN in float64", "float64 的 VanillaRNN"), lambda: vanilla(x))
    lstm = names["LSTMModel"](4, 5, 1, 6).double()
    start = lstm.init_hidden(2, x.device)
    yield _refused(
        Text("LSTMModel in float64 from init_hidden", "float64 的 LSTMModel，从 init_hidden 起"),
        lambda: lstm(x, start),
    )
    given = vanilla(x, torch.zeros(2, 5, dtype=torch.float64))[0]
    what = Text("VanillaRNN from a float64 state", "VanillaRNN，给出 float64 初始状态")
    yield Shown(what, given.dtype == torch.float64, str(given.dtype))


def _refused(what: Text, run: Any) -> Shown:
    try:
        run()
    except (RuntimeError, ValueError) as error:
        return Shown(what, "dtype" in str(error).lower(), str(error).splitlines()[0])
    return Shown(what, False, "no error")
