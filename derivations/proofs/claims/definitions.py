"""Claims that define: the equations of each network are those of our cells."""

from __future__ import annotations

from collections.abc import Iterable

from derivations.notation import Text
from derivations.proofs import source_forms
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.results import Checked


def _same(theirs: Iterable[Checked], ours: Iterable[Checked]) -> Iterable[Shown]:
    """Both directions of a change of parameters."""
    there = Text("our cell at the document's parameters", "我们的单元取文档的参数")
    back = Text("the document's equations at our parameters", "文档的方程取我们的参数")
    for what, checked in ((there, ours), (back, theirs)):
        for c in checked:
            yield Shown(what, c.holds, f"{c.formula}: {c.residual}")


def vanilla() -> Iterable[Shown]:
    """The vanilla RNN and its output layer."""
    for form in (source_forms.VANILLA, source_forms.OUTPUT):
        yield from _same(source_forms.theirs_is_ours(form), source_forms.ours_is_theirs(form))


CLAIMS = (
    Claim(
        "rnn.definition",
        ("3.1.2", "3.1.3", "3.1.4"),
        Text(
            "The hidden state is tanh of an affine map of the previous state and the input, with "
            "one bias; the output is an affine map of the hidden state.",
            "隐状态是前一隐状态与输入的仿射映射再取 tanh，只有一个偏置；输出是隐状态的仿射映射。",
        ),
        Text("Any sizes; any real parameters.", "任意尺寸，任意实参数。"),
        Verdict.PROVED,
        Text(
            "It is the cell `rnn_tanh` with $b_h = b_{ih} + b_{hh}$, and the layer `output`.",
            "它就是单元 `rnn_tanh`，其中 $b_h = b_{ih} + b_{hh}$；输出即层 `output`。",
        ),
        vanilla,
        ("rnn_tanh.source", "output.source"),
    ),
)
