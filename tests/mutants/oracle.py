"""What every function of a cell must return, from its definition alone, by PyTorch in float64.

Imports torch, SymPy and the notation that definitions are written in; nothing that `calculus` or
`emit` makes of them. An elementwise equation is evaluated node by node, derivatives are autograd's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sympy
import torch

from derivations.notation import Affine, Cell

from .cases import Given, Inputs

Arrays = dict[str, torch.Tensor]
FUNCTIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "phi_f": lambda a: torch.sigmoid(a + 0.3),
    "phi_g": lambda a: torch.tanh(a - 0.4),
    "phi_h": lambda a: torch.tanh(a + 0.6),
    "kappa": lambda v: v.clamp(-0.5, 1.5),
}
"""What a layer may choose is such that no two functions are alike, and none is odd or even."""


def evaluate(e: sympy.Expr, known: Arrays) -> Any:
    """The value of a scalar expression, entry by entry."""
    if isinstance(e, sympy.Symbol):
        return known[e.name]
    if isinstance(e, sympy.Integer):
        return int(e)
    values = [evaluate(a, known) for a in e.args]
    if isinstance(e, sympy.Add):
        return sum(values)
    if isinstance(e, sympy.Mul):
        return math.prod(values)
    if isinstance(e, sympy.Pow):
        return values[0] ** values[1]
    return FUNCTIONS[e.func.__name__](values[0])


def step(cell: Cell, params: Arrays, sources: Arrays) -> Arrays:
    """All arrays of one step (B, size), sources included."""
    known = dict(sources)
    blocks = {
        block.name: part
        for s in cell.stacks
        for block, part in zip(s.blocks, params[s.name].chunk(len(s.blocks)), strict=True)
    }
    for equation in cell.equations:
        if isinstance(equation.right, Affine):
            products = equation.right.products
            known[equation.out.name] = sum(
                torch.einsum("jk,bk->bj", blocks[p.weight.name], known[p.vector.name])
                for p in products
            ) + sum(blocks[p.bias.name] for p in products if p.bias)
        else:
            known[equation.out.name] = evaluate(equation.right.expression, blocks | known)
    return known


def sequence(cell: Cell, params: Arrays, given: Arrays) -> Arrays:
    """All arrays of all steps (T, B, size), from inputs (T, B, size) and states (B, size)."""
    states = {s.previous.name: given[s.previous.name] for s in cell.states}
    steps = []
    for t in range(len(given[cell.inputs[0].name])):
        steps.append(step(cell, params, {a.name: given[a.name][t] for a in cell.inputs} | states))
        states = {s.previous.name: steps[-1][s.next.name] for s in cell.states}
    return {name: torch.stack([s[name] for s in steps]) for name in steps[0]}


def answers(cell: Cell, inputs: Inputs) -> dict[str, dict[str, Any]]:
    """For each generated function the fields of what it must return."""
    oracle = _Oracle(cell, inputs)
    return {
        "step_forward": oracle.arrays(over_time=False),
        "step_jacobians": dict(oracle.jacobians()),
        "step_backward": oracle.gradients(over_time=False),
        "step_jvp": oracle.tangents(over_time=False),
        "step_backward_jvp": oracle.gradient_tangents(over_time=False),
        "forward": oracle.arrays(over_time=True),
        "backward": oracle.gradients(over_time=True),
        "jvp": oracle.tangents(over_time=True),
        "backward_jvp": oracle.gradient_tangents(over_time=True),
    }


class _Oracle:
    def __init__(self, cell: Cell, inputs: Inputs) -> None:
        self.cell = cell
        self.inputs = inputs
        self.stacks = [s.name for s in cell.stacks]
        self.names = [*self.stacks, *(a.name for a in cell.sources)]

    def run(self, over_time: bool) -> Callable[..., Arrays]:
        """All arrays as a function of what ``names`` lists."""

        def run(*arguments: torch.Tensor) -> Arrays:
            named = dict(zip(self.names, arguments, strict=True))
            return (sequence if over_time else step)(self.cell, named, named)

        return run

    def given(self, over_time: bool) -> Given:
        return self.inputs.sequence if over_time else self.inputs.step

    def values(self, over_time: bool, tangent: bool = False) -> tuple[torch.Tensor, ...]:
        given = self.given(over_time)
        params = self.inputs.params_dot if tangent else self.inputs.params
        named = params | (given.tangents if tangent else given.values)
        return tuple(torch.tensor(named[name]) for name in self.names)

    def arrays(self, over_time: bool) -> dict[str, Any]:
        arrays = self.run(over_time)(*self.values(over_time))
        return {name: value.numpy() for name, value in arrays.items() if name not in self.stacks}

    def jacobians(self) -> Iterator[tuple[str, Any]]:
        for out in (a.name for a in self.cell.exits):

            def exit(*arguments: torch.Tensor, out: str = out) -> torch.Tensor:
                return self.run(over_time=False)(*arguments)[out]

            blocks = torch.autograd.functional.jacobian(exit, self.values(over_time=False))
            for name, block in zip(self.names, blocks, strict=True):
                each = torch.arange(len(block))
                own = block if name in self.stacks else block[each, :, each]
                yield f"{out}_D_{name}", own.numpy()

    def gradients(self, over_time: bool) -> dict[str, Any]:
        values = [value.requires_grad_() for value in self.values(over_time)]
        loss = self.loss(over_time, values, self.arriving(over_time))
        return self.named(torch.autograd.grad(loss, values))

    def gradient_tangents(self, over_time: bool) -> dict[str, Any]:
        n = len(self.names)

        def gradients(*arguments: torch.Tensor) -> tuple[torch.Tensor, ...]:
            loss = self.loss(over_time, arguments[:n], arguments[n:])
            return torch.autograd.grad(loss, arguments[:n], create_graph=True)

        at, dots = (
            (*self.values(over_time, tangent), *self.arriving(over_time, tangent))
            for tangent in (False, True)
        )
        return self.named(torch.autograd.functional.jvp(gradients, at, dots)[1])

    def arriving(self, over_time: bool, tangent: bool = False) -> tuple[torch.Tensor, ...]:
        given = self.given(over_time)
        arriving = given.arriving_dot if tangent else given.arriving
        return tuple(torch.tensor(d) for d in arriving.values())

    def loss(
        self,
        over_time: bool,
        values: Sequence[torch.Tensor],
        arriving: Sequence[torch.Tensor],
    ) -> torch.Tensor:
        """A loss whose derivative by what is handed on is what arrives."""
        arrays = self.run(over_time)(*values)
        if over_time:
            arrays = {s.name: arrays[s.name][-1] for s in self.cell.states} | {
                "y": arrays[self.cell.output.name]
            }
        names = self.given(over_time).arriving
        terms = [(arrays[name] * d).sum() for name, d in zip(names, arriving, strict=True)]
        return torch.stack(terms).sum()

    def named(self, gradients: Sequence[torch.Tensor]) -> dict[str, Any]:
        """The fields of ``Gradients``."""
        found = dict(zip(self.names, (g.detach().numpy() for g in gradients), strict=True))
        params = {name: found.pop(name) for name in self.stacks}
        return {name.removesuffix("_prev"): g for name, g in found.items()} | {"params": params}

    def tangents(self, over_time: bool) -> dict[str, Any]:
        names = list(self.arrays(over_time))

        def arrays(*arguments: torch.Tensor) -> tuple[torch.Tensor, ...]:
            found = self.run(over_time)(*arguments)
            return tuple(found[name] for name in names)

        dots = self.values(over_time, tangent=True)
        _, tangents = torch.autograd.functional.jvp(arrays, self.values(over_time), dots)
        return {name: v.numpy() for name, v in zip(names, tangents, strict=True)}
