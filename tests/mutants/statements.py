"""Every change of whole statements: left out, in another order, one target less, loops cut short.

Imports the scope and the table of operators. A block is changed as a whole; what is different is
told in a few words.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from .expressions import OPERATORS
from .scope import Scope
from .tree import expression, replaced

Change = tuple[str, str, int, list[ast.stmt]]


def changes(block: list[ast.stmt], scope: Scope) -> Iterator[Change]:
    """Each change of a block: its kind, what it does, at which statement, and the new block."""
    for k, statement in enumerate(block):
        if isinstance(statement, ast.Expr | ast.Return):
            continue
        before, after = block[:k], block[k + 1 :]
        yield "statement", "left out", k, [*before, *after] or [ast.Pass()]
        following = next((s for s in after[:1] if not isinstance(s, ast.Return)), None)
        if following and scope.order_matters(statement, following):
            yield "statement", "after the next", k, [*before, following, statement, *after[1:]]
        kind = "time" if isinstance(statement, ast.For) else "target"
        for what, twin in _variants(statement):
            yield kind, what, k, [*before, twin, *after]


def _variants(statement: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    if isinstance(statement, ast.Assign) and len(statement.targets) > 1:
        for k, target in enumerate(statement.targets):
            twin = copy.copy(statement)
            twin.targets = statement.targets[:k] + statement.targets[k + 1 :]
            yield f"not to {ast.unparse(target)}", twin
    if isinstance(statement, ast.AugAssign):
        plain = ast.Assign([statement.target], statement.value)
        yield "assigned at once", ast.copy_location(plain, statement)
        for op in OPERATORS.get(type(statement.op), ()):
            twin = copy.copy(statement)
            twin.op = op
            yield f"by {type(op).__name__}", twin
    if isinstance(statement, ast.For):
        loop = ast.unparse(statement.iter)
        for steps in ("range(1, T)", "range(T - 1)", "range(T)", "reversed(range(T))"):
            for other in (steps, f"reversed({steps})"):
                if other != loop and other.count("reversed") < 2:
                    yield (
                        f"{loop} → {other}",
                        replaced(statement, (("iter", None),), expression(other)),
                    )
