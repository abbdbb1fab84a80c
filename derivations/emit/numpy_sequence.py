"""Write the NumPy functions over whole sequences of a cell with states.

Imports notation, calculus, printing and the plan. Each function here returns the lines of one
function of the generated module. Inside the loop the lines are those of the step, with ``[t]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from derivations.calculus.local import Diagonal, Edge, Weight
from derivations.calculus.sweeps import Tangent, forward_sweep, reverse_sweep
from derivations.emit.numpy_step import (
    adjoint_products,
    coefficient_first,
    concatenate,
    cut,
    dotted,
    scaled,
    tag,
)
from derivations.emit.plan import (
    StackedProduct,
    adjoint_buffers,
    ahead_of_loop,
    diagonal_edges,
    kept_adjoints,
    stacked_products,
    state_of_size,
    tape_arrays,
)
from derivations.emit.printing import Style, add_up, numpy_style, print_expression
from derivations.notation import Affine, Array, Cell


def now(cell: Cell) -> Style:
    """Arrays and tangents at this time step: what is kept over time gets ``[t]``."""
    kept = {*tape_arrays(cell), *ahead_of_loop(cell)}
    kept |= {*dotted(kept)}
    return numpy_style(lambda name: f"{name}[t]" if name in kept else name)


def _state_names(cell: Cell) -> set[str]:
    return {a.name for s in cell.states for a in (s.previous, s.next)}


def indented(lines: Iterator[str]) -> Iterator[str]:
    """The lines of a loop's body."""
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


def unpack(cell: Cell, *suffixes: str) -> Iterator[str]:
    """Name the stacked parameters, and the blocks of those that are diagonal weights."""
    for suffix in ("", *suffixes):
        yield f"{', '.join(s.name + suffix for s in cell.stacks)} = params{suffix}"
    diagonal = (s for s in cell.stacks if s.blocks[0] in cell.diagonal_weights)
    yield from (cut(stack, suffix) for stack in diagonal for suffix in ("", *suffixes))


def forward(cell: Cell) -> Iterator[str]:
    """All time steps of the definition."""
    ahead, tape = ahead_of_loop(cell), tape_arrays(cell)
    yield from unpack(cell)
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
    yield from indented(_forward_loop(cell))
    yield f"return Tape({', '.join(tape)})"


def _forward_loop(cell: Cell) -> Iterator[str]:
    ahead, style = ahead_of_loop(cell), now(cell)
    for e in cell.equations:
        if e.out.name in ahead:
            continue
        if isinstance(e.right, Affine):
            for p in stacked_products(cell):
                if e.out == p.outs[0] and p.vector.name not in ahead:
                    product = f"{style.name(p.vector.name)[0]} @ {p.weight.name}{p.rows}.T"
                    plus = f" + {p.bias.name}{p.rows}" if p.bias else ""
                    yield f"{p.name} = {product}{plus}"
            right = _shares(cell, e.out, "t", ":")
        else:
            right = print_expression(e.right.expression, style)
        yield f"{style.name(e.out.name)[0]} = {right}{tag(cell, e.out.name)}"


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
    yield from unpack(cell)
    yield f"{', '.join(tape_arrays(cell))} = tape"
    yield from adjoint_sizes(cell)
    yield from before_the_loop(cell)
    yield "for t in reversed(range(T)):"
    yield from indented(_backward_loop(cell))
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
        parts = sums or [f"total({by_entries(cell, block)})" for block in stack.blocks]
        yield f"d_{stack.name} = {concatenate(parts)}{tag(cell, f'd_{stack.name}')}"
    sources = ", ".join(f"d_{a.name}" for a in cell.sources)
    stacks = ", ".join(f"d_{s.name}" for s in cell.stacks)
    yield f"return Gradients({sources}, Params({stacks}))"


def adjoint_sizes(cell: Cell) -> Iterator[str]:
    """The sizes of the adjoints' buffers."""
    sizes = dict.fromkeys((cell.output.shape[0], *(p.size for p in stacked_products(cell))))
    return _sizes(cell, sizes, "d_y.shape", "d_{}.shape[1]")


def before_the_loop(cell: Cell, dot: str = "") -> Iterator[str]:
    """The buffers of the adjoints, and what the last states start from."""
    for p, owner, view in adjoint_buffers(cell):
        empty = f"np.empty((T, B, {p.width}), d_y{dot}.dtype)"
        yield f"d_{p.name}{dot} = {empty if owner == p else f'd_{owner.name}{dot}{view}'}"
    for s in cell.states:
        yield f"d_{s.previous.name}{dot} = d_{s.name}{dot}"
    for array in kept_adjoints(cell):
        yield f"d_{array.name}{dot} = np.empty((T, B, {array.shape[0]}), d_y{dot}.dtype)"


def _backward_loop(cell: Cell) -> Iterator[str]:
    for adjoint in reverse_sweep(cell):
        if adjoint.of not in (*cell.inputs, *cell.parameters):
            right = add_up([*arriving(cell, adjoint.of), *adjoint_terms(cell, adjoint.terms)])
            formula = f"d_{adjoint.of.name}" if adjoint.terms else "bptt"
            yield f"{targets(cell, adjoint.of)} = {right}{tag(cell, formula)}"


def by_entries(cell: Cell, weight: Array, dot: str = "", moved: Sequence[Edge] = ()) -> str:
    """What a step adds to the gradient of a diagonal weight, for all steps and sequences.

    With a ``dot`` it is the tangent of that, and ``moved`` are the tangents of the factors.
    """
    own = adjoint_products(diagonal_edges(cell, weight), dot)
    return add_up([*own, *adjoint_products(moved)])


def _adjoint_now(cell: Cell, of: Array, dot: str = "") -> str:
    """What an adjoint is called inside the loop."""
    return f"d_{of.name}{dot}{'[t]' if of in kept_adjoints(cell) else ''}"


def targets(cell: Cell, of: Array, dot: str = "") -> str:
    """Where an adjoint is kept: in the buffers of the products that gave the array, or by name."""
    places = [
        f"d_{p.name}{dot}{p.at(of, 't', ':')}"
        for p, owner, _ in adjoint_buffers(cell)
        if owner == p and of in p.outs
    ]
    return " = ".join(places or [_adjoint_now(cell, of, dot)])


def arriving(cell: Cell, of: Array, dot: str = "") -> Iterator[str]:
    """What arrives at a state from the loss and from the step after."""
    if of == cell.output:
        yield f"d_y{dot}[t]"
    for s in cell.states:
        if s.next == of:
            yield f"d_{s.previous.name}{dot}"


def adjoint_terms(
    cell: Cell, edges: Sequence[Edge], dot: str = "", factor_dot: str = ""
) -> Iterator[str]:
    """What a step sends back to one array, the terms of a stacked product as one.

    ``dot`` marks the tangents of adjoints, ``factor_dot`` those of the factors in ``edges``.
    """
    through_weights = [e.source for e in edges if isinstance(e.factor, Weight)]
    for p in stacked_products(cell):
        if p.vector in through_weights:
            yield f"d_{p.name}{dot}[t] @ {p.weight.name}{factor_dot}{p.rows}"
    for edge in edges:
        if isinstance(edge.factor, Diagonal):
            yield scaled(_adjoint_now(cell, edge.out, dot), edge.factor, now(cell))


def jvp(cell: Cell) -> Iterator[str]:
    """Tangents of all time steps: the forward sweep of each step, first to last."""
    ahead = ahead_of_loop(cell)
    yield from unpack(cell, "_dot")
    yield f"{', '.join(tape_arrays(cell))} = tape"
    yield from _sizes(cell, _own_sizes(cell), "{}.shape", "{}.shape[2]")
    for s in cell.states:
        yield f"{s.previous.name}_dot, {s.name}_dot = trajectory(T, {s.name}_0_dot)"
    for name in tape_arrays(cell):
        if name not in _state_names(cell) | ahead:
            size = cell.arrays[name].shape[0]
            yield f"{name}_dot = np.empty((T, B, {size}), {cell.inputs[0].name}_dot.dtype)"
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
    yield from indented(_jvp_loop(cell))
    yield f"return Tape({', '.join(dotted(tape_arrays(cell)))})"


def _jvp_loop(cell: Cell) -> Iterator[str]:
    ahead, style = ahead_of_loop(cell), now(cell)

    def dot(name: str) -> str:
        return style.name(f"{name}_dot")[0]

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
        coefficient_first(edge.factor, dot(edge.source.name), now(cell))
        for edge in tangent.terms
        if isinstance(edge.factor, Diagonal)
    )
