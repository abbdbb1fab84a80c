"""Compare with PyTorch on a device, keep what was measured, and tell a stale record.

Imports torch, the other oracles and the evidence.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import torch
from evidence import code_hashes

from derivations.cells import CELLS
from derivations.losses import LOSSES
from derivations.notation import Cell
from oracles import code, losses
from oracles.agreement import BOUNDS, Agreement
from oracles.cases import Case, Config, Results
from oracles.torch_definition import Definition
from oracles.torch_modules import MODULES, sequence

ROUTE = "torch_gpu"
RECORD = Path(__file__).parent.parent / "records" / "gpu.json"
SCHEMA = RECORD.with_name("gpu.schema.json")
MEND = "run `make verify-gpu` on a machine with CUDA and commit tests/records/gpu.json"
RUNS = [(dtype, cudnn) for dtype in ("float64", "float32") for cudnn in (True, False)]

SHORT = {"D": 4, "H": 6, "K": 7, "P": 2}
LONG = {"D": 48, "H": 64, "K": 40, "P": 24}


def configs(cell: Cell) -> list[Config]:
    """A few seeds at small sizes, with T and B of 1 too, and one size that kernels are made for."""
    small = [
        Config(cell.id, SHORT, T, B, seed)
        for seed, (T, B) in enumerate([(5, 3), (5, 3), (1, 3), (5, 1), (1, 1)])
    ]
    return [*small, Config(cell.id, LONG, T=33, B=16, seed=5, scale=0.25)]


def loss_configs(loss: str) -> list[losses.Config]:
    """A few seeds at small sizes, a single position too, and one size that kernels are made for."""
    sizes = [(5, 3, 4), (5, 3, 4), (1, 1, 4), (33, 16, 100)]
    return [losses.Config(loss, T, B, K, seed) for seed, (T, B, K) in enumerate(sizes)]


@contextmanager
def kernels(cudnn: bool) -> Iterator[None]:
    """With cuDNN or without it, and float32 in full: no TF32 anywhere."""
    backends = torch.backends
    parts = (backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn)
    before = backends.cudnn.enabled, [part.fp32_precision for part in parts]
    try:
        backends.cudnn.enabled = cudnn
        for part in parts:
            part.fp32_precision = "ieee"
        yield
    finally:
        backends.cudnn.enabled = before[0]
        for part, precision in zip(parts, before[1], strict=True):
            part.fp32_precision = precision


def measure(cell: Cell, device: str, dtype: str, cudnn: bool) -> Agreement:
    """Compare whole sequences with PyTorch on a device; raises where they differ too much."""
    agreement = Agreement(ROUTE, cell)
    with kernels(cudnn):
        for config in configs(cell):
            case = config.sequence().map(lambda a: a.astype(dtype))
            want = on_device(cell, case, device)
            assert {a.dtype for a in want.values()} == {np.dtype(dtype)}
            got = code.sequence(code.generated(cell.id), case)
            agreement.check(got, want, got.keys() & want.keys(), BOUNDS[dtype])
    return agreement


def measure_loss(loss: str, device: str, dtype: str, cudnn: bool) -> losses.Comparison:
    """Compare everything that a loss computes with PyTorch's own losses on a device; may raise."""
    comparison = losses.Comparison(loss, BOUNDS[dtype])
    with kernels(cudnn):
        for config in loss_configs(loss):
            case = config.case().map(lambda a: a.astype(dtype))
            want = losses.by_torch(loss, case, device)
            assert {a.dtype for a in want.values()} == {np.dtype(dtype)}
            comparison.check(losses.generated(code.generated(loss), case), want)
    return comparison


def on_device(cell: Cell, case: Case, device: str) -> Results:
    """PyTorch's module, or another's equations, or at the least the definition."""
    if cell.id in MODULES:
        return sequence(MODULES[cell.id], case, device, dots=False)
    return Definition(cell, device).sequence(case)


def measure_all(device: str, name: str, cuda: str, cudnn: str) -> dict[str, Any]:
    """The whole record. Errors and bounds of a formula are those of float64."""
    formulas: dict[str, Any] = {}
    for dtype, with_cudnn in RUNS:
        run = (device, dtype, with_cudnn)
        summaries = [measure(cell, *run).summary("bptt") for cell in CELLS.values()]
        summaries += [measure_loss(loss, *run).summary() for loss in LOSSES]
        for formula, (error, cases, bound) in (f for s in summaries for f in s.items()):
            found = {"dtype": dtype, "cudnn": with_cudnn, "cases": cases}
            found |= {"error": error, "bound": bound}
            formulas.setdefault(formula, []).append(found)
    versions = {"torch": torch.__version__, "cuda": cuda, "cudnn": cudnn}
    versions |= {"numpy": np.__version__, "python": platform.python_version()}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "device": name,
        "versions": versions,
        "code": code_hashes(),
        "formulas": {f: {ROUTE: _whole(found)} for f, found in sorted(formulas.items())},
    }


def _whole(found: list[dict[str, Any]]) -> dict[str, Any]:
    double = [f for f in found if f["dtype"] == "float64"]
    return {
        "cases": sum(f["cases"] for f in found),
        "error": max(f["error"] for f in double),
        "bound": BOUNDS["float64"],
        "configurations": found,
    }


def check(record: Mapping[str, Any], hashes: Mapping[str, str]) -> None:
    """Raise where a record is malformed or is for other code than that with these hashes."""
    jsonschema.validate(record, json.loads(SCHEMA.read_text(encoding="utf-8")))
    stale = [module for module, digest in hashes.items() if record["code"].get(module) != digest]
    gone = [module for module in record["code"] if module not in hashes]
    assert not stale + gone, (
        f"the GPU record is for other code of {', '.join(stale + gone)}; {MEND}"
    )


def main(path: Path = RECORD) -> int:
    """Measure on the first CUDA device and write the record; 0 when all agree."""
    if not torch.cuda.is_available():
        print("verify-gpu: no CUDA device here; nothing was measured and nothing written")
        return 2
    cuda, cudnn = str(torch.version.cuda), str(torch.backends.cudnn.version())
    record = measure_all("cuda", torch.cuda.get_device_name(), cuda, cudnn)
    check(record, code_hashes())
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(f"verify-gpu: {len(record['formulas'])} formulas agree on {record['device']}: {path}")
    return 0
