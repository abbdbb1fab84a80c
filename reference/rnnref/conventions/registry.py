"""The conventions: what each framework does, as data. Imports the standard library and rnnref.

The letters of the patterns are explained in `rnnref.conventions.forms`. A GRU is listed under
``gru_reset_after`` or ``gru_reset_before`` where the framework has it.
"""

from __future__ import annotations

from dataclasses import replace

from rnnref.conventions.forms import Convention, Form, Part

WEIGHTS = ("weight_ih", "weight_hh")
BIASES = ("bias_ih", "bias_hh")
OF_PYTORCH = (
    Part("weight_ih", ("weight_ih",), "(g h) d"),
    Part("weight_hh", ("weight_hh",), "(g h) k"),
    Part("bias_ih", ("bias_ih",), "(g h)"),
    Part("bias_hh", ("bias_hh",), "(g h)"),
)
PROJECTION = Part("weight_hr", ("weight_hr",), "k h")
OF_RNN = frozenset({"nonlinearity", "gate_clip"})
OF_GRU = frozenset({"activations", "gate_clip"})

PYTORCH = Convention(
    title="PyTorch",
    forms={
        "rnn": Form("h", OF_PYTORCH),
        "lstm": Form("ifgo", (*OF_PYTORCH, PROJECTION)),
        "gru_reset_after": Form("rzn", OF_PYTORCH),
    },
    arrays_for="cell",
    states_for="network",
    x="t b d",
    y="t b (v k)",
    state="v b h",
    always_named=True,
)

# What this package computes with: PyTorch's layout, and more cells than PyTorch has.
RNNREF = replace(
    PYTORCH,
    title="rnnref",
    forms={
        "rnn": Form("h", OF_PYTORCH, options=OF_RNN),
        "lstm": Form(
            "ifgo",
            (*OF_PYTORCH, PROJECTION, Part("weight_ch", ("weight_ch",), "(g h)")),
            options=frozenset({"coupled", "activations", "gate_clip", "cell_clip"}),
        ),
        "gru_reset_after": Form("rzn", OF_PYTORCH, options=OF_GRU),
        "gru_reset_before": Form("rzn", OF_PYTORCH, options=OF_GRU),
    },
)

OF_KERAS = (
    Part("kernel", ("weight_ih",), "d (g h)"),
    Part("recurrent_kernel", ("weight_hh",), "k (g h)"),
    Part("bias", ("bias",), "(g h)"),
)
KERAS = Convention(
    title="Keras",
    forms={
        "rnn": Form("h", OF_KERAS, options=frozenset({"nonlinearity"})),
        "lstm": Form("ifgo", OF_KERAS, options=frozenset({"activations"})),
        "gru_reset_after": Form(
            "zrn",
            (*OF_KERAS[:2], Part("bias", BIASES, "s (g h)", join="s")),
            options=frozenset({"activations"}),
        ),
        "gru_reset_before": Form("zrn", OF_KERAS, options=frozenset({"activations"})),
    },
    arrays_for="cell",
    states_for="cell",
    x="b t d",
    y="b t (v k)",
    state="b h",
)

OF_ONNX = (
    Part("W", ("weight_ih",), "v (g h) d"),
    Part("R", ("weight_hh",), "v (g h) k"),
    Part("B", BIASES, "v (s g h)", join="s"),
)
ONNX = Convention(
    title="ONNX",
    forms={
        "rnn": Form("h", OF_ONNX, options=OF_RNN),
        "lstm": Form(
            "iofg",
            (*OF_ONNX, Part("P", ("weight_ch",), "v (g h)")),
            options=frozenset({"coupled", "activations", "gate_clip"}),
            unread="f",
        ),
        "gru_reset_after": Form("zrn", OF_ONNX, options=OF_GRU),
        "gru_reset_before": Form("zrn", OF_ONNX, options=OF_GRU),
    },
    arrays_for="layer",
    states_for="layer",
    x="t b d",
    y="t v b k",
    state="v b h",
)

FLAX = Convention(
    title="Flax",
    forms={
        "rnn": Form(
            "h",
            (
                Part("i/kernel", ("weight_ih",), "d (g h)"),
                Part("i/bias", ("bias",), "(g h)"),
                Part("h/kernel", ("weight_hh",), "k (g h)"),
            ),
        ),
        "lstm": Form(
            "ifgo",
            (
                Part("i{gate}/kernel", ("weight_ih",), "d h"),
                Part("h{gate}/kernel", ("weight_hh",), "k h"),
                Part("h{gate}/bias", ("bias",), "h"),
            ),
        ),
        "gru_reset_after": Form(
            "rzn",
            (
                Part("i{gate}/kernel", ("weight_ih",), "d h"),
                Part("i{gate}/bias", ("bias",), "h"),
                Part("h{gate}/kernel", ("weight_hh",), "k h"),
                Part("h{gate}/bias", ("bias_hn",), "h"),
            ),
        ),
    },
    arrays_for="cell",
    states_for="cell",
    x="b t d",
    y="b t (v k)",
    state="b h",
    state_order="ch",
    always_biased=True,
)

OF_EQUINOX = (*OF_PYTORCH[:2], Part("bias", ("bias",), "(g h)"))
EQUINOX = Convention(
    title="Equinox",
    forms={
        "lstm": Form("ifgo", OF_EQUINOX),
        "gru_reset_after": Form("rzn", (*OF_EQUINOX, Part("bias_n", ("bias_hn",), "(g h)"))),
    },
    arrays_for="cell",
    states_for="cell",
    x="b t d",
    y="b t k",
    state="b h",
)

# One flat array, as jax.experimental.rnn describes it for the LSTM, which has no projection there.
CUDNN = Convention(
    title="cuDNN (JAX's flat array)",
    forms={
        "rnn": Form("h", OF_PYTORCH),
        "lstm": Form("ifgo", OF_PYTORCH),
        "gru_reset_after": Form("rzn", OF_PYTORCH),
    },
    arrays_for="cell",
    states_for="network",
    x="b t d",
    y="b t (v k)",
    state="v b h",
    always_named=True,
    always_biased=True,
    packed=(WEIGHTS, BIASES),
)

OF_ONEDNN = (
    Part("weights_layer", ("weight_ih",), "1 v d g h"),
    Part("weights_iter", ("weight_hh",), "1 v k g h"),
    Part("bias", ("bias",), "1 v g h"),
)
ONEDNN = Convention(
    title="oneDNN",
    forms={
        "rnn": Form("h", OF_ONEDNN),
        "lstm": Form(
            "ifgo",
            (
                *OF_ONEDNN,
                Part("weights_peephole", ("weight_ch",), "1 v g h"),
                Part("weights_projection", ("weight_hr",), "1 v h k"),
            ),
        ),
        "gru_reset_after": Form(
            "zrn", (*OF_ONEDNN[:2], Part("bias", ("bias", "bias_hn"), "1 v g h", join="g"))
        ),
        "gru_reset_before": Form("zrn", OF_ONEDNN),
    },
    arrays_for="layer",
    states_for="layer",
    x="t b d",
    y="t b (v k)",
    state="1 v b h",
)

OF_WEBNN = (
    Part("weight", ("weight_ih",), "v (g h) d"),
    Part("recurrentWeight", ("weight_hh",), "v (g h) k"),
    Part("bias", ("bias_ih",), "v (g h)"),
    Part("recurrentBias", ("bias_hh",), "v (g h)"),
)
PEEPHOLES_OF_WEBNN = Part("peepholeWeight", ("weight_ch",), "v (g h)", gates="iof")
WEBNN = Convention(
    title="WebNN",
    forms={
        "lstm": Form("iofg", (*OF_WEBNN, PEEPHOLES_OF_WEBNN)),
        "gru_reset_after": Form("zrn", OF_WEBNN),
        "gru_reset_before": Form("zrn", OF_WEBNN),
    },
    arrays_for="layer",
    states_for="layer",
    x="t b d",
    y="t v b k",
    state="v b h",
)
ORDERS_ON_REQUEST = {"lstm": "ifgo", "gru_reset_after": "rzn", "gru_reset_before": "rzn"}

OF_TF1 = (
    Part("kernel", WEIGHTS, "d (g h)", join="d"),
    Part("bias", ("bias",), "(g h)"),
)
TF1 = Convention(
    title="TensorFlow 1",
    forms={
        "rnn": Form("h", OF_TF1),
        "lstm": Form(
            "igfo",
            (
                *OF_TF1,
                Part("w_{gate}_diag", ("weight_ch",), "h", gates="fio"),
                Part("projection/kernel", ("weight_hr",), "h k"),
            ),
            added={"f": 1.0},
            options=frozenset({"cell_clip"}),
        ),
        "gru_reset_before": Form(
            "rzn",
            (
                Part("gates/kernel", WEIGHTS, "d (g h)", gates="rz", join="d"),
                Part("gates/bias", ("bias",), "(g h)", gates="rz"),
                Part("candidate/kernel", WEIGHTS, "d (g h)", gates="n", join="d"),
                Part("candidate/bias", ("bias",), "(g h)", gates="n"),
            ),
        ),
    },
    arrays_for="cell",
    states_for="cell",
    x="b t d",
    y="b t k",
    state="b h",
    state_order="ch",
    always_biased=True,
)

# As printed there, with one bias: z multiplies the candidate.
CHUNG = Convention(
    title="Chung et al. (2014)",
    forms={
        "gru_reset_before": Form(
            "zrn",
            (
                Part("W_{gate}", ("weight_ih",), "h d"),
                Part("U_{gate}", ("weight_hh",), "h k"),
                Part("b_{gate}", ("bias",), "h"),
            ),
            negated="z",
        ),
    },
    arrays_for="cell",
    states_for="cell",
    x="t b d",
    y="t b k",
    state="b h",
)

CONVENTIONS: dict[str, Convention] = {
    "rnnref": RNNREF,
    "pytorch": PYTORCH,
    "pytorch_batch_first": replace(
        PYTORCH, title="PyTorch (batch_first)", x="b t d", y="b t (v k)"
    ),
    "keras": KERAS,
    "keras_go_backwards": replace(
        KERAS, title="Keras (go_backwards)", y="b t k", reverse_in_input_time=False
    ),
    "onnx": ONNX,
    "flax": FLAX,
    "equinox": EQUINOX,
    "cudnn": CUDNN,
    "onednn": ONEDNN,
    "webnn": WEBNN,
    "webnn_ifgo": replace(
        WEBNN,
        title="WebNN (ifgo, rzn)",
        forms={
            kind: replace(form, gates=ORDERS_ON_REQUEST[kind]) for kind, form in WEBNN.forms.items()
        },
    ),
    "tf1": TF1,
    "chung2014": CHUNG,
}
"""All conventions by name. ``keras_go_backwards`` are two bare layers, one with
``go_backwards=True``, instead of a ``Bidirectional`` one; ``webnn_ifgo`` is WebNN with the orders
of gates ``"ifgo"`` and ``"rzn"``."""
