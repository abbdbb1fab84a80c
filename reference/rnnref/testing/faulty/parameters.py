"""How an implementation reads the parameters that it is given, right or wrong. NumPy only.

Every misreading is linear, so the gradient of what was given is the transposed map of the gradient
of what was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnnref.arrays import Array

Parameters = dict[str, Array]
"""The parameters of one cell by name without its number: weight_ih, bias_ih, ..."""
Mix = tuple[tuple[float, float], tuple[float, float]]
"""What two biases become: the rows are those read, the columns those given."""

RIGHT: Mix = ((1, 0), (0, 1))
BIASES = ("bias_ih", "bias_hh")
STACKED = ("weight_ih", "weight_hh", *BIASES)


Shares = dict[str, list[tuple[Array, Array | None]]]
"""What each sequence adds to the gradients: for each block of rows of a parameter d (B, rows), and
the v (B, columns) with which its outer product is formed, if it has columns."""


class Back(NamedTuple):
    """What a step sends back: to x, to the states before it, to the parameters."""

    x: Array
    states: list[Array]
    params: Shares


def blocks(a: Array, count: int) -> list[Array]:
    """The last axis in equal parts."""
    size = a.shape[-1] // count
    return [a[..., k * size : (k + 1) * size] for k in range(count)]


def added(shares: list[tuple[Array, Array | None]], weight: Array) -> Array:
    """The sum over the batch, each sequence with its weight."""
    return np.concatenate(
        [weight @ d if v is None else (d * weight[:, None]).T @ v for d, v in shares]
    )


@dataclass(frozen=True)
class Faults:
    """What goes wrong in reading; each default is right.

    Attributes:
        order: the order in which the gates are taken to stand.
        order_of: the parameters that are read in this order.
        interleaved: row k is taken for a row of gate k mod (number of gates).
        hidden_transposed: each block of the recurrent weights is transposed.
        exchanged: the two weights are read in each other's place, where they have the same shape.
        reshaped: the parameters whose transpose is made by a reshape.
        biases: what the two biases become.
        peephole_order: the order in which the peepholes are taken to stand.
        hidden_transposed_in_backward: the backward pass alone transposes the recurrent weights.
        input_transposed_in_backward: the backward pass alone transposes the input weights.
        order_in_backward: the order in which the backward pass alone takes the weights' gates.
        gradient_order: the order in which the gradients' blocks stand.
        d_biases: what the gradients of the two biases become.
        hidden_gradient_transposed: each block of the recurrent weights' gradient is transposed.
    """

    order: str = ""
    order_of: tuple[str, ...] = STACKED
    interleaved: bool = False
    hidden_transposed: bool = False
    exchanged: bool = False
    reshaped: tuple[str, ...] = ()
    biases: Mix = RIGHT
    peephole_order: str = ""

    hidden_transposed_in_backward: bool = False
    input_transposed_in_backward: bool = False
    order_in_backward: str = ""
    gradient_order: str = ""
    d_biases: Mix = RIGHT
    hidden_gradient_transposed: bool = False


def read(w: Faults, gates: str, peepholes: str, p: Parameters) -> Parameters:
    """The parameters as the implementation takes them."""
    if _reordered(w):
        p = {name: a[_rows(w, gates, peepholes, name, len(a))] for name, a in p.items()}
    if w.exchanged and p["weight_ih"].shape == p["weight_hh"].shape:
        p |= {"weight_ih": p["weight_hh"], "weight_hh": p["weight_ih"]}
    for name in w.reshaped:
        p[name] = np.ascontiguousarray(p[name]).reshape(p[name].shape[::-1]).T
    if w.hidden_transposed:
        p["weight_hh"] = transposed(p["weight_hh"], len(gates))
    return p | _mixed(w.biases, p)


def read_in_backward(w: Faults, gates: str, p: Parameters) -> Parameters:
    """The parameters as the backward pass takes them, from those that the forward pass read."""
    p = dict(p)
    if w.order_in_backward:
        for name in ("weight_ih", "weight_hh"):
            p[name] = p[name][_blocks(w.order_in_backward, gates, len(p[name]))]
    if w.hidden_transposed_in_backward:
        p["weight_hh"] = transposed(p["weight_hh"], len(gates))
    if w.input_transposed_in_backward and p["weight_ih"].shape == p["weight_hh"].shape:
        p["weight_ih"] = transposed(p["weight_ih"], len(gates))
    return p


def gradients(w: Faults, gates: str, peepholes: str, d: Parameters) -> Parameters:
    """The gradients of what was given, from those of what was read."""
    if w.hidden_gradient_transposed:
        d = d | {"weight_hh": transposed(d["weight_hh"], len(gates))}
    d = d | _mixed(w.d_biases, d)
    b = w.biases
    d = d | _mixed(((b[0][0], b[1][0]), (b[0][1], b[1][1])), d)
    if w.hidden_transposed:
        d["weight_hh"] = transposed(d["weight_hh"], len(gates))
    for name in w.reshaped:
        d[name] = np.ascontiguousarray(d[name].T).reshape(d[name].shape)
    if w.exchanged and d["weight_ih"].shape == d["weight_hh"].shape:
        d |= {"weight_ih": d["weight_hh"], "weight_hh": d["weight_ih"]}
    given = dict(d)
    if _reordered(w):
        given = {name: np.empty_like(a) for name, a in d.items()}
        for name, a in d.items():
            given[name][_rows(w, gates, peepholes, name, len(a))] = a
    if w.gradient_order:
        given |= {
            name: given[name][_blocks(gates, w.gradient_order, len(given[name]))]
            for name in STACKED
        }
    return given


def transposed(weight: Array, blocks: int) -> Array:
    """Each square block transposed."""
    return np.concatenate([block.T for block in np.split(weight, blocks)])


def _reordered(w: Faults) -> bool:
    return bool(w.order or w.interleaved or w.peephole_order)


def _mixed(mix: Mix, p: Parameters) -> Parameters:
    ih, hh = (p[name] for name in BIASES)
    return {n: a * ih + b * hh for n, (a, b) in zip(BIASES, mix, strict=True)}


def _rows(w: Faults, gates: str, peepholes: str, name: str, size: int) -> Array:
    """Which row of the parameter that is given stands where the right one stood."""
    if name == "weight_ch":
        return _blocks(w.peephole_order or peepholes, peepholes, size)
    if name not in STACKED:
        return np.arange(size)
    rows = _blocks(w.order if w.order and name in w.order_of else gates, gates, size)
    if w.interleaved:
        H, G = size // len(gates), len(gates)
        rows = np.arange(size).reshape(H, G).T.reshape(-1)[rows]
    return rows


def _blocks(stand: str, wanted: str, size: int) -> Array:
    """The rows of the blocks that stand in one order, in the order wanted."""
    blocks = np.arange(size).reshape(len(stand), -1)
    return blocks[[stand.index(gate) for gate in wanted]].reshape(-1)
