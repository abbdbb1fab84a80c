"""Places in a syntax tree, and the tree with one place changed. Imports the standard library only.

Trees share all that is not changed, so that thousands of them cost little.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any, TypeVar

Path = tuple[tuple[str, int | None], ...]
Node = TypeVar("Node", bound=ast.AST)

UNTOUCHED = {"ctx", "op", "returns", "annotation", "decorator_list"}


def children(node: ast.AST) -> Iterator[tuple[tuple[str, int | None], ast.AST]]:
    """Every node right below, with the step that leads to it."""
    for field, value in ast.iter_fields(node):
        if field in UNTOUCHED or isinstance(value, ast.arguments):
            continue
        if isinstance(value, ast.AST):
            yield (field, None), value
        elif isinstance(value, list):
            for k, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield (field, k), item


def below(node: ast.AST, path: Path = ()) -> Iterator[tuple[Path, ast.AST]]:
    """The node and everything below it, in the order of the text."""
    yield path, node
    for step, child in children(node):
        yield from below(child, (*path, step))


def replaced(node: Node, path: Path, new: Any) -> Node:
    """The tree with ``new`` at ``path``."""
    if not path:
        return located(new, node)
    (field, k), *rest = path
    twin = copy.copy(node)
    value = getattr(node, field)
    if k is None:
        setattr(twin, field, replaced(value, tuple(rest), new))
    else:
        setattr(twin, field, [*value[:k], replaced(value[k], tuple(rest), new), *value[k + 1 :]])
    return twin


def located(new: Any, old: ast.AST) -> Any:
    """A new node that says it stands where the old one does."""
    if not hasattr(new, "lineno"):
        ast.copy_location(new, old)
    return ast.fix_missing_locations(new)


def expression(text: str) -> Any:
    """A piece of text as a tree."""
    return ast.parse(text, mode="eval").body


def swapped(items: list[Any]) -> Iterator[tuple[int, int, list[Any]]]:
    """The list with each two of its items in each other's place."""
    for k in range(len(items)):
        for m in range(k + 1, len(items)):
            twin = list(items)
            twin[k], twin[m] = items[m], items[k]
            yield k, m, twin


def root(node: ast.AST) -> str | None:
    """The name that an expression such as ``x``, ``x[t]`` or ``x.T`` is made of."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
