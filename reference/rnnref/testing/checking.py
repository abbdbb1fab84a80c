"""Is an implementation right? Imports NumPy and rnnref."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnref import checks, hints
from rnnref.conventions import CONVENTIONS
from rnnref.errors import ArgumentTypeError, ArgumentValueError
from rnnref.testing import handing, reading
from rnnref.testing.calling import ARGUMENTS, Function, name_of, raised, takes_lengths
from rnnref.testing.cases import Case, Layer, Results, a_layer, reference
from rnnref.testing.comparison import compare
from rnnref.testing.diagnosis import Diagnosis, WrongCase, diagnose_all
from rnnref.testing.drawing import a_seed, cases
from rnnref.testing.mistakes.orders import in_layout
from rnnref.testing.precision import Precision, precision
from rnnref.testing.reading import Returned
from rnnref.testing.report import CaseReport, Report
from rnnref.testing.tolerance import case_tolerance

DIAGNOSED = 2
"""How many cases are searched for known mistakes: what the first do not show, others seldom do."""

Read = Callable[[Case, str, object], Returned]


def check(
    layer: Layer,
    *,
    forward: Function,
    backward: Function | None = None,
    convention: str = "pytorch",
    dtype: npt.DTypeLike | str = np.float64,
    seed: int = 0,
) -> Report:
    """Run an implementation on hard cases and say what is wrong with it.

    ``forward(params, x, state)`` returns ``(y, state)``. ``backward(params, x, state, d_y,
    d_state)`` returns ``(d_x, d_state, d_params)``, of which `rnnref.Gradients` is one, or a dict
    by the names of `rnnref.testing.reference`. What they are given is theirs: new NumPy arrays, a
    dict of parameters and a `rnnref.State` or `rnnref.LSTMState`. What they return may be anything
    that ``np.asarray`` takes; None in place of a gradient says that it is not computed.

    A function that takes a keyword ``lengths`` is also given sequences of different lengths, as an
    array of integers (B,).

    Args:
        layer: what should be computed; dropout is off.
        forward: the implementation.
        backward: its gradients, if they are to be checked.
        convention: in whose layout arrays go in and come out, one of
            `rnnref.conventions.CONVENTIONS`: states, outputs, parameters and gradients are what
            `rnnref.conventions.convert` makes of ours.
        dtype: what the implementation computes in: float64, float32, float16, ``"bfloat16"`` or
            ``"tf32"``. For the last two the arrays are float32, with values that the format has.
        seed: of the cases.

    Returns:
        The report: print it, ask it ``.ok``, or call ``.raise_if_failed()`` in a test.

    Raises:
        ArgumentTypeError: if ``layer`` is no layer, or a function cannot be called.
        ArgumentTypeError, ArgumentValueError: if ``seed`` is not an int of at least 0.
        ArgumentValueError: if the convention is not known.
        ConversionError: if the convention cannot hold the layer.
        DtypeError: if ``dtype`` is none of the above.

    >>> import numpy as np, rnnref
    >>> from rnnref.testing import check
    >>> def forward(params, x, state):
    ...     (h,), y = state.h, []
    ...     W, U = params["weight_ih_l0"], params["weight_hh_l0"]
    ...     for x_t in x:
    ...         h = np.tanh(x_t @ W.T + h @ U.T + params["bias_ih_l0"])
    ...         y.append(h)
    ...     return np.stack(y), rnnref.State(h[None])
    >>> check(rnnref.RNN(3, 5), forward=forward).ok  # a bias is missing
    False
    """
    format = precision("check", dtype)
    _arguments(layer, forward, backward, convention, seed)
    runs = [
        _Run(handing.fitted(case, convention, format), convention, format, forward, backward)
        for case in cases(layer, seed, dtype)
    ]
    reports = tuple(run.report() for run in runs)
    first = next((run for run, report in zip(runs, reports, strict=True) if not report.ok), None)
    if first:
        first.repeat()
    pairs = zip(runs, reports, strict=True)
    wrong = [run for run, report in pairs if not report.within_tolerance]
    given = [WrongCase(run.case, run.got, run.tolerance) for run in wrong]
    diagnoses, diagnosed = diagnose_all(given, DIAGNOSED)
    return Report(
        layer=layer,
        dtype=format.name,
        convention=convention,
        seed=seed,
        cases=reports,
        diagnoses=tuple(_in_layout(diagnosis, convention, layer) for diagnosis in diagnoses),
        diagnosed=diagnosed,
        notes=tuple(dict.fromkeys(note for run in runs for note in run.notes)),
    )


@dataclass(eq=False)
class _Run:
    """One case given to an implementation."""

    case: Case
    convention: str
    format: Precision
    forward: Function
    backward: Function | None
    got: Results = field(default_factory=dict)
    tolerance: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    error: Exception | None = None

    def report(self) -> CaseReport:
        """Call it, read what comes and compare."""
        T, B = self.case.x.shape[:2]
        options: dict[str, Any] = {}
        if self.case.lengths is not None:
            both = {"forward": self.forward, "backward": self.backward}
            deaf = [name for name, f in both.items() if f and not takes_lengths(f)]
            if deaf:
                said = f"{' and '.join(deaf)} without a keyword 'lengths'"
                self.notes.append(f"sequences of different lengths were not given: {said}")
                return CaseReport(self.case.id, T, B, skipped="lengths")
            options["lengths"] = self.case.lengths
        self._call(self.forward, reading.read_forward, options)
        if self.backward:
            given = handing.cotangents(self.case, self.convention, self.format)
            self._call(self.backward, reading.read_backward, options, *given)
        right = reference(self.case)
        self.tolerance = case_tolerance(self.case, self.format, right)
        compared = compare(self.case, self.got, right, self.tolerance)
        problems = tuple(self.problems)
        return CaseReport(self.case.id, T, B, tuple(compared), problems, error=self.error)

    def repeat(self) -> None:
        """Call the functions again and note what they compute that is not the same as before."""
        again = _Run(self.case, self.convention, self.format, self.forward, self.backward)
        again.report()
        now = {
            name: value
            for name, value in again.got.items()
            if not np.array_equal(value, self.got.get(name, ()), equal_nan=True)
        }
        compared = compare(self.case, now, self.got, self.tolerance)
        names = dict.fromkeys(c.quantity for c in compared if not c.ok)
        if names:
            self.notes.append(
                f"called again with the same arguments it gives another {', '.join(names)}; "
                "does it add to what an earlier call has left?"
            )

    def _call(self, function: Function, read: Read, options: dict[str, Any], *more: Any) -> None:
        given = (*handing.arguments(self.case, self.convention, self.format), *more)
        kept = handing.copied(given)
        own = {name: value.copy() for name, value in options.items()}
        try:
            value = function(*given, **own)
        except Exception as error:
            self.error = self.error or error
            self.problems.append(raised(function, error, [*ARGUMENTS[: len(given)], *own]))
            return
        for name, now, before in zip(ARGUMENTS, given, kept, strict=False):
            if not handing.same(now, before):
                self.notes.append(f"{name_of(function)} writes to its argument {name}")
        found = read(self.case, self.convention, value)
        self.got |= found.results
        self.problems += found.problems
        self._remark(found)

    def _remark(self, found: Returned) -> None:
        if found.left_out:
            self.notes.append(f"not computed, so not checked: {', '.join(found.left_out)}")
        infinite = [name for name, a in found.results.items() if not np.isfinite(a).all()]
        if infinite:
            self.notes.append(f"{found.where} returns NaN or infinity in {', '.join(infinite)}")
        eps = np.finfo(self.format.carrier).eps
        coarse = {d for d in found.dtypes.values() if d.kind == "f" and np.finfo(d).eps > eps}
        for dtype in sorted(map(str, coarse)):
            self.notes.append(
                f"{found.where} returns {dtype} where {self.format.carrier} went in; "
                f"is there a cast? dtype={dtype!r} checks it as that"
            )


def _in_layout(diagnosis: Diagnosis, convention: str, layer: Layer) -> Diagnosis:
    """An explanation in the words of the convention in which arrays were handed out."""
    if convention in handing.OURS:
        return diagnosis
    gates = CONVENTIONS[convention].forms[layer._kind].gates
    return replace(diagnosis, mistakes=tuple(in_layout(m, gates) for m in diagnosis.mistakes))


def _arguments(
    layer: object, forward: object, backward: object, convention: object, seed: object
) -> None:
    a_layer("check", layer)
    a_seed("check", seed)
    for name, function in (("forward", forward), ("backward", backward)):
        if not callable(function) and not (name == "backward" and function is None):
            said = f"{name} must be a function, got {hints.kind(function)}"
            checks.fail(ArgumentTypeError, "check", said)
    if not isinstance(convention, str) or convention not in CONVENTIONS:
        said = f"convention must be one of {', '.join(CONVENTIONS)}, got {convention!r}"
        checks.fail(ArgumentValueError, "check", said)
