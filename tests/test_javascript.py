"""The scripts of the gradient explorer, run by Node, against NumPy; and what its page says.

The scripts have to agree with `rnnref` and with `examples.jacobian_norms`. Node is the one that
playwright brings.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import playwright
import pytest

from derivations.cells import CELLS as DEFINITIONS
from derivations.emit.javascript import script
from derivations.outputs import EXPLORED
from examples import jacobian_norms

ROOT = Path(__file__).parent.parent
SCRIPTS = [(ROOT / "docs/assets/js" / f"{n}.js").read_text("utf-8") for n in ("cells", "norms")]
NODE = Path(playwright.__file__).parent / "driver" / "node"
NAMES = {"rnn_tanh": "rnn", "lstm": "lstm", "gru_reset_after": "gru"}
"""What the examples call the cells."""

ROUNDING = 1 + 1e-12
T, H, D = 9, 5, 3

every_cell = pytest.mark.parametrize("cell", EXPLORED)


def node(cases: list[dict[str, Any]], scripts: list[str] = SCRIPTS) -> list[Any]:
    done = subprocess.run(
        [str(NODE), str(ROOT / "tests/node_norms.js")],
        input=json.dumps({"scripts": scripts, "cases": cases}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def drawn(cell: str, seed: int, scale: float) -> tuple[Any, Any]:
    """Random parameters, each stacked as NumPy has it, and inputs (T, 1, D); no bias is zero."""
    rng = np.random.default_rng(seed)
    code = jacobian_norms.CELLS[NAMES[cell]]
    rows = len(code.GATES) * H
    params = code.Params(
        rng.normal(size=(rows, D)),
        scale * rng.normal(size=(rows, H)),
        rng.normal(size=rows),
        rng.normal(size=rows),
    )
    return params, rng.normal(size=(T, 1, D))


def as_blocks(cell: str, params: Any) -> dict[str, Any]:
    """The parameters block by block, as the script has them."""
    blocks = {}
    for stack in DEFINITIONS[cell].stacks:
        parts = np.split(getattr(params, stack.name), len(stack.blocks))
        blocks |= {b.name: part.tolist() for b, part in zip(stack.blocks, parts, strict=True)}
    return blocks


def sequences(cell: str, scripts: list[str] = SCRIPTS) -> list[tuple[Any, Any, Any]]:
    """Parameters, inputs and what the script makes of them."""
    cases = [drawn(cell, seed, scale) for seed in range(4) for scale in (0.2, 0.5, 1.0)]
    asked = [
        {
            "run": "sequence",
            "cell": cell,
            "params": as_blocks(cell, p),
            "inputs": x[:, 0].tolist(),
            "H": H,
        }
        for p, x in cases
    ]
    found = node(asked, scripts)
    return [(p, x, f) for (p, x), f in zip(cases, found, strict=True)]


def compare_steps(cell: str, scripts: list[str] = SCRIPTS) -> None:
    """Every array of every step: sources, pre-activations, gates and states."""
    code = jacobian_norms.CELLS[NAMES[cell]]
    states = [s.name for s in DEFINITIONS[cell].states]
    for params, x, found in sequences(cell, scripts):
        before = [np.zeros((1, H)) for _ in states]
        for x_t, got in zip(x, found["steps"], strict=True):
            want = code.step_forward(params, x_t, *before)
            assert got.keys() == set(want._fields)
            for name in want._fields:
                close(got[name], getattr(want, name)[0], name)
            before = [getattr(want, s) for s in states]


def compare_norms(cell: str, scripts: list[str] = SCRIPTS) -> None:
    """Measured, one-step norms, gates and path of every state over T - t."""
    for params, x, found in sequences(cell, scripts):
        want = jacobian_norms.norms(NAMES[cell], params, x, H)
        assert found["norms"].keys() == want.measured.keys()
        for state, got in found["norms"].items():
            for name in want._fields:
                values = getattr(want, name).get(state)
                assert (name in got) == (values is not None)
                if values is not None:
                    close(got[name], values[:, 0], f"{name} of {state}")


def close(got: Any, want: Any, what: str) -> None:
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14, err_msg=what)


@every_cell
def test_steps(cell: str) -> None:
    compare_steps(cell)


@every_cell
def test_norms(cell: str) -> None:
    compare_norms(cell)


@every_cell
def test_bounds_hold(cell: str) -> None:
    for params, _, found in sequences(cell):
        for of in found["norms"].values():
            measured, one_step, gates = (
                np.array(of[name]) for name in ("measured", "one_step", "gates")
            )
            assert len(measured) == T + 1
            assert (measured <= one_step * ROUNDING).all()
            assert (one_step <= gates * ROUNDING).all()
            assert ("weights" in of) == (cell == "rnn_tanh")
            if "weights" in of:
                sigma = np.linalg.norm(params.weight_hh, ord=2)
                np.testing.assert_allclose(of["weights"], sigma ** np.arange(T + 1), rtol=1e-12)
                assert (gates <= np.array(of["weights"]) * ROUNDING).all()


def test_spectral_norm() -> None:
    """Of matrices that are random, tiny, huge, of rank one, diagonal, orthogonal, zero."""
    rng = np.random.default_rng(0)
    matrices = [rng.normal(size=(n, n)) for n in (1, 2, 3, 7, 16, 32)]
    matrices += [matrices[3] * 1e-200, matrices[3] * 1e200]
    matrices += [np.outer(rng.normal(size=6), rng.normal(size=6)), np.diag([3.0, -4, 0, 1])]
    matrices += [np.linalg.qr(rng.normal(size=(8, 8)))[0], np.ones((5, 5)), np.zeros((4, 4))]
    matrices += [np.array([[0.0, 2], [0, 0]]), np.eye(3) + 1e-9 * rng.normal(size=(3, 3))]
    found = node([{"run": "norm", "rows": A.tolist()} for A in matrices])
    want = [np.linalg.norm(A, ord=2) for A in matrices]
    np.testing.assert_allclose(found, want, rtol=1e-13, atol=0)


@every_cell
def test_draw(cell: str) -> None:
    """The norms, biases and spreads that are asked for; a longer sequence begins as a shorter."""
    chosen = {"scale": 1.5, "bias": 2.0, "size": 0.5, "seed": 3, "H": 16, "D": 4}
    long, short, other = node(
        [
            {"run": "draw", "cell": cell, "chosen": chosen | {"T": length, "seed": seed}}
            for length, seed in ((4000, 3), (7, 3), (7, 4))
        ]
    )
    assert long["inputs"][:7] == short["inputs"]
    assert long["params"] == short["params"] != other["params"]
    kept = {"lstm": "b_if", "gru_reset_after": "b_iz"}.get(cell)
    for stack in DEFINITIONS[cell].stacks:
        for block in stack.blocks:
            values = np.array(long["params"][block.name])
            if block.shape == ("H", "H"):
                assert np.linalg.norm(values, ord=2) == pytest.approx(1.5, rel=1e-12)
            elif block.shape == ("H",):
                assert (values == (2.0 if block.name == kept else 0.0)).all()
            else:
                assert values.shape == (16, 4)
    x = np.array(long["inputs"]) / 0.5
    for power, moment in ((1, 0), (2, 1), (3, 0), (4, 3)):
        assert (x**power).mean() == pytest.approx(moment, abs=5 * (x**power).std() / x.size**0.5)


# What the page says of its settings, in both languages, at the settings that its links set.

FIRST = {"scale": 1.0, "bias": 2.0, "size": 1.0, "T": 60, "H": 16, "D": 4}
SEEDS = list(range(1, 41))


def settings(lang: str) -> list[dict[str, str]]:
    text = (ROOT / f"docs/{lang}/explorer.md").read_text("utf-8")
    return [dict(parse_qsl(found)) for found in re.findall(r'data-set="([^"]*)"', text)]


def test_what_the_page_says() -> None:
    links = settings("en")
    assert links == settings("zh")
    numbers = [{k: float(v) for k, v in s.items() if k in FIRST} for s in links]
    cases = [
        {"run": "ends", "cell": s["cell"], "chosen": FIRST | n, "seeds": SEEDS}
        for s, n in zip(links, numbers, strict=True)
    ]
    found = node(cases)
    small, rest, driven, closed, opened, gru = (
        {name: np.array([e[state][name] for e in ends]) for name in ends[0][state]}
        for state, ends in zip((s.get("state", "h") for s in links), found, strict=True)
    )
    assert (small["measured"] < 1e-22).all()
    np.testing.assert_allclose(small["weights"], 1.8e-3, rtol=0.01)
    assert (rest["measured"] > 1).all()
    assert (driven["measured"] < 1).sum() == 37
    np.testing.assert_allclose(rest["weights"], driven["weights"], rtol=1e-12)
    assert (closed["measured"] < 1e-12).all()
    assert (opened["measured"] > 1).all()
    assert (opened["path"] < 1).all()
    assert (gru["measured"] < 1).all()
    assert (gru["measured"] < 1.25 * gru["path"]).all()
    slopes = np.concatenate([e["slopes"] for e in found[2]])
    assert (slopes < 0.2).mean() == pytest.approx(1 / 3, abs=0.02)
    assert min(map(min, (e["slopes"] for e in found[1]))) == 1


# Planted mistakes, each in the text of a script.


@pytest.mark.parametrize(
    ("cell", "right", "wrong"),
    [
        ("rnn_tanh", "tanh(a[k])", "sigmoid(a[k])"),
        ("lstm", "f[k] * c_prev[k] + i[k] * g[k]", "i[k] * c_prev[k] + f[k] * g[k]"),
        ("lstm", "p.b_io[k]", "p.b_if[k]"),
        (
            "gru_reset_after",
            "(1 - z[k]) * n[k] + z[k] * h_prev",
            "z[k] * n[k] + (1 - z[k]) * h_prev",
        ),
    ],
)
def test_a_mistake_in_a_step(cell: str, right: str, wrong: str) -> None:
    cells, norms = SCRIPTS
    assert right in cells
    with pytest.raises(AssertionError, match="Not equal"):
        compare_steps(cell, [cells.replace(right, wrong), norms])


@pytest.mark.parametrize(
    ("cell", "right", "wrong"),
    [
        ("rnn_tanh", "1 - h[k]**2)", "1 - h[k])"),
        ("lstm", '[c_D_a_i, "W_hi"]', '[c_D_a_i, "W_hf"]'),
        ("lstm", '[h_D_a_o, "W_ho"]', '[h_D_a_g, "W_ho"]'),
        ("gru_reset_after", ", [each(H, k => z[k])]", ""),
        (
            "lstm",
            "products(ones.map(one => one.J))",
            "products([...ones].reverse().map(one => one.J))",
        ),
        ("lstm", "Math.min(own(A), wholes[n])", "own(A)"),
        ("gru_reset_after", "along[k] *= step[gate][k]", "along[k] *= step.r[k]"),
    ],
)
def test_a_mistake_in_a_norm(cell: str, right: str, wrong: str) -> None:
    assert sum(right in text for text in SCRIPTS) == 1
    with pytest.raises(AssertionError, match="Not equal"):
        compare_norms(cell, [text.replace(right, wrong) for text in SCRIPTS])


def test_a_cell_whose_blocks_are_no_such_sums() -> None:
    """The reset before the linear map puts a weight between two diagonals."""
    with pytest.raises(ValueError, match="gru_reset_before: h_D_a_r has to be diagonal"):
        script([DEFINITIONS["gru_reset_before"]])
