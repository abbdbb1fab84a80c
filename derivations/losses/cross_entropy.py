"""Softmax cross-entropy: the logarithm of what the network makes of the class that is right.

Imports the language of losses and SymPy.
"""

from __future__ import annotations

import sympy

from derivations.losses.language import (
    Line,
    Loss,
    array,
    at,
    exp,
    gradient_of,
    k,
    largest,
    log,
    over_classes,
    over_positions,
    reciprocal,
    tangent_of,
    tangent_of_gradient,
)
from derivations.notation import Text
from derivations.references import cited, passage

a = array("a", "NK", "logits", "logits")
y = array("y", "NK", "target", "目标")
w = array("w", "N", "weight of a position", "位置的权重")

p = array("p", "NK", "probabilities", "概率")
log_p = array("log_p", "NK", "logarithm of the probabilities", "概率的对数", r"\log p")
l = array("l", "N", "loss of a position", "单个位置的损失", r"\ell")  # noqa: E741
loss = array("loss", "", "loss", "损失", "L")
m = array("m", "N", "largest logit", "最大的 logit")
s = array("s", "NK", "shifted logits", "平移后的 logits")
e = array("e", "NK", "exponentials", "指数值")
Z = array("Z", "N", "sum of the exponentials", "指数值之和")

a_dot, p_dot, loss_dot = tangent_of(a), tangent_of(p), tangent_of(loss)
d_a, d_a_dot = gradient_of(a), tangent_of_gradient(a)

_SUM_TO_1 = (Text("The targets of a position sum to 1.", "每个位置的目标之和为 1。"),)

with sympy.evaluate(False):
    _whole = Line(loss, over_positions(at(w) * at(l)))
    CROSS_ENTROPY = Loss(
        id="cross_entropy",
        title=Text("Softmax cross-entropy", "softmax 交叉熵"),
        number_prefix="CE",
        output=a,
        target=y,
        weight=w,
        paper=(
            Line(p, exp(at(a)) * reciprocal(over_classes(lambda k: exp(at(a, k))))),
            Line(l, -over_classes(lambda k: at(y, k) * log(at(p, k)))),
            _whole,
        ),
        forward=(
            Line(m, largest(at(a, k), k)),
            Line(s, at(a) + -at(m)),
            Line(e, exp(at(s))),
            Line(Z, over_classes(lambda k: at(e, k))),
            Line(p, at(e) * reciprocal(at(Z))),
            Line(log_p, at(s) + -log(at(Z))),
            Line(l, -over_classes(lambda k: at(y, k) * at(log_p, k))),
            _whole,
        ),
        backward=(Line(d_a, at(w) * (at(p) + -at(y)), _SUM_TO_1),),
        jvp=(
            Line(
                loss_dot,
                over_positions(
                    at(w) * over_classes(lambda k: (at(p, k) + -at(y, k)) * at(a_dot, k))
                ),
                _SUM_TO_1,
            ),
        ),
        backward_jvp=(
            Line(p_dot, at(p) * (at(a_dot) + -over_classes(lambda k: at(p, k) * at(a_dot, k)))),
            Line(d_a_dot, at(w) * at(p_dot), _SUM_TO_1),
        ),
        cite=(
            passage("goodfellow_2016", "sections 4.1 and 6.2.2.3"),
            *cited("bridle_1990"),
        ),
    )
