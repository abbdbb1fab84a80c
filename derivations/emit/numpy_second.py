"""Write the NumPy functions of second order: the tangents of what the backward functions return.

Imports notation, calculus, the plan and the emitters of the backward functions. Each adjoint
is followed by its tangent, which reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.calculus.second import adjoint_tangents
from derivations.emit import numpy_sequence, numpy_step
from derivations.emit.numpy_step import concatenate, dotted, step_arrays, tag, unpack
from derivations.emit.plan import StackedProduct, stacked_products, tape_arrays
from derivations.emit.printing import add_up
from derivations.notation import Array, Cell, Stack


def step_backward_jvp(cell: Cell) -> Iterator[str]:
    """The reverse sweep of a step and its tangent, line by line."""
    yield f"{', '.join(step_arrays(cell))} = step"
    yield f"{', '.join(dotted(step_arrays(cell)))} = step_dot"
    yield from unpack(cell, biases=False)
    yield from unpack(cell, "_dot", biases=False)
    for second in adjoint_tangents(cell):
        line = second.line
        if not line.terms:
            continue
        name = f"d_{line.of.name}"
        arriving = [name] if line.arrives else []
        if line.of not in (*cell.sources, *cell.parameters):
            right = add_up([*arriving, *numpy_step.adjoint_terms(line.terms)])
            yield f"{name} = {right}{tag(cell, name)}"
        terms = [
            *dotted(arriving),
            *numpy_step.adjoint_terms(line.terms, "_dot"),
            *numpy_step.adjoint_terms(second.moved),
        ]
        yield f"{name}_dot = {add_up(terms)}{tag(cell, f'{name}_dot')}"
    for stack in cell.stacks:
        name = f"d_{stack.name}_dot"
        blocks = [f"d_{b.name}_dot" for b in stack.blocks]
        yield f"{name} = {concatenate(blocks)}{tag(cell, name)}"
    yield _returned(cell)


def _returned(cell: Cell) -> str:
    sources = ", ".join(f"d_{a.name}_dot" for a in cell.sources)
    stacks = ", ".join(f"d_{s.name}_dot" for s in cell.stacks)
    return f"return Gradients({sources}, Params({stacks}))"


def backward_jvp(cell: Cell) -> Iterator[str]:
    """Backpropagation through time and its tangent: both sweeps of each step, last to first."""
    yield from numpy_sequence.unpack(cell, "_dot")
    yield f"{', '.join(tape_arrays(cell))} = tape"
    yield f"{', '.join(dotted(tape_arrays(cell)))} = tape_dot"
    yield from numpy_sequence.adjoint_sizes(cell)
    for dot in ("", "_dot"):
        yield from numpy_sequence.before_the_loop(cell, dot)
    yield "for t in reversed(range(T)):"
    yield from numpy_sequence.indented(_loop(cell))
    for p in stacked_products(cell):
        if p.vector in cell.inputs:
            name = f"d_{p.vector.name}_dot"
            by_adjoint = f"linear(d_{p.name}_dot, {p.weight.name}{p.rows}.T)"
            by_weight = f"linear(d_{p.name}, {p.weight.name}_dot{p.rows}.T)"
            yield f"{name} = {by_adjoint} + {by_weight}{tag(cell, name)}"
    for stack in cell.stacks:
        name = f"d_{stack.name}_dot"
        sums = [_sum(p, stack) for p in stacked_products(cell) if stack in (p.weight, p.bias)]
        parts = sums or [_by_entries(cell, block) for block in stack.blocks]
        yield f"{name} = {concatenate(parts)}{tag(cell, name)}"
    yield _returned(cell)


def _sum(p: StackedProduct, stack: Stack) -> str:
    """The tangent of what a stacked product adds to the gradient of its weight or its bias."""
    if stack == p.bias:
        return f"total(d_{p.name}_dot)"
    vector = p.vector.name
    return f"sum_outer(d_{p.name}_dot, {vector}) + sum_outer(d_{p.name}, {vector}_dot)"


def _by_entries(cell: Cell, weight: Array) -> str:
    """The tangent of the gradient of a diagonal weight."""
    moved = next(second.moved for second in adjoint_tangents(cell) if second.line.of == weight)
    return f"total({numpy_sequence.by_entries(cell, weight, '_dot', moved)})"


def _loop(cell: Cell) -> Iterator[str]:
    for second in adjoint_tangents(cell):
        line, of = second.line, second.line.of
        if of in (*cell.inputs, *cell.parameters):
            continue
        formula = f"d_{of.name}" if line.terms else "bptt"
        for dot in ("", "_dot"):
            terms = [
                *numpy_sequence.arriving(cell, of, dot),
                *numpy_sequence.adjoint_terms(cell, line.terms, dot),
            ]
            if dot:
                terms += numpy_sequence.adjoint_terms(cell, second.moved, factor_dot=dot)
            left = numpy_sequence.targets(cell, of, dot)
            yield f"{left} = {add_up(terms)}{tag(cell, formula + dot)}"


def backward_jvp_at_once(cell: Cell) -> Iterator[str]:
    """Without a state there is no recurrence: all time steps are one batch."""
    gradients = ", ".join(f"over_time(T, g.{a.name})" for a in cell.inputs)
    yield "T = len(d_y)"
    yield "s = Step(*map(as_batch, tape))"
    yield "s_dot = Step(*map(as_batch, tape_dot))"
    yield "g = step_backward_jvp(params, s, params_dot, s_dot, as_batch(d_y), as_batch(d_y_dot))"
    yield f"return Gradients({gradients}, g.params)"
