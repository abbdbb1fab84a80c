"""PyTorch on CUDA, cuDNN on and off, and the record that stays when no GPU is at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import torch
from evidence import code_hashes
from oracles import gpu
from oracles.torch_definition import one_thread

from derivations.cells import CELLS
from derivations.losses import LOSSES
from derivations.notation import Cell

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
every_run = pytest.mark.parametrize(("dtype", "cudnn"), gpu.RUNS)
needs_cuda = pytest.mark.skipif(
    not torch.cuda.is_available(),
    reason="no CUDA device here: PyTorch's GPU kernels were not compared in this run",
)


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.mark.gpu
@needs_cuda
@every_cell
@every_run
def test_sequence(cell: Cell, dtype: str, cudnn: bool) -> None:
    """Outputs, final states and all gradients of whole sequences."""
    agreement = gpu.measure(cell, "cuda", dtype, cudnn)
    if dtype == "float64":
        agreement.record("bptt")


@pytest.mark.gpu
@needs_cuda
@pytest.mark.parametrize("loss", LOSSES)
@every_run
def test_loss(loss: str, dtype: str, cudnn: bool) -> None:
    """Everything that a loss computes, its derivatives of both orders too."""
    comparison = gpu.measure_loss(loss, "cuda", dtype, cudnn)
    if dtype == "float64":
        comparison.record(gpu.ROUTE)


def test_record_is_of_todays_code() -> None:
    """A record for other code proves nothing: it has to be made anew or taken away."""
    if not gpu.RECORD.exists():
        pytest.skip(f"no GPU record: nothing is claimed about GPU kernels; {gpu.MEND}")
    gpu.check(json.loads(gpu.RECORD.read_text(encoding="utf-8")), code_hashes())


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    """A record of the measuring code run on the CPU: no GPU had a part in it."""
    return gpu.measure_all("cpu", "no GPU: a test of the measuring code", "none", "none")


def test_measuring_covers_everything(record: dict[str, Any]) -> None:
    """What is written is valid, is about today's code and has something on each cell and loss."""
    gpu.check(record, code_hashes())
    assert {formula.split(".")[0] for formula in record["formulas"]} == {*CELLS, *LOSSES}
    gradients = [f"{cell.id}.d_{stack.name}" for cell in CELLS.values() for stack in cell.stacks]
    gradients += [f"{loss}.d_a" for loss in LOSSES]
    for formula in gradients:
        found = record["formulas"][formula]["torch_gpu"]
        assert [(c["dtype"], c["cudnn"]) for c in found["configurations"]] == gpu.RUNS


def test_stale_record_fails(record: dict[str, Any]) -> None:
    """Other code, a module that is new, one that is gone: all fail, with the command to mend it."""
    today = code_hashes()
    first, *_ = today
    changed = today | {first: "0" * 64}
    added = today | {"new_module": "0" * 64}
    gone = {module: digest for module, digest in today.items() if module != first}
    for hashes in (changed, added, gone):
        with pytest.raises(AssertionError, match="make verify-gpu"):
            gpu.check(record, hashes)


@pytest.mark.parametrize("key", ["date", "device", "versions", "code", "formulas"])
def test_malformed_record_fails(record: dict[str, Any], key: str) -> None:
    """Nothing may be left out of a record."""
    with pytest.raises(jsonschema.ValidationError, match=key):
        gpu.check({k: v for k, v in record.items() if k != key}, code_hashes())


def test_no_record_without_cuda(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command refuses, says why and writes nothing."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gpu.main(tmp_path / "gpu.json") != 0
    assert "no CUDA device" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_record_is_written_where_there_is_cuda(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: dict[str, Any]
) -> None:
    """The command's own way to the file, with the measuring replaced."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: record["device"])
    monkeypatch.setattr(gpu, "measure_all", lambda *_: record)
    assert gpu.main(tmp_path / "gpu.json") == 0
    gpu.check(json.loads((tmp_path / "gpu.json").read_text(encoding="utf-8")), code_hashes())


@pytest.mark.parametrize(
    ("measure", "of", "name", "right", "wrong"),
    [
        (gpu.measure, CELLS["lstm"], "lstm", "+ i[t] * g[t]", "- i[t] * g[t]"),
        (gpu.measure_loss, "cross_entropy", "cross_entropy", "p - y", "p + y"),
    ],
    ids=["cell", "loss"],
)
def test_planted_mistake_is_caught(
    measure: Any, of: Any, name: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measuring fails where the code is wrong."""
    text = gpu.code.text_of(name)
    assert right in text
    module = gpu.code.load(text.replace(right, wrong))
    monkeypatch.setattr(gpu.code, "generated", lambda _: module)
    with pytest.raises(AssertionError, match="exceeds"):
        measure(of, "cpu", "float64", cudnn=False)
