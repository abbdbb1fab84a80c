"""The recurrent layers by name: RNN, LSTM, GRU. Imports rnnref.

Each names its generated module and its settings; what they do is in `rnnref.recurrent`.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from types import ModuleType

from rnnref import activation, checks, network_checks
from rnnref.activation import Activation
from rnnref.checks import Axis
from rnnref.errors import ArgumentValueError
from rnnref.generated import (
    gru_general,
    gru_general_before,
    gru_reset_after,
    gru_reset_before,
    lstm,
    lstm_coupled,
    lstm_general,
    lstm_general_coupled,
    lstm_peephole,
    lstm_projected,
    rnn_general,
    rnn_relu,
    rnn_tanh,
)
from rnnref.records import LSTMState, State
from rnnref.recurrent import Recurrent

RNN_CODE = {"tanh": rnn_tanh, "relu": rnn_relu}
LSTM_CODE = {
    (False, False): lstm,
    (True, False): lstm_peephole,
    (False, True): lstm_coupled,
}
LSTM_GENERAL_CODE = {False: lstm_general, True: lstm_general_coupled}
GRU_CODE = {True: gru_reset_after, False: gru_reset_before}
GRU_GENERAL_CODE = {True: gru_general, False: gru_general_before}


@dataclass(frozen=True, repr=False)
class RNN(Recurrent[State]):
    """The vanilla recurrent network, ``h = tanh(W_ih x + b_ih + W_hh h_prev + b_hh)``.

    Or with another function in place of tanh; the derivative of relu at 0 is taken as 0. With tanh
    or relu same parameters and results as ``torch.nn.RNN``.

    Args:
        input_size: number of features D of an input.
        hidden_size: number of features H of the hidden state.
        num_layers: number of layers; each reads the output of the one below.
        bias: whether the cells have biases.
        bidirectional: whether each layer also runs from the end of a sequence to its beginning;
            the outputs of both directions stand side by side, forward direction first.
        dropout: probability with which an output of a layer but the last is set to zero, when
            `forward` is given masks or a generator.
        nonlinearity: ``"tanh"``, ``"relu"``, another name that `Activation` knows, or an
            `Activation`; kept as the name where that says all.
        gate_clip: where the pre-activation is clipped: to [-gate_clip, gate_clip]. ONNX Runtime's
            ``clip``. The derivative of the clip is 1 up to the threshold and at it, and 0 beyond,
            as that of ``torch.clamp``.

    Raises:
        ArgumentTypeError: if a size is not an int, a choice not a bool, dropout or the clip not a
            number, the nonlinearity neither a name nor an `Activation`.
        ArgumentValueError: if a size is less than 1, dropout not in [0, 1] or without a second
            layer, the clip not above 0, the nonlinearity not known.

    Source: J. L. Elman, Finding structure in time, Cognitive Science 14 (1990).

    >>> import numpy as np, rnnref
    >>> ref = rnnref.RNN(input_size=3, hidden_size=5, nonlinearity="relu")
    >>> y, state, tape = ref.forward(ref.init_params(np.random.default_rng(0)), np.ones((7, 2, 3)))
    >>> bool(np.all(y >= 0))
    True
    >>> rnnref.RNN(3, 5, nonlinearity="softsign", gate_clip=2)
    RNN(input_size=3, hidden_size=5, nonlinearity='softsign', gate_clip=2.0)
    """

    _: KW_ONLY
    nonlinearity: str | Activation = "tanh"
    gate_clip: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        found = activation.one("RNN", "nonlinearity", self.nonlinearity)
        object.__setattr__(self, "nonlinearity", activation.short(found))
        found_clip = activation.threshold("RNN", "gate_clip", self.gate_clip)
        object.__setattr__(self, "gate_clip", found_clip)

    @property
    def _kind(self) -> str:
        return "rnn"

    @property
    def _code(self) -> ModuleType:
        if self.nonlinearity in RNN_CODE and self.gate_clip is None:
            return RNN_CODE[str(self.nonlinearity)]
        function = activation.one("RNN", "nonlinearity", self.nonlinearity)
        return activation.specialised(rnn_general, (function,), self.gate_clip)

    @property
    def _state(self) -> type[State]:
        return State


@dataclass(frozen=True, repr=False)
class LSTM(Recurrent[LSTMState]):
    """Long short-term memory, ``c = f c_prev + i g`` and ``h = o tanh(c)``.

    i, f, o are ``sigmoid`` and g is ``tanh`` of ``W_i* x + b_i* + W_h* h_prev + b_h*``. Same
    parameters and results as ``torch.nn.LSTM``; rows are stacked in the order i, f, g, o.

    Args:
        input_size: number of features D of an input.
        hidden_size: number of features H of the hidden state and of the cell state.
        num_layers: number of layers; each reads the output of the one below.
        bias: whether the cells have biases.
        bidirectional: whether each layer also runs from the end of a sequence to its beginning;
            the outputs of both directions stand side by side, forward direction first.
        dropout: probability with which an output of a layer but the last is set to zero, when
            `forward` is given masks or a generator.
        proj_size: number of features P of the hidden state after a projection,
            ``h = W_hr (o tanh(c))``; less than ``hidden_size``, which remains that of ``c``. 0 for
            no projection.
        peepholes: whether the gates read the cell state too, each entry its own: ``w_ci c_prev``
            is added for i, ``w_cf c_prev`` for f, and for o ``w_co c`` of the new c. The weights
            are ``weight_ch_l0`` (3·hidden_size,) and so on, blocks in the order i, f, o.
        coupled: whether ``f = 1 - i``. There is no forget gate then: rows are stacked in the order
            i, g, o, and the peepholes in the order i, o.
        activations: what stands for ``sigmoid`` in the gates, for ``tanh`` in g, and for ``tanh``
            of c: a name or an `Activation` for each.
        gate_clip: where the pre-activations of i, f, g, o are clipped, peepholes included, before
            the activation: to [-gate_clip, gate_clip]. ONNX Runtime's ``clip``.
        cell_clip: where the cell state is clipped before anything reads it. TensorFlow's
            ``cell_clip``. The derivative of both clips is 1 up to the threshold and at it, and 0
            beyond, as that of ``torch.clamp``.

    Raises:
        ArgumentTypeError: if a size is not an int, a choice not a bool, dropout or a clip not a
            number, ``activations`` not three.
        ArgumentValueError: if a size is less than 1, ``proj_size`` not less than ``hidden_size``
            or together with another variant, dropout not in [0, 1] or without a second layer, a
            clip not above 0, an activation not known.

    Source: S. Hochreiter and J. Schmidhuber, Long short-term memory, Neural Computation 9 (1997);
    forget gate: F. A. Gers, J. Schmidhuber and F. Cummins, Learning to forget, Neural
    Computation 12 (2000); projection: H. Sak, A. Senior and F. Beaufays, Long short-term memory
    recurrent neural network architectures for large scale acoustic modeling, Interspeech (2014);
    peepholes: F. A. Gers and J. Schmidhuber, Recurrent nets that time and count, IJCNN (2000);
    coupled gates: K. Greff et al., LSTM: a search space odyssey, IEEE Transactions on Neural
    Networks and Learning Systems 28 (2017).

    >>> import numpy as np, rnnref
    >>> ref = rnnref.LSTM(input_size=3, hidden_size=5)
    >>> params = ref.init_params(np.random.default_rng(0))
    >>> state = rnnref.LSTMState(h=np.zeros((1, 2, 5)), c=np.ones((1, 2, 5)))
    >>> y, state, tape = ref.forward(params, np.ones((7, 2, 3)), state)
    >>> bool(np.all(y[-1] == state.h[0]))
    True
    >>> rnnref.LSTM(3, 5, peepholes=True).parameter_shapes["weight_ch_l0"]
    (15,)
    """

    _: KW_ONLY
    proj_size: int = 0
    peepholes: bool = False
    coupled: bool = False
    activations: tuple[str | Activation, ...] = ("sigmoid", "tanh", "tanh")
    gate_clip: float | None = None
    cell_clip: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        proj_size = network_checks.projection("LSTM", self.proj_size, self.hidden_size)
        object.__setattr__(self, "proj_size", proj_size)
        for name in ("peepholes", "coupled"):
            network_checks.flag("LSTM", name, getattr(self, name))
        acted_on = ("the gates", "the candidate", "the cell state")
        found = activation.chosen("LSTM", "activations", self.activations, acted_on)
        object.__setattr__(self, "activations", found)
        for name in ("gate_clip", "cell_clip"):
            found_clip = activation.threshold("LSTM", name, getattr(self, name))
            object.__setattr__(self, name, found_clip)
        if proj_size and (self.peepholes or self.coupled or self._functions_chosen):
            said = (
                f"proj_size must be 0 beside peepholes, coupled gates and the like, got {proj_size}"
            )
            hint = "the projected LSTM is derived without them"
            checks.fail(ArgumentValueError, "LSTM", said, hint)

    @property
    def _functions_chosen(self) -> bool:
        """Whether it needs other functions than the LSTM's own."""
        usual = tuple(map(Activation, ("sigmoid", "tanh", "tanh")))
        return (self.activations, self.gate_clip, self.cell_clip) != (usual, None, None)

    @property
    def _kind(self) -> str:
        return "lstm"

    @property
    def _code(self) -> ModuleType:
        if self.proj_size:
            return lstm_projected
        if self._functions_chosen or (self.peepholes and self.coupled):
            code, functions = LSTM_GENERAL_CODE[self.coupled], self.activations
            return activation.specialised(code, functions, self.gate_clip, self.cell_clip)
        return LSTM_CODE[self.peepholes, self.coupled]

    @property
    def _fields(self) -> list[str]:
        """Without peepholes the general code is given zeros for them."""
        return [f for f in super()._fields if self.peepholes or f != "weight_ch"]

    @property
    def _output(self) -> Axis:
        return Axis("proj_size", self.proj_size) if self.proj_size else self._hidden

    @property
    def _state(self) -> type[LSTMState]:
        return LSTMState


@dataclass(frozen=True, repr=False)
class GRU(Recurrent[State]):
    """The gated recurrent unit, ``h = (1 - z) n + z h_prev``.

    r and z are ``sigmoid`` of ``W_i* x + b_i* + W_h* h_prev + b_h*``. With ``reset_after=True``
    ``n = tanh(W_in x + b_in + r (W_hn h_prev + b_hn))``: same parameters and results as
    ``torch.nn.GRU``. With False ``n = tanh(W_in x + b_in + W_hn (r h_prev) + b_hn)``, as in the
    paper. These are different functions of the same parameters, whose rows are stacked in the
    order r, z, n.

    Args:
        input_size: number of features D of an input.
        hidden_size: number of features H of the hidden state.
        num_layers: number of layers; each reads the output of the one below.
        bias: whether the cells have biases.
        bidirectional: whether each layer also runs from the end of a sequence to its beginning;
            the outputs of both directions stand side by side, forward direction first.
        dropout: probability with which an output of a layer but the last is set to zero, when
            `forward` is given masks or a generator.
        reset_after: whether the reset gate acts after the linear map.
        activations: what stands for ``sigmoid`` in r and z, and for ``tanh`` in n: a name or an
            `Activation` for each.
        gate_clip: where the pre-activations of r, z, n are clipped, whole, before the activation:
            to [-gate_clip, gate_clip]. ONNX Runtime's ``clip``. The derivative of the clip is 1 up
            to the threshold and at it, and 0 beyond, as that of ``torch.clamp``.

    Raises:
        ArgumentTypeError: if a size is not an int, a choice not a bool, dropout or the clip not a
            number, ``activations`` not two.
        ArgumentValueError: if a size is less than 1, dropout not in [0, 1] or without a second
            layer, the clip not above 0, an activation not known.

    Source: K. Cho et al., Learning phrase representations using RNN encoder–decoder for
    statistical machine translation, EMNLP (2014); reset after the map: its first preprint,
    arXiv:1406.1078v1.

    >>> import numpy as np, rnnref
    >>> x, rng = np.ones((7, 2, 3)), np.random.default_rng(0)
    >>> after, before = rnnref.GRU(3, 5), rnnref.GRU(3, 5, reset_after=False)
    >>> params = after.init_params(rng)
    >>> bool(np.allclose(after.forward(params, x)[0], before.forward(params, x)[0]))
    False
    """

    _: KW_ONLY
    reset_after: bool = True
    activations: tuple[str | Activation, ...] = ("sigmoid", "tanh")
    gate_clip: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        network_checks.flag("GRU", "reset_after", self.reset_after)
        acted_on = ("the gates", "the candidate")
        found = activation.chosen("GRU", "activations", self.activations, acted_on)
        object.__setattr__(self, "activations", found)
        found_clip = activation.threshold("GRU", "gate_clip", self.gate_clip)
        object.__setattr__(self, "gate_clip", found_clip)

    @property
    def _kind(self) -> str:
        return "gru_reset_after" if self.reset_after else "gru_reset_before"

    @property
    def _code(self) -> ModuleType:
        usual = tuple(map(Activation, ("sigmoid", "tanh")))
        if (self.activations, self.gate_clip) == (usual, None):
            return GRU_CODE[self.reset_after]
        code = GRU_GENERAL_CODE[self.reset_after]
        return activation.specialised(code, self.activations, self.gate_clip)

    @property
    def _state(self) -> type[State]:
        return State
