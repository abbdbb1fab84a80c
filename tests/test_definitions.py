"""A definition that cannot be right is refused, and the refusal says what is wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
import sympy

from derivations.cells import CELLS
from derivations.cells.lstm import LSTM
from derivations.emit.module import module
from derivations.emit.plan import stacked_products
from derivations.emit.printing import numpy_style, print_expression
from derivations.notation import (
    Array,
    Cell,
    DefinitionError,
    Stack,
    Text,
    affine,
    elementwise,
    vector,
)

PROJECTED = CELLS["lstm_projected"]
NOTHING = Text("nothing", "无")


def changed(**parts: object) -> Cell:
    return dataclasses.replace(LSTM, **parts)


def without(name: str) -> Cell:
    return changed(equations=tuple(e for e in LSTM.equations if e.out.name != name))


def wrong_size() -> Cell:
    wide = vector("w", "wide", "宽", size="D")
    return changed(equations=(*LSTM.equations, elementwise(wide, LSTM.equation("h").out.symbol)))


def undefined() -> Cell:
    extra = vector("w", "extra", "额外")
    return changed(equations=(*LSTM.equations, elementwise(extra, sympy.Symbol("missing"))))


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "reads before definition": (
        lambda: changed(equations=LSTM.equations[::-1]),
        r"lstm\.h: reads o, which is not defined before it",
    ),
    "reads nothing known": (undefined, r"lstm\.w: reads missing"),
    "defined twice": (
        lambda: changed(equations=(*LSTM.equations, LSTM.equations[0])),
        r"lstm\.a_i: already defined",
    ),
    "missing equation": (lambda: without("g"), r"lstm\.c: reads g"),
    "state not carried on": (
        lambda: changed(equations=LSTM.equations[:-1]),
        "state h is not carried on",
    ),
    "name given twice": (lambda: changed(inputs=LSTM.inputs * 2), "a name is given twice"),
    "sizes differ": (wrong_size, r"lstm\.w: h has shape \('H',\), not \('D',\)"),
    "parameter in no stack": (
        lambda: changed(stacks=LSTM.stacks[:-1]),
        r"lstm\.a_i: b_hi is in no stack",
    ),
    "output not defined": (
        lambda: changed(output=vector("y", "y", "y")),
        "no equation defines its output y",
    ),
    "unknown size": (lambda: vector("v", "v", "v", size="Z"), "v: unknown size 'Z'"),
    "no name": (lambda: vector("2v", "v", "v"), "'2v' cannot be a name in code"),
    "blocks differ": (
        lambda: Stack(
            "weight",
            NOTHING,
            (Array("A", ("H",), NOTHING, "A"), Array("B", ("D",), NOTHING, "B")),
        ),
        "weight: its blocks differ in shape",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    make, message = REFUSED[name]
    with pytest.raises(DefinitionError, match=message):
        make()


def test_weights_must_fit_their_vectors() -> None:
    first = LSTM.equations[0]
    product = first.right.products[0]
    turned = dataclasses.replace(product, weight=LSTM.stacks[1]["i"])
    right = dataclasses.replace(first.right, products=(turned,))
    equations = (dataclasses.replace(first, right=right), *LSTM.equations[1:])
    with pytest.raises(DefinitionError, match=r"W_hi \('H', 'H'\) times x \('D',\)"):
        changed(equations=equations)


def test_a_product_without_a_bias_must_fit_too() -> None:
    *rest, last = PROJECTED.equations
    turned = dataclasses.replace(last.right.products[0], vector=PROJECTED.arrays["h_prev"])
    right = dataclasses.replace(last.right, products=(turned,))
    with pytest.raises(
        DefinitionError, match=r"W_hr \('P', 'H'\) times h_prev \('P',\) does not give \('P',\)"
    ):
        dataclasses.replace(PROJECTED, equations=(*rest, dataclasses.replace(last, right=right)))


def test_blocks_must_be_used_in_the_order_of_their_stack() -> None:
    first, second, *rest = LSTM.equations
    with pytest.raises(ValueError, match="W_ii is not next in its stack"):
        stacked_products(changed(equations=(second, first, *rest)))


@pytest.mark.parametrize("gate", [0, 1])
def test_one_product_has_biases_in_all_its_blocks_or_in_none(gate: int) -> None:
    equations = list(LSTM.equations)
    first, second = equations[gate].right.products
    right = dataclasses.replace(
        equations[gate].right, products=(first, dataclasses.replace(second, bias=None))
    )
    equations[gate] = dataclasses.replace(equations[gate], right=right)
    with pytest.raises(ValueError, match="lstm: W_hf and the block above differ in bias"):
        stacked_products(changed(equations=tuple(equations)))


def test_over_sequences_every_size_is_that_of_a_state() -> None:
    K = vector("y", "output", "输出", size="K")
    W = Array("W_hy", ("K", "H"), NOTHING, "W", sub="hy", time=None)
    cell = changed(
        stacks=(*LSTM.stacks, Stack("weight", NOTHING, (W,))),
        equations=(*LSTM.equations, affine(K, (W, LSTM.output, None))),
    )
    with pytest.raises(ValueError, match="lstm: y is of size K, no state is"):
        module(cell)


def test_an_expression_that_cannot_be_printed_is_refused() -> None:
    with pytest.raises(TypeError, match="no way to print"):
        print_expression(sympy.exp(sympy.Symbol("x")), numpy_style())


@pytest.mark.parametrize("cell", CELLS.values(), ids=str)
def test_every_name_is_said_in_both_languages(cell: Cell) -> None:
    titles = [cell.title, *(a.title for a in cell.arrays.values())]
    for title in titles:
        assert title.en.isascii()
        assert not title.zh.isascii()
