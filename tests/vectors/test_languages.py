"""LSTMs in JavaScript and in C on the test vectors, each right and with a planted mistake.

Node is the one that playwright brings; C needs a compiler, ``cc``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import playwright
import pytest
from rnnref.testing import Report, replay, vectors

HERE = Path(__file__).parent
NODE = Path(playwright.__file__).parent / "driver" / "node"
STRICT = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]
PLAIN = [v for v in vectors.load("lstm") if not {"lengths", "bidirectional"} & set(v.flags)]
"""What both implementations compute: one direction, sequences of one length."""

in_both_precisions = pytest.mark.parametrize("dtype", ["float64", "float32"])


def said(command: list[str], given: str = "") -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def javascript(*options: str) -> Report:
    file = Path(str(vectors.FOLDER)) / "lstm.json"
    return replay(json.loads(said([str(NODE), str(HERE / "lstm.js"), str(file), *options])))


def c(folder: Path, dtype: str, *options: str) -> Report:
    """Compile, hand over every case in hexadecimal, and gather what comes."""
    real = {"float64": "double", "float32": "float"}[dtype]
    program = folder / "lstm"
    source = str(HERE / "lstm.c")
    said(["cc", *STRICT, f"-DREAL={real}", *options, source, "-lm", "-o", str(program)])
    lines = iter(said([str(program)], "\n".join(map(written, PLAIN))).splitlines())
    cases: dict[str, dict[str, list[str]]] = {}
    for vector in PLAIN:
        found = [next(lines).split() for _ in range(10)]
        results = {name: values for name, _, *values in found}
        cases[vector.case.id] = {name: results[name] for name in vector.results}
    content: dict[str, Any] = {"cell": "lstm", "dtype": dtype, "cases": cases}
    return replay(content | {"implementation": "lstm.c"})


def written(vector: vectors.Vector) -> str:
    """A case as `lstm.c` reads it."""
    case, p = vector.case, vector.case.params
    T, B, D = case.x.shape
    H = case.layer.hidden_size
    biases = [p.get(name, [0.0] * 4 * H) for name in ("bias_ih_l0", "bias_hh_l0")]
    weights = (p["weight_ih_l0"].flat, p["weight_hh_l0"].flat, *biases)
    rest = (case.x.flat, *(s.flat for s in case.state), case.d_y.flat)
    arrays = (*weights, *rest, *(s.flat for s in case.d_state))
    return f"{T} {B} {D} {H} " + " ".join(float(n).hex() for array in arrays for n in array)


@in_both_precisions
def test_javascript_is_right(dtype: str) -> None:
    report = javascript(*(["float32"] if dtype == "float32" else []))
    assert report.ok, str(report)
    assert len(report.cases) == len(PLAIN)
    assert str(report).startswith(f"lstm.js, {dtype}, vectors of lstm: {len(PLAIN)} of")


def test_a_mistake_in_javascript_is_named() -> None:
    report = javascript("d-c-without-f")
    assert not report.ok
    assert "the gradient handed to c_{t-1} is not multiplied by f" in str(report)
    assert [[m.id for m in d.mistakes] for d in report.diagnoses] == [["d-c-without-f"]]


has_cc = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler, cc")


@has_cc
@in_both_precisions
def test_c_is_right(dtype: str, tmp_path: Path) -> None:
    report = c(tmp_path, dtype)
    assert report.ok, str(report)
    assert len(report.cases) == len(PLAIN)


@has_cc
@in_both_precisions
def test_a_mistake_in_c_is_named(dtype: str, tmp_path: Path) -> None:
    report = c(tmp_path, dtype, "-DGATES_OF_ONNX")
    assert not report.ok
    assert "gates are read as i, o, f, g (the order of ONNX)" in str(report)
    assert [[m.id for m in d.mistakes] for d in report.diagnoses] == [["gate-order-iofg"]]
