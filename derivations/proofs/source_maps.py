"""For the pages: how the source document's equations are our cells with other parameters.

Imports the definitions and typeset. What is written here is proved by `source_forms` and
`reset_placement`.
"""

from __future__ import annotations

from derivations.cells import CELLS
from derivations.notation import Text
from derivations.proofs.results import Map, Step
from derivations.proofs.typeset import aligned, column, row

_STATE = column("h_{t-1}", "x_t")
_RESET_STATE = column(r"r_t \odot h_{t-1}", "x_t")

VANILLA = Map(
    "rnn_tanh.source",
    "rnn_tanh",
    Text("The form with one bias", "只有一个偏置的写法"),
    r"W_{xh} = W_{ih}, \qquad b_h = b_{ih} + b_{hh}",
    (
        Step(
            r"h_t = \tanh(W_{hh} h_{t-1} + W_{xh} x_t + b_h)",
            Text("The form with one bias.", "只有一个偏置的写法。"),
        ),
        Step(
            r"h_t = \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})",
            Text(
                "Substitute; the two biases occur only as a sum.",
                "代入即得；两个偏置只以和的形式出现。",
            ),
        ),
        Step(
            r"b_{ih} = b_h, \qquad b_{hh} = 0",
            Text(
                "Conversely, this choice yields every network with one bias.",
                "反之，如此取值便得到任意一个单偏置网络。",
            ),
        ),
    ),
)

OUTPUT = Map(
    "output.source",
    "output",
    Text("The same equation", "写法相同"),
    r"y_t = W_{hy} h_t + b_y",
    (
        Step(
            r"y_t = W_{hy} h_t + b_y",
            Text("The two forms agree letter for letter.", "两种写法逐字相同。"),
        ),
    ),
)

_LSTM_GATES = {"i": "i", "f": "f", "g": "c", "o": "o"}


def _lstm_line(gate: str, theirs: str) -> tuple[str, str]:
    W_i, W_h, b_i, b_h = (
        CELLS["lstm"].arrays[f"{letter}{gate}"].latex() for letter in ("W_i", "W_h", "b_i", "b_h")
    )
    return f"W_{theirs}", rf"{row(W_h, W_i)}, & b_{theirs} &= {b_i} + {b_h}"


LSTM = Map(
    "lstm.source",
    "lstm",
    Text("The form with concatenation and one bias", "拼接输入、只有一个偏置的写法"),
    aligned(*(_lstm_line(*pair) for pair in _LSTM_GATES.items())),
    (
        Step(
            rf"W_f {_STATE} + b_f = W_{{hf}} h_{{t-1}} + W_{{if}} x_t + b_{{if}} + b_{{hf}}",
            Text(
                "Multiply block by block. For the other three gates the same holds.",
                "按分块相乘。其余三个门同理。",
            ),
        ),
        Step(
            r"\tilde{c}_t = g_t",
            Text(
                "What is left is a matter of names: our $g_t$ is the candidate $\\tilde{c}_t$.",
                "余下只是记号之别：这里的 $g_t$ 就是候选值 $\\tilde{c}_t$。",
            ),
        ),
        Step(
            rf"{row('W_{hf}', 'W_{if}')} = W_f, \qquad b_{{if}} = b_f, \qquad b_{{hf}} = 0",
            Text(
                "Conversely, cut each weight after its first $H$ columns and put one bias to zero: "
                "this yields every LSTM of that form.",
                "反之，把每个权重在前 $H$ 列之后切开，并令其中一个偏置为零，"
                "便得到那种写法的任意 LSTM。",
            ),
        ),
    ),
)

GRU = Map(
    "gru_reset_before.source",
    "gru_reset_before",
    Text(
        "The form without biases, with the update gate the other way round",
        "无偏置、更新门取反的写法",
    ),
    aligned(
        ("W_r", row("W_{hr}", "W_{ir}")),
        ("W_z", "-" + row("W_{hz}", "W_{iz}")),
        ("W", row("W_{hn}", "W_{in}")),
        ("0", "b_{ir} = b_{hr} = b_{iz} = b_{hz} = b_{in} = b_{hn}"),
    ),
    (
        Step(
            r"\sigma(-a) = \frac{1}{1 + e^{a}} = 1 - \frac{1}{1 + e^{-a}} = 1 - \sigma(a)",
            Text("The logistic function, reflected.", "逻辑斯谛函数的对称性。"),
        ),
        Step(
            rf"\hat{{z}}_t = \sigma\left(W_z {_STATE}\right)"
            r" = \sigma(-W_{iz} x_t - W_{hz} h_{t-1}) = 1 - z_t",
            Text(
                "So the update gate $\\hat{z}_t$ of the other form is the complement of our $z_t$.",
                "因此另一种写法的更新门 $\\hat{z}_t$ 与这里的 $z_t$ 互补。",
            ),
        ),
        Step(
            rf"W {_RESET_STATE} = W_{{hn}} (r_t \odot h_{{t-1}}) + W_{{in}} x_t",
            Text(
                "The reset gate and the candidate $\\tilde{h}_t = n_t$ carry over block by block.",
                "重置门与候选值（$\\tilde{h}_t = n_t$）按分块相乘即得。",
            ),
        ),
        Step(
            r"(1 - \hat{z}_t) \odot h_{t-1} + \hat{z}_t \odot \tilde{h}_t"
            r" = z_t \odot h_{t-1} + (1 - z_t) \odot n_t",
            Text(
                "Hence the same new state. Conversely, that form covers just those of our cells "
                "whose biases are all zero.",
                "于是新状态相同。反之，那种写法恰好给出这里偏置全为零的单元。",
            ),
        ),
    ),
)

RESET_AFTER = Map(
    "gru_reset_after.source",
    "gru_reset_after",
    Text(
        "Reset after the linear map is a different function",
        "线性映射之后重置，是另一个函数",
    ),
    r"r_t \odot (W_{hn} h_{t-1} + b_{hn}) \neq W_{hn} (r_t \odot h_{t-1}) + b_{hn}",
    (
        Step(
            r"\bigl[r \odot (W_{hn} h + b_{hn}) - W_{hn} (r \odot h) - b_{hn}\bigr]_j"
            r" = \sum_{k=1}^{H} (W_{hn})_{jk}\, (r_j - r_k)\, h_k + (r_j - 1)\, (b_{hn})_j",
            Text(
                "The arguments of the two candidates differ by this, entry by entry.",
                "两个候选值的自变量之差，逐个分量写出。",
            ),
        ),
        Step(
            r"W_{hn} = \operatorname{diag}(w), \quad b_{hn} = 0 \;\Longrightarrow\;"
            r" r \odot (W_{hn} h) = W_{hn} (r \odot h)",
            Text(
                "So if $W_{hn}$ is diagonal and $b_{hn} = 0$, the two cells are the same. For the "
                "difference to vanish at every state $h$ and every $r \\in (0, 1)^H$, both "
                "are necessary.",
                "因此，若 $W_{hn}$ 为对角矩阵且 $b_{hn} = 0$，两种单元相同。"
                "要使上式对任意状态 $h$ 与任意 $r \\in (0, 1)^H$ 恒为零，这两条也是必要的。",
            ),
        ),
        Step(
            r"W_{hn} = \begin{pmatrix} 0 & 1 \\ 1 & 0 \end{pmatrix}, \quad"
            r" W_{hr} = \begin{pmatrix} 0 & 0 \\ 0 & 1 \end{pmatrix}, \quad"
            r" h_{t-1} = \begin{pmatrix} 1 \\ 1 \end{pmatrix}:\quad"
            r" h_t^{\text{after}} - h_t^{\text{before}}"
            r" = \tfrac12 \bigl(\tanh\tfrac12 - \tanh\sigma(1)\bigr)"
            r" \begin{pmatrix} 1 \\ -1 \end{pmatrix}"
            r" \approx \begin{pmatrix} -0.0808 \\ 0.0808 \end{pmatrix}",
            Text(
                "An example, with all other parameters and the input zero: $z_t = \\tfrac12$ and "
                "$r_t = (\\tfrac12, \\sigma(1))$.",
                "一个例子，其余参数与输入均为零：$z_t = \\tfrac12$，"
                "$r_t = (\\tfrac12, \\sigma(1))$。",
            ),
        ),
    ),
)

MAPS = {m.cell: m for m in (VANILLA, OUTPUT, LSTM, GRU, RESET_AFTER)}
