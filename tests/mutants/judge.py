"""Run one function of a generated module, changed or not, against what the oracle expects of it.

Imports NumPy, the package under test, the cases and the oracle. A function is called with values
from the oracle alone, so that a change in it shows in its own result and nowhere else.
"""

from __future__ import annotations
import __future__

import ast
import importlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from rnnref import functions

from derivations.notation import Cell

from .cases import CASES, inputs
from .oracle import answers

COMPILER_FLAGS = __future__.annotations.compiler_flag
PRECISION = {np.float64: {"rtol": 1e-9, "atol": 1e-11}, np.float32: {"rtol": 1e-3, "atol": 1e-5}}
JUDGED = ((CASES[0], np.float64), (CASES[1], np.float64), (CASES[0], np.float32))

RETURNS = {
    "step_forward": "Step",
    "step_jacobians": "Jacobians",
    "step_backward": "Gradients",
    "step_jvp": "Step",
    "step_backward_jvp": "Gradients",
    "forward": "Tape",
    "backward": "Gradients",
    "jvp": "Tape",
    "backward_jvp": "Gradients",
}

STAND_INS = {
    "phi_f": lambda a: functions.sigmoid(a + 0.3),
    "phi_f_1": lambda a: functions.sigmoid_1(a + 0.3),
    "phi_f_2": lambda a: functions.sigmoid_2(a + 0.3),
    "phi_g": lambda a: functions.tanh(a - 0.4),
    "phi_g_1": lambda a: functions.tanh_1(a - 0.4),
    "phi_g_2": lambda a: functions.tanh_2(a - 0.4),
    "phi_h": lambda a: functions.tanh(a + 0.6),
    "phi_h_1": lambda a: functions.tanh_1(a + 0.6),
    "phi_h_2": lambda a: functions.tanh_2(a + 0.6),
    "kappa": lambda v: np.clip(v, -0.5, 1.5),
    "kappa_1": lambda v: ((v >= -0.5) & (v <= 1.5)).astype(v.dtype),
}
"""The functions that `oracle` chooses, with their derivatives."""

Trial = tuple[tuple[Any, ...], Any, dict[str, float]]


class Judge:
    """Knows what each function of one cell must return."""

    def __init__(self, cell: Cell) -> None:
        module = importlib.import_module(f"rnnref.generated.{cell.id}")
        self.text = Path(str(module.__file__)).read_text(encoding="utf-8")
        self.names: dict[str, Any] = vars(functions) | vars(module) | STAND_INS
        self.trials: dict[str, list[Trial]] = {}
        for sizes, dtype in JUDGED:
            for function, arguments, wanted in self._questions(cell, sizes):
                trial = (_frozen(arguments, dtype), _frozen(wanted, dtype), PRECISION[dtype])
                self.trials.setdefault(function, []).append(trial)

    def _questions(self, cell: Cell, sizes: dict[str, int]) -> Iterator[tuple[str, Any, Any]]:
        given = inputs(cell, sizes)
        wanted = {
            function: self._tuple(RETURNS[function], fields)
            for function, fields in answers(cell, given).items()
        }
        params, params_dot = (self._tuple("Params", p) for p in (given.params, given.params_dot))
        step, sequence = given.step, given.sequence
        arguments: dict[str, tuple[Any, ...]] = {
            "step_forward": (params, *step.values.values()),
            "step_jacobians": (params, wanted["step_forward"]),
            "step_backward": (params, wanted["step_forward"], *step.arriving.values()),
            "step_jvp": (params, wanted["step_forward"], params_dot, *step.tangents.values()),
            "step_backward_jvp": (
                *(params, wanted["step_forward"], params_dot, wanted["step_jvp"]),
                *(*step.arriving.values(), *step.arriving_dot.values()),
            ),
            "forward": (params, *sequence.values.values()),
            "backward": (params, wanted["forward"], *sequence.arriving.values()),
            "jvp": (params, wanted["forward"], params_dot, *sequence.tangents.values()),
            "backward_jvp": (
                *(params, wanted["forward"], params_dot, wanted["jvp"]),
                *(*sequence.arriving.values(), *sequence.arriving_dot.values()),
            ),
        }
        for function in wanted:
            yield function, arguments[function], wanted[function]

    def _tuple(self, kind: str, fields: dict[str, Any]) -> Any:
        values = {name: fields[name] for name in self.names[kind]._fields}
        if "params" in values:
            values["params"] = self._tuple("Params", values["params"])
        return self.names[kind](**values)

    def objection(self, tree: ast.FunctionDef) -> str | None:
        """What is wrong with a function, or None where it does all that is wanted of it."""
        try:
            function = self.compiled(tree)
        except SyntaxError as error:
            return f"cannot be compiled: {error}"
        for arguments, wanted, precision in self.trials[tree.name]:
            try:
                with strict():
                    found = function(*arguments)
            except Exception as error:
                return f"raises {type(error).__name__}: {error}"
            if difference := _difference(tree.name, found, wanted, precision):
                return difference
        return None

    def compiled(self, tree: ast.FunctionDef) -> Any:
        """The function in the place of its original, with all that the module imports."""
        module = ast.Module([tree], type_ignores=[])
        names = dict(self.names)
        exec(compile(module, "<mutant>", "exec", COMPILER_FLAGS, dont_inherit=True), names)
        return names[tree.name]


@contextmanager
def strict() -> Iterator[None]:
    """Warnings are errors, and memory that nobody has written to yet holds NaN."""

    def empty(shape: Any, dtype: Any = float) -> Any:
        return np.full(shape, np.nan, dtype)

    with (
        mock.patch.object(np, "empty", empty),
        warnings.catch_warnings(action="error"),
        np.errstate(divide="raise", over="raise", invalid="raise"),
    ):
        yield


def _frozen(value: Any, dtype: Any) -> Any:
    """The same arrays in a dtype, refusing to be written to."""
    if isinstance(value, np.ndarray):
        array = value.astype(dtype)
        array.flags.writeable = False
        return array
    parts = [_frozen(v, dtype) for v in value]
    return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)


def _difference(where: str, found: Any, wanted: Any, precision: dict[str, float]) -> str | None:
    if hasattr(wanted, "_fields"):
        if type(found) is not type(wanted):
            return f"{where} is {type(found).__name__}"
        parts = zip(wanted._fields, found, wanted, strict=True)
        differences = (_difference(f"{where}.{n}", f, w, precision) for n, f, w in parts)
        return next((d for d in differences if d), None)
    if not isinstance(found, np.ndarray | np.generic):
        return f"{where} is {type(found).__name__}"
    if (found.shape, found.dtype) != (wanted.shape, wanted.dtype):
        return f"{where} is {found.dtype} {found.shape}"
    if not np.allclose(found, wanted, **precision):
        return f"{where} differs by {np.abs(found - wanted).max():.1e}"
    return None
