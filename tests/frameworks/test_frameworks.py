"""Networks of other frameworks on converted arrays: outputs, states, their own gradients."""

from __future__ import annotations

from dataclasses import replace

import pytest
from frameworks.needs import framework
from oracles.frameworks import measure


@pytest.mark.parametrize("network", measure.NETWORKS)
@pytest.mark.parametrize(("convention", "kind"), measure.cases())
def test_network(convention: str, kind: str, network: tuple[int, bool]) -> None:
    module = framework(convention)
    errors = measure.errors(convention, kind, *network)
    assert ("d_x" in errors) == (convention != "onnx")
    bound = measure.bound(convention, kind)
    assert {name: e for name, e in errors.items() if e > bound} == {}
    assert kind in module.KINDS


@pytest.mark.parametrize("convention", measure.FRAMEWORKS)
def test_every_cell_of_a_framework(convention: str) -> None:
    """The registry knows no cell that the framework lacks, and none is left out."""
    kinds = {kind for name, kind in measure.cases() if name == convention}
    assert set(framework(convention).KINDS) == kinds


@pytest.mark.parametrize(("convention", "kind"), [("keras", "lstm"), ("onnx", "gru_reset_after")])
def test_other_order_is_noticed(
    convention: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two gates in each other's place: the comparison fails."""
    framework(convention)
    right = measure.CONVENTIONS[convention]
    form = right.forms[kind]
    first, second, *rest = form.gates
    wrong = replace(form, gates="".join([second, first, *rest]))
    changed = replace(right, forms={**right.forms, kind: wrong})
    monkeypatch.setitem(measure.CONVENTIONS, convention, changed)
    errors = measure.errors(convention, kind, 1, False)
    assert errors["y"] > 10 * measure.bound(convention, kind)
