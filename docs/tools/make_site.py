"""`make site`: derive everything, check it, build the site; say what is done and how long it took.

Runs each step as its own command, from the root of the repository, and stops at the first that
fails. Imports rich only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).parents[2]
PYTHON = [sys.executable, "-m"]
STEPS = {
    "derive and prove": [*PYTHON, "derivations"],
    "check the generated code": [*PYTHON, "pytest", "-n2", "-q", "-m", "not slow and not gpu"],
    "build the site in both languages": [*PYTHON, "mkdocs", "build", "--strict"],
}
console = Console(highlight=False)


def main() -> int:
    """Run all steps; the exit status is that of the first that fails."""
    begin = time.perf_counter()
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    for k, (what, command) in enumerate(STEPS.items(), 1):
        console.rule(f"[bold]{k}/{len(STEPS)}  {what}", align="left")
        start = time.perf_counter()
        status = subprocess.run(command, cwd=ROOT, env=environment).returncode
        seconds = time.perf_counter() - start
        if status:
            console.print(f"[red]failed after {seconds:.0f} s:[/] {' '.join(command)}")
            return status
        console.print(f"[green]done[/] in {seconds:.0f} s")
    console.rule(f"[bold]the site stands after {time.perf_counter() - begin:.0f} s", align="left")
    for language, page in (("English", "site/index.html"), ("中文", "site/zh/index.html")):
        console.print(f"{language:8} {ROOT / page}")
    console.print("`make serve` shows it live and follows your changes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
