"""What a formula of a cell assumes beyond its shapes. Imports notation and the model of a formula.

What the formulas of a loss assume stands with the lines of the loss.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.emit.formulas.model import Formula
from derivations.notation import Text

_STATES = Text(
    "The loss reads the states only through the outputs and the last state.",
    "损失只经由各步输出与末状态依赖于各状态。",
)
_SHARED = Text("Every step uses the same parameter.", "各步使用同一个参数。")

OF_KIND = {
    "bptt": (_STATES,),
    "hvp_bptt": (_STATES,),
    "gradient": (_STATES, _SHARED),
    "hvp_gradient": (_STATES, _SHARED),
}
OF_FUNCTION = {
    "heaviside": Text("The derivative of relu at 0 is taken as 0.", "relu 在 0 处的导数取为 0。"),
    "kappa_1": Text(
        "The derivative of the clip at its threshold is taken as 1.", "裁剪在阈值处的导数取为 1。"
    ),
}
"""By the name of a function that stands in the plain text of a formula."""


def assuming(formula: Formula) -> Formula:
    """The formula with what it assumes."""
    functions = (text for name, text in OF_FUNCTION.items() if f"{name}(" in formula.text)
    return replace(formula, assumes=(*OF_KIND.get(formula.kind, ()), *functions))
