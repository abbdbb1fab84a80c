"""What a module of PyTorch is: settings of a layer, and arrays. Imports rnnref, not PyTorch."""

from __future__ import annotations

from typing import Any

from rnnref import checks, hints
from rnnref.arrays import Array
from rnnref.errors import ArgumentTypeError, DtypeError

Found = tuple[dict[str, Any], str, dict[str, Array]]
"""The settings of a layer, the name of a convention, and arrays by their names there."""

SETTINGS = ("input_size", "hidden_size", "bias")
OF_LAYERS = (*SETTINGS, "num_layers", "bidirectional", "dropout")
FURTHER = {"RNN": ("nonlinearity",), "LSTM": ("proj_size",), "GRU": ()}
OF_CELLS = {"RNN": ("nonlinearity",), "LSTM": (), "GRU": ()}
KEPT = ("torch.float32", "torch.float64")


def read(where: str, name: str, module: Any) -> Found:
    """Of ``torch.nn.NAME`` or ``torch.nn.NAMECell``."""
    kinds = [
        base.__name__
        for base in type(module).__mro__
        if base.__module__.startswith("torch.") and base.__module__.endswith(".rnn")
    ]
    if name not in kinds and f"{name}Cell" not in kinds:
        said = f"module must be a torch.nn.{name} or {name}Cell, got {hints.kind(module)}"
        other = [known for known in FURTHER if known in kinds or f"{known}Cell" in kinds]
        hint = f"rnnref.{other[0]}.from_torch takes it" if other else ""
        checks.fail(ArgumentTypeError, where, said, hint)
    cell = name not in kinds
    read = (*SETTINGS, *OF_CELLS[name]) if cell else (*OF_LAYERS, *FURTHER[name])
    settings = {setting: getattr(module, setting) for setting in read}
    ends = [""]
    if not cell:
        ways = ("", "_reverse") if module.bidirectional else ("",)
        ends = [f"_l{n}{way}" for n in range(module.num_layers) for way in ways]
    fields = ["weight_ih", "weight_hh"] + ["bias_ih", "bias_hh"] * module.bias
    fields += ["weight_hr"] * bool(settings.get("proj_size"))
    names = [field + end for end in ends for field in fields]
    return settings, "pytorch", {n + "_l0" * cell: _array(where, module, n) for n in names}


def _array(where: str, module: Any, name: str) -> Array:
    """A parameter, whether it is stored or, as with weight normalisation, computed."""
    tensor = getattr(module, name).detach()
    if str(tensor.dtype) not in KEPT:
        said = f"{name} must be float32 or float64, got {str(tensor.dtype).removeprefix('torch.')}"
        checks.fail(DtypeError, where, said, "convert it: module.double()")
    array: Array = tensor.cpu().numpy()
    return array
