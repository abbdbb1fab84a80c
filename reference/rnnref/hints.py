"""Guesses at what the caller meant, for the end of an error message. Imports the standard library.

A hint is a short text, or "" where nothing can be told. It is never acted upon.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence

# What makes a NumPy array of another package's array.
CONVERSIONS = {
    "torch": "{name}.detach().cpu().numpy()",
    "cupy": "{name}.get()",
}
FURTHER_PARAMETER = re.compile(r"(weight|bias)_(ih|hh|hr|ch)_l\d+(_reverse)?")

Sizes = Sequence[int | None]


def package(value: object) -> str:
    """The package that the class of ``value`` comes from."""
    return type(value).__module__.partition(".")[0]


def kind(value: object) -> str:
    """What to call a value that should have been something else."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    cls, home = type(value), package(value)
    if home == "rnnref" and ".generated." in cls.__module__:
        home = cls.__module__
    name = cls.__name__ if home in ("builtins", "__main__") else f"{home}.{cls.__name__}"
    device = getattr(value, "device", None)
    return name if device is None or home not in CONVERSIONS else f"{name} on {device}"


def shown(value: object) -> str:
    """The value itself and what it is; only the latter of a long one."""
    written = repr(value)
    if value is None or len(written) > 40:
        return kind(value)
    return f"{written} ({kind(value)})"


def conversion(name: str, value: object, dtype: str) -> str:
    """How to make a NumPy array of ``value``."""
    home = package(value)
    if home in CONVERSIONS and hasattr(value, "shape"):
        return f"convert it: {CONVERSIONS[home].format(name=name)}"
    if isinstance(value, list | tuple) or (hasattr(value, "__array__") and home != "numpy"):
        return f"convert it: np.asarray({name}, dtype={dtype})"
    return ""


def mapping(argument: str, wanted: Collection[str], value: object) -> str:
    """How to make a dict of parameters of ``value``."""
    if hasattr(value, "state_dict"):
        return dict_conversion("module.state_dict()", "torch")
    if hasattr(value, "shape"):
        return "are two arguments swapped?"
    if hasattr(value, "_asdict"):
        return f"dict(zip(layer.parameter_shapes, {argument})) if they are in that order"
    return f"its keys are {', '.join(wanted)}"


def dict_conversion(mapping: str, home: str) -> str:
    """How to make a dict of NumPy arrays of a dict of another package's arrays."""
    if home not in CONVERSIONS:
        return ""
    return f"convert it: {{k: {CONVERSIONS[home].format(name='v')} for k, v in {mapping}.items()}}"


def names(wanted: Collection[str], missing: Sequence[str], extra: Sequence[object]) -> str:
    """Why the names of parameters may be others than those wanted."""
    texts = [k for k in extra if isinstance(k, str)]
    for key in texts:
        prefixes = [key.removesuffix(w) for w in wanted if key.endswith(f".{w}")]
        if prefixes:
            return f"take the prefix off: {{k.removeprefix({prefixes[0]!r}): v for k, v in ...}}"
    for key in texts:
        close = difflib.get_close_matches(key.lower(), missing, n=1)
        if close:
            return f"did you mean {close[0]!r} where it has {key!r}?"
    if texts and not missing and all(k.startswith("bias_") for k in texts):
        return "is it from a network with bias=True, or with more layers or directions?"
    if any(FURTHER_PARAMETER.fullmatch(key) for key in texts):
        return "is it from a network with more layers, directions or a projection?"
    if not extra and missing and all("bias" in m for m in missing):
        return "is it from a network with bias=False? give biases of zeros"
    if not extra and missing and not any(m.endswith("_l0") for m in missing):
        return "is it from a network with fewer layers or directions?"
    return ""


def near(name: object, known: Collection[str]) -> str:
    """Which known name may be meant by another."""
    found = difflib.get_close_matches(str(name), known, n=1)
    return f"did you mean {found[0]!r}?" if found else ""


def shape(name: str, got: tuple[int, ...], wanted: Sizes) -> str:
    """Why an array may have another shape than that wanted, where None stands for any size."""
    if len(got) == len(wanted) == 2 and _fits(got[::-1], wanted):
        return "is it transposed?"
    if len(got) == len(wanted) == 3 and _fits((got[1], got[0], got[2]), wanted):
        return f"are the first two axes swapped (batch first)? np.swapaxes({name}, 0, 1)"
    if len(got) == len(wanted) > 1 and wanted[-1] in got[:-1] and got[-1] != wanted[-1]:
        return "is its last axis at another place?"
    if len(wanted) == 3 and _fits(got, wanted[1:]):
        if wanted[0] == 1:
            return f"add the first axis: {name}[None]"
        if wanted[0] is None:
            return f"{name}[:, None] if it is one sequence, {name}[None] if it is one step"
        return "the axis of time is missing"
    if len(got) == len(wanted) + 1 and got[0] == 1 and _fits(got[1:], wanted):
        return f"take the first axis off: {name}[0]"
    if len(got) != len(wanted) and [n for n in got if n != 1] == [n for n in wanted if n != 1]:
        return f"{name}.reshape({', '.join(str(n) for n in wanted)})"
    return ""


def other_size(got: tuple[int, ...], wanted: Sizes, names: Sequence[str]) -> str:
    """For what other size of the layer this parameter may be, told by the one axis that differs."""
    if len(got) != len(wanted):
        return ""
    other = [i for i, (g, w) in enumerate(zip(got, wanted, strict=True)) if g != w]
    if len(other) != 1 or sum(names[other[0]] in name for name in names) != 1:
        return ""
    times, _, name = names[other[0]].rpartition("·")
    size, rest = divmod(got[other[0]], int(times or 1))
    return f"is it for {name}={size}?" if size and not rest else ""


def state(got: tuple[int, ...], cells: int, steps: int, batch: int) -> str:
    """Why a state (cells, B, H) does not fit an input (T, B, D)."""
    if len(got) != 3 or (got[1] != batch and got[0] != cells):
        return ""
    if got[0] != cells:
        return f"its first axis counts layers and directions, here {cells}"
    if got[1] == steps and steps != batch:
        return "is x batch-first? np.swapaxes(x, 0, 1)"
    return f"x has B = {batch}" if got[1] != batch else ""


def _fits(got: Sequence[int], wanted: Sizes) -> bool:
    return len(got) == len(wanted) and all(w in (None, g) for g, w in zip(got, wanted, strict=True))
