"""`python -m tests.mutants [cell ...]`: judge all mutants, show killed/total by kind and cell."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from derivations.cells import CELLS

from .report import Report, report


def main(ids: list[str]) -> int:
    """Print the table; 1 if a survivor is not explained or a reason is stale."""
    console = Console()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    reports: dict[str, Report] = {}
    with Progress(*columns, console=console, transient=True) as progress:
        for id in ids or CELLS:
            task = progress.add_task(id, total=None)
            reports[id] = report(CELLS[id])
            progress.remove_task(task)
    console.print(table(reports))
    wrong = 0
    for id, found in reports.items():
        for what, mutants in (("survives", found.unexplained), ("is stale", found.stale)):
            for mutant in mutants:
                console.print(
                    f'{id} {what}: "{mutant}",', soft_wrap=True, highlight=False, markup=False
                )
                wrong = 1
    return wrong


def table(reports: dict[str, Report]) -> Table:
    """Killed/total for each kind of change and each cell."""
    out = Table("kind", box=box.SIMPLE_HEAD, caption="killed/total")
    for id in reports:
        out.add_column(id.replace("_", " "), justify="right")
    for kind in sorted({k for r in reports.values() for k in r.total}):
        cells = ((r.killed[kind], r.total[kind]) for r in reports.values())
        out.add_row(kind, *(f"{k}/{n}" if n else "" for k, n in cells))
    out.add_section()
    out.add_row("all", *(f"{r.killed.total()}/{r.total.total()}" for r in reports.values()))
    out.add_row("equivalent", *(str(len(r.survivors)) for r in reports.values()))
    out.add_row("unexplained", *(str(len(r.unexplained)) for r in reports.values()))
    return out


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
