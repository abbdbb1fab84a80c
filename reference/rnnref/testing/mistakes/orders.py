"""Gates read in another order: those of frameworks by name, and all others."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import NamedTuple

from rnnref.testing.mistakes.mistake import GRUS, Mistake, backward, forward


class Gates(NamedTuple):
    """The gates of some cells in the right order, and the orders that frameworks have."""

    right: str
    cells: tuple[str, ...]
    needs: str
    known: dict[str, str]


GATES = (
    Gates(
        "ifgo",
        ("lstm",),
        "uncoupled",
        {"iofg": "ONNX", "ifog": "MIOpen", "igfo": "haste and TensorFlow 1"},
    ),
    Gates("igo", ("lstm",), "coupled", {"iog": "ONNX without f"}),
    Gates("rzn", GRUS, "", {"zrn": "Keras, ONNX, oneDNN"}),
)

PEEPHOLES = (
    Gates("ifo", ("lstm",), "peepholes; uncoupled", {"iof": "ONNX"}),
    Gates("io", ("lstm",), "peepholes; coupled", {}),
)


def _listed(order: str) -> str:
    return ", ".join(order)


def _named(gates: Gates, order: str) -> str:
    whose = f" (the order of {gates.known[order]})" if order in gates.known else ""
    return _listed(order) + whose


def _others(right: str) -> list[str]:
    return [order for order in map("".join, permutations(right)) if order != right]


def _read_as(gates: Gates, order: str) -> str:
    return f"gates are read as {_named(gates, order)}, not as {_listed(gates.right)}"


def in_layout(mistake: Mistake, layout: str) -> Mistake:
    """The same, said of rows that a framework hands over in another order than ours.

    Args:
        mistake: any; only a wrong order of all gates is said otherwise.
        layout: the order of the gates there, in our letters.

    >>> from rnnref.testing.mistakes.orders import MISTAKES, in_layout
    >>> wrong = next(mistake for mistake in MISTAKES if mistake.id == "gate-order-igof")
    >>> in_layout(wrong, "iofg").says  # ours, i, f, g, o, as ONNX has them
    'gates are read as i, f, g, o (the order of PyTorch), not as i, o, f, g'
    """
    order = mistake.switches.get("order", "")
    gates = next((g for g in GATES if sorted(g.right) == sorted(order) == sorted(layout)), None)
    if gates is None or mistake.id != f"gate-order-{order}":
        return mistake
    read = "".join(order[gates.right.index(gate)] for gate in layout)
    known = gates.known | {gates.right: "PyTorch"}
    return replace(mistake, says=_read_as(gates._replace(right=layout, known=known), read))


def _of_all(gates: Gates) -> list[Mistake]:
    return [
        forward(
            f"gate-order-{order}",
            _read_as(gates, order),
            "reorder the rows of all parameters; rnnref.conventions.convert(...) does it between "
            "frameworks",
            gates.cells,
            gates.needs,
            order=order,
        )
        for order in _others(gates.right)
    ]


def _of_some(gates: Gates, order: str) -> list[Mistake]:
    """The parameters are not all converted, or their gradients are not."""
    return [
        forward(
            f"bias-order-{order}",
            f"the biases alone are read as {_named(gates, order)}",
            "convert the biases with the weights",
            gates.cells,
            f"bias; {gates.needs}".rstrip("; "),
            order=order,
            order_of=("bias_ih", "bias_hh"),
        ),
        forward(
            f"recurrent-order-{order}",
            f"W_hh alone is read as {_named(gates, order)}",
            "convert W_hh with the other parameters",
            gates.cells,
            gates.needs,
            order=order,
            order_of=("weight_hh",),
        ),
        backward(
            f"backward-order-{order}",
            f"the backward pass alone takes the weights' gates as {_named(gates, order)}",
            "use the same order in both passes",
            gates.cells,
            gates.needs,
            order_in_backward=order,
        ),
        backward(
            f"gradient-order-{order}",
            f"the blocks of the parameters' gradients stand as {_named(gates, order)}, not as "
            f"{_listed(gates.right)}",
            "convert the gradients back as the parameters were converted",
            gates.cells,
            gates.needs,
            gradient_order=order,
        ),
    ]


def _of_peepholes(gates: Gates) -> list[Mistake]:
    return [
        forward(
            f"peephole-order-{order}",
            f"the peepholes are read as {_named(gates, order)}, not as {_listed(gates.right)}",
            "reorder the blocks of the peepholes; their order is not that of the gates",
            gates.cells,
            gates.needs,
            peephole_order=order,
        )
        for order in _others(gates.right)
    ]


MISTAKES = [
    *(mistake for gates in GATES for mistake in _of_all(gates)),
    *(mistake for gates in GATES for order in gates.known for mistake in _of_some(gates, order)),
    *(mistake for gates in PEEPHOLES for mistake in _of_peepholes(gates)),
]
