"""Every word of the pictures, in English and in Chinese.

Under a picture's name stands its title, under ``NAME.about`` what it shows, for who does not see
it. Names of the arrays are the definitions' own.
"""

from __future__ import annotations

LANGUAGES = ("en", "zh")

WORDS = {
    # networks
    "unrolled.about": (
        "On the left one state h with a loop to itself; it reads x from below and gives y above. "
        "On the right three copies of it in a row, from h_0 on, each handing its state "
        "to the next. All copies have the same weights W_ih, W_hh and W_hy.",
        "左图只有一个状态 h，箭头绕回自身；它从下方读取 x，向上给出 y。"
        "右图从 h_0 起把它展开成三份，排成一行，每一份把状态交给下一份；"
        "各份用同一组权重 W_ih、W_hh、W_hy。",
    ),
    "recurrent view": ("with its loop", "循环形式"),
    "unrolled view": ("unrolled in time", "按时间展开"),
    "bidirectional": ("A bidirectional layer", "双向层"),
    "bidirectional.about": (
        "Two rows of states read the same inputs. One hands its state to the right, the other to "
        "the left. At each step both states together are the output.",
        "两行状态读取同样的输入：一行把状态向右传，另一行向左传。每一步的输出由两个状态合成。",
    ),
    "forward": ("forward", "正向"),
    "backward": ("backward", "反向"),
    "stacked": ("Three layers with dropout between them", "三层网络，层间有随机失活"),
    "stacked.about": (
        "Each layer reads the outputs of the layer below at the same step and its own state of the "
        "step before. Dropout acts between layers, not along time and not above the last layer.",
        "每层读取下一层在同一步的输出，以及自己前一步的状态。"
        "随机失活只作用在层与层之间，不作用在时间方向，也不作用在最上层的输出。",
    ),
    "layer": ("layer {k}", "第 {k} 层"),
    "dropout": ("dropout", "随机失活"),
    # cells
    "rnn_cell": ("A step of the vanilla RNN", "基本 RNN 的一步"),
    "rnn_cell.about": (
        "The input times W_ih, the previous state times W_hh and both biases are added up to the "
        "pre-activation; tanh of it is the new state.",
        "输入乘 W_ih，前一步的状态乘 W_hh，再加上两个偏置，得到预激活值；"
        "对它取 tanh，就是新的状态。",
    ),
    "lstm_cell": ("A step of the LSTM", "LSTM 的一步"),
    "lstm_cell.about": (
        "The cell state runs along the top: it is multiplied by the forget gate, then the product "
        "of input gate and candidate is added. The hidden state is the output gate times tanh of "
        "the cell state. All four gates read the input and the previous hidden state.",
        "细胞状态沿上方通过：先乘遗忘门，再加上输入门与候选值之积。"
        "隐状态是输出门乘以细胞状态的 tanh。四个门都读取输入和前一步的隐状态。",
    ),
    "gru_cell": ("A step of the GRU, reset after", "GRU 的一步（重置在后）"),
    "gru_cell.about": (
        "The state runs along the top: it is multiplied by the update gate, then the candidate "
        "times one minus the update gate is added. In the candidate the reset gate multiplies "
        "the linear map of the state, not the state.",
        "状态沿上方通过：先乘更新门，再加上候选值与“一减更新门”之积。"
        "候选值之中，重置门乘的是状态经线性映射之后的值，而不是状态本身。",
    ),
    # curves
    "sigmoid": ("Sigmoid and its slope", "sigmoid 及其斜率"),
    "tanh": ("Tanh and its slope", "tanh 及其斜率"),
    "activations.about": (
        "The function rises from its lower to its upper limit; the slope is largest at 0 and falls "
        "off to 0 on both sides.",
        "函数从下极限升到上极限；斜率在 0 处最大，向两侧降到 0。",
    ),
    "gate panel": ("{cell}: {gate} and {state}", "{cell}：{gate}与 {state}"),
    "gate_limits.about": (
        "The state as the gate's pre-activation goes from -8 to 8 and all else is held. Dashed are "
        "the limits of the closed and of the open gate.",
        "门的预激活值从 -8 变到 8、其余各量固定时的状态。虚线是门全关与全开时的极限。",
    ),
    "forward counts": ("Forward, millions of products", "前向，百万次乘法"),
    "backward counts": ("Backward, millions of products", "反向，百万次乘法"),
    "operation_counts.about": (
        "Multiplications of one step of one sequence over the hidden size. The LSTM needs about "
        "four times and the GRU about three times those of the vanilla RNN; backward takes about "
        "twice as many as forward.",
        "一条序列一步所需的乘法次数随隐藏维数的变化。LSTM 约为基本 RNN 的四倍，GRU 约为三倍；"
        "反向约为前向的两倍。",
    ),
    # results
    "gradient_norms.about": (
        "Norms of the derivative of a state by an earlier one, over the distance of the steps, for "
        "four norms of the recurrent weights. Solid: measured, the mean. Dashed: the product of "
        "the norms of single steps, the largest found, which bounds them.",
        "状态对较早状态的导数的范数，随两步间隔的变化，循环权重取四种范数。"
        "实线是实测的均值；虚线是逐步范数之积的最大值，是它的上界。",
    ),
    "bound": ("bound", "上界"),
    "measured": ("measured", "实测"),
    "bits learning": ("Bits per character, in training", "训练过程中的每字符比特数"),
    "bits test": ("Bits per character, test text", "测试文本上的每字符比特数"),
    "language_model.about": (
        "Bits per character of an LSTM over the epochs, and of n-grams and the LSTM on the test "
        "text. Less is better.",
        "LSTM 的每字符比特数随训练轮数的变化，以及 n 元模型与 LSTM 在测试文本上的结果。越低越好。",
    ),
    "epoch": ("epoch", "训练轮数"),
    "train": ("training", "训练集"),
    "validation": ("validation", "验证集"),
    "model": ("n-grams, by n, and the LSTM", "n 元模型（按 n）与 LSTM"),
    "encoder_decoder.about": (
        "Share of the held-out numbers that are written exactly right, over the steps of training; "
        "thin lines are single seeds, the thick one is their mean.",
        "留出集上完全答对的比例随训练步数的变化；细线是各随机种子，粗线是均值。",
    ),
    "h and c": ("Handed over: $h$ and $c$", "交出 $h$ 与 $c$"),
    "h alone": ("Handed over: $h$ alone", "只交出 $h$"),
    "c alone": ("Handed over: $c$ alone", "只交出 $c$"),
    "training steps": ("training steps", "训练步数"),
    "mean at the end": ("mean at the end: {value:.1f} %", "结束时均值 {value:.1f} %"),
    "sunspots.about": (
        "Forecasts of the yearly sunspot number on the test years, one year ahead, and the error "
        "over the number of years ahead.",
        "测试年份上对年太阳黑子数的提前一年预测，以及误差随提前年数的变化。",
    ),
    "one year ahead": ("One year ahead: {model}", "提前一年：{model}"),
    "autoregression": ("autoregression", "自回归"),
    "GRU": ("GRU", "GRU"),
    "observed": ("observed", "观测值"),
    "year": ("year", "年份"),
    "errors ahead": ("Root mean square error", "均方根误差"),
    "years ahead": ("years ahead", "提前年数"),
    "last value": ("last value", "取最近一年"),
    "11 years ago": ("11 years ago", "取十一年前"),
}
