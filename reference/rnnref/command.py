"""What ``rnnref`` does on the command line. Imports NumPy and rnnref.

A command is a function that adds its parser and names the function that runs it. A run returns the
exit code: 0 if all is right, 1 if not, 2 if it could not be found out.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from rnnref import hints
from rnnref.activation import Activation
from rnnref.errors import RnnrefError
from rnnref.layers import GRU, LSTM, RNN
from rnnref.testing.cases import Layer
from rnnref.testing.checking import check
from rnnref.testing.precision import PRECISIONS
from rnnref.testing.replaying import replay_file

LAYERS: dict[str, type[Layer]] = {"rnn": RNN, "lstm": LSTM, "gru": GRU}


class UsageError(Exception):
    """What was asked for on the command line cannot be done; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: the words after ``rnnref``; those of the process if left out.

    Returns:
        The exit code.
    """
    given = parser().parse_args(arguments)
    try:
        code: int = given.run(given)
    except (UsageError, RnnrefError) as error:
        print(f"rnnref: {error}", file=sys.stderr)
        return 2
    return code


def parser() -> argparse.ArgumentParser:
    """What reads the words of a command line."""
    made = argparse.ArgumentParser(prog="rnnref", description="A reference for RNNs.")
    commands = made.add_subparsers(required=True, metavar="command")
    for add in COMMANDS:
        add(commands)
    return made


def _add_check(commands: Any) -> None:
    added = commands.add_parser(
        "check",
        help="is an implementation right?",
        description="Run an implementation on hard cases and say what is wrong with it.",
    )
    added.add_argument("forward", metavar="module:function", help="forward(params, x, state)")
    added.add_argument(
        "--backward", metavar="module:function", help="backward(params, x, state, d_y, d_state)"
    )
    added.add_argument("--layer", choices=LAYERS, default="lstm", help="default: lstm")
    added.add_argument("--input-size", type=int, default=3, metavar="D", help="default: 3")
    added.add_argument("--hidden-size", type=int, default=5, metavar="H", help="default: 5")
    added.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="name=value",
        help="another setting of the layer: num_layers=2, reset_after=False, gate_clip=3, "
        "'activations=(hard_sigmoid, tanh, Activation(elu, 0.5))'",
    )
    added.add_argument("--convention", default="pytorch", help="default: pytorch")
    added.add_argument("--dtype", choices=PRECISIONS, default="float64", help="default: float64")
    added.add_argument("--seed", type=int, default=0, help="default: 0")
    added.set_defaults(run=_run_check)


def _run_check(given: argparse.Namespace) -> int:
    layer = _layer(given.layer, given.input_size, given.hidden_size, given.option)
    report = check(
        layer,
        forward=_function(given.forward),
        backward=_function(given.backward) if given.backward else None,
        convention=given.convention,
        dtype=given.dtype,
        seed=given.seed,
    )
    print(report)
    return 0 if report.ok else 1


def _layer(name: str, D: int, H: int, options: Sequence[str]) -> Layer:
    kind = LAYERS[name]
    known = [f.name for f in fields(kind)]
    settings: dict[str, Any] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if key not in known or not equals:
            raise UsageError(
                f"--option must be name=value with one of {', '.join(known)}, got {option!r}; "
                f"{hints.near(key, known)}".removesuffix("; ")
            )
        settings[key] = _value(value)
    return kind(**({"input_size": D, "hidden_size": H} | settings))


def _value(text: str) -> Any:
    """A number, a choice, a tuple, an activation with its numbers; or the text itself.

    >>> _value("(hard_sigmoid, Activation(elu, 0.5))")
    ('hard_sigmoid', Activation(name='elu', alpha=0.5, beta=None))
    """
    try:
        return _read(ast.parse(text, mode="eval").body)
    except SyntaxError:
        return text


def _read(node: ast.expr) -> Any:
    if isinstance(node, ast.Name):
        return float(node.id) if node.id in ("nan", "inf") else node.id
    if isinstance(node, ast.Tuple):
        return tuple(map(_read, node.elts))
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Activation":
        named = {str(k.arg): _read(k.value) for k in node.keywords}
        try:
            return Activation(*map(_read, node.args), **named)
        except RnnrefError:
            raise
        except TypeError as error:
            raise UsageError(f"cannot read {ast.unparse(node)}: {error}") from error
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)


def _function(name: str) -> Callable[..., Any]:
    """What ``module:function`` names, with the working directory in reach."""
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        raise UsageError(f"a function must be given as module:function, got {name!r}")
    if module.endswith(".py") or not all(map(str.isidentifier, module.split("."))):
        raise UsageError(
            f"a module must be named as import does, got {module!r}; "
            "mine.py in the working directory is mine"
        )
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"cannot get {name}: {error}") from error
    except Exception as error:  # of the module's own code
        at = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error}, at {at.filename}:{at.lineno}"
        raise UsageError(f"cannot import {module}: {said}") from error
    if not callable(found):
        raise UsageError(f"{name} must be a function, got {type(found).__name__}")
    return found  # type: ignore[no-any-return]


def _add_replay(commands: Any) -> None:
    parser = commands.add_parser(
        "replay",
        help="are the results for the test vectors right?",
        description="Hold what another language computed for the test vectors against them.",
    )
    parser.add_argument("results", type=Path, metavar="results.json")
    parser.set_defaults(run=_run_replay)


def _run_replay(given: argparse.Namespace) -> int:
    try:
        report = replay_file(given.results)
    except OSError as error:
        raise UsageError(f"cannot read {given.results}: {error.strerror}") from error
    print(report)
    return 0 if report.ok else 1


COMMANDS = (_add_check, _add_replay)
