"""The package as users get it: built, installed next to NumPy alone, imported, run.

Needs the package index, for the build backend and NumPy.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = {
    f"rnnref/{path.relative_to(ROOT / 'reference' / 'rnnref').as_posix()}"
    for path in (ROOT / "reference" / "rnnref").rglob("*")
    if path.suffix in (".py", ".json") or path.name == "py.typed"
}

# What a user does first, on each layer; run with every warning an error.
EXAMPLE = """
import importlib.util
import numpy as np
import rnnref
from rnnref.conventions import convert

assert "site-packages" in rnnref.__file__, rnnref.__file__
for package in ("sympy", "torch", "mpmath", "derivations"):
    assert importlib.util.find_spec(package) is None, package

rng = np.random.default_rng(0)
x = rng.normal(size=(7, 2, 3))
for ref in (
    rnnref.RNN(3, 5),
    rnnref.RNN(3, 5, nonlinearity="relu"),
    rnnref.LSTM(3, 5),
    rnnref.GRU(3, 5, reset_after=False),
    rnnref.GRU(3, 5),
):
    head = rnnref.Output(5, 4)
    params, head_params = ref.init_params(rng), head.init_params(rng)
    y, state, tape = ref.forward(params, x, ref.init_state(batch_size=2))
    out, head_tape = head.forward(head_params, y)
    head_grads = head.backward(head_tape, out)
    grads = ref.backward(tape, head_grads.h, ref.init_state(batch_size=2))
    assert {k: v.shape for k, v in grads.params.items()} == ref.parameter_shapes

    onnx = convert(ref, params, "rnnref", "onnx")
    back = convert(ref, onnx, "onnx", "rnnref")
    assert all(np.array_equal(back[name], params[name]) for name in params)

    step = 1e-6
    def loss(params):
        return (head.forward(head_params, ref.forward(params, x)[0])[0] ** 2).sum() / 2
    for name, param in params.items():
        moved = {sign: param.copy() for sign in (1, -1)}
        for sign in moved:
            moved[sign].flat[1] += sign * step
        slope = (loss(params | {name: moved[1]}) - loss(params | {name: moved[-1]})) / (2 * step)
        assert abs(slope - grads.params[name].flat[1]) < 1e-7, name

try:
    ref.forward(params, x.astype(np.float32))
except rnnref.DtypeError as error:
    assert str(error).startswith("GRU.forward: x must be float64")
else:
    raise AssertionError("float32 was cast")
print("ran with NumPy", np.__version__)
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed, out of reach of this environment's packages."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel that was made from it."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", out, ROOT, cwd=out)
    return out


@pytest.mark.slow
def test_wheel_holds_the_package_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        needs = [
            line
            for line in archive.read(metadata).decode().splitlines()
            if line.startswith("Requires-Dist:")
        ]
    assert "rnnref/py.typed" in names
    assert names == SOURCES
    assert needs == ["Requires-Dist: numpy>=2.0"]


@pytest.mark.slow
def test_sdist_holds_what_the_wheel_is_derived_from(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {f"reference/{name}" for name in SOURCES}
    wanted |= {path.relative_to(ROOT).as_posix() for path in ROOT.glob("derivations/**/*.py")}
    wanted |= {path.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/*.py")}
    assert wanted | {"pyproject.toml", "README.md", "LICENSE"} <= names
    left_out = ("build/", "site/", "dist/", ".venv/", ".cache/", ".git/")
    assert not [name for name in names if name.startswith(left_out) or "__pycache__" in name]


@pytest.mark.slow
@pytest.mark.parametrize("numpy", ["2.0.0", version("numpy")])
def test_wheel_runs_next_to_numpy_alone(built: Path, tmp_path: Path, numpy: str) -> None:
    """With the oldest NumPy that it says it works with, and with the one it is tested with."""
    venv.create(tmp_path / "venv", with_pip=True)
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    python = tmp_path / "venv" / folder / f"python{suffix}"
    (wheel,) = built.glob("*.whl")
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "--only-binary=:all:", wheel, f"numpy=={numpy}", cwd=tmp_path)
    (tmp_path / "example.py").write_text(EXAMPLE, encoding="utf-8")
    said = run(python, "-I", "-W", "error", "example.py", cwd=tmp_path)
    assert said.strip() == f"ran with NumPy {numpy}"


@pytest.mark.parametrize("name", ["reference.rnnref", "reference.rnnref.generated.lstm"])
def test_second_copy_is_refused(name: str) -> None:
    """From the root of the repository, `reference` is a folder that Python would import."""
    done = subprocess.run(
        [sys.executable, "-c", f"import {name}"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "ImportError: import this package as rnnref, not as reference.rnnref" in done.stderr
