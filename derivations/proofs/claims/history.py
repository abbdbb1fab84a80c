"""Claims on the reference list: who defined what, and how that is ours."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from derivations.notation import Text
from derivations.proofs import elementwise, paper_forms, source_forms
from derivations.proofs.claims.claim import Claim, Shown, Verdict
from derivations.proofs.claims.exactly import equal, vanish
from derivations.proofs.gate_limits import sigmoid_ends
from derivations.proofs.source_forms import Form
from derivations.references import cited


def lstm() -> Iterable[Shown]:
    """The LSTM of 1997 is ours with the forget gate at 1, which no parameters reach."""
    for zero in paper_forms.squashing():
        what = Text("centred logistic functions are tanh", "中心化的逻辑斯谛函数就是 tanh")
        yield equal(what, zero, 0)
    yield vanish(
        Text(
            "$f = 1$, half the cell state, half the weights of the candidate",
            "$f = 1$、细胞状态减半、候选值的权重减半",
        ),
        paper_forms.without_forget_gate(),
    )
    _, upper, inside = sigmoid_ends()
    what = Text("$\\sigma < 1$, with supremum 1", "$\\sigma < 1$，上确界为 1")
    yield Shown(what, inside and upper == 1, str(upper))


def gru() -> Iterable[Shown]:
    """Each paper's equations are one of our cells, in both directions."""
    forms = {
        "Cho et al., EMNLP": paper_forms.CHO,
        "Cho et al., v1": paper_forms.CHO_PREPRINT,
        "Chung et al.": paper_forms.CHUNG,
    }
    for name, form in forms.items():
        yield _both(name, form)
    yield vanish(
        Text("$\\sigma(-a) = 1 - \\sigma(a)$", "$\\sigma(-a) = 1 - \\sigma(a)$"),
        [elementwise.reflection()],
    )


def _both(name: str, form: Form) -> Shown:
    what = Text(f"{name}: {form.cell.id}, no biases", f"{name}：{form.cell.id}，无偏置")
    found = [*source_forms.ours_is_theirs(form), *source_forms.theirs_is_ours(form)]
    return vanish(what, found)


def peepholes() -> Iterable[Shown]:
    """With peepholes zero it is our LSTM; else no parameters make it so."""
    yield vanish(
        Text("all peepholes zero", "窥孔权重全为零"),
        source_forms.theirs_is_ours(paper_forms.PEEPHOLE),
    )
    yield vanish(
        Text(
            "ours: $\\partial c / \\partial c_{t-1} = \\operatorname{diag}(f)$, free of $c_{t-1}$",
            "我们的：$\\partial c / \\partial c_{t-1} = \\operatorname{diag}(f)$，与 $c_{t-1}$ "
            "无关",
        ),
        [paper_forms.affine_in_cell_state()],
    )
    what = Text(
        "theirs, peepholes $p$: second derivative at 0",
        "带窥孔连接 $p$：0 处的二阶导数",
    )
    yield equal(what, paper_forms.curvature_of_peephole(), sympy.Symbol("p", real=True) / 2)


CLAIMS = (
    Claim(
        "history.lstm",
        ("12.1",),
        Text(
            "The LSTM that is defined, with its forget gate, is that of Hochreiter and "
            "Schmidhuber (1997).",
            "文中定义的带遗忘门的 LSTM 出自 Hochreiter 与 Schmidhuber（1997）。",
        ),
        Text(
            "The core of the 1997 network: one cell in each block, gates that read inputs and "
            "previous outputs.",
            "1997 年网络的核心部分：每个存储块一个细胞，门读取输入与前一步输出。",
        ),
        Verdict.CORRECTED,
        Text(
            "That network has no forget gate: $s_t = s_{t-1} + i_t \\odot g$, squashed by "
            "$g(a) = 4\\sigma(a) - 2 = 2\\tanh\\frac a2$ and "
            "$h(s) = 2\\sigma(s) - 1 = \\tanh\\frac s2$. It is our LSTM with $f = 1$, "
            "$c = \\frac s2$ and half the weights and bias of the candidate, exactly. No finite "
            "parameters give $f = 1$, which is a supremum; with $b_f \\to \\infty$ it is a limit "
            "on every finite sequence. The forget gate is due to Gers, Schmidhuber and Cummins: "
            "ICANN 1999, in full 2000. The paper also truncates its gradients and gives blocks of "
            "cells a gate in common.",
            "该网络没有遗忘门：$s_t = s_{t-1} + i_t \\odot g$，压缩函数为 "
            "$g(a) = 4\\sigma(a) - 2 = 2\\tanh\\frac a2$ 与 "
            "$h(s) = 2\\sigma(s) - 1 = \\tanh\\frac s2$。它恰为我们的 LSTM 取 $f = 1$、"
            "$c = \\frac s2$、候选值的权重与偏置减半。$f = 1$ 只是上确界，有限的参数取不到；令 "
            "$b_f \\to \\infty$，则在任意有限长的序列上以它为极限。遗忘门出自 Gers、Schmidhuber 与 "
            "Cummins：ICANN 1999，全文 2000。1997 年的论文还对梯度作截断，"
            "并让同一存储块内的细胞共用门。",
        ),
        lstm,
        ("lstm",),
        cited("hochreiter_1997", "gers_1999", "gers_2000"),
    ),
    Claim(
        "history.gru",
        ("12.2",),
        Text(
            "The GRU that is defined is that of Cho et al. (2014).",
            "文中定义的 GRU 出自 Cho 等（2014）。",
        ),
        Text("Biases left out, as in the papers.", "与论文一致，略去偏置。"),
        Verdict.CORRECTED,
        Text(
            "With another sense of $z$. The published paper has "
            "$h_t = z_t \\odot h_{t-1} + (1 - z_t) \\odot \\tilde h_t$, reset before the linear "
            "map: our `gru_reset_before` without biases. The document's "
            "$(1 - z_t) \\odot h_{t-1} + z_t \\odot \\tilde h_t$ is that of Chung et al. (2014); "
            "each becomes the other when the rows of $z$ change sign. The first preprint of Cho "
            "et al. resets after the linear map: our `gru_reset_after` without biases, which is "
            "what PyTorch and cuDNN have, with biases.",
            "但 $z$ 的含义不同。发表的论文为 "
            "$h_t = z_t \\odot h_{t-1} + (1 - z_t) \\odot \\tilde h_t$，先重置再作线性映射，即"
            "我们的 `gru_reset_before` 去掉偏置。文档的 "
            "$(1 - z_t) \\odot h_{t-1} + z_t \\odot \\tilde h_t$ 是 Chung 等（2014）的写法；"
            "$z$ 的各行变号，两者互换。Cho 等的预印本第一版则先作线性映射再重置，即去掉偏置的 "
            "`gru_reset_after`；PyTorch 与 cuDNN 采用这一种，并带偏置。",
        ),
        gru,
        ("gru_reset_before.source", "gru_reset_before", "gru_reset_after"),
        cited("cho_2014", "cho_preprint", "chung_2014"),
    ),
    Claim(
        "history.peepholes",
        ("12.3",),
        Text(
            "Graves (2013) stands among the sources of the LSTM that is defined.",
            "Graves（2013）列为文中 LSTM 的来源之一。",
        ),
        Text("Any sizes.", "任意尺寸。"),
        Verdict.CORRECTED,
        Text(
            "The LSTM of that paper has peepholes, which Gers and Schmidhuber (2000) introduced: "
            "input and forget gate also read $c_{t-1}$, the output gate $c_t$, each entry its own. "
            "With all peepholes zero it is our LSTM. Otherwise no parameters of ours make up for "
            "them: our $c_t$ is affine in $c_{t-1}$, theirs has the second derivative "
            "$\\frac p2$ at $0$ if the peepholes of $i$ and $f$ are $p$ and all else is zero.",
            "该文的 LSTM 带有 Gers 与 Schmidhuber（2000）引入的窥孔连接：输入门与遗忘门还读取 "
            "$c_{t-1}$，输出门读取 $c_t$，逐分量进行。窥孔权重全为零时即我们的 LSTM；"
            "否则我们的任何参数都不能弥补：我们的 $c_t$ 关于 $c_{t-1}$ 是仿射的，而当 $i$、$f$ "
            "的窥孔权重为 $p$、其余为零时，它在 $0$ 处的二阶导数为 $\\frac p2$。",
        ),
        peepholes,
        ("lstm.c_D_c_prev",),
        cited("graves_2013", "gers_peephole"),
    ),
    Claim(
        "history.sequence_to_sequence",
        ("12.4",),
        Text(
            "Sutskever et al. (2014), at NeurIPS, for the encoder and decoder.",
            "Sutskever 等（2014），NeurIPS：编码器–解码器。",
        ),
        Text(
            "Bibliography: compared by hand with the publishers' records; no program checks it.",
            "文献条目：人工与出版方记录核对，无程序可检验。",
        ),
        Verdict.OPINION,
        Text(
            "Rightly cited; the conference was called NIPS then. Cho et al. published an encoder "
            "and decoder, with GRUs, in the same year.",
            "引用无误；该会议当时名为 NIPS。同年 Cho 等也发表了用 GRU 的编码器–解码器。",
        ),
        None,
        cite=cited("sutskever_2014", "cho_2014"),
    ),
    Claim(
        "history.vanishing",
        ("12.5",),
        Text(
            "Pascanu et al. (2013), at ICML, for vanishing and exploding gradients.",
            "Pascanu 等（2013），ICML：梯度消失与爆炸。",
        ),
        Text(
            "Bibliography: compared by hand with the publishers' records; no program checks it.",
            "文献条目：人工与出版方记录核对，无程序可检验。",
        ),
        Verdict.OPINION,
        Text(
            "Rightly cited for the conditions on the largest singular value and for clipping by "
            "the norm. The problem itself was found by Hochreiter (1991) and by Bengio, Simard "
            "and Frasconi (1994), who are not on the list.",
            "就最大奇异值的条件与按范数裁剪而言，引用无误。但问题本身由 Hochreiter（1991）以及 "
            "Bengio、Simard 与 Frasconi（1994）发现，文献表中没有列出。",
        ),
        None,
        cite=cited("pascanu_2013", "hochreiter_1991", "bengio_1994"),
    ),
    Claim(
        "courses",
        ("11.1", "11.3", "11.4", "11.5", "11.6"),
        Text(
            "Courses at Stanford, MIT, CMU and Berkeley that treat the subject.",
            "斯坦福、MIT、CMU 与伯克利讲授本主题的课程。",
        ),
        Text(
            "Titles as published by the universities up to 2025.",
            "名称以各校截至 2025 年公布者为准。",
        ),
        Verdict.OPINION,
        Text(
            "Nothing that a program here could check. CS224N is “Natural Language Processing with "
            "Deep Learning” in full; CS182 has been held as “Designing, Visualizing and "
            "Understanding Deep Neural Networks”; the last page of CMU 11-747 that we found is of "
            "2021.",
            "无程序可检验。CS224N 全名为 Natural Language Processing with Deep Learning；CS182 "
            "曾以 "
            "Designing, Visualizing and Understanding Deep Neural Networks 为名；"
            "CMU 11-747 的课程网页，我们所见最晚为 2021 年。",
        ),
        None,
    ),
)
