"""Losses, clipping and models refuse each malformed call with an error that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from malformed.case import Bad
from malformed.clipping import CLIPPERS, CLIPPING, ClippingCase
from malformed.heads import MODELS, ModelCase, model_table
from malformed.losses import KINDS, LossCase, loss_table

TABLES: list[tuple[Callable[[str], Any], str, list[Bad]]] = [
    *((LossCase, kind, loss_table(kind)) for kind in KINDS),
    *((ClippingCase, kind, CLIPPING) for kind in CLIPPERS),
    *((ModelCase, kind, model_table(kind)) for kind in MODELS),
]


@pytest.mark.parametrize(
    ("make", "kind", "bad"),
    [
        pytest.param(make, kind, bad, id=f"{kind}: {bad.what}")
        for make, kind, table in TABLES
        for bad in table
    ],
)
def test_is_refused_with_a_word(make: Callable[[str], Any], kind: str, bad: Bad) -> None:
    case = make(kind)
    with pytest.raises(bad.error) as caught:
        bad.call(case)
    assert type(caught.value) is bad.error
    for words in case.words(bad.words).split("; "):
        assert words in str(caught.value)


@pytest.mark.parametrize(("make", "kind", "table"), TABLES, ids=[kind for _, kind, _ in TABLES])
def test_table_is_without_repetition(
    make: Callable[[str], Any], kind: str, table: list[Bad]
) -> None:
    names = [bad.what for bad in table]
    assert len(set(names)) == len(names) >= 20
