"""Which names a place in a function could read instead of the one that it reads.

Imports NumPy. Names are of one kind if they hold arrays of one shape, integers, or tuples of one
class; what they hold is seen by running the function once.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from .tree import expression, root

Kind = tuple[int, ...] | str
SHAPE_ONLY = {"len", "zeros_like", "ones_like"}
"""Functions that read no values. Names of one kind are all the same to them, and so are signs."""


def locals_at_return(function: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """The local variables of a function when it returns."""
    found: dict[str, Any] = {}

    def watch(frame: Any, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is function.__code__:
            found.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        function(*arguments)
    finally:
        sys.setprofile(before)
    return found


class Scope:
    """The names of one function, what they hold, and where they are bound."""

    def __init__(self, tree: ast.FunctionDef, values: dict[str, Any]) -> None:
        self.values = values
        self.read = {n.id for n in ast.walk(tree) if _is_load(n)}
        self.at: dict[int, frozenset[str]] = {}
        self._walk(tree.body, {a.arg for a in tree.args.args})

    def _walk(self, block: list[ast.stmt], names: set[str]) -> None:
        for statement in block:
            self.at[id(statement)] = frozenset(names)
            if isinstance(statement, ast.For):
                self._walk(statement.body, names | names_in(statement.target))
            names = names | bound(statement)

    def kind(self, name: str) -> Kind | None:
        """The shape of an array, or the class of anything else."""
        value = self.values.get(name)
        if value is None:
            return None
        return value.shape if isinstance(value, np.ndarray) else type(value).__name__

    def forms(self, statement: ast.stmt) -> Iterator[tuple[str, Kind]]:
        """Everything that can be read at a statement: names, and arrays over time at ``t``."""
        names = self.at[id(statement)]
        for name in sorted(names):
            kind = self.kind(name)
            if kind is None:
                continue
            yield name, kind
            if "t" in names and isinstance(kind, tuple) and kind[0] == self.values["T"]:
                yield f"{name}[t]", kind[1:]

    def others(self, node: ast.expr, statement: ast.stmt, bare: bool) -> Iterator[ast.expr]:
        """What could be read in the place of ``node``; ``bare``: names alone."""
        forms = dict(self.forms(statement))
        own = ast.unparse(node)
        for form, kind in forms.items():
            if form != own and kind == forms.get(own) and not (bare and "[" in form):
                yield expression(form)

    def of_other_shape(self, name: str, statement: ast.stmt, function: str) -> Iterator[ast.expr]:
        """Where only a shape is read: arrays with as many axes, of other sizes."""
        own = self.kind(name)
        for form, kind in self.forms(statement):
            if not (isinstance(own, tuple) and isinstance(kind, tuple)) or len(own) != len(kind):
                continue
            if (own[0] != kind[0]) if function == "len" else (own != kind):
                yield expression(form)

    def one_memory(self, names: set[str]) -> set[str]:
        """The names with all others that hold the same memory."""
        arrays = {n: v for n, v in self.values.items() if isinstance(v, np.ndarray)}
        return names | {
            other
            for name in names & arrays.keys()
            for other, value in arrays.items()
            if np.shares_memory(value, arrays[name])
        }

    def order_matters(self, first: ast.stmt, second: ast.stmt) -> bool:
        """Whether one of two statements binds, or writes into, what the other reads."""
        return self._feeds(first, second) or self._feeds(second, first)

    def _feeds(self, first: ast.stmt, second: ast.stmt) -> bool:
        written = {root(n) or "" for n in ast.walk(first) if _is_store(n, ast.Subscript)}
        owners = {n.value for n in ast.walk(second) if _is_store(n, ast.Subscript)}
        read = {n.id for n in ast.walk(second) if isinstance(n, ast.Name) and n not in owners}
        return bool(bound(first) & names_in(second) or self.one_memory(written) & read)


def _is_load(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def _is_store(node: ast.AST, kind: type[ast.AST]) -> bool:
    return isinstance(node, kind) and isinstance(getattr(node, "ctx", None), ast.Store)


def names_in(node: ast.AST) -> set[str]:
    """All names in a piece of code."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def bound(statement: ast.stmt) -> set[str]:
    """The names that a statement binds, those in a loop's body included."""
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and _is_store(n, ast.Name)}
