"""Tables of what cells cost, as JSON text for the site.

Imports the definitions and the polynomials of `derivations.calculus.counts`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy

from derivations.calculus import counts
from derivations.calculus.counts import SIZE, B, T
from derivations.cells import CELLS
from derivations.functions import sigmoid
from derivations.notation import Affine, Cell, Text

D, H = SIZE["D"], SIZE["H"]
LSTM, GRU = CELLS["lstm"], CELLS["gru_reset_after"]
NETWORKS = ("rnn_tanh", "lstm", "lstm_projected", "gru_reset_after")


@dataclass(frozen=True)
class Row:
    """What is counted, and the polynomial of a cell."""

    what: Text
    count: Callable[[Cell], sympy.Expr]


def gates(cell: Cell) -> sympy.Expr:
    """How many arrays are a sigmoid."""
    rights = [e.right for e in cell.equations if not isinstance(e.right, Affine)]
    return sympy.Integer(sum(isinstance(r.expression, sigmoid) for r in rights))


def affine_blocks(cell: Cell) -> sympy.Expr:
    """How many blocks a stacked parameter has: a matrix by the input for each."""
    return sympy.Integer(len(cell.stacks[0].blocks))


def functions(cell: Cell) -> sympy.Expr:
    """How many values of functions a forward pass takes."""
    forward = counts.forward(cell)
    return sympy.expand(sympy.Add(*forward.values()) - counts.total(forward))


COMPARED = (
    Row(Text("Gates", "门"), gates),
    Row(
        Text(
            "Affine maps of the input, one for each gate and candidate",
            "输入的仿射映射，各门与候选值各一个",
        ),
        affine_blocks,
    ),
    Row(Text("Numbers in the state of a sequence", "一条序列的状态中的数"), counts.state),
    Row(Text("Parameters", "参数"), counts.parameters),
    Row(
        Text("Parameters without biases", "不带偏置时的参数"),
        lambda c: counts.parameters(c, bias=False),
    ),
    Row(
        Text("Forward: additions and multiplications", "前向：加法与乘法"),
        lambda c: counts.total(counts.forward(c)),
    ),
    Row(Text("Forward: values of sigmoid and tanh", "前向：sigmoid 与 tanh 求值"), functions),
    Row(
        Text("Backward: additions and multiplications", "反向：加法与乘法"),
        lambda c: counts.total(counts.backward(c)),
    ),
    Row(Text("Numbers kept for the backward pass", "为反向传播保留的数"), counts.tape),
)


def costs() -> str:
    """All tables by name: titles of columns, then rows, of texts in both languages."""
    tables = {"lstm_and_gru": list(_comparison()), "networks": list(_networks())}
    content = {
        "about": "Written by `python -m derivations`; do not edit.",
        "tables": {
            name: [[{"en": text.en, "zh": text.zh} for text in row] for row in rows]
            for name, rows in tables.items()
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _comparison() -> Iterator[tuple[Text, ...]]:
    yield (
        Text("Counted", "计数"),
        Text("LSTM", "LSTM"),
        Text("GRU", "GRU"),
        Text(r"Ratio, $D = H \to \infty$", r"比，$D = H \to \infty$"),
    )
    for row in COMPARED:
        lstm, gru = row.count(LSTM), row.count(GRU)
        yield row.what, _math(lstm), _math(gru), _math(_ratio(lstm, gru))


def _networks() -> Iterator[tuple[Text, ...]]:
    yield (
        Text("Parameters", "参数个数"),
        Text("First layer", "第一层"),
        Text("Each further layer, one direction", "以后每层，单向"),
        Text("Each further layer, two directions", "以后每层，双向"),
        Text("Of these, biases of a direction", "其中一个方向的偏置"),
    )
    for cell in (CELLS[id] for id in NETWORKS):
        own = counts.parameters(cell)
        further = [counts.network_parameters(cell, 2, n) - n * own for n in (1, 2)]
        biases = own - counts.parameters(cell, bias=False)
        yield cell.title, *(_math(p) for p in (own, *further, biases))


def _ratio(one: sympy.Expr, other: sympy.Expr) -> sympy.Expr:
    """What one over the other tends to as both sizes grow alike."""
    return sympy.cancel(sympy.limit((one / other).subs(D, H), H, sympy.oo))


def _math(e: sympy.Expr) -> Text:
    """A product if it is one; else what each step of each sequence takes, then the rest."""
    whole = sympy.factor(e)
    if not whole.is_Add:
        return Text(f"${sympy.latex(whole)}$", f"${sympy.latex(whole)}$")
    each = sympy.expand(e).coeff(T * B)
    rest = sympy.factor(sympy.expand(T * B * each - e))
    tex = rf"$T B \left({sympy.latex(each)}\right)$ $- {sympy.latex(rest)}$"  # may break between
    return Text(tex, tex)
