"""Layers of what people have in their hands: PyTorch modules, ONNX nodes, layers of Keras."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import rnnref
import torch
from frameworks.needs import framework
from kinds import KINDS
from layer_cases import close
from oracles.agreement import FLOAT32
from oracles.frameworks import measure
from rnnref.conventions import convert
from rnnref.conventions.of_keras import ACTIVATIONS

T, B, D, H = 6, 2, 3, 5
X = np.random.default_rng(0).normal(size=(T, B, D))
GRUS = ("gru_reset_after", "gru_reset_before")
BY_NAME = {"RNN": rnnref.RNN, "LSTM": rnnref.LSTM, "GRU": rnnref.GRU}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("RNN", {"nonlinearity": "relu"}),
        ("RNN", {"num_layers": 2, "bidirectional": True, "dropout": 0.5}),
        ("LSTM", {"proj_size": 2, "bidirectional": True}),
        ("LSTM", {"bias": False, "num_layers": 3}),
        ("GRU", {"batch_first": True}),
    ],
)
def test_torch_module(name: str, options: dict[str, Any]) -> None:
    module = getattr(torch.nn, name)(D, H, dtype=torch.float64, **options).eval()
    layer, params = BY_NAME[name].from_torch(module)
    y, state, _ = layer.forward(params, X)
    x = torch.tensor(X.swapaxes(0, 1) if module.batch_first else X)
    want, end = (r for r in module(x))
    want = want.detach().numpy()
    close(y, want.swapaxes(0, 1) if module.batch_first else want)
    finals = end if name == "LSTM" else (end,)
    close(state, [s.detach().numpy() for s in finals])
    assert layer.dropout == module.dropout


@pytest.mark.parametrize("name", BY_NAME)
def test_torch_cell(name: str) -> None:
    module = getattr(torch.nn, f"{name}Cell")(D, H, dtype=torch.float64)
    layer, params = BY_NAME[name].from_torch(module)
    after = module(torch.tensor(X[0]))
    h = after[0] if name == "LSTM" else after
    close(layer.forward(params, X[:1])[0][0], h.detach().numpy())


def test_torch_module_goes_on_alone() -> None:
    """What is done later to the module, or to the parameters, does not reach the other."""
    module = torch.nn.GRU(D, H)
    _, params = rnnref.GRU.from_torch(module)
    before = {name: array.copy() for name, array in params.items()}
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
    close(params, before, tolerance=0)


def test_torch_module_with_weight_normalisation() -> None:
    module = torch.nn.LSTM(D, H, dtype=torch.float64)
    torch.nn.utils.parametrizations.weight_norm(module, "weight_hh_l0")
    layer, params = rnnref.LSTM.from_torch(module)
    close(layer.forward(params, X)[0], module(torch.tensor(X))[0].detach().numpy())


@pytest.mark.parametrize(
    ("held", "error", "said"),
    [
        (torch.nn.GRU(D, H), rnnref.ArgumentTypeError, "GRU; rnnref.GRU.from_torch takes it"),
        (torch.nn.Linear(D, H), rnnref.ArgumentTypeError, "must be a torch.nn.LSTM or LSTMCell"),
        (torch.nn.LSTM(D, H).half(), rnnref.DtypeError, "got float16; convert it: module.double()"),
    ],
)
def test_other_module(held: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=f"^LSTM.from_torch: .*{said}"):
        rnnref.LSTM.from_torch(held)


def attribute(name: str, type: int, **value: Any) -> Any:
    """What ``onnx.helper.make_attribute`` makes."""
    return SimpleNamespace(name=name, type=type, **value)


ARRAYS = {
    "W": np.ones((1, 4 * H, D)),
    "R": np.ones((1, 4 * H, H)),
    "B": np.ones((1, 8 * H)),
    "P": np.ones((1, 3 * H)),
}


def node(op_type: str = "LSTM", inputs: Any = ("x", "W", "R", "B"), *attributes: Any) -> Any:
    return SimpleNamespace(op_type=op_type, input=list(inputs), attribute=list(attributes))


@pytest.mark.parametrize(
    ("held", "arrays", "error", "said"),
    [
        (node("GRU"), ARRAYS, rnnref.ArgumentTypeError, "one of 'GRU'; rnnref.GRU.from_onnx takes"),
        (None, ARRAYS, rnnref.ArgumentTypeError, "must be an onnx.NodeProto of op_type 'LSTM'"),
        (node(), [], rnnref.ArgumentTypeError, r"got list; convert them: \{t.name"),
        (node(), {"W": ARRAYS["W"]}, rnnref.ParameterNameError, "lacks 'R', which is R of the"),
        (node(), ARRAYS | {"R": ARRAYS["R"][0]}, rnnref.ShapeError, "R must have 3 axes"),
        (
            node("LSTM", ("x", "W", "R", "B"), attribute("direction", 3, s=b"reverse")),
            ARRAYS,
            rnnref.ConversionError,
            r"direction='reverse' is refused; give a forward node x\[::-1\] instead",
        ),
        (
            node("LSTM", ("x", "W", "R", "B"), attribute("layout", 2, i=1)),
            ARRAYS,
            rnnref.ConversionError,
            "layout=1 is refused; give a node with layout=0 x with time first",
        ),
        (
            node("LSTM", ("x", "W", "R"), attribute("activations", 8, strings=[b"Relu"] * 6)),
            ARRAYS,
            rnnref.ConversionError,
            "activations must be 3, the same in each direction, got Relu, Relu, Relu, Relu",
        ),
        (
            node("LSTM", ("x", "W", "R"), attribute("activations", 8, strings=[b"Gelu"] * 3)),
            ARRAYS,
            rnnref.ConversionError,
            "activations must be among Affine, .*, got 'Gelu'",
        ),
    ],
)
def test_other_node(held: Any, arrays: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=f"^LSTM.from_onnx: .*{said}"):
        rnnref.LSTM.from_onnx(held, arrays)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("RNN", {"nonlinearity": "relu", "bidirectional": True}),
        ("LSTM", {"bidirectional": True}),
        ("LSTM", {"bias": False}),
        ("GRU", {}),
        ("GRU", {"reset_after": False}),
        ("RNN", {"nonlinearity": rnnref.Activation("scaled_tanh", 0.75, 0.5)}),
        ("RNN", {"gate_clip": 0.5}),
        ("GRU", {"activations": ("softsign", "elu"), "gate_clip": 0.5}),
        ("GRU", {"activations": ("relu", "softplus"), "reset_after": False}),
        ("LSTM", {"activations": ("relu", "softplus", "tanh"), "gate_clip": 0.5}),
    ],
)
def test_onnx_node(name: str, options: dict[str, Any]) -> None:
    """The node of a graph gives back the layer and the parameters that the graph was made of."""
    oracle = framework("onnx")
    import onnx

    wanted = BY_NAME[name](D, H, **options)
    params = wanted.init_params(np.random.default_rng(0))
    theirs = convert(wanted, params, "rnnref", "onnx")
    model = oracle.model(wanted, wanted._kind, theirs)
    arrays = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    layer, found = BY_NAME[name].from_onnx(model.graph.node[0], arrays)
    assert layer == wanted
    close(found, params, tolerance=0)


def keras_layer(name: str, **options: Any) -> Any:
    framework("keras")
    import keras

    keras.config.set_floatx("float64")
    return getattr(keras.layers, name)(H, return_sequences=True, **options)


NUMBERS = {
    "activations": ["HardSigmoid", "LeakyRelu", "ScaledTanh"],
    "activation_alpha": [0.3, 0.1, 0.8],
    "activation_beta": [0.4, 0.9],
}
OF_LSTM: list[dict[str, Any]] = [
    {},
    {"input_forget": 1},
    {"clip": 0.3},
    {"activations": ["HardSigmoid", "Softsign", "Relu"]},
    NUMBERS,
]
OF_GRU: list[dict[str, Any]] = [
    {},
    {"clip": 0.7},
    {"activations": ["HardSigmoid", "Softsign"]},
    {
        "activations": ["ScaledTanh", "Elu"],
        "activation_alpha": [0.8, 0.6],
        "activation_beta": [0.9],
        "clip": 1.5,
    },
    {"activations": ["Softsign", "ThresholdedRelu"], "activation_alpha": [0.4]},
    {"activations": ["Sigmoid", "Softplus"], "clip": 1.0},
]
OF_RNN: list[dict[str, Any]] = [
    {"clip": 0.7},
    {"activations": ["Relu"], "clip": 0.7},
    *({"activations": [name]} for name in ("Sigmoid", "Softsign", "HardSigmoid")),
    {"activations": ["Softplus"], "clip": 1.5},
    *(
        {"activations": [name], "activation_alpha": [0.4], "clip": 1.5}
        for name in ("Elu", "LeakyRelu", "ThresholdedRelu")
    ),
    *(
        {"activations": [name], "activation_alpha": [0.8], "activation_beta": [0.6]}
        for name in ("Affine", "ScaledTanh", "HardSigmoid")
    ),
]


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(
    ("kind", "attributes", "P"),
    [
        *(("lstm", attributes, P) for attributes in OF_LSTM for P in (False, True)),
        *((kind, attributes, False) for kind in GRUS for attributes in OF_GRU),
        *(("rnn", attributes, False) for attributes in OF_RNN),
    ],
)
def test_options_of_an_onnx_node(kind: str, attributes: Any, P: bool, bidirectional: bool) -> None:
    """What ONNX Runtime computes for a node with options is what the layer read from it does."""
    oracle = framework("onnx")
    import onnx

    rng, ways = np.random.default_rng(0), 1 + bidirectional
    settings = KINDS[kind](D, H, bidirectional=bidirectional)
    gates = settings.parameter_shapes["weight_ih_l0"][0]
    params = {
        "W": rng.normal(size=(ways, gates, D)),
        "R": rng.normal(size=(ways, gates, H)),
        "B": rng.normal(size=(ways, 2 * gates)),
    } | ({"P": rng.normal(size=(ways, 3 * H))} if P else {})
    zeros = settings.init_state(B)
    state = type(zeros)(*(rng.normal(size=(ways, B, H)) for _ in zeros))
    attributes = {name: a * ways if isinstance(a, list) else a for name, a in attributes.items()}
    made = oracle.model(settings, kind, params, **attributes)
    arrays = {t.name: onnx.numpy_helper.to_array(t) for t in made.graph.initializer}
    layer, found = type(settings).from_onnx(made.graph.node[0], arrays)
    y, end, _ = layer.forward(found, X, state)
    got = oracle.run(settings, kind, params, X, state, **attributes)
    close(convert(layer, got.y, "onnx", "rnnref", "y"), y.astype(np.float32), tolerance=FLOAT32)
    close(got.state, end, tolerance=FLOAT32)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        *(
            ("SimpleRNN", {"activation": name, "bias_initializer": "normal"})
            for name in ACTIVATIONS
        ),
        ("LSTM", {"bias_initializer": "normal"}),
        ("LSTM", {"use_bias": False}),
        ("LSTM", {"recurrent_activation": "hard_sigmoid", "activation": "softsign"}),
        ("GRU", {"bias_initializer": "normal", "dropout": 0.5}),
        ("GRU", {"bias_initializer": "normal", "reset_after": False}),
        ("GRU", {"recurrent_activation": "hard_sigmoid", "activation": "elu"}),
        ("GRU", {"recurrent_activation": "softsign", "activation": "linear", "reset_after": False}),
        ("GRU", {"activation": "sigmoid"}),
    ],
)
def test_keras_layer(name: str, options: dict[str, Any], bidirectional: bool) -> None:
    theirs = keras_layer(name, **options)
    import keras

    if bidirectional:
        theirs = keras.layers.Bidirectional(theirs)
    theirs.build((None, None, D))
    layer, params = BY_NAME[name.removeprefix("Simple")].from_keras(theirs)
    y, _, _ = layer.forward(params, X)
    want = theirs(torch.tensor(X.swapaxes(0, 1))).detach().numpy()
    bound = FLOAT32 if "activation" in options else measure.bound("keras", layer._kind)
    close(convert(layer, y, "rnnref", "keras", "y"), want, tolerance=bound)


@pytest.mark.parametrize(
    ("name", "options", "error", "said"),
    [
        ("GRU", {}, rnnref.ArgumentTypeError, "GRU; rnnref.GRU.from_keras takes it"),
        ("LSTM", {}, rnnref.ArgumentValueError, r"no weights yet; build it: layer.build"),
        ("LSTM", {"activation": "gelu"}, rnnref.ConversionError, "activation must be 'tanh' or"),
        (
            "LSTM",
            {"recurrent_activation": "gelu"},
            rnnref.ConversionError,
            "recurrent_activation must be 'tanh' or .*, got 'gelu'",
        ),
        ("LSTM", {"go_backwards": True}, rnnref.ConversionError, "go_backwards must be True in"),
    ],
)
def test_other_keras_layer(
    name: str, options: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=f"^LSTM.from_keras: .*{said}"):
        rnnref.LSTM.from_keras(keras_layer(name, **options))


def test_other_merge_of_directions() -> None:
    one = keras_layer("LSTM")
    import keras

    theirs = keras.layers.Bidirectional(one, merge_mode="sum")
    theirs.build((None, None, D))
    with pytest.raises(rnnref.ConversionError, match="merge_mode must be 'concat', got 'sum'"):
        rnnref.LSTM.from_keras(theirs)
