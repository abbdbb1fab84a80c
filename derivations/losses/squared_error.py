"""Squared error: the sum of the squares by which the network's output misses the target.

Imports the language of losses and SymPy.
"""

from __future__ import annotations

import sympy

from derivations.losses.language import (
    Line,
    Loss,
    array,
    at,
    gradient_of,
    over_classes,
    over_positions,
    tangent_of,
    tangent_of_gradient,
)
from derivations.notation import Text
from derivations.references import passage

a = array("a", "NK", "output of the network", "网络的输出")
y = array("y", "NK", "target", "目标")
w = array("w", "N", "weight of a position", "位置的权重")

r = array("r", "NK", "residual", "残差")
l = array("l", "N", "loss of a position", "单个位置的损失", r"\ell")  # noqa: E741
loss = array("loss", "", "loss", "损失", "L")

a_dot, loss_dot = tangent_of(a), tangent_of(loss)
d_a, d_a_dot = gradient_of(a), tangent_of_gradient(a)

with sympy.evaluate(False):
    _definition = (
        Line(r, at(a) + -at(y)),
        Line(l, over_classes(lambda k: at(r, k) ** 2)),
        Line(loss, over_positions(at(w) * at(l))),
    )
    SQUARED_ERROR = Loss(
        id="squared_error",
        title=Text("Squared error", "平方误差"),
        number_prefix="SE",
        output=a,
        target=y,
        weight=w,
        paper=_definition,
        forward=_definition,
        backward=(Line(d_a, 2 * at(w) * at(r)),),
        jvp=(
            Line(
                loss_dot,
                2 * over_positions(at(w) * over_classes(lambda k: at(r, k) * at(a_dot, k))),
            ),
        ),
        backward_jvp=(Line(d_a_dot, 2 * at(w) * at(a_dot)),),
        cite=(passage("goodfellow_2016", "section 5.1.4"),),
    )
