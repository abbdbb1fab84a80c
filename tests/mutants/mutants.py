"""All mutants of a cell's generated module, each with an id that survives a change of lines.

Imports the judge (for a first run that shows what each name holds), and the changes.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from . import expressions, statements
from .expressions import Place
from .judge import Judge, strict
from .scope import Scope, locals_at_return
from .tree import Path, children, replaced

TAG = re.compile(r"#\s*\w+\.(\w+)\s*$")


@dataclass(frozen=True)
class Mutant:
    """One function of a module with one change."""

    id: str
    kind: str
    line: int
    tree: ast.FunctionDef


def functions(text: str) -> list[ast.FunctionDef]:
    """The functions of a module."""
    return [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]


def mutants(judge: Judge) -> Iterator[Mutant]:
    """Every mutant of the module that a judge knows."""
    for tree in functions(judge.text):
        yield from _Function(judge, tree).mutants()


class _Function:
    def __init__(self, judge: Judge, tree: ast.FunctionDef) -> None:
        self.tree = tree
        self.lines = judge.text.splitlines()
        with strict():
            values = locals_at_return(judge.compiled(tree), judge.trials[tree.name][0][0])
        self.scope = Scope(tree, values)
        self.seen: set[tuple[Path, str]] = set()
        self.counts: Counter[str] = Counter()

    def mutants(self) -> Iterator[Mutant]:
        yield from self._block((), self.tree)

    def _block(self, path: Path, owner: ast.FunctionDef | ast.For) -> Iterator[Mutant]:
        for kind, what, k, block in statements.changes(owner.body, self.scope):
            twin = type(owner)(**{f: getattr(owner, f, None) for f in owner._fields})
            twin.body = block
            tree = replaced(self.tree, path, ast.copy_location(twin, owner))
            yield self._mutant(kind, what, owner.body[k], tree)
        for k, statement in enumerate(owner.body):
            here: Path = (*path, ("body", k))
            if isinstance(statement, ast.For):
                yield from self._block(here, statement)
            elif not isinstance(statement, ast.Expr):
                yield from self._expressions(here, (), statement, statement, (statement,))

    def _expressions(
        self,
        at: Path,
        path: Path,
        node: ast.AST,
        statement: ast.stmt,
        above: tuple[ast.AST, ...],
    ) -> Iterator[Mutant]:
        for step, child in children(node):
            inner = (*path, step)
            if isinstance(child, ast.expr):
                place = Place(statement, above, self.scope)
                for kind, new, name in expressions.changes(child, place):
                    changed = replaced(statement, inner, new)
                    text = ast.unparse(changed)
                    if (at, text) in self.seen or text == ast.unparse(statement):
                        continue
                    self.seen.add((at, text))
                    what = name or f"{ast.unparse(child)} → {ast.unparse(new)}"
                    yield self._mutant(kind, what, statement, replaced(self.tree, at, changed))
            yield from self._expressions(at, inner, child, statement, (*above, child))

    def _mutant(self, kind: str, what: str, where: ast.stmt, tree: ast.FunctionDef) -> Mutant:
        id = f"{self.tree.name}.{self._label(where)} {kind}: {what}"
        self.counts[id] += 1
        again = f" ({self.counts[id]})" if self.counts[id] > 1 else ""
        return Mutant(id + again, kind, where.lineno, tree)

    def _label(self, statement: ast.stmt) -> str:
        """What a statement is about: its formula's tag, or else the first name that it binds."""
        if isinstance(statement, ast.For | ast.Return):
            return type(statement).__name__.lower()
        if tag := TAG.search(self.lines[(statement.end_lineno or statement.lineno) - 1]):
            return tag[1]
        return next(n.id for n in ast.walk(statement) if isinstance(n, ast.Name))
