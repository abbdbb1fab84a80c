"""What a framework cannot hold, and why. Imports rnnref."""

from __future__ import annotations

from rnnref import checks
from rnnref.conventions.forms import Convention
from rnnref.conventions.places import Layer
from rnnref.errors import ConversionError

CELLS = {
    "rnn": "RNN",
    "lstm": "LSTM",
    "gru_reset_after": "GRU that resets after the product",
    "gru_reset_before": "GRU that resets before the product",
}
"""The kinds of cells, as a message names them."""

RESETS = (
    "the same parameters give another function: two units with W_hn = [[0, 1], [0, 0]], "
    "b_ir = [2, -2], all else 0, give at h = [0, 1] the new state h[0] = 0.059 where the reset "
    "comes before the product, 0.353 where it comes after"
)

LACKING = {
    "weight_hr": (
        "projection",
        "where proj_size is less than hidden_size, h has fewer entries than c",
    ),
    "weight_ch": (
        "peepholes",
        "its gates do not read c: with one unit, the peephole of f 1 and all else 0, f is 0.731 "
        "at c = 1 and 0.5 at c = 0",
    ),
}
"""What not every LSTM has, by the parameter that it needs, and why nothing makes up for it."""

OPTIONS = {
    "coupled": (
        "coupled gates",
        "an LSTM without them whose rows of f are those of i negated computes the same, as "
        "1 - sigmoid(a) = sigmoid(-a)",
    ),
    "activations": ("choice of activations like that", ""),
    "nonlinearity": ("nonlinearity like that", ""),
    "gate_clip": ("clip of pre-activations", ""),
    "cell_clip": ("clip of the cell state", ""),
}
"""What not every framework has, by the setting that asks for it."""

NONLINEARITIES = ("tanh", "relu")
"""Those that every RNN has."""


def check(where: str, layer: Layer, convention: Convention) -> None:
    """Refuse what the convention has no place for."""
    title, form = convention.title, convention.forms.get(layer._kind)
    if form is None:
        reason = RESETS if _other_reset(layer) in convention.forms else ""
        checks.fail(ConversionError, where, f"{title} has no {CELLS[layer._kind]}", reason)
    for field, (name, reason) in LACKING.items():
        if field in layer._fields and field not in form.holds:
            said = f"the {CELLS[layer._kind]} of {title} has no {name}"
            checks.fail(ConversionError, where, said, reason)
    for option, (name, reason) in OPTIONS.items():
        if _asks(layer, option) and option not in form.options:
            said = f"the {CELLS[layer._kind]} of {title} has no {name}"
            checks.fail(ConversionError, where, said, reason)
    if convention.always_biased and not layer.bias:
        said = f"{title} has no {CELLS[layer._kind]} without biases"
        checks.fail(ConversionError, where, said, "use bias=True and biases of zeros")


def _asks(layer: Layer, option: str) -> bool:
    """Whether a layer has another setting than that which every framework has."""
    value = getattr(layer, option, None)
    if option == "nonlinearity" and value in NONLINEARITIES:
        return False
    usual = type(layer)(layer.input_size, layer.hidden_size)
    return bool(value != getattr(usual, option, None))


def _other_reset(layer: Layer) -> str:
    """The kind of GRU that differs from this one by where it resets."""
    resets = {"gru_reset_after": "gru_reset_before", "gru_reset_before": "gru_reset_after"}
    return resets.get(layer._kind, "")
