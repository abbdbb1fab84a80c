"""Layers of what people have in their hands. Imports rnnref and no framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from rnnref.arrays import Array
from rnnref.conventions import of_keras, of_onnx, of_torch
from rnnref.conventions.conversion import converted


class Readable:
    """A layer that can be made of another framework's, with its parameters."""

    @classmethod
    def from_torch(cls, module: Any) -> tuple[Self, dict[str, Array]]:
        """The same layer as a module of PyTorch, and its parameters.

        Args:
            module: a ``torch.nn.RNN``, ``LSTM`` or ``GRU`` (or ``RNNCell`` and so on), on any
                device, in float32 or float64. PyTorch itself is not imported.

        Returns:
            The layer, and copies of the module's parameters. Time comes first here, also where
            the module has ``batch_first=True``.

        Raises:
            ArgumentTypeError: if it is another kind of module.
            DtypeError: if its parameters are neither float32 nor float64.

        >>> import numpy as np, rnnref, torch
        >>> module = torch.nn.LSTM(3, 5, bidirectional=True)
        >>> layer, params = rnnref.LSTM.from_torch(module)
        >>> layer.bidirectional, params["weight_hh_l0_reverse"].shape
        (True, (20, 5))
        """
        where = f"{cls.__name__}.from_torch"
        return cls._of(where, *of_torch.read(where, cls._name(), module))

    @classmethod
    def from_onnx(
        cls, node: Any, initializers: Mapping[str, Array]
    ) -> tuple[Self, dict[str, Array]]:
        """The same layer as a node of an ONNX graph, and its parameters.

        Args:
            node: an ``onnx.NodeProto`` of op_type RNN, LSTM or GRU. The package onnx is not
                imported: what is read are ``op_type``, ``input`` and ``attribute``.
            initializers: the arrays that the inputs of the node name,
                ``{t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}``.

        Returns:
            The layer, and its parameters as new arrays by PyTorch's names.

        Raises:
            ArgumentTypeError: if it is another kind of node, or ``initializers`` no dict.
            ConversionError: if the node does what the layer cannot.
            ParameterNameError: if ``initializers`` lacks an input.
            ShapeError, DtypeError, NonFiniteError: if an array is not what ONNX asks for.

        >>> import numpy as np, rnnref
        >>> from types import SimpleNamespace  # or an onnx.NodeProto
        >>> node = SimpleNamespace(op_type="GRU", input=["x", "W", "R"], attribute=[])
        >>> arrays = {"W": np.ones((1, 15, 3)), "R": np.ones((1, 15, 5))}
        >>> layer, params = rnnref.GRU.from_onnx(node, arrays)
        >>> layer.reset_after, layer.bias, list(params)
        (False, False, ['weight_ih_l0', 'weight_hh_l0'])
        """
        where = f"{cls.__name__}.from_onnx"
        return cls._of(where, *of_onnx.read(where, cls._name(), node, initializers))

    @classmethod
    def from_keras(cls, layer: Any) -> tuple[Self, dict[str, Array]]:
        """The same layer as a layer of Keras 3, and its parameters.

        Args:
            layer: a ``keras.layers.SimpleRNN``, ``LSTM`` or ``GRU``, or a ``Bidirectional`` of
                one, that is built; on any backend. Keras itself is not imported. The dropout of
                Keras acts elsewhere than that of this package, and only in training; it is left
                out.

        Returns:
            The layer, and its parameters as new arrays by PyTorch's names.

        Raises:
            ArgumentTypeError, ArgumentValueError: if it is another kind of layer, or not built.
            ConversionError: if it does what the layer cannot.
            ShapeError, DtypeError, NonFiniteError: if a weight is not what it should be.
        """
        where = f"{cls.__name__}.from_keras"
        return cls._of(where, *of_keras.read(where, cls._name(), layer))

    @classmethod
    def _of(
        cls, where: str, settings: dict[str, Any], convention: str, values: Mapping[str, Array]
    ) -> tuple[Self, dict[str, Array]]:
        layer: Any = cls(**settings)
        return layer, converted(where, layer, values, convention, "rnnref", "params")

    @classmethod
    def _name(cls) -> str:
        """RNN, LSTM or GRU, also of a class that was made of one of them."""
        return next(c.__name__ for c in cls.__mro__ if c.__name__ in of_keras.NAMES)
