"""The choice of functions for a layer, and a generated module that uses it. Imports rnnref."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType, ModuleType

from rnnref import checks, curves, hints
from rnnref.arrays import Array
from rnnref.errors import ArgumentTypeError, ArgumentValueError

Function = Callable[[Array], Array]


@dataclass(frozen=True)
class Activation:
    """One of ONNX's activation functions, with its numbers.

    ``sigmoid``, ``tanh``, ``relu``, ``softsign``, ``softplus`` have none; ``leaky_relu`` (0.01 if
    left out), ``thresholded_relu`` (1), ``elu`` (1) have alpha; ``hard_sigmoid`` (0.2 and 0.5),
    ``affine`` and ``scaled_tanh`` (to be given) have alpha and beta. At kinks the derivative is
    PyTorch's: 0 for ``relu`` and ``hard_sigmoid``, 0 at the jump of ``thresholded_relu``, alpha for
    ``leaky_relu`` and ``elu``; the second derivative of ``softsign`` at 0 is 0.

    Args:
        name: which function.
        alpha, beta: its numbers.

    Raises:
        ArgumentTypeError: if the name is not a str, or a number is not one.
        ArgumentValueError: if the function is not known, or does not have the numbers given, or
            needs more.

    >>> import rnnref
    >>> rnnref.Activation("hard_sigmoid")
    Activation(name='hard_sigmoid', alpha=0.2, beta=0.5)
    >>> keras_3 = rnnref.Activation("hard_sigmoid", 1 / 6, 0.5)
    """

    name: str
    alpha: float | None = None
    beta: float | None = None

    def __post_init__(self) -> None:
        family = curves.FAMILIES[_known("Activation", "name", self.name)]
        for letter in ("alpha", "beta"):
            object.__setattr__(self, letter, _number(self, family, letter))

    @property
    def functions(self) -> tuple[Function, Function, Function]:
        """The function and its first and second derivative."""
        family, a, b = curves.FAMILIES[self.name], self.alpha or 0.0, self.beta or 0.0

        def of(curve: curves.Curve) -> Function:
            return lambda x: curve(x, a, b)

        return of(family.value), of(family.slope), of(family.bend)


def _known(where: str, name: str, value: object) -> str:
    """The name of a function."""
    if not isinstance(value, str):
        said = f"{name} must be the name of a function, got {hints.shown(value)}"
        checks.fail(ArgumentTypeError, where, said, "rnnref.Activation gives a name its numbers")
    if value not in curves.FAMILIES:
        said = f"{name} must be one of {', '.join(curves.FAMILIES)}; got {value!r}"
        checks.fail(ArgumentValueError, where, said, hints.near(value.lower(), curves.FAMILIES))
    return value


def _number(activation: Activation, family: curves.Family, letter: str) -> float | None:
    given, name = getattr(activation, letter), activation.name
    if letter not in family.takes:
        if given is not None:
            said = f"{letter} must be left out where name is {name!r}, got {given!r}"
            checks.fail(ArgumentValueError, "Activation", said)
        return None
    if given is None:
        given = getattr(family, letter)
        if given is None:
            said = f"{letter} must be given where name is {name!r}"
            checks.fail(ArgumentValueError, "Activation", said)
    return checks.number("Activation", letter, given)


def chosen(where: str, name: str, value: object, wanted: tuple[str, ...]) -> tuple[Activation, ...]:
    """As many activations as ``wanted`` names things to be acted on, given as such or by name."""
    count = len(wanted)
    if not isinstance(value, tuple | list) or len(value) != count:
        came = f"{len(value)} of them" if isinstance(value, tuple | list) else hints.shown(value)
        said = f"{name} must be {count}, for {', '.join(wanted)}, got {came}"
        checks.fail(ArgumentTypeError, where, said)
    return tuple(one(where, f"{name}[{k}]", v) for k, v in enumerate(value))


def one(where: str, name: str, value: object) -> Activation:
    """An activation given as such or by name."""
    if isinstance(value, Activation):
        return value
    known = _known(where, name, value)
    family = curves.FAMILIES[known]
    numbers = family.takes.split()
    if numbers and family.alpha is None:
        said = f"{name} needs {' and '.join(numbers)} where it is {known!r}, got none"
        asked = f"rnnref.Activation({known!r}, {', '.join(numbers)})"
        checks.fail(ArgumentValueError, where, said, f"give it as {asked}")
    return Activation(known)


def short(activation: Activation) -> str | Activation:
    """The name alone where it says all, so that an RNN with relu has ``"relu"``."""
    family = curves.FAMILIES[activation.name]
    usual = (activation.alpha, activation.beta) == (family.alpha, family.beta)
    return activation.name if usual else activation


def threshold(where: str, name: str, value: object) -> float | None:
    """A positive number to clip at; None for no clip."""
    if value is None:
        return None
    found = checks.number(where, name, value)
    if found <= 0:
        said = f"{name} must be above 0, got {value}"
        checks.fail(ArgumentValueError, where, said, "None is for no clip")
    return found


@lru_cache(maxsize=64)
def specialised(
    code: ModuleType,
    activations: tuple[Activation, ...],
    gate_clip: float | None,
    cell_clip: float | None = None,
) -> ModuleType:
    """A general module with these functions in the place of its own.

    The activations are those called f, g and h, as many as there are.
    """
    found: dict[str, Function] = {}
    for letter, activation in zip("fgh", activations, strict=False):
        trio = activation.functions
        if letter != "h":
            trio = _after_clip(gate_clip, trio)
        found |= dict(zip(_names(letter), trio, strict=True))
    if cell_clip is not None:
        found |= {
            "kappa": lambda x: curves.clip(x, cell_clip),
            "kappa_1": lambda x: curves.clip_1(x, cell_clip),
        }
    return bound(code, found)


def _names(letter: str) -> tuple[str, str, str]:
    return f"phi_{letter}", f"phi_{letter}_1", f"phi_{letter}_2"


def _after_clip(
    at: float | None, trio: tuple[Function, Function, Function]
) -> tuple[Function, Function, Function]:
    """The functions of ``value(clip(x))``; the derivatives are 0 where the clip holds x back."""
    if at is None:
        return trio
    value, slope, bend = trio
    return (
        lambda x: value(curves.clip(x, at)),
        lambda x: slope(curves.clip(x, at)) * curves.clip_1(x, at),
        lambda x: bend(curves.clip(x, at)) * curves.clip_1(x, at),
    )


def bound(code: ModuleType, replaced: Mapping[str, Function]) -> ModuleType:
    """A generated module whose functions call those in ``replaced`` by the names of their own."""
    module = ModuleType(code.__name__, code.__doc__)
    names = vars(module)
    names.update({**vars(code), **replaced})
    for name, function in vars(code).items():
        if isinstance(function, FunctionType) and function.__module__ == code.__name__:
            names[name] = FunctionType(function.__code__, names, name)
    return module
