"""What goes wrong when a function is called wrongly. Imports nothing.

Every message names the function, the argument, what was wanted by name and in numbers, what came
and, where it can be told, what to do. Catch `RnnrefError` for all of them, or the built-in
exception of the same kind.
"""

from __future__ import annotations


class RnnrefError(Exception):
    """Any misuse that this package found; the base of all its exceptions.

    >>> import rnnref
    >>> try:
    ...     rnnref.LSTM(3, -5)
    ... except rnnref.RnnrefError as error:
    ...     print(error)
    LSTM: hidden_size must be an int of at least 1, got -5
    """

    def __str__(self) -> str:
        """The message itself; `KeyError`, from which one of these errors comes, would quote it."""
        return Exception.__str__(self)


class ShapeError(RnnrefError, ValueError):
    """An array has another number of axes, or another size, than the function needs.

    >>> import numpy as np, rnnref
    >>> ref = rnnref.LSTM(3, 5)
    >>> params = ref.init_params(np.random.default_rng(0))
    >>> params["weight_hh_l0"] = params["weight_hh_l0"].T
    >>> ref.forward(params, np.zeros((7, 2, 3)))
    Traceback (most recent call last):
    rnnref.errors.ShapeError: LSTM.forward: weight_hh_l0 must be \
(4·hidden_size, hidden_size) = (20, 5), got (5, 20); is it transposed?
    """


class DtypeError(RnnrefError, TypeError):
    """An array holds something else than floating-point numbers, or not the same as the others."""


class ArgumentTypeError(RnnrefError, TypeError):
    """An argument is not the kind of object that the function takes."""


class ArgumentValueError(RnnrefError, ValueError):
    """An argument is of the right kind and has a value that makes no sense."""


class NonFiniteError(RnnrefError, ValueError):
    """An array that a layer was given holds NaN or infinity."""


class ParameterNameError(RnnrefError, KeyError):
    """A parameter is missing, or one is there that the layer does not have."""


class ConversionError(RnnrefError, ValueError):
    """What is to be converted has no counterpart in the framework that it is for."""
