"""How generated code is called: from a case to `Results`. Imports NumPy and, by name, rnnref."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

import numpy as np

from oracles.cases import Case, Point, Results


def generated(cell: str) -> ModuleType:
    """The generated module of a cell."""
    return importlib.import_module(f"rnnref.generated.{cell}")


def text_of(cell: str) -> str:
    """The text of a cell's generated module."""
    return Path(str(generated(cell).__file__)).read_text(encoding="utf-8")


def load(text: str, swapped: Mapping[str, Any] | None = None) -> ModuleType:
    """Run the text of a generated module, then put other functions in the place of its own."""
    module = ModuleType("generated_text")
    sys.modules[module.__name__] = module
    try:
        exec(compile(text, "<generated text>", "exec"), module.__dict__)
    finally:
        del sys.modules[module.__name__]
    for name, function in (swapped or {}).items():
        if name in module.__dict__:
            setattr(module, name, function)
    return module


def sequence(module: Any, case: Case) -> Results:
    """The tape, all gradients, and the tangents of both; ``h_last`` is the final state."""
    params = module.Params(**case.at.params)
    given = (*case.at.inputs.values(), *case.at.states.values())
    tape = module.forward(params, *given)
    results: Results = {n: a for n, a in tape._asdict().items() if _defined(case, n)}
    gradients = module.backward(params, tape, *case.upstream.values())
    results |= _gradients(case, gradients)
    direction = _direction(module, case.along)
    dots = module.jvp(params, tape, *direction)
    results |= {f"{n}_dot": a for n, a in dots._asdict().items() if _defined(case, n)}
    moved = module.backward_jvp(params, tape, direction[0], dots, *_arriving(case))
    results |= {f"{name}_dot": a for name, a in _gradients(case, moved).items()}
    for s in case.cell.states:
        results[f"{s.name}_last"] = results[s.name][-1]
        results[f"{s.name}_last_dot"] = results[f"{s.name}_dot"][-1]
    return results


def hessian_vector_product(module: Any, case: Case) -> Results:
    """The Hessian of ``sum upstream * sin(what is handed on)`` times the direction of the case."""
    params = module.Params(**case.at.params)
    tape = module.forward(params, *case.at.inputs.values(), *case.at.states.values())
    direction = _direction(module, case.along)
    tape_dot = module.jvp(params, tape, *direction)
    upstream, upstream_dot = [], []
    for name, weight in case.upstream.items():
        a, a_dot = (
            getattr(t, case.cell.output.name) if name == "y" else getattr(t, name)[-1]
            for t in (tape, tape_dot)
        )
        upstream.append(weight * np.cos(a))
        upstream_dot.append(-weight * np.sin(a) * a_dot)
    moved = module.backward_jvp(params, tape, direction[0], tape_dot, *upstream, *upstream_dot)
    return {f"{name}_dot": a for name, a in _gradients(case, moved).items()}


def step(module: Any, case: Case) -> Results:
    """Every array, Jacobian block, gradient and tangent of a step, and the gradients' tangents.

    Those of intermediates, too.

    What a function works out on its way and does not return is read from its local names.
    """
    params = module.Params(**case.at.params)
    step = module.step_forward(params, *case.at.inputs.values(), *case.at.states.values())
    results: Results = {n: a for n, a in step._asdict().items() if _defined(case, n)}
    jacobians, found = locals_of(module.step_jacobians, params, step)
    exits = tuple(f"{a.name}_D_" for a in case.cell.exits)
    results |= {n: _full(a) for n, a in found.items() if n.startswith(exits)}
    results |= jacobians._asdict()
    gradients, found = locals_of(module.step_backward, params, step, *case.upstream.values())
    results |= {n: a for n, a in found.items() if n.startswith("d_") and n[2:] in case.cell.arrays}
    results |= _gradients(case, gradients)
    direction = _direction(module, case.along)
    dots = module.step_jvp(params, step, *direction)
    results |= {f"{n}_dot": a for n, a in dots._asdict().items() if _defined(case, n)}
    moved, found = locals_of(
        module.step_backward_jvp, params, step, direction[0], dots, *_arriving(case)
    )
    own = {f"d_{name}_dot" for name in case.cell.arrays}
    results |= {n: a for n, a in found.items() if n in own}
    return results | {f"{name}_dot": a for name, a in _gradients(case, moved).items()}


def locals_of(function: Callable[..., Any], *arguments: Any) -> tuple[Any, dict[str, Any]]:
    """The result of a call, and the values that the function's local names had at its end."""
    code: CodeType = function.__code__
    found: dict[str, Any] = {}

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is code:
            found.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        result = function(*arguments)
    finally:
        sys.setprofile(before)
    return result, found


def _defined(case: Case, name: str) -> bool:
    return any(e.out.name == name for e in case.cell.equations)


def _arriving(case: Case) -> tuple[Any, ...]:
    return (*case.upstream.values(), *case.upstream_dot.values())


def _direction(module: Any, along: Point) -> tuple[Any, ...]:
    return (module.Params(**along.params), *along.inputs.values(), *along.states.values())


def _gradients(case: Case, gradients: Any) -> Results:
    own = {name: getattr(gradients, name) for name in (*case.at.inputs, *case.at.states)}
    found = Point(
        gradients.params._asdict(),
        {name: own[name] for name in case.at.inputs},
        {name: own[name] for name in case.at.states},
    )
    return {f"d_{name}": a for name, a in found.items()}


def _full(block: Any) -> Any:
    """A Jacobian block as (B, H, H), where the code keeps a diagonal one as (B, H) on its way."""
    if block.ndim > 2:
        return block
    full = np.zeros((*block.shape, block.shape[1]), block.dtype)
    rows = np.arange(block.shape[1])
    full[:, rows, rows] = block
    return full
