"""Every change of one expression: operators, signs, constants, slices, transposes, names, time.

Imports the scope. Each function takes one node and gives its changes. Not made are changes that by
their nature change nothing: two targets swapped that nothing reads, a sign or a name of the same
shape where only the shape is read.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from derivations.functions import CHOSEN, FUNCTIONS

from .scope import SHAPE_ONLY, Scope
from .tree import expression, root, swapped

OPERATORS: dict[type[ast.operator], tuple[ast.operator, ...]] = {
    ast.Add: (ast.Sub(),),
    ast.Sub: (ast.Add(),),
    ast.Mult: (ast.Add(), ast.Div()),
    ast.MatMult: (ast.Mult(),),
    ast.Pow: (ast.Mult(),),
}
ELEMENTWISE = [[f.__name__ for f in kind] for kind in (FUNCTIONS, CHOSEN)]
LATER = ("t - 1", "max(t - 1, 0)", "min(t + 1, T - 1)")


class Change(NamedTuple):
    """The kind of a change, what takes the node's place, and what to call that (its text)."""

    kind: str
    new: ast.expr | ast.Slice
    name: str = ""


@dataclass(frozen=True)
class Place:
    """Where a node stands: its statement, the nodes above it (nearest last), its scope."""

    statement: ast.stmt
    above: tuple[ast.AST, ...]
    scope: Scope

    @property
    def parent(self) -> ast.AST:
        """The node right above."""
        return self.above[-1]


def changes(node: ast.expr, place: Place) -> Iterator[Change]:
    """Every change of one expression node, those of the nodes below it not counted."""
    for kind_of_node, change in CHANGES:
        if isinstance(node, kind_of_node):
            yield from change(node, place)
    yield from _transposes(node, place)
    yield from _negated(node, place)


def _operators(node: ast.BinOp, _: Place) -> Iterator[Change]:
    for op in OPERATORS.get(type(node.op), ()):
        yield Change("operator", ast.BinOp(node.left, op, node.right))
    if isinstance(node.op, ast.Sub | ast.MatMult):
        yield Change("operands", ast.BinOp(node.right, node.op, node.left))
    part = "term" if isinstance(node.op, ast.Add | ast.Sub) else "factor"
    yield Change(part, node.left)
    if isinstance(node.op, ast.Sub):
        yield Change(part, ast.UnaryOp(ast.USub(), node.right))
    elif not isinstance(node.op, ast.Pow):
        yield Change(part, node.right)


def _signs(node: ast.UnaryOp, _: Place) -> Iterator[Change]:
    yield Change("sign", node.operand)


def _negated(node: ast.expr, place: Place) -> Iterator[Change]:
    parent = place.parent
    if isinstance(node, ast.Name | ast.Subscript) and isinstance(node.ctx, ast.Store):
        return
    if _called(parent) in SHAPE_ONLY or _called(node) == "empty":
        return
    whole = isinstance(parent, ast.Assign | ast.AugAssign) and not isinstance(node, ast.Tuple)
    first = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add | ast.Sub)
    argument = isinstance(parent, ast.Call) and node in parent.args
    if whole or (first and node is parent.left) or argument:  # type: ignore[union-attr]
        yield Change("sign", ast.UnaryOp(ast.USub(), node))


def _constants(node: ast.Constant, _: Place) -> Iterator[Change]:
    if type(node.value) is int:
        near = (node.value - 1, node.value + 1, 0, 1, 2)
        for value in dict.fromkeys(v for v in near if v != node.value):
            yield Change("constant", expression(str(value)))


def _slices(node: ast.Slice, _: Place) -> Iterator[Change]:
    one = ast.Constant(1)
    for side, absent in (("lower", "1"), ("upper", "-1")):
        bound = getattr(node, side)
        others = (
            [expression(absent)]
            if bound is None
            else [None, ast.BinOp(bound, ast.Add(), one), ast.BinOp(bound, ast.Sub(), one)]
        )
        for other in others:
            twin = copy.copy(node)
            setattr(twin, side, other)
            yield Change("slice", twin)


def _tuples(node: ast.Tuple | ast.List, place: Place) -> Iterator[Change]:
    kind = "axes" if isinstance(place.parent, ast.Subscript) else "order"
    for k, m, twin in swapped(node.elts):
        one, other = ast.unparse(node.elts[k]), ast.unparse(node.elts[m])
        if isinstance(node.ctx, ast.Load) or {one, other} & place.scope.read:
            yield Change(kind, type(node)(twin, node.ctx), f"{one} ↔ {other}")
    if isinstance(node, ast.List):
        for k in range(len(node.elts)):
            yield Change("term", ast.List(node.elts[:k] + node.elts[k + 1 :], node.ctx))


def _transposes(node: ast.expr, place: Place) -> Iterator[Change]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield Change("transpose", node.value)
        return
    parent = place.parent
    product = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult | ast.MatMult)
    if not product and not (isinstance(parent, ast.Call) and node in parent.args):
        return
    kind = place.scope.kind(root(node) or "")
    if isinstance(node, ast.Name | ast.Subscript) and isinstance(kind, tuple) and len(kind) > 1:
        yield Change("transpose", ast.Attribute(node, "T", ast.Load()))


def _names(node: ast.Name, place: Place) -> Iterator[Change]:
    parent, scope = place.parent, place.scope
    if isinstance(node.ctx, ast.Store) or (isinstance(parent, ast.Call) and parent.func is node):
        return
    if node.id == "t":
        yield from (Change("time", expression(later)) for later in LATER)
    if isinstance(parent, ast.Attribute) and parent.attr == "dtype":
        return
    reads_shape = isinstance(parent, ast.Attribute) and parent.attr == "shape"
    called = _called(parent)
    if reads_shape or called in SHAPE_ONLY:
        for other in scope.of_other_shape(node.id, place.statement, called):
            yield Change("name", other)
        return
    if isinstance(parent, ast.Subscript) and _at_t(parent) and isinstance(parent.ctx, ast.Load):
        return
    bare = isinstance(parent, ast.Subscript) and not isinstance(parent.ctx, ast.Load)
    for other in scope.others(node, place.statement, bare):
        yield Change("name", other)


def _at_time(node: ast.Subscript, place: Place) -> Iterator[Change]:
    if _at_t(node) and isinstance(node.ctx, ast.Load):
        for other in place.scope.others(node, place.statement, bare=False):
            yield Change("name", other)


def _at_t(node: ast.Subscript) -> bool:
    return isinstance(node.slice, ast.Name) and node.slice.id == "t"


def _called(node: ast.AST) -> str:
    """The last part of the name of a called function: ``zeros_like`` of ``np.zeros_like(x)``."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def _attributes(node: ast.Attribute, place: Place) -> Iterator[Change]:
    if node.attr == "dtype":
        yield from (Change("dtype", expression(f"np.{n}")) for n in ("float32", "float64"))
    if node.attr == "zeros_like":
        yield Change("function", ast.Attribute(node.value, "ones_like", ast.Load()))
    fields = getattr(place.scope.values.get(root(node) or ""), "_fields", ())
    if node.attr in fields:
        for field in fields:
            if field != node.attr:
                yield Change("field", ast.Attribute(node.value, field, ast.Load()))


def _calls(node: ast.Call, _: Place) -> Iterator[Change]:
    name = _called(node)
    for kind in ELEMENTWISE:
        for other in kind:
            if name in kind and other != name:
                yield Change("function", ast.Call(expression(other), node.args, node.keywords))
    if len(node.args) == 1:
        yield Change("call", node.args[0])
    if isinstance(node.func, ast.Attribute) and not node.args:
        yield Change("call", node.func.value)
    for k, m, twin in swapped(node.args):
        name_of_swap = f"{ast.unparse(node.args[k])} ↔ {ast.unparse(node.args[m])}"
        yield Change("arguments", ast.Call(node.func, twin, node.keywords), name_of_swap)
    for k in range(len(node.keywords)):
        rest = node.keywords[:k] + node.keywords[k + 1 :]
        yield Change("axis", ast.Call(node.func, node.args, rest))


CHANGES: tuple[tuple[type | tuple[type, ...], Callable[..., Iterator[Change]]], ...] = (
    (ast.BinOp, _operators),
    (ast.UnaryOp, _signs),
    (ast.Constant, _constants),
    (ast.Slice, _slices),
    ((ast.Tuple, ast.List), _tuples),
    (ast.Name, _names),
    (ast.Subscript, _at_time),
    (ast.Attribute, _attributes),
    (ast.Call, _calls),
)
