"""Verified reference functions for recurrent neural networks. Needs NumPy alone.

`RNN`, `LSTM`, `GRU` and `Output` are layers with PyTorch's parameters: a ``state_dict`` turned into
NumPy arrays is what they take. Below them is one generated module a cell,
``rnnref.generated.lstm`` and its like, with the functions of one step (forward, all Jacobian
blocks, backward, forward-mode) and of whole sequences. Those take arrays as they are; the layers
check what they are given and say what is wrong with it.

>>> import numpy as np
>>> import rnnref
>>> ref = rnnref.LSTM(input_size=3, hidden_size=5)
>>> params = ref.init_params(np.random.default_rng(0))
>>> y, state, tape = ref.forward(params, x=np.ones((7, 2, 3)))
>>> grads = ref.backward(tape, d_y=np.ones_like(y))
>>> grads.params["weight_hh_l0"].shape
(20, 5)
"""

if __name__ != "rnnref":  # or there would be two of every class and exception
    raise ImportError(f"import this package as rnnref, not as {__name__}")

from rnnref.activation import Activation
from rnnref.clipping import clip_by_norm, clip_by_value, clip_grad_norm
from rnnref.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    ConversionError,
    DtypeError,
    NonFiniteError,
    ParameterNameError,
    RnnrefError,
    ShapeError,
)
from rnnref.heads import ManyToMany, ManyToOne, OneToMany
from rnnref.layers import GRU, LSTM, RNN
from rnnref.losses import CrossEntropy, MeanSquaredError
from rnnref.masks import length_mask
from rnnref.output_layer import Output
from rnnref.records import (
    Gradients,
    LossTape,
    LSTMState,
    ModelTape,
    OutputGradients,
    State,
    Tape,
    Truncated,
)

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "ArgumentTypeError",
    "ArgumentValueError",
    "ConversionError",
    "CrossEntropy",
    "DtypeError",
    "Gradients",
    "LSTMState",
    "LossTape",
    "ManyToMany",
    "ManyToOne",
    "MeanSquaredError",
    "ModelTape",
    "NonFiniteError",
    "OneToMany",
    "Output",
    "OutputGradients",
    "ParameterNameError",
    "RnnrefError",
    "ShapeError",
    "State",
    "Tape",
    "Truncated",
    "clip_by_norm",
    "clip_by_value",
    "clip_grad_norm",
    "length_mask",
]
