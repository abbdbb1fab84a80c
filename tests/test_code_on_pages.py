"""Every block of code on a page runs in the tests, or names commands that exist."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from rnnref.command import parser
from site_build import ROOT

PAGES = sorted([*ROOT.glob("docs/??/**/*.md"), *ROOT.glob("*.md")])
DOCTESTS = {"python", "pycon"}
OTHER = {"text", "sh"}
"""`text` is shown as it is; a block of another language would be checked by nothing."""

NOT_RUN: dict[tuple[str, str], str] = {}
"""Blocks of Python that are no doctests, by page and first line, each with the reason."""

_FENCE = re.compile(
    r"^(?P<indent> *)(?P<mark>`{3,}|~{3,})(?P<language>[^\n`]*)\n"
    r"(?P<code>.*?)^(?P=indent)(?P=mark)",
    re.MULTILINE | re.DOTALL,
)
_PYTHON = re.compile(r"(?:\S*/)?python3? -m (?P<module>[\w.]+)(?P<rest>.*)")


class Block(NamedTuple):
    """A block of code."""

    page: str
    language: str
    code: str


def blocks() -> Iterator[Block]:
    """Those of all pages."""
    for page in PAGES:
        for found in _FENCE.finditer(page.read_text("utf-8")):
            name = page.relative_to(ROOT).as_posix()
            yield Block(name, found["language"].split(" ")[0], found["code"])


BLOCKS = list(blocks())


def of(*languages: str) -> list[Block]:
    return [block for block in BLOCKS if block.language in languages]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.page)
def test_language_is_known(block: Block) -> None:
    assert block.language in DOCTESTS | OTHER, block.code


@pytest.mark.parametrize("block", of(*DOCTESTS), ids=lambda block: block.page)
def test_python_is_a_doctest(block: Block) -> None:
    """It begins with a prompt; the blank line at the end keeps the fence out of the output."""
    first = block.code.strip().splitlines()[0]
    if (block.page, first) not in NOT_RUN:
        assert first.startswith(">>> "), first
        assert block.code.endswith("\n\n"), f"no blank line before the fence: {first}"


def test_pages_with_doctests_are_collected() -> None:
    """A page outside of pytest's folders would show what nobody ran."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    folders = [ROOT / path for path in settings["ini_options"]["testpaths"]]
    for page in PAGES:
        if re.search("^ *>>> ", page.read_text("utf-8"), re.MULTILINE):
            assert any(page.is_relative_to(folder) for folder in folders), page


def test_what_is_not_run_is_there() -> None:
    """No reason is left over."""
    there = {(b.page, b.code.strip().splitlines()[0]) for b in of(*DOCTESTS)}
    assert set(NOT_RUN) <= there


@pytest.mark.parametrize("block", of("sh"), ids=lambda block: block.page)
def test_commands_exist(block: Block) -> None:
    for line in block.code.splitlines():
        command = line.partition("#")[0].strip()
        if command:
            assert exists(command), command


def exists(command: str) -> bool:
    """A target of `make`, a module that can be run, and what `show`, `list` and `rnnref` know."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    if command.startswith("make "):
        return command.split()[1] in targets
    if command.startswith("rnnref "):
        with contextlib.suppress(SystemExit):
            return bool(parser().parse_args(shlex.split(command)[1:]))
        return False
    found = _PYTHON.fullmatch(command)
    if not found or not importlib.util.find_spec(found["module"]):
        return False
    words = found["rest"].split()
    if found["module"] == "derivations" and words[:1] in (["show"], ["list"]):
        ids = json.loads((ROOT / "docs/data/formulas.json").read_text("utf-8"))["formulas"]
        return any(id.startswith(words[1]) if words[0] == "list" else id == words[1] for id in ids)
    return True


@pytest.mark.parametrize(
    "command",
    [
        "make nothing",
        "python -m nothing",
        "python -m derivations show lstm.nothing",
        "rnnref nothing",
        "x",
    ],
)
def test_commands_that_do_not_exist(command: str) -> None:
    assert not exists(command)


def test_picture_of_the_readme_is_that_of_the_site(tmp_path: Path) -> None:
    """Else run `python docs/tools/readme_picture.py`."""
    kept = {p.name: p.read_bytes() for p in (ROOT / "docs/assets").glob("gradient_norms.*.svg")}
    code = f"import pathlib, readme_picture as r; r.main(pathlib.Path({str(tmp_path)!r}))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT / "docs/tools", check=False)
    assert done.returncode == 0
    assert kept == {p.name: p.read_bytes() for p in tmp_path.iterdir()}
