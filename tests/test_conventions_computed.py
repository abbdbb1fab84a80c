"""Each framework's own computation on converted arrays, forward and differentiated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from kinds import KINDS
from kinds import VARIANTS as OPTIONS
from layer_cases import close, flat, normal
from oracles.own_layouts import RUNS, VARIANTS
from rnnref.conventions import CONVENTIONS, Convention, convert
from rnnref.conventions.registry import BIASES, WEIGHTS

PAIRS = [(name, kind) for name, c in CONVENTIONS.items() for kind in c.forms]


def test_every_pair_is_computed() -> None:
    """No convention is without a computation of its own; rnnref's layout is PyTorch's."""
    assert set(RUNS) == {pair for pair in PAIRS if pair[0] != "rnnref"}
    form = CONVENTIONS["rnnref"].forms
    for kind, theirs in CONVENTIONS["pytorch"].forms.items():
        assert form[kind].parts[:4] == theirs.parts[:4]
        assert form[kind].gates == theirs.gates


@pytest.mark.parametrize("ways", [1, 2])
@pytest.mark.parametrize(("name", "kind"), [*RUNS, *VARIANTS])
def test_own_computation(name: str, kind: str, ways: int) -> None:
    agrees((RUNS | VARIANTS)[name, kind], CONVENTIONS[name], kind, ways)


def test_every_variant_is_computed() -> None:
    """Whatever has a place in the registry has a computation of its own."""
    lstms = {name: c.forms["lstm"] for name, c in CONVENTIONS.items() if "lstm" in c.forms}
    peepholes = {name for name, form in lstms.items() if "weight_ch" in form.holds}
    coupled = {name for name, form in lstms.items() if "coupled" in form.options}
    assert {name for name, kind in VARIANTS if kind == "lstm_peephole"} == peepholes - {"rnnref"}
    assert {name for name, kind in VARIANTS if kind == "lstm_coupled"} == coupled - {"rnnref"}


def agrees(run: Any, convention: Convention, kind: str, ways: int) -> None:
    """What a framework computes with converted arrays are converted results.

    Its derivative along a random direction, by a complex step, is that direction paired with the
    converted gradients.
    """
    T, B, D, H = 4, 2, 3, 5
    layer, rng = (KINDS | OPTIONS)[kind](D, H, bidirectional=ways == 2), np.random.default_rng(ways)
    params, x, zeros = layer.init_params(rng), normal(rng, (T, B, D)), layer.init_state(B)
    state, d_state = (type(zeros)(*(normal(rng, z.shape) for z in zeros)) for _ in range(2))
    y, end, tape = layer.forward(params, x, state)
    d_y = normal(rng, y.shape)
    grads = layer.backward(tape, d_y, d_state)

    def there(**values: Any) -> Any:
        return [convert(layer, v, "rnnref", convention, what) for what, v in values.items()]

    weights, *inputs = there(params=params, x=x, state=state)
    close(flat(run(weights, *inputs, ways)), flat(there(y=y, state=end)))

    found, *others = there(gradients=grads.params, x=grads.x, state=grads.state)
    gradients = flat([[found[name] for name in weights], *others])
    start = flat([list(weights.values()), *inputs])
    dots = [normal(rng, a.shape) for a in start]
    moved = [a + 1e-30j * dot for a, dot in zip(start, dots, strict=True)]
    names, (x_moved, *state_moved) = list(weights), moved[len(weights) :]
    out = run(dict(zip(names, moved, strict=False)), x_moved, tuple(state_moved), ways)
    arriving = flat(there(y=d_y, state=d_state))
    slope = sum(np.sum(d * o.imag) for d, o in zip(arriving, flat(out), strict=True)) / 1e-30
    paired = [np.sum(g * dot) for g, dot in zip(gradients, dots, strict=True)]
    assert abs(slope - sum(paired)) < 1e-12 * max(map(abs, paired))


def with_form(name: str, kind: str, **changed: Any) -> tuple[str, str, Convention]:
    convention = CONVENTIONS[name]
    form = replace(convention.forms[kind], **changed)
    return name, kind, replace(convention, forms={**convention.forms, kind: form})


@pytest.mark.parametrize(
    ("name", "kind", "wrong"),
    [
        with_form("onnx", "lstm", gates="ifgo"),
        with_form("keras", "gru_reset_after", gates="rzn"),
        with_form("chung2014", "gru_reset_before", negated=""),
        with_form("tf1", "lstm", added={}),
        ("flax", "lstm", replace(CONVENTIONS["flax"], state_order="hc")),
        ("cudnn", "lstm", replace(CONVENTIONS["cudnn"], packed=(BIASES, WEIGHTS))),
        ("keras", "rnn", replace(CONVENTIONS["keras"], reverse_in_input_time=False)),
    ],
)
def test_wrong_data_are_noticed(name: str, kind: str, wrong: Convention) -> None:
    agrees(RUNS[name, kind], CONVENTIONS[name], kind, 2)
    with pytest.raises(AssertionError):
        agrees(RUNS[name, kind], wrong, kind, 2)
