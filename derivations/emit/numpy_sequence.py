"""Write the NumPy functions over whole sequences of a cell with states.

Imports notation, calculus, printing and the plan. Each function here returns the lines of one
function of the generated module. Inside the loop the lines are those of the step, with ``[t]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from derivations.calculus.local import Diagonal
from derivations.calculus.sweeps import Adjoint, Tangent, forward_sweep, reverse_sweep
from derivations.emit.numpy_step import coefficient_first, concatenate, scaled, tag
from derivations.emit.plan import (
    StackedProduct,
    adjoint_buffers,
    ahead_of_loop,
    stacked_products,
    state_of_size,
    tape_arrays,
)
from derivations.emit.printing import Style, numpy_style, print_expression
from derivations.notation import Affine, Array, Cell


def _now(cell: Cell) -> Style:
    """Arrays at this time step: what is kept over time gets ``[t]``."""
    kept = {*tape_arrays(cell), *ahead_of_loop(cell)}
    return numpy_style(lambda name: f"{name}[t]" if name in kept else name)


def _state_names(cell: Cell) -> set[str]:
    return {a.name for s in cell.states for a in (s.previous, s.next)}


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _own_sizes(cell: Cell) -> Iterable[str]:
    """The sizes of the arrays that are no states, whose buffers have theirs from the first one."""
    own = (e.out.shape[0] for e in cell.equations if e.out.name not in _state_names(cell))
    return dict.fromkeys(own) or [cell.states[0].next.shape[0]]


def _sizes(cell: Cell, sizes: Iterable[str], whole: str, other: str) -> Iterator[str]:
    """Name T, B and sizes, the first together with T and B; ``{}`` is a state of the size."""
    states = state_of_size(cell)
    first, *others = sizes
    yield f"T, B, {first} = {whole.format(states[first])}"
    for size in others:
        yield f"{size} = {other.format(states[size])}"


def _by_params(p: StackedProduct, suffix: str = "") -> str:
    """A product for all time steps at once, of the parameters or of their tangents."""
    weight = f"{p.weight.name}{suffix}{p.rows}"
    if not p.bias:
        return f"linear({p.vector.name}, {weight})"
    return f"affine({p.vector.name}, {weight}, {p.bias.name}{suffix}{p.rows})"


def forward(cell: Cell) -> Iterator[str]:
    """All time steps of the definition."""
    ahead, tape = ahead_of_loop(cell), tape_arrays(cell)
    yield f"{', '.join(s.name for s in cell.stacks)} = params"
    x = cell.inputs[0].name
    yield from _sizes(cell, _own_sizes(cell), f"len({x}), *{{}}_0.shape", "{}_0.shape[1]")
    for s in cell.states:
        yield f"{s.previous.name}, {s.name} = trajectory(T, {s.name}_0)"
    for name in tape:
        if name not in _state_names(cell) | ahead:
            yield f"{name} = np.empty((T, B, {cell.arrays[name].shape[0]}), {x}.dtype)"
    for p in stacked_products(cell):
        if p.vector.name in ahead:
            yield f"{p.name} = {_by_params(p)}"
    for e in cell.equations:
        if e.out.name in ahead:
            yield f"{e.out.name} = {_shares(cell, e.out, ':', ':')}{tag(cell, e.out.name)}"
    yield "for t in range(T):"
    yield from _indented(_forward_loop(cell))
    yield f"return Tape({', '.join(tape)})"


def _forward_loop(cell: Cell) -> Iterator[str]:
    ahead, now = ahead_of_loop(cell), _now(cell)
    for e in cell.equations:
        if e.out.name in ahead:
            continue
        if isinstance(e.right, Affine):
            for p in stacked_products(cell):
                if e.out == p.outs[0] and p.vector.name not in ahead:
                    product = f"{now.name(p.vector.name)[0]} @ {p.weight.name}{p.rows}.T"
                    plus = f" + {p.bias.name}{p.rows}" if p.bias else ""
                    yield f"{p.name} = {product}{plus}"
            right = _shares(cell, e.out, "t", ":")
        else:
            right = print_expression(e.right.expression, now)
        yield f"{now.name(e.out.name)[0]} = {right}{tag(cell, e.out.name)}"


def _shares(cell: Cell, out: Array, *index: str, suffix: str = "") -> str:
    """What the stacked products give to one equation. Those made in the loop have no time axis."""
    ahead = ahead_of_loop(cell)
    shares = []
    for p in stacked_products(cell):
        if out in p.outs:
            over_time = suffix or p.vector.name in ahead
            shares.append(f"{p.name}{suffix}{p.at(out, *(index if over_time else index[1:]))}")
    return " + ".join(shares)


def backward(cell: Cell) -> Iterator[str]:
    """Backpropagation through time: the reverse sweep of each step, last to first."""
    products = stacked_products(cell)
    yield f"{', '.join(s.name for s in cell.stacks)} = params"
    yield f"{', '.join(tape_arrays(cell))} = tape"
    sizes = dict.fromkeys((cell.output.shape[0], *(p.size for p in products)))
    yield from _sizes(cell, sizes, "d_y.shape", "d_{}.shape[1]")
    for p, owner, view in adjoint_buffers(cell):
        value = f"np.empty((T, B, {p.width}), d_y.dtype)" if owner == p else f"d_{owner.name}{view}"
        yield f"d_{p.name} = {value}"
    for s in cell.states:
        yield f"d_{s.previous.name} = d_{s.name}"
    yield "for t in reversed(range(T)):"
    yield from _indented(_backward_loop(cell))
    for p in products:
        if p.vector in cell.inputs:
            name = f"d_{p.vector.name}"
            yield f"{name} = linear(d_{p.name}, {p.weight.name}{p.rows}.T){tag(cell, name)}"
    for stack in cell.stacks:
        sums = [
            f"sum_outer(d_{p.name}, {p.vector.name})" if stack == p.weight else f"total(d_{p.name})"
            for p in products
            if stack in (p.weight, p.bias)
        ]
        yield f"d_{stack.name} = {concatenate(sums)}{tag(cell, f'd_{stack.name}')}"
    sources = ", ".join(f"d_{a.name}" for a in cell.sources)
    stacks = ", ".join(f"d_{s.name}" for s in cell.stacks)
    yield f"return Gradients({sources}, Params({stacks}))"


def _backward_loop(cell: Cell) -> Iterator[str]:
    for adjoint in reverse_sweep(cell):
        if adjoint.of in (*cell.inputs, *cell.parameters):
            continue
        name = f"d_{adjoint.of.name}"
        targets = [
            f"d_{p.name}{p.at(adjoint.of, 't', ':')}"
            for p, owner, _ in adjoint_buffers(cell)
            if owner == p and adjoint.of in p.outs
        ]
        right = " + ".join(_adjoint_terms(cell, adjoint))
        formula = name if adjoint.terms else "bptt"
        yield f"{' = '.join(targets or [name])} = {right}{tag(cell, formula)}"


def _adjoint_terms(cell: Cell, adjoint: Adjoint) -> Iterator[str]:
    if adjoint.of == cell.output:
        yield "d_y[t]"
    for s in cell.states:
        if s.next == adjoint.of:
            yield f"d_{s.previous.name}"
    for p in stacked_products(cell):
        if p.vector == adjoint.of:
            yield f"d_{p.name}[t] @ {p.weight.name}{p.rows}"
    for edge in adjoint.terms:
        if isinstance(edge.factor, Diagonal):
            yield scaled(f"d_{edge.out.name}", edge.factor, _now(cell))


def jvp(cell: Cell) -> Iterator[str]:
    """Tangents of all time steps: the forward sweep of each step, first to last."""
    ahead = ahead_of_loop(cell)
    yield f"{', '.join(s.name for s in cell.stacks)} = params"
    yield f"{', '.join(f'{s.name}_dot' for s in cell.stacks)} = params_dot"
    yield f"{', '.join(tape_arrays(cell))} = tape"
    yield from _sizes(cell, _own_sizes(cell), "{}.shape", "{}.shape[2]")
    for s in cell.states:
        yield f"{s.previous.name}_dot, {s.name}_dot = trajectory(T, {s.name}_0_dot)"
    for p in stacked_products(cell):
        by_params = _by_params(p, "_dot")
        by_vector = f"linear({p.vector.name}_dot, {p.weight.name}{p.rows})"
        known = p.vector.name in ahead
        yield f"{p.name}_dot = {f'{by_vector} + {by_params}' if known else by_params}"
    for e in cell.equations:
        if e.out.name in ahead:
            name = f"{e.out.name}_dot"
            yield f"{name} = {_shares(cell, e.out, ':', ':', suffix='_dot')}{tag(cell, name)}"
    yield "for t in range(T):"
    yield from _indented(_jvp_loop(cell))
    yield f"return Tangents({', '.join(f'{a.name}_dot' for a in cell.exits)})"


def _jvp_loop(cell: Cell) -> Iterator[str]:
    ahead = ahead_of_loop(cell)
    kept = ahead | _state_names(cell)

    def dot(name: str) -> str:
        return f"{name}_dot[t]" if name in kept else f"{name}_dot"

    for tangent in forward_sweep(cell):
        out = tangent.out
        if out.name in ahead:
            continue
        for p in stacked_products(cell):
            if out == p.outs[0] and p.vector.name not in ahead:
                yield f"{p.name}_dot[t] += {dot(p.vector.name)} @ {p.weight.name}{p.rows}.T"
        yield f"{dot(out.name)} = {_tangent(cell, tangent, dot)}{tag(cell, f'{out.name}_dot')}"


def _tangent(cell: Cell, tangent: Tangent, dot: Callable[[str], str]) -> str:
    if isinstance(cell.equation(tangent.out.name).right, Affine):
        return _shares(cell, tangent.out, "t", ":", suffix="_dot")
    return " + ".join(
        coefficient_first(edge.factor, dot(edge.source.name), _now(cell))
        for edge in tangent.terms
        if isinstance(edge.factor, Diagonal)
    )
