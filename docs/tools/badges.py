"""The badge of a formula: its verdict, which opens to what each check found. Knows no Markdown."""

from __future__ import annotations

from html import escape

from evidence import Finding, Mutants, Record
from formulas import Formula
from pieces import MARKS, Pieces, date, power

VERDICTS = {"verified": "✓", "partly": "◐", "failed": "✗", "unverified": "○"}
"""The mark of each verdict."""

_NAMES = {
    "python": "Python",
    "numpy": "NumPy",
    "sympy": "SymPy",
    "torch": "PyTorch",
    "cuda": "CUDA",
    "cudnn": "cuDNN",
}


def tools(pieces: Pieces, record: Record) -> str:
    """What a record was made with, each with its version."""
    named = (f"{_NAMES.get(n, n)} {v}" for n, v in record.versions.items())
    return escape(pieces.say("comma").join(named))


def badge(pieces: Pieces, formula: Formula) -> str:
    """The badge. Checks that found the same share a line."""
    evidence = pieces.evidence
    verdict = evidence.verdict(formula)
    found = {f.route: (f.state, _found(pieces, f)) for f in evidence.findings(formula)}
    if formula.numpy:
        mutants = evidence.mutants(pieces.ledger.homes[formula.home])
        found["mutants"] = (mutants.state, _mutants(pieces, mutants))
    lines: dict[tuple[str, str], list[str]] = {}
    for route in evidence.routes:
        if route.id in found:
            lines.setdefault(found[route.id], []).append(escape(route.title[pieces.lang]))
    between = pieces.say("and_also")
    items = (
        f'<li class="{state}">{MARKS[state]} <b>{between.join(titles)}</b> {text}</li>'
        for (state, text), titles in lines.items()
    )
    about = f'<a href="page:verification.md">{pieces.say("about")}</a>'
    return (
        f'<details class="eq-badge {verdict}"><summary><span class="eq-mark">'
        f'{VERDICTS[verdict]}</span> <span class="eq-verdict">{pieces.say(verdict)}</span>'
        f'</summary><div class="eq-evidence"><ul>{"".join(items)}</ul>'
        f"<p>{_when(pieces)} {about}</p></div></details>"
    )


def _when(pieces: Pieces) -> str:
    run = pieces.evidence.run
    if not run.present:
        return ""
    return pieces.say("note", created=date(run.created), tools=tools(pieces, run))


def _found(pieces: Pieces, finding: Finding) -> str:
    if finding.state == "stale":
        return pieces.say("stale")
    if finding.state == "absent":
        if finding.route == "torch_gpu" and not pieces.evidence.gpu.present:
            return pieces.say("absent_gpu")
        ran = pieces.evidence.run.present or finding.route == "torch_gpu"
        return pieces.say("absent" if ran else "absent_run")
    cases = pieces.say("cases" if finding.cases != 1 else "one_case", count=finding.cases)
    if finding.symbolic and finding.error == 0:
        return f"{pieces.say('zero')} · {cases}"
    parts = [f"{pieces.say('error')} {power(finding.error)}"]
    if finding.bound is not None:
        parts.append(f"{pieces.say('bound')} {power(finding.bound)}")
    parts.append(cases)
    if finding.route == "torch_gpu":
        gpu = pieces.evidence.gpu
        parts += [escape(gpu.device), date(gpu.created)]
    return " · ".join(parts)


def _mutants(pieces: Pieces, mutants: Mutants) -> str:
    if mutants.state == "stale":
        return pieces.say("stale")
    if mutants.state == "absent":
        return pieces.say("absent_run")
    return pieces.say(
        "mutants",
        killed=mutants.killed,
        total=mutants.total,
        equivalent=mutants.equivalent,
    )
