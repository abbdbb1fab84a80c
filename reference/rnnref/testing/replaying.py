"""What another language computed for the test vectors, held against them. Imports NumPy and rnnref.

It is read from a JSON file, whose form ``rnnref/vectors/results.schema.json`` says.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rnnref import checks, hints
from rnnref.errors import ArgumentTypeError, ArgumentValueError, RnnrefError, ShapeError
from rnnref.testing import vectors
from rnnref.testing.cases import Results
from rnnref.testing.comparison import compare
from rnnref.testing.diagnosis import WrongCase, diagnose_all
from rnnref.testing.precision import Precision, precision
from rnnref.testing.report import CaseReport, Report
from rnnref.testing.tolerance import case_tolerance
from rnnref.testing.vectors import Vector

WHERE = "replay"
FINE = 2.0**-24
"""In formats whose unit roundoff is at most this, nothing is rounded in a case at the kink."""

SHOWN = 4
"""How many of the cases that are wrong a report shows in its table, and tries to explain."""


@dataclass(frozen=True)
class Replayed(Report):
    """What `replay` found: a `Report` on the vectors of one cell.

    Attributes:
        implementation: what computed the results, as it calls itself.
    """

    implementation: str = ""

    def _heading(self) -> str:
        wrong = [case.id for case in self.cases if not case.ok]
        right = f"{len(self.cases) - len(wrong)} of {len(self.cases)} right"
        whose = f"{self.implementation}, " if self.implementation else ""
        head = f"{whose}{self.dtype}, vectors of {self.convention}: {right}"
        more = f", and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        return f"{head}\nwrong: {', '.join(wrong[:SHOWN])}{more}" if wrong else head

    def _table(self) -> str:
        wrong = [case for case in self.cases if not case.ok]
        return Report._table(replace(self, cases=tuple(wrong[:SHOWN])))


def replay(content: object) -> Report:
    """Hold results for the vectors of a cell against what is right.

    Args:
        content: what `json.load` makes of a file of results.

    Returns:
        The report, as `check` gives it.

    Raises:
        ArgumentTypeError, ArgumentValueError: if the content has another form, names a cell, a
            case or a dtype that there is not, or holds no result.

    >>> from rnnref.testing import reference, replay, vectors
    >>> results = {v.case.id: reference(v.case) for v in vectors.load("rnn_tanh")}
    >>> lists = {id: {n: a.tolist() for n, a in found.items()} for id, found in results.items()}
    >>> report = replay({"cell": "rnn_tanh", "dtype": "float64", "cases": lists})
    >>> print(report)
    float64, vectors of rnn_tanh: 25 of 25 right
    """
    given = _mapping("the results", content)
    for key in ("cell", "dtype", "cases"):
        if key not in given:
            said = (
                f"the results must have cell, dtype and cases, got {', '.join(given) or 'nothing'}"
            )
            checks.fail(ArgumentValueError, WHERE, said)
    format = precision(WHERE, given["dtype"])
    known = {v.case.id: v for v in vectors.load(given["cell"])}
    computed = _mapping("cases", given["cases"])
    for id in computed.keys() - known.keys():
        said = f"there is no case {id!r} of {given['cell']}"
        checks.fail(ArgumentValueError, WHERE, said, hints.near(id, known))
    if not computed:
        checks.fail(ArgumentValueError, WHERE, "cases must hold at least one case, got none")
    runs = [_Run(known[id], format, _mapping(id, computed[id])) for id in known if id in computed]
    if not any(run.got or run.problems for run in runs):
        checks.fail(ArgumentValueError, WHERE, "cases must hold at least one result, got none")
    wrong = [run for run in runs if not run.report.within_tolerance]
    cases = [WrongCase(run.vector.case, run.got, run.tolerance) for run in wrong]
    diagnoses, diagnosed = diagnose_all(cases, SHOWN)
    return Replayed(
        layer=runs[0].vector.case.layer,
        dtype=format.name,
        convention=given["cell"],
        seed=0,
        cases=tuple(run.report for run in runs),
        diagnoses=diagnoses,
        diagnosed=diagnosed,
        notes=tuple(_notes(known, runs)),
        implementation=str(given.get("implementation", "")),
    )


def replay_file(path: Path) -> Report:
    """Hold a file of results against what is right.

    Args:
        path: the file.

    Returns:
        The report.

    Raises:
        ArgumentTypeError, ArgumentValueError: as in `replay`, or if the file is no JSON.
        OSError: if there is no such file.
    """
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        checks.fail(ArgumentValueError, WHERE, f"{path} is no JSON: {error}")
    return replay(content)


class _Run:
    """What was computed for one vector."""

    def __init__(self, vector: Vector, format: Precision, given: Mapping[str, Any]) -> None:
        self.vector, case = vector, vector.case
        self.got: Results = {}
        self.problems: list[str] = []
        for name, value in given.items():
            try:
                self.got[name] = _read(name, value, vector.results)
            except RnnrefError as error:
                self.problems.append(str(error))
        self.left_out = [name for name in vector.results if name not in given]
        self.tolerance = tolerance_of(vector, format)
        compared = compare(case, self.got, vector.results, self.tolerance)
        T, B = case.x.shape[:2]
        self.report = CaseReport(case.id, T, B, tuple(compared), tuple(self.problems))


def tolerance_of(vector: Vector, format: Precision) -> dict[str, float]:
    """The tolerance of each result of a vector.

    Args:
        vector: the vector.
        format: what an implementation computes in.
    """
    if "kink" in vector.flags and format.unit <= FINE:
        return dict.fromkeys(vector.results, format.unit)
    return case_tolerance(vector.case, format, vector.results)


def _read(name: str, value: object, wanted: Results) -> Any:
    """An array, flat or nested, of the shape that it must have."""
    if name not in wanted:
        said = f"there is no result {name!r}"
        checks.fail(ArgumentValueError, WHERE, said, hints.near(name, wanted))
    numbers = list(_numbers(name, value))
    shape = wanted[name].shape
    if len(numbers) != math.prod(shape):
        said = f"{name} must be {shape}, {math.prod(shape)} numbers, got {len(numbers)}"
        checks.fail(ShapeError, WHERE, said)
    return np.array(numbers, np.float64).reshape(shape)


def _numbers(name: str, value: object) -> Iterator[float]:
    if isinstance(value, list):
        for entry in value:
            yield from _numbers(name, entry)
    elif isinstance(value, str):
        try:
            yield float.fromhex(value)
        except (ValueError, OverflowError):
            said = f"{name} must hold numbers, or hexadecimal ones as strings, got {value!r}"
            checks.fail(ArgumentValueError, WHERE, said)
    elif value is None:
        yield math.nan
    elif isinstance(value, int | float) and not isinstance(value, bool):
        try:
            yield float(value)
        except OverflowError:
            said = f"{name} must hold numbers that a double can hold, got a larger one"
            checks.fail(ArgumentValueError, WHERE, said)
    else:
        checks.fail(ArgumentTypeError, WHERE, f"{name} must hold numbers, got {hints.kind(value)}")


def _notes(known: Mapping[str, Vector], runs: list[_Run]) -> Iterator[str]:
    there = {run.vector.case.id for run in runs}
    if absent := [id for id in known if id not in there]:
        yield f"cases that were not computed, so not checked: {', '.join(absent)}"
    if names := dict.fromkeys(name for run in runs for name in run.left_out):
        yield f"not computed, so not checked: {', '.join(names)}"


def _mapping(name: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        checks.fail(ArgumentTypeError, WHERE, f"{name} must be an object, got {hints.kind(value)}")
    return value
