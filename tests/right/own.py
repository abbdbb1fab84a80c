"""The reference in a precision that is not its own. Imports NumPy and rnnref."""

from __future__ import annotations

import numpy as np
from rnnref.testing.cases import Case, Results
from rnnref.testing.precision import Precision


def reference_itself(case: Case, format: Precision, seed: int) -> Results | None:
    """The generated code on arrays of that dtype, float16 included, which layers refuse.

    In float64 it would be held against itself.
    """
    if format.name not in ("float32", "float16"):
        return None
    dtype = np.dtype(format.name)

    def cast(arrays):
        return [array.astype(dtype) for array in arrays]

    layer, names = case.layer, case.state._fields
    params = {name: value.astype(dtype) for name, value in case.params.items()}
    stack = layer._stack(params, len(case.x), case.lengths, None)
    y, end, tapes = stack.forward(case.x.astype(dtype), cast(case.state))
    found = stack.backward(tapes, case.d_y.astype(dtype), cast(case.d_state))
    results = {"y": y, "d_x": found.x}
    for name, last, first in zip(names, end, found.start, strict=True):
        results |= {f"{name}_n": last, f"d_{name}_0": first}
    results |= {f"d_{name}": value for name, value in layer._named(found.params).items()}
    assert all(value.dtype == dtype for value in results.values())
    return {name: value.astype(np.float64) for name, value in results.items()}
