"""The definition of any cell in PyTorch, differentiated by autograd. Imports torch and SymPy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import sympy
import torch
from torch import Tensor

from derivations.notation import Affine, Cell
from oracles.cases import Case, Point, Results
from oracles.definition import blocks

FUNCTIONS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "heaviside": lambda x: (x > 0).to(x.dtype),
    "phi_f": torch.sigmoid,
    "phi_g": torch.tanh,
    "phi_h": torch.tanh,
    "kappa": lambda x: x,
}
Tensors = dict[str, Tensor]


class Definition:
    """One cell as a function of tensors."""

    def __init__(self, cell: Cell, device: str = "cpu") -> None:
        self.cell, self.device = cell, device
        self.elementwise = {
            e.out.name: sympy.lambdify(
                [sympy.Symbol(name) for name in e.reads], e.right.expression, [FUNCTIONS]
            )
            for e in cell.equations
            if not isinstance(e.right, Affine)
        }

    def arrays(self, params: Tensors, given: Tensors) -> Tensors:
        """Every array of a step; a parameter may have a batch axis of its own in front."""
        found = params | given
        for e in self.cell.equations:
            if isinstance(e.right, Affine):
                terms = [
                    (params[p.weight.name] @ found[p.vector.name][..., None])[..., 0]
                    for p in e.right.products
                ]
                terms += [
                    params[p.bias.name].expand_as(terms[0]) for p in e.right.products if p.bias
                ]
                found[e.out.name] = torch.stack(terms).sum(dim=0)
            else:
                found[e.out.name] = self.elementwise[e.out.name](*(found[n] for n in e.reads))
        return found

    def sequence(self, case: Case) -> Results:
        """What `code.sequence` gives."""
        run = _Sequence(self, case)
        return as_arrays(run.values | run.gradients | run.tangents | run.gradient_tangents)

    def step(self, case: Case) -> Results:
        """What `code.step` gives."""
        run = _Step(self, case)
        found = run.values | run.gradients | run.jacobians | run.tangents
        return as_arrays(found | run.gradient_tangents)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let PyTorch use one thread: at these sizes more of them only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def tensors(case: Case, device: str) -> Case:
    """The case in tensors; what is given becomes a leaf of autograd."""
    moved = case.map(lambda a: torch.tensor(a, device=device))
    leaves = moved.at.map(lambda a: a.requires_grad_())
    upstream = {name: a.requires_grad_() for name, a in moved.upstream.items()}
    return Case(case.cell, case.T, case.B, leaves, moved.along, upstream, moved.upstream_dot)


class _Sequence:
    def __init__(self, definition: Definition, case: Case) -> None:
        self.definition, self.cell, self.case = (
            definition,
            case.cell,
            tensors(case, definition.device),
        )

    def run(self, point: Point) -> Tensors:
        params = blocks(point, self.cell)
        state = {s.previous.name: point.states[s.name] for s in self.cell.states}
        steps = []
        for t in range(self.case.T or 0):
            inputs = {name: x[t] for name, x in point.inputs.items()}
            arrays = self.definition.arrays(params, inputs | state)
            state = {s.previous.name: arrays[s.name] for s in self.cell.states}
            steps.append(arrays)
        names = (e.out.name for e in self.cell.equations)
        return {name: torch.stack([arrays[name] for arrays in steps]) for name in names}

    @cached_property
    def values(self) -> Tensors:
        found = self.run(self.case.at)
        return found | {f"{s.name}_last": found[s.name][-1] for s in self.cell.states}

    @cached_property
    def gradients(self) -> Tensors:
        upstream = self.case.upstream
        loss = (upstream["y"] * self.values[self.cell.output.name]).sum()
        for s in self.cell.states:
            loss = loss + (upstream[s.name] * self.values[f"{s.name}_last"]).sum()
        return gradients(loss, dict(self.case.at.items()))

    @cached_property
    def tangents(self) -> Tensors:
        return tangents(self.values, self.case)

    @cached_property
    def gradient_tangents(self) -> Tensors:
        return tangents(self.gradients, self.case)


class _Step:
    def __init__(self, definition: Definition, case: Case) -> None:
        self.definition, self.cell, self.case = (
            definition,
            case.cell,
            tensors(case, definition.device),
        )

    def run(self, point: Point) -> Tensors:
        return self.definition.arrays(blocks(point, self.cell), _given(point))

    @cached_property
    def values(self) -> Tensors:
        found = self.run(self.case.at)
        return {e.out.name: found[e.out.name] for e in self.cell.equations}

    @cached_property
    def gradients(self) -> Tensors:
        params = blocks(self.case.at, self.cell)
        found = self.definition.arrays(params, _given(self.case.at))
        loss = sum((self.case.upstream[a.name] * found[a.name]).sum() for a in self.cell.exits)
        return gradients(loss, found | params | self.case.at.params)

    @cached_property
    def jacobians(self) -> Tensors:
        """Row by row; each sequence of the batch gets parameters of its own to tell them apart."""
        at, B = self.case.at, self.case.B
        own = {name: p.expand(B, *p.shape) for name, p in at.params.items()}
        cut: Tensors = {}
        for stack in self.cell.stacks:
            parts = own[stack.name].tensor_split(len(stack.blocks), dim=1)
            cut |= {b.name: part for b, part in zip(stack.blocks, parts, strict=True)}
        found = self.definition.arrays(cut, _given(at))
        results: Tensors = {}
        for a in self.cell.exits:
            entries = found[a.name].sum(dim=0)
            rows = [gradients(entry, found | cut | own) for entry in entries]
            for name in rows[0]:
                stacked = torch.stack([row[name] for row in rows], dim=1)
                results[f"{a.name}_D_{name.removeprefix('d_')}"] = stacked
        return results

    @cached_property
    def tangents(self) -> Tensors:
        return tangents(self.values, self.case)

    @cached_property
    def gradient_tangents(self) -> Tensors:
        return tangents(self.gradients, self.case)


def _given(point: Point) -> Tensors:
    return point.inputs | {f"{name}_prev": s for name, s in point.states.items()}


def gradients(loss: Tensor, tensors: Tensors) -> Tensors:
    """dL/d of each tensor, zeros where the loss does not depend on it; differentiable again."""
    found = torch.autograd.grad(
        loss, list(tensors.values()), create_graph=True, allow_unused=True, materialize_grads=True
    )
    return {f"d_{name}": d for name, d in zip(tensors, found, strict=True)}


def tangents(results: Tensors, case: Case) -> Tensors:
    """J v, as the gradient of the linear map u -> (J^T u) v: no forward mode is needed.

    v is the direction of the case, in what is given and in what arrives.
    """
    weights = [torch.zeros_like(r, requires_grad=True) for r in results.values()]
    leaves = [a for _, a in case.at.items()] + list(case.upstream.values())
    dots = [v for _, v in case.along.items()] + list(case.upstream_dot.values())
    pulled = torch.autograd.grad(
        list(results.values()),
        leaves,
        weights,
        create_graph=True,
        allow_unused=True,
        materialize_grads=True,
    )
    inner = torch.stack([(d * v).sum() for d, v in zip(pulled, dots, strict=True)]).sum()
    found = torch.autograd.grad(inner, weights, retain_graph=True)
    return {f"{name}_dot": dot for name, dot in zip(results, found, strict=True)}


def as_arrays(tensors: Tensors) -> Results:
    """NumPy arrays of the same names."""
    return {name: np.asarray(t.detach().cpu()) for name, t in tensors.items()}
