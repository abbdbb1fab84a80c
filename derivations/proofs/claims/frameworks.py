"""Claims on what the layouts of frameworks are to the equations: maps where there are any."""

from __future__ import annotations

from collections.abc import Iterable

from derivations.notation import Text
from derivations.proofs import elementwise, framework_maps
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import differ, vanish
from derivations.proofs.framework_maps import AFTER, BEFORE, GRU_ORDERS, LSTM, LSTM_ORDERS


def order() -> Iterable[Shown]:
    """Blocks in another order are ours after a permutation, and another network without it."""
    for cell, orders in ((LSTM, LSTM_ORDERS), (AFTER, GRU_ORDERS), (BEFORE, GRU_ORDERS)):
        for name, letters in orders.items():
            blocks = framework_maps.reordering(cell, letters)
            what = Text(f"{cell.id}, {name}: blocks {blocks}", f"{cell.id}，{name}：分块 {blocks}")
            yield Shown(what, framework_maps.restored(cell, letters), ", ".join(letters))
            if blocks != sorted(blocks):
                what = Text("read without it: h is wrong by", "不作置换时 h 的偏差")
                yield differ(what, framework_maps.misread(cell, letters), 0)


def biases() -> Iterable[Shown]:
    """Derivatives with respect to both biases of a gate agree, but for n with the reset after."""
    for cell in (LSTM, BEFORE, AFTER):
        gates = [b.sub[-1] for b in cell.stacks[0].blocks]
        merged = [g for g in gates if (cell, g) != (AFTER, "n")]
        what = Text(f"{cell.id}: {', '.join(merged)}", f"{cell.id}：{', '.join(merged)}")
        yield vanish(what, [c for g in merged for c in framework_maps.bias_differences(cell, g)])
    what = Text(
        "reset after: $h$ with $b_{in} = 1$, minus $h$ with $b_{hn} = 1$",
        "重置在后：$b_{in} = 1$ 时的 $h$ 减去 $b_{hn} = 1$ 时的 $h$",
    )
    yield differ(what, framework_maps.candidate_biases_apart(), 0)


def update() -> Iterable[Shown]:
    """Negated rows of z give the other sense."""
    yield vanish(
        Text("$\\sigma(-a) = 1 - \\sigma(a)$", "$\\sigma(-a) = 1 - \\sigma(a)$"),
        [elementwise.reflection()],
    )
    for cell in (AFTER, BEFORE):
        what = Text(f"{cell.id}: with $1 - z$ for $z$", f"{cell.id}：以 $1 - z$ 代 $z$")
        yield vanish(what, [framework_maps.opposite_update(cell)])


CLAIMS = (
    Claim(
        "frameworks.order",
        ("9.6", "9.7"),
        Text(
            "Weights of an LSTM or GRU can be carried from one framework to another as they are.",
            "LSTM 或 GRU 的权重可以原样在框架之间搬运。",
        ),
        Text(
            "Blocks of rows, one for each gate. Orders as PyTorch, Keras, cuDNN and ONNX document "
            "them; that they do is not checked here.",
            "权重按门分为若干行块。次序以 PyTorch、Keras、cuDNN 与 ONNX 的文档为准，此处不作检验。",
        ),
        Verdict.CORRECTED,
        Text(
            "The orders of the gates differ: i, f, g, o in PyTorch, Keras and cuDNN, i, o, f, g in "
            "ONNX; r, z, n in PyTorch and cuDNN, z, r, n in Keras and ONNX. A permutation of the "
            "blocks, in all weights and biases alike, makes one the other. Read without it they "
            "are another network, which raises no error.",
            "门的次序不同：PyTorch、Keras、cuDNN 为 i, f, g, o，ONNX 为 i, o, f, g；PyTorch、cuDNN "
            "为 r, z, n，Keras、ONNX 为 z, r, n。对所有权重与偏置作同一分块置换，即可互换；"
            "不作置换便成了另一个网络，而且不会报错。",
        ),
        order,
        ("lstm", "gru_reset_after"),
    ),
    Claim(
        "frameworks.biases",
        ("9.6", "9.7"),
        Text(
            "PyTorch's two biases for each gate can be merged into the one of the equations.",
            "PyTorch 每个门的两个偏置可以合并为方程中的一个。",
        ),
        Text("Any sizes.", "任意尺寸。"),
        Verdict.CORRECTED,
        Text(
            "In the LSTM and in the GRU with the reset before, yes: the derivatives with respect "
            "to both agree everywhere, so the step depends on their sum alone. In PyTorch's own "
            "GRU for $r$ and $z$ only: $b_{hn}$ is multiplied by the reset gate and $b_{in}$ is "
            "not. With one unit and all else zero, $b_{in} = 1$ gives $\\frac12 \\tanh 1$ and "
            "$b_{hn} = 1$ gives $\\frac12 \\tanh \\frac12$.",
            "对 LSTM 与重置在前的 GRU 可以：对两者的导数处处相等，故这一步只依赖它们之和。对 "
            "PyTorch 自己的 GRU，只有 $r$ 与 $z$ 可以：$b_{hn}$ 要乘重置门，$b_{in}$ 则不乘。"
            "一个单元、其余为零时，$b_{in} = 1$ 给出 $\\frac12 \\tanh 1$，$b_{hn} = 1$ 给出 "
            "$\\frac12 \\tanh \\frac12$。",
        ),
        biases,
        ("gru_reset_after.d_b_in", "gru_reset_after.d_b_hn"),
    ),
    Claim(
        "frameworks.update_gate",
        ("9.7",),
        Text(
            "The update gate means the same everywhere.",
            "更新门的含义处处相同。",
        ),
        Text("Either placement of the reset gate.", "重置门的两种位置均可。"),
        Verdict.CORRECTED,
        Text(
            "In PyTorch, Keras, ONNX and cuDNN, and in Cho et al., $z$ multiplies the old state; "
            "in the document and in Chung et al. the new one. Negating the rows of $z$ in both "
            "weights and both biases turns one into the other, because "
            "$\\sigma(-a) = 1 - \\sigma(a)$; the gradients of these rows change sign.",
            "在 PyTorch、Keras、ONNX、cuDNN 以及 Cho 等的论文中，$z$ 乘旧状态；在文档与 Chung "
            "等的论文中乘新状态。把两个权重与两个偏置中 $z$ 的各行变号，即可互换，因为 "
            "$\\sigma(-a) = 1 - \\sigma(a)$；这些行的梯度随之变号。",
        ),
        update,
        ("gru_reset_before.source",),
    ),
)
