"""`python -m derivations`: regenerate what is derived, check it, list it, show how it follows."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn

from derivations import outputs, prove
from derivations.emit.formulas import Formula

console = Console(highlight=False, soft_wrap=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 when all is well."""
    parser = argparse.ArgumentParser(prog="python -m derivations", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail on stale files")
    commands = parser.add_subparsers(dest="command")
    show = commands.add_parser("show", help="print a formula and its derivation step by step")
    show.add_argument("id", help="an id or a number, lstm.h_D_h_prev or LSTM.43")
    show.add_argument("--latex", action="store_true", help="LaTeX; proofs have no other form")
    show.add_argument("--zh", action="store_true", help="reasons in Chinese")
    listing = commands.add_parser("list", help="print the ids of all formulas")
    listing.add_argument("prefix", nargs="?", default="", help="for example lstm.h_D")
    options = parser.parse_args(arguments)
    if options.check and options.command:
        parser.error("--check stands alone")
    if options.command == "show":
        return show_formula(options.id, options.latex, options.zh)
    if options.command == "list":
        return list_formulas(options.prefix)
    return check() if options.check else derive()


def derive() -> int:
    """Regenerate every derived file, then prove every derivation; 1 if a proof fails."""
    start = time.perf_counter()
    for path in outputs.write():
        console.print(f"{time.perf_counter() - start:6.1f} s  wrote {path}")
    proved = failed = 0
    with Progress(*Progress.get_default_columns(), TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("proving, for every size", total=prove.steps())
        for result in prove.prove():
            bar.update(task, advance=1, description=f"{result.of}: {result.proof}")
            proved += len(result.checked)
            for failure in result.failures:
                failed += 1
                bar.console.print(f"[red]not proved[/] {failure.formula}: {failure.residual}")
        bar.update(task, description="proved" if not failed else "[red]failed")
    seconds = time.perf_counter() - start
    console.print(f"{seconds:6.1f} s  {proved - failed} of {proved} statements proved")
    return 1 if failed else 0


def check() -> int:
    """Compare every derived file with what the definitions give."""
    stale = outputs.stale()
    for path in stale:
        console.print(f"stale: {path}; run `python -m derivations` and commit the result")
    return 1 if stale else 0


def list_formulas(prefix: str) -> int:
    """Print id and title of every formula whose id begins with the prefix."""
    found = [f for f in outputs.all_formulas() if f.id.startswith(prefix)]
    numbers = outputs.numbers()
    for f in found:
        console.print(f"{numbers[f.id]:14} {f.id:34} {f.title.en}")
    return 0 if found else _unknown(prefix)


def show_formula(id: str, latex: bool, chinese: bool) -> int:
    """Print a formula and the numbered steps that lead to it."""
    numbers = outputs.numbers()
    formula = next((f for f in outputs.all_formulas() if id in (f.id, numbers[f.id])), None)
    if formula is None:
        return _unknown(id)
    for line in _lines(formula, latex, chinese):
        print(line)
    return 0


def _lines(f: Formula, latex: bool, chinese: bool) -> Iterator[str]:
    yield f"{f.id} ({outputs.numbers()[f.id]}): {f.title.zh if chinese else f.title.en}"
    yield f.latex if latex else f.text
    for k, step in enumerate(f.steps, 1):
        yield f"{k:3}. {step.latex if latex else step.text}"
        why = step.why if latex else step.plain_why
        yield f"     {why.zh if chinese else why.en}"


def _unknown(id: str) -> int:
    near = get_close_matches(id, [f.id for f in outputs.all_formulas()], n=3)
    hint = f"; did you mean {', '.join(near)}?" if near else "; see `python -m derivations list`"
    print(f"no formula has the id or number {id!r}{hint}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
