"""Measured: norms of products of Jacobians of random networks, beside the bound."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from rnnref.generated import rnn_tanh

from derivations.notation import Text
from derivations.proofs.claims.claim import Shown

Array = npt.NDArray[np.float64]

T, DRAWS, D, H = 50, 20, 8, 16
ROUNDING = 1 + 1e-12


def norms(sigma: float, input_scale: float, rng: np.random.Generator) -> Array:
    """The spectral norms of dh_n/dh_0, n = 1 ... T, of a network with this largest singular value.

    The weight is Gaussian, divided by its own norm; the inputs are Gaussian, independent.
    """
    W = rng.normal(size=(H, H))
    weight_hh = sigma * W / np.linalg.norm(W, ord=2)
    weight_ih = rng.normal(size=(H, D)) / np.sqrt(D)
    params = rnn_tanh.Params(weight_ih, weight_hh, np.zeros(H), np.zeros(H))
    h, product = np.zeros((1, H)), np.eye(H)
    found = []
    for x in input_scale * rng.normal(size=(T, 1, D)):
        step = rnn_tanh.step_forward(params, x, h)
        product = rnn_tanh.step_jacobians(params, step).h_D_h_prev[0] @ product
        h = step.h
        found.append(np.linalg.norm(product, ord=2))
    return np.array(found)


def within(found: Array, sigma: float) -> bool:
    """Whether the norms lie under the powers of sigma, rounding aside."""
    return bool((found <= ROUNDING * sigma ** np.arange(1, T + 1)).all())


def measured() -> Iterable[Shown]:
    """Twenty networks for each norm of the weight and each size of the inputs."""
    rng = np.random.default_rng(0)
    for sigma in (0.9, 1.5, 3.0):
        for scale in (0.0, 1.0):
            found = np.stack([norms(sigma, scale, rng) for _ in range(DRAWS)])
            last = found[:, -1]
            case = rf"$\sigma_{{\max}} = {sigma}$"
            en = f"{case}, inputs of standard deviation {scale}"
            zh = f"{case}，输入标准差 {scale}"
            yield Shown(
                Text(f"{en}: all norms within the bound", f"{zh}：范数均不超过上界"),
                within(found, sigma),
                f"median {np.median(last):.1e}, largest {last.max():.1e} (n = {T})",
            )
            below = int((last < 1).sum())
            most = sigma < 3 or scale > 0
            what = Text(
                f"{en}: draws with a norm below 1 after {T} steps, {'most' if most else 'few'}",
                f"{zh}：{T} 步之后范数小于 1 的次数，{'过半' if most else '少数'}",
            )
            yield Shown(what, (below > DRAWS / 2) == most, f"{below} / {DRAWS}")
    radii = [radius(rng.normal(size=(H, H))) for _ in range(10 * DRAWS)]
    what = Text(
        "median spectral radius of a Gaussian weight of norm 1.5, below 1",
        "范数为 1.5 的高斯权重谱半径的中位数，小于 1",
    )
    yield Shown(what, bool(np.median(radii) < 1 / 1.5), f"{1.5 * np.median(radii):.2f}")


def radius(W: Array) -> float:
    """The spectral radius of a matrix divided by its norm."""
    return float(np.abs(np.linalg.eigvals(W)).max() / np.linalg.norm(W, ord=2))
