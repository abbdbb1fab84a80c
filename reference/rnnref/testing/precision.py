"""The floating-point formats that an implementation may compute in. Imports NumPy.

NumPy has neither bfloat16 nor TF32. Their values are exact in float32, so arrays for them are
float32 arrays with shorter significands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnref import checks
from rnnref.arrays import Array
from rnnref.errors import DtypeError


@dataclass(frozen=True)
class Precision:
    """A format, and the arithmetic that is assumed in it.

    Attributes:
        name: what it is called.
        unit: the unit roundoff u of storage, sums and elementwise operations: 2 to the minus
            number of bits of the significand, the leading one included.
        operand_unit: the unit roundoff to which a matrix product rounds its operands first; 0
            where it takes them as they are.
        carrier: the NumPy dtype of the arrays that hold its values.
    """

    name: str
    unit: float
    operand_unit: float
    carrier: np.dtype[Any]

    def nearest(self, values: Array) -> Array:
        """The nearest values of the format, as float64; of two that are as near, the even one.

        The range of exponents is that of float64: what is drawn here is far from its ends.

        >>> from rnnref.testing.precision import PRECISIONS
        >>> PRECISIONS["bfloat16"].nearest(np.array([1.001, 1.005, 3.0]))
        array([1.       , 1.0078125, 3.       ])
        """
        significand, exponent = np.frexp(np.asarray(values, np.float64))
        return np.ldexp(np.rint(significand / self.unit) * self.unit, exponent)


def _precision(name: str, bits: int, carrier: str, operand_bits: int = 0) -> Precision:
    operand_unit = 2.0**-operand_bits if operand_bits else 0.0
    return Precision(name, 2.0**-bits, operand_unit, np.dtype(carrier))


PRECISIONS = {
    p.name: p
    for p in (
        _precision("float64", 53, "float64"),
        _precision("float32", 24, "float32"),
        _precision("tf32", 24, "float32", operand_bits=11),
        _precision("float16", 11, "float16"),
        _precision("bfloat16", 8, "float32"),
    )
}
"""By name, finest first."""


def precision(where: str, dtype: npt.DTypeLike | str) -> Precision:
    """The format of that name, or of that NumPy dtype.

    Args:
        where: the function that was called, for the message.
        dtype: float64, float32, float16, or the names ``"bfloat16"`` and ``"tf32"``.

    Raises:
        DtypeError: if it is none of them.

    >>> from rnnref.testing.precision import precision
    >>> precision("check", np.float32).unit == 2.0**-24
    True
    """
    if isinstance(dtype, str) and dtype in PRECISIONS:
        return PRECISIONS[dtype]
    try:
        name = None if dtype is None else np.dtype(dtype).name
    except TypeError:
        name = None
    if name not in PRECISIONS:
        said = f"dtype must be {', '.join(PRECISIONS)}, got {dtype!r}"
        checks.fail(DtypeError, where, said, '"bfloat16" and "tf32" are given by name')
    return PRECISIONS[name]
