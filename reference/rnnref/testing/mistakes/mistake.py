"""What a known mistake is, and where it can be made. Imports NumPy and rnnref."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from rnnref.layers import GRU, RNN, RNN_CODE
from rnnref.testing.cases import Case, Layer
from rnnref.testing.faulty.functions import activations_of, derivative, function_of, functions_of

RNNS = ("rnn_tanh", "rnn_relu", "rnn_general")
GRUS = ("gru_reset_after", "gru_reset_before")
USUAL = {"gate": "sigmoid", "candidate": "tanh", "output": "tanh"}
"""The activations of the gates, of the candidate and of the cell state."""
CELLS = (*RNNS, "lstm", *GRUS)
GRID = np.linspace(-8, 8, 97)
"""Where functions are compared; two that differ elsewhere alone count as the same."""


@dataclass(frozen=True)
class Mistake:
    """One way in which implementations go wrong.

    Attributes:
        id: its name, for reports and links.
        direction: what it changes first. The gradients of a forward mistake are the exact ones of
            the wrong forward pass; a backward mistake leaves the forward pass right.
        says: what the implementation computes instead.
        fix: what to do about it.
        switches: what to set in the faulty cells to compute the same.
        cells: the cells in which it can be made.
        needs: the features that a case must have for it to be made, as `features` names them.
    """

    id: str
    direction: Literal["forward", "backward"]
    says: str
    fix: str
    switches: dict[str, Any] = field(hash=False)
    cells: tuple[str, ...] = CELLS
    needs: frozenset[str] = frozenset()


def forward(
    id: str, says: str, fix: str, cells: tuple[str, ...] = CELLS, needs: str = "", **switches: Any
) -> Mistake:
    """A forward mistake; ``needs`` are features parted by semicolons."""
    return Mistake(id, "forward", says, fix, switches, cells, _parted(needs))


def backward(
    id: str, says: str, fix: str, cells: tuple[str, ...] = CELLS, needs: str = "", **switches: Any
) -> Mistake:
    """A backward mistake; ``needs`` are features parted by semicolons."""
    return Mistake(id, "backward", says, fix, switches, cells, _parted(needs))


def _parted(needs: str) -> frozenset[str]:
    return frozenset(need.strip() for need in needs.split(";") if need)


def cell_of(case: Case) -> str:
    """The cell of a case's layer, by the name of its definition."""
    layer = case.layer
    if isinstance(layer, RNN):
        return f"rnn_{layer.nonlinearity}" if layer.nonlinearity in RNN_CODE else "rnn_general"
    if isinstance(layer, GRU):
        return "gru_reset_after" if layer.reset_after else "gru_reset_before"
    return "lstm"


def features(case: Case) -> frozenset[str]:
    """What a case has that a mistake may need.

    >>> import numpy as np, rnnref
    >>> from rnnref.testing import Case
    >>> layer, rng = rnnref.GRU(3, 5, num_layers=2), np.random.default_rng(0)
    >>> x, y, state = np.ones((7, 2, 3)), np.ones((7, 2, 5)), layer.init_state(2)
    >>> case = Case("ones", layer, layer.init_params(rng), x, state, y, state)
    >>> {"bias", "layers", "W_hh square"} <= features(case), "bidirectional" in features(case)
    (True, False)
    """
    layer: Any = case.layer
    p, T = case.params, len(case.x)
    pairs = [(a, p[n.replace("_ih_", "_hh_")]) for n, a in p.items() if n.startswith("weight_ih")]
    coupled, projected = getattr(layer, "coupled", False), getattr(layer, "proj_size", 0)
    own = {what: getattr(a, "name", a) for what, a in activations_of(layer).items()}
    unusual = {what for what, usual in USUAL.items() if own.get(what, usual) != usual}
    gate_clip, cell_clip = (getattr(layer, f"{name}_clip", None) for name in ("gate", "cell"))
    uneven = case.lengths is not None and bool((case.lengths < T).any())
    found = {
        "bias": layer.bias,
        "layers": layer.num_layers > 1,
        "bidirectional": layer.bidirectional,
        "dropout": layer.dropout > 0,
        "lengths": uneven,
        "W_ih like W_hh": any(ih.shape == hh.shape for ih, hh in pairs),
        "W_ih with rows and columns": any(min(ih.shape) > 1 for ih, _ in pairs),
        "W_hh with rows and columns": any(min(hh.shape) > 1 for _, hh in pairs),
        "W_hh square": not projected and layer.hidden_size > 1,
        "units": layer.hidden_size > 1,
        "projection": projected,
        "coupled": coupled,
        "uncoupled": not coupled,
        "peepholes": getattr(layer, "peepholes", False),
        "usual gates": "gate" not in unusual,
        "usual candidate": "candidate" not in unusual,
        "usual output": "output" not in unusual,
        "other gates": "gate" in unusual,
        "other candidate": "candidate" in unusual,
        "other output": "output" in unusual,
        "other gates or candidate": bool(unusual & {"gate", "candidate"}),
        "other activations": bool(unusual),
        "several other activations": len(unusual) > 1,
        "gate clip": gate_clip is not None,
        "cell clip": cell_clip is not None,
        "gate clip within c": bool(gate_clip and (not cell_clip or gate_clip < cell_clip)),
    }
    return frozenset(name for name, there in found.items() if there)


def can_be_made(mistake: Mistake, case: Case) -> bool:
    """Whether the layer of a case has what the mistake is about, and does not itself do it."""
    return (
        cell_of(case) in mistake.cells
        and mistake.needs <= features(case)
        and _changes(mistake, case.layer)
    )


def _changes(mistake: Mistake, layer: Layer) -> bool:
    """False if all that it does is to use functions, or derivatives, that are the layer's own.

    An RNN with the hard sigmoid does not go wrong by using the hard sigmoid.
    """
    own = activations_of(layer)
    return any(_differs(own, switch, put) for switch, put in mistake.switches.items())


def _differs(own: dict[str, Any], switch: str, put: Any) -> bool:
    what = switch.removesuffix("_slope") if switch != "slope" else "activation"
    if what not in own:
        return True
    mine = function_of(own[what])
    value = mine.value(GRID)
    if switch != what:
        one, other = (derivative(mine, GRID, value, slope) for slope in ("", put))
    else:
        changed = dict(zip(own, functions_of(own, {what: put}), strict=True))
        one, other = value, changed[what].value(GRID)
    return not np.allclose(one, other, rtol=1e-12, atol=1e-12)
