"""Textbook code in simulated arithmetic: each operation is rounded to nearest. Imports NumPy.

An inner product is a loop, one product and one sum after another, in the order of the indices or
in a random one, and the partial sums are kept in the format or in float32. The gradients are
written out by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import rnnref
from rnnref.testing.cases import Case, Results
from rnnref.testing.precision import Precision

from right.plain import plain


def to_bits(values: np.ndarray, bits: int) -> np.ndarray:
    """Round to nearest, ties to even, to a significand of so many bits."""
    if bits >= 53:
        return values
    significand, exponent = np.frexp(values)
    return np.ldexp(np.rint(np.ldexp(significand, bits)), exponent - bits)


BITS = {"float64": 53, "float32": 24, "tf32": 24, "float16": 11, "bfloat16": 8}


@dataclass(frozen=True)
class Machine:
    """How operations round."""

    bits: int
    operand_bits: int
    sum_bits: int
    order: Callable[[int], np.ndarray]

    def of(self, values: np.ndarray) -> Number:
        return Number(to_bits(values, self.bits), self)


class Number:
    """An array of numbers of a machine."""

    def __init__(self, values: np.ndarray, machine: Machine) -> None:
        self.values, self.machine = values, machine

    def _new(self, values: np.ndarray) -> Number:
        return self.machine.of(values)

    def __add__(self, other):
        return self._new(self.values + _plain(other))

    def __sub__(self, other):
        return self._new(self.values - _plain(other))

    def __rsub__(self, other):
        return self._new(_plain(other) - self.values)

    def __mul__(self, other):
        return self._new(self.values * _plain(other))

    def __matmul__(self, other: Number) -> Number:
        machine = self.machine
        left = to_bits(self.values, machine.operand_bits)
        right = to_bits(other.values, machine.operand_bits)
        total = np.zeros((left.shape[0], right.shape[1]))
        for k in machine.order(left.shape[1]):
            product = to_bits(left[:, k, None] * right[None, k], machine.sum_bits)
            total = to_bits(total + product, machine.sum_bits)
        return self._new(total)

    def __getitem__(self, key) -> Number:
        return Number(self.values[key], self.machine)

    @property
    def T(self) -> Number:
        return Number(self.values.T, self.machine)

    def rows(self) -> Number:
        """The sum over the batch."""
        return (self.machine.of(np.ones((1, len(self.values)))) @ self)[0]

    def sigmoid(self) -> Number:
        e = self._new(np.exp(-self.values))
        return self._new(1 / (e + 1).values)

    def tanh(self) -> Number:
        return self._new(np.tanh(self.values))

    def relu(self) -> Number:
        return self._new(np.maximum(self.values, 0))

    def split(self, count: int) -> list[Number]:
        return [Number(part, self.machine) for part in np.split(self.values, count)]


def _plain(value):
    return value.values if isinstance(value, Number) else value


def _joined(parts: list[Number], axis: int = 0) -> Number:
    return Number(np.concatenate([p.values for p in parts], axis=axis), parts[0].machine)


def rnn_step(layer, p, x, h):
    """A step, and the function that takes it back."""
    a = x @ p["W"].T + h @ p["U"].T + (p["b"] + p["d"])
    tanh = layer.nonlinearity == "tanh"
    y = a.tanh() if tanh else a.relu()

    def back(d_y):
        slope = 1 - y * y if tanh else (y.values > 0).astype(float)
        d_a = d_y * slope
        return _back(p, x, h, d_a, d_a), ()

    return (y,), back


def lstm_step(layer, p, x, h, c):
    """A step, and the function that takes it back; one product with [x; h]."""
    stacked = _joined([p["W"], p["U"]], axis=1)
    a = _joined([x, h], axis=1) @ stacked.T + p["b"] + p["d"]
    i, f, g, o = (part.T for part in a.T.split(4))
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    new = f * c + i * g
    s = new.tanh()

    def back(d_h, d_c):
        d_c = d_c + (d_h * o) * (1 - s * s)
        parts = [
            (d_c * g) * (i * (1 - i)),
            (d_c * c) * (f * (1 - f)),
            (d_c * i) * (1 - g * g),
            (d_h * s) * (o * (1 - o)),
        ]
        d_a = _joined(parts, axis=1)
        return _back(p, x, h, d_a, d_a), (d_c * f,)

    return (o * s, new), back


def gru_step(layer, p, x, h):
    """A step, and the function that takes it back."""
    (Wr, Wz, Wn), (Ur, Uz, Un) = p["W"].split(3), p["U"].split(3)
    (br, bz, bn), (dr, dz, dn) = p["b"].split(3), p["d"].split(3)
    r = (x @ Wr.T + br + h @ Ur.T + dr).sigmoid()
    z = (x @ Wz.T + bz + h @ Uz.T + dz).sigmoid()
    v = h @ Un.T + dn if layer.reset_after else r * h
    inner = r * v if layer.reset_after else v @ Un.T + dn
    n = (x @ Wn.T + bn + inner).tanh()

    def back(d_y):
        d_n = (d_y * (1 - z)) * (1 - n * n)
        d_z = (d_y * (h - n)) * (z * (1 - z))
        if layer.reset_after:
            d_r, d_v, from_v = d_n * v, d_n * r, None
        else:
            from_v = d_n @ Un
            d_r, d_v = from_v * h, d_n
        d_r = d_r * (r * (1 - r))
        d_in, d_hid = _joined([d_r, d_z, d_n], axis=1), _joined([d_r, d_z, d_v], axis=1)
        found = _back(p, x, h, d_in, d_hid)
        if from_v is not None:
            found["h"] = d_r @ Ur + d_z @ Uz + from_v * r
            found["U"] = _joined([d_r.T @ h, d_z.T @ h, d_n.T @ v])
        found["h"] = found["h"] + d_y * z
        return found, ()

    return (n * (1 - z) + z * h,), back


def _back(p, x, h, d_in, d_hid):
    return {
        "x": d_in @ p["W"],
        "h": d_hid @ p["U"],
        "W": d_in.T @ x,
        "U": d_hid.T @ h,
        "b": d_in.rows(),
        "d": d_hid.rows(),
    }


_STEPS = {rnnref.RNN: rnn_step, rnnref.LSTM: lstm_step, rnnref.GRU: gru_step}
_NAMES = {"W": "weight_ih_l0", "U": "weight_hh_l0", "b": "bias_ih_l0", "d": "bias_hh_l0"}


def _run(case: Case, machine: Machine) -> Results | None:
    layer = case.layer
    if len(case.state.h) > 1 or case.lengths is not None:
        return None
    if getattr(layer, "proj_size", 0) or not layer.bias or not plain(layer):
        return None
    step = _STEPS[type(layer)]
    p = {short: machine.of(case.params[name]) for short, name in _NAMES.items()}
    state, backs, ys = [machine.of(s[0]) for s in case.state], [], []
    for x in case.x:
        state, back = step(layer, p, machine.of(x), *state)
        backs.append(back)
        ys.append(state[0].values)
    results = {"y": np.stack(ys)}
    results |= {f"{k}_n": s.values[None] for k, s in zip(case.state._fields, state, strict=True)}
    d_state, d_x, sums = [machine.of(d[0]) for d in case.d_state], [], {}
    for t in reversed(range(len(backs))):
        found, rest = backs[t](d_state[0] + machine.of(case.d_y[t]), *d_state[1:])
        d_state = [found["h"], *rest]
        d_x.append(found["x"].values)
        sums = {short: sums[short] + found[short] if sums else found[short] for short in _NAMES}
    results["d_x"] = np.stack(d_x[::-1])
    starts = zip(case.state._fields, d_state, strict=True)
    results |= {f"d_{k}_0": s.values[None] for k, s in starts}
    return results | {f"d_{name}": sums[short].values for short, name in _NAMES.items()}


def _machine(format: Precision, order: Callable[[int], np.ndarray], sum_bits: int = 0) -> Machine:
    bits = BITS[format.name]
    return Machine(bits, 11 if format.name == "tf32" else bits, max(bits, sum_bits), order)


def naive_forward_order(case: Case, format: Precision, seed: int) -> Results | None:
    return _run(case, _machine(format, np.arange))


def naive_permuted(case: Case, format: Precision, seed: int) -> Results | None:
    return _run(case, _machine(format, np.random.default_rng(seed).permutation))


def naive_single_sums(case: Case, format: Precision, seed: int) -> Results | None:
    """Inner products in float32, where the format is shorter than that."""
    if BITS[format.name] >= 24:
        return None
    return _run(case, _machine(format, np.arange, 24))
