"""One step of each framework's cells, by hand, in its own layout. Imports NumPy.

Orders and axes are as the frameworks describe them, not as the package's registry does. A step
takes the arrays of one direction by name, the input (B, D) and the state; it returns the state, h
first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import tanh

Arrays = dict[str, np.ndarray]


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def split(a: np.ndarray, count: int) -> list[np.ndarray]:
    return np.split(a, count, axis=-1)


def lstm(
    i: Any, f: Any, g: Any, o: Any, c: Any, peepholes: Any = (0, 0, 0), coupled: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """From the pre-activations; the peepholes are those of i, f, o."""
    pi, pf, po = peepholes
    i = sigmoid(i + pi * c)
    f = 1 - i if coupled else sigmoid(f + pf * c)
    new = f * c + i * tanh(g)
    return sigmoid(o + po * new) * tanh(new), new


# Keras: kernel (D, 4H) in the order i, f, c, o; GRU z, r, h.


def keras_rnn(w: Arrays, x: Any, h: Any) -> Any:
    return (tanh(x @ w["kernel"] + h @ w["recurrent_kernel"] + w["bias"]),)


def keras_lstm(w: Arrays, x: Any, h: Any, c: Any) -> Any:
    i, f, g, o = split(x @ w["kernel"] + h @ w["recurrent_kernel"] + w["bias"], 4)
    return lstm(i, f, g, o, c)


def keras_gru_reset_after(w: Arrays, x: Any, h: Any) -> Any:
    input_bias, recurrent_bias = w["bias"]
    xz, xr, xn = split(x @ w["kernel"] + input_bias, 3)
    hz, hr, hn = split(h @ w["recurrent_kernel"] + recurrent_bias, 3)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    return (z * h + (1 - z) * tanh(xn + r * hn),)


def keras_gru_reset_before(w: Arrays, x: Any, h: Any) -> Any:
    xz, xr, xn = split(x @ w["kernel"] + w["bias"], 3)
    uz, ur, un = split(w["recurrent_kernel"], 3)
    z, r = sigmoid(xz + h @ uz), sigmoid(xr + h @ ur)
    return (z * h + (1 - z) * tanh(xn + (r * h) @ un),)


# ONNX: W (4H, D) in the order i, o, f, c; GRU z, r, h; B = [Wb, Rb].


def onnx_rnn(w: Arrays, x: Any, h: Any) -> Any:
    wb, rb = split(w["B"], 2)
    return (tanh(x @ w["W"].T + h @ w["R"].T + wb + rb),)


def onnx_lstm(w: Arrays, x: Any, h: Any, c: Any, coupled: bool = False) -> Any:
    wb, rb = split(w["B"], 2)
    i, o, f, g = split(x @ w["W"].T + h @ w["R"].T + wb + rb, 4)
    pi, po, pf = split(w["P"], 3) if "P" in w else (0, 0, 0)
    return lstm(i, f, g, o, c, (pi, pf, po), coupled)


def onnx_gru(w: Arrays, x: Any, h: Any, linear_before_reset: bool) -> Any:
    wz, wr, wh = np.split(w["W"], 3)
    rz, rr, rh = np.split(w["R"], 3)
    wbz, wbr, wbh, rbz, rbr, rbh = split(w["B"], 6)
    z = sigmoid(x @ wz.T + h @ rz.T + wbz + rbz)
    r = sigmoid(x @ wr.T + h @ rr.T + wbr + rbr)
    if linear_before_reset:
        n = tanh(x @ wh.T + r * (h @ rh.T + rbh) + wbh)
    else:
        n = tanh(x @ wh.T + (r * h) @ rh.T + rbh + wbh)
    return ((1 - z) * n + z * h,)


# Flax: a Dense for each gate; the LSTM's biases are on the side of h.


def dense(w: Arrays, name: str, v: Any) -> Any:
    return v @ w[f"{name}/kernel"] + w.get(f"{name}/bias", 0)


def flax_rnn(w: Arrays, x: Any, h: Any) -> Any:
    return (tanh(dense(w, "i", x) + dense(w, "h", h)),)


def flax_lstm(w: Arrays, x: Any, h: Any, c: Any) -> Any:
    i, f, g, o = (dense(w, f"i{gate}", x) + dense(w, f"h{gate}", h) for gate in "ifgo")
    return lstm(i, f, g, o, c)


def flax_gru(w: Arrays, x: Any, h: Any) -> Any:
    r = sigmoid(dense(w, "ir", x) + dense(w, "hr", h))
    z = sigmoid(dense(w, "iz", x) + dense(w, "hz", h))
    n = tanh(dense(w, "in", x) + r * dense(w, "hn", h))
    return ((1 - z) * n + z * h,)


# Equinox: PyTorch's matrices, one bias, and bias_n in the GRU.


def equinox_lstm(w: Arrays, x: Any, h: Any, c: Any) -> Any:
    i, f, g, o = split(x @ w["weight_ih"].T + h @ w["weight_hh"].T + w["bias"], 4)
    return lstm(i, f, g, o, c)


def equinox_gru(w: Arrays, x: Any, h: Any) -> Any:
    xr, xz, xn = split(x @ w["weight_ih"].T + w["bias"], 3)
    hr, hz, hn = split(h @ w["weight_hh"].T, 3)
    n = tanh(xn + sigmoid(xr + hr) * (hn + w["bias_n"]))
    return (n + sigmoid(xz + hz) * (h - n),)


# cuDNN and PyTorch: two matrices and two biases.


def two_sides(w: Arrays, x: Any, h: Any) -> tuple[Any, Any]:
    return x @ w["weight_ih"].T + w["bias_ih"], h @ w["weight_hh"].T + w["bias_hh"]


def pytorch_rnn(w: Arrays, x: Any, h: Any) -> Any:
    return (tanh(sum(two_sides(w, x, h))),)


def pytorch_lstm(w: Arrays, x: Any, h: Any, c: Any) -> Any:
    return lstm(*split(sum(two_sides(w, x, h)), 4), c)


def pytorch_gru(w: Arrays, x: Any, h: Any) -> Any:
    (xr, xz, xn), (hr, hz, hn) = (split(side, 3) for side in two_sides(w, x, h))
    z = sigmoid(xz + hz)
    return ((1 - z) * tanh(xn + sigmoid(xr + hr) * hn) + z * h,)


# oneDNN: weights (D, gates, H); LSTM i, f, c, o; GRU u, r, o; a fourth bias where the reset is
# after the product.


def onednn_rnn(w: Arrays, x: Any, h: Any) -> Any:
    a = np.einsum("bd,dgh->bgh", x, w["weights_layer"])
    a = a + np.einsum("bk,kgh->bgh", h, w["weights_iter"]) + w["bias"]
    return (tanh(a[:, 0]),)


def onednn_lstm(w: Arrays, x: Any, h: Any, c: Any) -> Any:
    a = np.einsum("bd,dgh->gbh", x, w["weights_layer"])
    a = a + np.einsum("bk,kgh->gbh", h, w["weights_iter"]) + w["bias"][:, None]
    i, f, g, o = a
    return lstm(i, f, g, o, c, w.get("weights_peephole", (0, 0, 0)))


def onednn_gru(w: Arrays, x: Any, h: Any) -> Any:
    wu, wr, wo = (w["weights_layer"][:, gate] for gate in range(3))
    uu, ur, uo = (w["weights_iter"][:, gate] for gate in range(3))
    u = sigmoid(x @ wu + h @ uu + w["bias"][0])
    r = sigmoid(x @ wr + h @ ur + w["bias"][1])
    return (u * h + (1 - u) * tanh(x @ wo + (r * h) @ uo + w["bias"][2]),)


def onednn_lbr_gru(w: Arrays, x: Any, h: Any) -> Any:
    wu, wr, wo = (w["weights_layer"][:, gate] for gate in range(3))
    uu, ur, uo = (w["weights_iter"][:, gate] for gate in range(3))
    u = sigmoid(x @ wu + h @ uu + w["bias"][0])
    r = sigmoid(x @ wr + h @ ur + w["bias"][1])
    return (u * h + (1 - u) * tanh(x @ wo + r * (h @ uo + w["bias"][3]) + w["bias"][2]),)


# WebNN: PyTorch's matrices behind an axis of directions; orders iofg, zrn, or ifgo, rzn.


def webnn_lstm(w: Arrays, x: Any, h: Any, c: Any, order: str) -> Any:
    a = x @ w["weight"].T + w["bias"] + h @ w["recurrentWeight"].T + w["recurrentBias"]
    gate = dict(zip(order, split(a, 4), strict=True))
    pi, po, pf = split(w["peepholeWeight"], 3) if "peepholeWeight" in w else (0, 0, 0)
    return lstm(gate["i"], gate["f"], gate["g"], gate["o"], c, (pi, pf, po))


def webnn_gru(w: Arrays, x: Any, h: Any, order: str, reset_after: bool) -> Any:
    at = {gate: slice(n * h.shape[1], (n + 1) * h.shape[1]) for n, gate in enumerate(order)}

    def side(v: Any, gate: str, weight: str, bias: str) -> Any:
        return v @ w[weight][at[gate]].T + w[bias][at[gate]]

    def ofx(gate: str) -> Any:
        return side(x, gate, "weight", "bias")

    def ofh(v: Any, gate: str) -> Any:
        return side(v, gate, "recurrentWeight", "recurrentBias")

    z, r = (sigmoid(ofx(gate) + ofh(h, gate)) for gate in "zr")
    n = tanh(ofx("n") + (r * ofh(h, "n") if reset_after else ofh(r * h, "n")))
    return (z * h + (1 - z) * n,)


# TensorFlow 1: one matrix for [x, h]; order i, j, f, o; forget_bias=1.0 is added at run time.


def beside(x: Any, h: Any) -> Any:
    return np.concatenate([x, h], axis=1)


def tf1_rnn(w: Arrays, x: Any, h: Any) -> Any:
    return (tanh(beside(x, h) @ w["kernel"] + w["bias"]),)


def tf1_lstm(w: Arrays, x: Any, h: Any, c: Any) -> Any:
    i, j, f, o = split(beside(x, h) @ w["kernel"] + w["bias"], 4)
    wi, wf, wo = (w.get(f"w_{gate}_diag", 0) for gate in "ifo")
    new = c * sigmoid(f + 1.0 + wf * c) + sigmoid(i + wi * c) * tanh(j)
    return tanh(new) * sigmoid(o + wo * new), new


def tf1_gru(w: Arrays, x: Any, h: Any) -> Any:
    r, u = split(sigmoid(beside(x, h) @ w["gates/kernel"] + w["gates/bias"]), 2)
    c = tanh(beside(x, r * h) @ w["candidate/kernel"] + w["candidate/bias"])
    return (u * h + (1 - u) * c,)


def chung_gru(w: Arrays, x: Any, h: Any) -> Any:
    z = sigmoid(x @ w["W_z"].T + h @ w["U_z"].T + w["b_z"])
    r = sigmoid(x @ w["W_r"].T + h @ w["U_r"].T + w["b_r"])
    return ((1 - z) * h + z * tanh(x @ w["W_n"].T + (r * h) @ w["U_n"].T + w["b_n"]),)
