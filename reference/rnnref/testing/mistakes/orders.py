"""Gates read in another order: those of frameworks by name, and all others."""

from __future__ import annotations

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


def _of_all(gates: Gates) -> list[Mistake]:
    return [
        forward(
            f"gate-order-{order}",
            f"gates are read as {_named(gates, order)}, not as {_listed(gates.right)}",
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
