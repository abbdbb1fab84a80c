"""Write the NumPy functions of one step, line by line as the derivation reads.

Imports notation, calculus and printing. Each function here returns the lines of one function of
the generated module, without their indentation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derivations.calculus.jacobians import Block, jacobian_blocks
from derivations.calculus.local import Diagonal, Edge, Identity, Outer, Weight
from derivations.calculus.sweeps import Tangent, forward_sweep, reverse_sweep
from derivations.emit.printing import (
    PRODUCT,
    Style,
    add_up,
    numpy_style,
    print_expression,
    print_product,
)
from derivations.notation import Affine, Array, Cell, Equation, Product, Stack

STYLE = numpy_style()


def tag(cell: Cell, name: str) -> str:
    """The comment that ties a line of code to its formula."""
    return f"  # {cell.id}.{name}"


def step_arrays(cell: Cell) -> list[str]:
    """The fields of ``Step``: sources, then every intermediate."""
    return [a.name for a in cell.sources] + [e.out.name for e in cell.equations]


def dotted(names: Iterable[str]) -> list[str]:
    """What the tangents of arrays are called."""
    return [f"{name}_dot" for name in names]


def jacobian_fields(cell: Cell) -> list[str]:
    """The fields of ``Jacobians``: each exit by each source and each stacked parameter."""
    by = [a.name for a in cell.sources] + [s.name for s in cell.stacks]
    return [f"{exit.name}_D_{name}" for exit in cell.exits for name in by]


def unpack(cell: Cell, suffix: str = "", biases: bool = True) -> Iterator[str]:
    """Name the blocks of the stacked parameters, the biases only where they are read."""
    for stack in cell.stacks:
        if biases or stack.blocks[0] not in cell.biases:
            yield cut(stack, suffix, "params{}.")


def cut(stack: Stack, suffix: str = "", of: str = "") -> str:
    """Name the blocks of one stacked parameter, which is found in ``of``."""
    names = ", ".join(b.name + suffix for b in stack.blocks)
    whole = f"{of.format(suffix)}{stack.name}{'' if of else suffix}"
    if len(stack.blocks) == 1:
        return f"{names} = {whole}"
    return f"{names} = np.split({whole}, {len(stack.blocks)})"


def define(equation: Equation) -> str:
    """The right-hand side of an equation for one batched step."""
    if isinstance(equation.right, Affine):
        return " + ".join(_product(p) for p in equation.right.products)
    return print_expression(equation.right.expression, STYLE)


def _product(p: Product) -> str:
    product = f"{p.vector.name} @ {p.weight.name}.T"
    return f"{product} + {p.bias.name}" if p.bias else product


def step_forward(cell: Cell) -> Iterator[str]:
    """The definition itself."""
    yield from unpack(cell)
    for equation in cell.equations:
        yield f"{equation.out.name} = {define(equation)}{tag(cell, equation.out.name)}"
    yield f"return Step({', '.join(step_arrays(cell))})"


def scaled(left: str, factor: Diagonal, style: Style = STYLE) -> str:
    """``left * coefficient``, without a factor 1."""
    return print_product(left, factor.expression, style)


def step_backward(cell: Cell) -> Iterator[str]:
    """The reverse sweep, started from the gradients that arrive at the step's exits."""
    yield f"{', '.join(step_arrays(cell))} = step"
    yield from unpack(cell, biases=False)
    for adjoint in reverse_sweep(cell):
        if adjoint.terms:
            name = f"d_{adjoint.of.name}"
            arriving = [name] if adjoint.arrives else []
            right = add_up([*arriving, *adjoint_terms(adjoint.terms)])
            yield f"{name} = {right}{tag(cell, name)}"
    for stack in cell.stacks:
        blocks = [f"d_{b.name}" for b in stack.blocks]
        name = f"d_{stack.name}"
        yield f"{name} = {concatenate(blocks)}{tag(cell, name)}"
    sources = ", ".join(f"d_{a.name}" for a in cell.sources)
    stacks = ", ".join(f"d_{s.name}" for s in cell.stacks)
    yield f"return Gradients({sources}, Params({stacks}))"


def concatenate(blocks: list[str], axis: str = "") -> str:
    """The blocks of a stack put together again."""
    return blocks[0] if len(blocks) == 1 else f"np.concatenate([{', '.join(blocks)}]{axis})"


def adjoint_terms(edges: Iterable[Edge], dot: str = "") -> Iterator[str]:
    """``factor^T d_out`` for each edge; with a ``dot``, of the tangents of the adjoints."""
    for edge in edges:
        d_out = f"d_{edge.out.name}{dot}"
        match edge.factor:
            case Weight(matrix):
                yield f"{d_out} @ {matrix.name}"
            case Outer(vector):
                yield f"{d_out}.T @ {vector.name}"
            case Identity():
                yield f"{d_out}.sum(axis=0)"
            case Diagonal():
                (product,) = adjoint_products([edge], dot)
                yield f"({product}).sum(axis=0)" if edge.source.time is None else product


def adjoint_products(edges: Iterable[Edge], dot: str = "") -> Iterator[str]:
    """``factor d_out`` for each edge that is diagonal."""
    for edge in edges:
        if isinstance(edge.factor, Diagonal):
            yield scaled(f"d_{edge.out.name}{dot}", edge.factor)


def step_jvp(cell: Cell) -> Iterator[str]:
    """The forward sweep, started from tangents of the sources and the parameters."""
    yield f"{', '.join(step_arrays(cell))} = step"
    yield from unpack(cell, biases=False)
    yield from unpack(cell, "_dot")
    for tangent in forward_sweep(cell):
        name = f"{tangent.out.name}_dot"
        yield f"{name} = {_tangent(cell, tangent)}{tag(cell, name)}"
    yield f"return Step({', '.join(dotted(step_arrays(cell)))})"


def _tangent(cell: Cell, tangent: Tangent) -> str:
    right = cell.equation(tangent.out.name).right
    if isinstance(right, Affine):
        return " + ".join(_product_tangent(p) for p in right.products)
    return " + ".join(
        coefficient_first(edge.factor, f"{edge.source.name}_dot")
        for edge in tangent.terms
        if isinstance(edge.factor, Diagonal)
    )


def _product_tangent(p: Product) -> str:
    weight, vector = p.weight.name, p.vector.name
    product = f"{vector}_dot @ {weight}.T + {vector} @ {weight}_dot.T"
    return f"{product} + {p.bias.name}_dot" if p.bias else product


def coefficient_first(factor: Diagonal, right: str, style: Style = STYLE) -> str:
    """``coefficient * right``, without a factor 1."""
    if factor.expression == 1:
        return right
    return f"{print_expression(factor.expression, style, PRODUCT)} * {right}"


def step_jacobians(cell: Cell) -> Iterator[str]:
    """A reverse sweep of matrices for each exit; a diagonal matrix is kept as its diagonal."""
    yield f"{', '.join(step_arrays(cell))} = step"
    yield from unpack(cell, biases=False)
    for exit in cell.exits:
        yield from _rows(cell, exit)
    yield f"return Jacobians({', '.join(jacobian_fields(cell))})"


def _rows(cell: Cell, exit: Array) -> Iterator[str]:
    blocks = {b.by.name: b for b in jacobian_blocks(cell, exit)}
    if isinstance(cell.equation(exit.name).right, Affine):
        yield f"{exit.name}_D_{exit.name} = np.ones_like({exit.name})"
    for block in blocks.values():
        terms = " + ".join(_jacobian_term(cell, block, edge, blocks) for edge in block.terms)
        yield f"{block.name} = {terms}{tag(cell, block.name)}"
    for stack in cell.stacks:
        name, value = f"{exit.name}_D_{stack.name}", _stacked_block(exit, stack, blocks)
        if name != value:
            yield f"{name} = {value}"


def _stacked_block(exit: Array, stack: Stack, blocks: dict[str, Block]) -> str:
    """The Jacobian with respect to a whole stack; zeros where the exit does not depend on it."""
    present = [b.name for b in stack.blocks if b.name in blocks]
    if not present:
        return f"np.zeros((*{exit.name}.shape, *params.{stack.name}.shape), {exit.name}.dtype)"
    parts = [
        f"{exit.name}_D_{b.name}"
        if b.name in present
        else f"np.zeros_like({exit.name}_D_{present[0]})"
        for b in stack.blocks
    ]
    return concatenate(parts, ", axis=2")


def _jacobian_term(cell: Cell, block: Block, edge: Edge, blocks: dict[str, Block]) -> str:
    parent = f"{block.exit.name}_D_{edge.out.name}"
    at_exit = edge.out == block.exit
    diagonal = at_exit or blocks[edge.out.name].diagonal
    match edge.factor:
        case Diagonal(expression) as factor if diagonal:
            text = print_expression(expression, STYLE) if at_exit else scaled(parent, factor)
            leaf = block.by in (*cell.sources, *cell.parameters)
            return f"diag({text})" if leaf or not block.diagonal else text
        case Diagonal(expression):
            coefficient = print_expression(expression, STYLE)
            bare = coefficient if coefficient.isidentifier() else f"({coefficient})"
            return f"{parent} * {bare}[:, None, :]"
        case Weight(matrix):
            by_rows = f"{parent}[:, :, None] * {matrix.name}"
            return by_rows if diagonal else f"{parent} @ {matrix.name}"
        case Outer(vector):
            rows = f"diag({parent})" if diagonal else parent
            return f"{rows}[:, :, :, None] * {vector.name}[:, None, None, :]"
        case Identity():
            return f"diag({parent})" if diagonal else parent
