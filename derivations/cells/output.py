"""The output layer: an affine map of the hidden state, without a state of its own."""

from __future__ import annotations

from derivations.notation import Array, Cell, Stack, Text, affine, vector
from derivations.references import passage

_h = vector("h", "hidden state", "隐状态")
_y = vector("y", "output", "输出", size="K")
_W = Array("W_hy", ("K", "H"), Text("output weights", "输出权重"), "W", sub="hy", time=None)
_b = Array("b_y", ("K",), Text("output bias", "输出偏置"), "b", sub="y", time=None)

OUTPUT = Cell(
    id="output",
    title=Text("Output layer", "输出层"),
    number_prefix="OUT",
    inputs=(_h,),
    states=(),
    stacks=(
        Stack("weight", _W.title, (_W,)),
        Stack("bias", _b.title, (_b,)),
    ),
    equations=(affine(_y, (_W, _h, _b)),),
    output=_y,
    cite=(passage("goodfellow_2016", "eq. 10.10"),),
)
