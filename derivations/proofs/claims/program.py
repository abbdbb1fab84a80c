"""Claims on the program of the source document: what it prints and does, held against the text."""

from __future__ import annotations

from derivations.notation import Text
from derivations.proofs.claims.claim import Claim, Verdict

RUN, MODELS = "claims.program_run", "claims.program_models"

CLAIMS = (
    Claim(
        "program.shapes",
        ("9.10",),
        Text(
            "The program prints the shapes of the inputs, outputs and states of four models.",
            "程序打印四个模型的输入、输出与状态的形状。",
        ),
        Text("The sizes that it sets; the program is run.", "按程序所设尺寸；程序已实际运行。"),
        Verdict.PROVED,
        Text(
            "They are those of the equations: outputs $(B, T, K)$ for every model, states "
            "$(B, H)$ for the vanilla network and $(\\text{layers}, B, H)$ for LSTM and GRU, which "
            "`batch_first` does not change. Nothing else is compared: it would print the same of "
            "wrong values.",
            "与方程一致：各模型的输出为 $(B, T, K)$；基本循环网络的状态为 $(B, H)$，LSTM 与 GRU 为 "
            "$(\\text{层数}, B, H)$，不受 `batch_first` 影响。除形状外什么也没有比较：数值算错，"
            "打印结果照旧。",
        ),
        f"{RUN}:shapes",
    ),
    Claim(
        "program.vanilla",
        ("9.5",),
        Text(
            "The class for the vanilla RNN, written out by hand, is the network of the definition.",
            "手写的基本循环网络类就是定义中的网络。",
        ),
        Text(
            "Float64, an initial state handed in.",
            "float64，给定初始状态。",
        ),
        Verdict.PROVED,
        Text(
            "Outputs, last state and all gradients agree with `rnnref.RNN` and `rnnref.Output` to "
            "rounding. It takes the batch first and a state $(B, H)$ without an axis for layers.",
            "输出、末状态与全部梯度在舍入误差内与 `rnnref.RNN`、`rnnref.Output` 一致。"
            "它以批为第一维，"
            "状态为 $(B, H)$，没有层这一维。",
        ),
        f"{MODELS}:vanilla",
        ("rnn_tanh", "output", "rnn_tanh.bptt"),
    ),
    Claim(
        "program.biases",
        ("9.5",),
        Text(
            "The vanilla RNN of the program has the parameters of the definition.",
            "程序中的基本循环网络具有定义中的参数。",
        ),
        Text("Plain gradient descent for the step.", "更新步指普通梯度下降。"),
        Verdict.CORRECTED,
        Text(
            "It has a bias more: both linear maps into the state have one, the definition has one "
            "in all. The networks are the same, since only the sum of the two occurs. Training is "
            "not: both biases get the same gradient, so a step moves their sum twice as far.",
            "它多一个偏置：通向状态的两个线性映射各带一个，而定义中总共只有一个。网络是相同的，"
            "因为只"
            "出现两者之和；训练则不同：两个偏置的梯度相同，一步更新使其和移动两倍的距离。",
        ),
        f"{MODELS}:biases",
        ("rnn_tanh.source", "rnn_tanh.d_b_ih", "rnn_tanh.d_b_hh"),
    ),
    Claim(
        "program.models",
        ("9.6", "9.7", "9.8"),
        Text(
            "The LSTM, GRU and bidirectional LSTM of the program are stacks of the layers "
            "described, with an output layer.",
            "程序中的 LSTM、GRU 与双向 LSTM 由所述的层堆叠而成，外加输出层。",
        ),
        Text("Evaluation mode; float64; two layers.", "评估模式；float64；两层。"),
        Verdict.CORRECTED,
        Text(
            "True of both LSTMs: `rnnref.LSTM` gives the same outputs and gradients to rounding; "
            "the bidirectional one concatenates the two directions in every layer, so "
            "its output layer reads $2H$ features. The GRU is the one with the reset after the "
            "linear map, not that of the equations. The bidirectional model drops its last states.",
            "对两个 LSTM 成立：`rnnref.LSTM` 的输出与梯度在舍入误差内与之相同；双向 LSTM "
            "在每一层拼接两个方向，"
            "故输出层读取 $2H$ 个特征。GRU 则是先作线性映射再重置的那一种，不是方程中的那一种。"
            "双向模型丢弃了末状态。",
        ),
        f"{MODELS}:models",
        ("lstm", "gru_reset_after", "output"),
    ),
    Claim(
        "program.dropout",
        ("9.6", "9.7", "9.10"),
        Text(
            "Running the LSTM and GRU models computes the networks of the equations.",
            "运行 LSTM 与 GRU 模型，即计算方程中的网络。",
        ),
        Text("The default dropout rate of one half.", "默认丢弃率一半。"),
        Verdict.CORRECTED,
        Text(
            "In evaluation mode only. The program never leaves training mode, in which half of "
            "the features between the layers and again before the output layer are put to zero at "
            "random and the others doubled: two runs on the same input differ. The equations have "
            "no dropout. With one layer the rate between layers is 0, the one before the output "
            "layer stays. The zero states from `init_hidden` are what leaving them out means.",
            "仅在评估模式下如此。程序始终处于训练模式：层与层之间以及输出层之前，"
            "各有一半特征被随机置零，"
            "其余加倍；同一输入两次运行的结果不同。方程中没有丢弃。只有一层时，层间丢弃率为 0，"
            "输出层之前的仍然保留。`init_hidden` 给出的零状态与不给状态等效。",
        ),
        f"{MODELS}:dropout",
    ),
    Claim(
        "program.precision",
        ("9.5", "9.6"),
        Text(
            "Without an initial state the models start from zeros.",
            "不给初始状态时，模型从零开始。",
        ),
        Text("PyTorch's default dtype is float32.", "PyTorch 的默认类型为 float32。"),
        Verdict.CORRECTED,
        Text(
            "From zeros in float32. Neither the loop of the vanilla RNN nor `init_hidden` takes "
            "over the dtype of the model: converted to float64 both raise an error, until a state "
            "in float64 is handed in.",
            "从 float32 的零开始。基本循环网络的循环与 `init_hidden` 都不沿用模型的类型：转为 "
            "float64 "
            "后两者都会报错，除非给出 float64 的初始状态。",
        ),
        f"{RUN}:precision",
    ),
    Claim(
        "program.clip",
        ("9.9",),
        Text(
            "`clip_gradient` with its `clip_value` clips gradients as one of the two methods does.",
            "带 `clip_value` 的 `clip_gradient` 按两种方法之一裁剪梯度。",
        ),
        Text("Threshold 1; float64.", "阈值 1；float64。"),
        Verdict.CORRECTED,
        Text(
            "It clips by the norm of all gradients together, not by value as the name of the "
            "argument suggests, and not quite by the formula: `clip_grad_norm_` multiplies by "
            "$\\min(1, c / (\\|g\\| + 10^{-6}))$. So the norm after clipping is a little below "
            "$c$, and a gradient of norm exactly $c$, which the formula leaves alone, is changed.",
            "它按全部梯度的整体范数裁剪，而非如参数名所示按值裁剪；与公式也不尽相同："
            "`clip_grad_norm_` "
            "所乘的因子是 $\\min(1, c / (\\|g\\| + 10^{-6}))$。因此裁剪后的范数略小于 $c$；"
            "范数恰为 $c$ 的梯度，公式保持不变，它却会改动。",
        ),
        f"{RUN}:rule",
    ),
    Claim(
        "program.clipping",
        ("9.10",),
        Text(
            "The program shows the norm of the gradient before and after clipping.",
            "程序展示裁剪前后的梯度范数。",
        ),
        Text("The program is run.", "程序已实际运行。"),
        Verdict.REFUTED,
        Text(
            "It prints 0.0000 both times. The loss is taken from `outputs`, which by then are "
            "those of the bidirectional model; the gradients therefore belong to that model, while "
            "norm and clipping go over the parameters of the LSTM, all of whose gradients are "
            "None. With the loss of the LSTM the norm is above 1 before and 1 after.",
            "两次都打印 0.0000。损失取自 `outputs`，而此时它是双向模型的输出；"
            "因此梯度属于双向模型，"
            "范数与裁剪却针对 LSTM 的参数，后者的梯度全为 None。改用 LSTM 的损失，"
            "则裁剪前范数大于 1，"
            "裁剪后为 1。",
        ),
        f"{RUN}:clipping",
    ),
    Claim(
        "program.training",
        ("9.10",),
        Text(
            "The program shows how the models are trained.",
            "程序展示如何训练模型。",
        ),
        Text("The program is read and run.", "程序经阅读并实际运行。"),
        Verdict.REFUTED,
        Text(
            "Nothing is trained: the optimiser is made and never used, no parameter moves, and "
            "there are no targets. The imports of NumPy and of `torch.nn.functional` are never "
            "read either.",
            "什么也没有训练：优化器建好后从未使用，参数没有更新，也没有目标值。导入的 NumPy 与 "
            "`torch.nn.functional` 也从未用到。",
        ),
        f"{RUN}:untrained",
    ),
)
