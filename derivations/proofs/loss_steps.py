"""For the pages: how the derivatives of the losses follow, step by step.

Imports notation. What is written here is proved by `losses`, for any number of classes.
"""

from __future__ import annotations

from derivations.notation import Text
from derivations.proofs.results import Step

LOSS_STEPS: dict[str, tuple[Step, ...]] = {
    "cross_entropy.p": (
        Step(
            r"\frac{\exp(a_{ni} - m)}{\sum_{k=1}^{K} \exp(a_{nk} - m)} = "
            r"\frac{\exp(-m)\, \exp(a_{ni})}{\exp(-m)\, \sum_{k=1}^{K} \exp(a_{nk})} = "
            r"\frac{\exp(a_{ni})}{\sum_{k=1}^{K} \exp(a_{nk})}",
            Text(
                "The same number may be subtracted from all logits of a position: its exponential "
                "is a common factor, and cancels.",
                "同一位置的所有 logits 可以减去同一个数：它的指数是公因子，可以约去。",
            ),
        ),
        Step(
            r"\frac{\partial p_{ni}}{\partial m} = 0",
            Text(
                "So the probabilities do not depend on $m$. That $m_n$ is taken to be the largest "
                "logit adds nothing to any derivative.",
                "所以概率与 $m$ 无关。把 $m_n$ 取为最大的 logit，不给任何导数增添一项。",
            ),
        ),
    ),
    "cross_entropy.Z": (
        Step(
            r"0 < e_{nk} \le 1",
            Text(
                "No exponent $a_{nk} - m_n$ is positive, so no exponential overflows. One that "
                "underflows to 0 is less than the smallest number of the format.",
                "指数 $a_{nk} - m_n$ 都不为正，所以不会上溢；下溢为 0 的那些，"
                "本来就小于该格式的最小正数。",
            ),
        ),
        Step(
            r"Z_n = 1 + \sum_{k \ne c} e_{nk}",
            Text(
                "Let $c$ be a class whose logit is the largest; then $e_{nc} = 1$.",
                "设 $c$ 是 logit 最大的类别，则 $e_{nc} = 1$。",
            ),
        ),
        Step(
            r"1 \le Z_n \le K, \qquad 0 \le \log Z_n \le \log K",
            Text(
                "The other $K - 1$ terms lie between 0 and 1. The logarithm is never taken of 0.",
                "其余 $K - 1$ 项都在 0 与 1 之间。对数的自变量绝不会是 0。",
            ),
        ),
    ),
    "cross_entropy.d_a": (
        Step(
            r"\ell_n = \left(\sum_{k=1}^{K} y_{nk}\right) \log \sum_{k=1}^{K} \exp(a_{nk}) "
            r"- \sum_{k=1}^{K} y_{nk}\, a_{nk}",
            Text(
                "The logarithm of a quotient is a difference; the number that is subtracted from "
                "the logits is left out, since nothing depends on it.",
                "商的对数是对数之差；从 logits 中减去的数不影响结果，略去不写。",
            ),
        ),
        Step(
            r"\frac{\partial \ell_n}{\partial a_{ni}} = "
            r"\left(\sum_{k=1}^{K} y_{nk}\right) p_{ni} - y_{ni}",
            Text(
                "The derivative of $\\log \\sum_k \\exp(a_{nk})$ with respect to $a_{ni}$ is "
                "$p_{ni}$.",
                "$\\log \\sum_k \\exp(a_{nk})$ 对 $a_{ni}$ 的导数是 $p_{ni}$。",
            ),
        ),
        Step(
            r"\bar{a}_{ni} = w_{n}\, (p_{ni} - y_{ni})",
            Text(
                "Here, and only here, it is used that the targets of a position sum to 1, as those "
                "of one class do. Position $n$ counts $w_n$ times in the loss.",
                "用到同一位置的目标之和为 1，仅此一处；只有一个正确类别时自然成立。"
                "位置 $n$ 在损失中计 $w_n$ 次。",
            ),
        ),
    ),
    "cross_entropy.p_dot": (
        Step(
            r"\frac{\partial p_{ni}}{\partial a_{nk}} = p_{ni}\, (\delta_{ik} - p_{nk})",
            Text(
                "The derivative of the quotient $e_{ni} / Z_n$.",
                "对商 $e_{ni} / Z_n$ 求导。",
            ),
        ),
        Step(
            r"\dot{p}_{ni} = p_{ni}\, (\dot{a}_{ni} - \sum_{k=1}^{K} p_{nk}\, \dot{a}_{nk})",
            Text(
                "Summed against the direction. What moves $p$ is how far a logit moves ahead of "
                "the mean that is taken with the weights $p$.",
                "沿切方向求和。使 $p$ 变动的，是各 logit 的变动超出以 $p$ 加权的平均的部分。",
            ),
        ),
    ),
    "squared_error.d_a": (
        Step(
            r"\frac{\partial \ell_n}{\partial a_{ni}} = "
            r"\sum_{k=1}^{K} 2 r_{nk}\, \delta_{ik} = 2 r_{ni}",
            Text(
                "Only the square of the entry itself depends on it.",
                "只有该元素自己的平方与它有关。",
            ),
        ),
        Step(
            r"\bar{a}_{ni} = 2 w_{n}\, r_{ni}",
            Text(
                "With the mean over all $NK$ entries, $w_n = 1/(NK)$, this is $2/(NK)$ times the "
                "residual.",
                "对全部 $NK$ 个元素取平均时，$w_n = 1/(NK)$，梯度就是残差的 $2/(NK)$ 倍。",
            ),
        ),
    ),
}
