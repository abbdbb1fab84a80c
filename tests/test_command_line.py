"""`rnnref check` on the command line: exit codes, and sentences in place of tracebacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MODULE = """
import rnnref
layer = rnnref.GRU(4, 6, bidirectional=True)
def right(params, x, state, lengths=None):
    return layer.forward(params, x, state, lengths=lengths)[:2]
def wrong(params, x, state):
    y, end, _ = layer.forward(params, x, state)
    return y + 1e-3, end
"""


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "mine.py").write_text(MODULE, encoding="utf-8")
    (folder / "raises.py").write_text("raise ValueError('no such thing')", encoding="utf-8")
    (folder / "unfinished.py").write_text("def right(", encoding="utf-8")
    options = ("--layer", "gru", "--input-size", "4", "--hidden-size", "6")
    return subprocess.run(
        [sys.executable, "-m", "rnnref", "check", *words, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("mine:right", "--option", "bidirectional=True"), 0, "float64"),
        (("mine:wrong", "--option", "bidirectional=True", "--dtype", "float32"), 1, "wrong in 4"),
        (("mine:other",), 2, "cannot get mine:other"),
        (("mine",), 2, "module:function"),
        (("mine.py:right",), 2, "a module must be named as import does"),
        (("./mine:right",), 2, "a module must be named as import does"),
        (("raises:right",), 2, "cannot import raises: ValueError: no such thing, at"),
        (("unfinished:right",), 2, "cannot import unfinished: SyntaxError"),
        (("mine:right", "--option", "layers=2"), 2, "must be name=value with one of input_size"),
        (("mine:right", "--option", "num_layer=2"), 2, "did you mean 'num_layers'?"),
        (("mine:right", "--option", "gate_clip=nan"), 2, "gate_clip must be finite, got nan"),
        (("mine:right", "--option", "activations=(tanh, Activation(elu, x, 1))"), 2, "Activation:"),
        (
            ("mine:right", "--option", "activations=(Activation(), tanh)"),
            2,
            "cannot read Activation",
        ),
        (
            ("mine:right", "--option", "activations=(sigmoid, Activation('elu', alpha=0.5))"),
            1,
            "Activation(name='elu', alpha=0.5, beta=None)",
        ),
        (("mine:right", "--option", "num_layers=0"), 2, "num_layers must be an int of at least 1"),
        (("mine:right", "--dtype", "fp8"), 2, "invalid choice"),
    ],
)
def test_command_line(tmp_path, words, code, said):
    done = command(tmp_path, *words)
    assert done.returncode == code, done.stderr
    assert said in (done.stderr if code == 2 else done.stdout)
