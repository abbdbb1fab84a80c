"""The badge of a formula: its verdict, which opens to what each check found. Knows no Markdown."""

from __future__ import annotations

from html import escape

from evidence import Finding, Mutants, Record
from formulas import Formula
from pieces import MARKS, Pieces, date, power

_VERDICTS = {"verified": "✓", "partly": "◐", "failed": "✗", "unverified": "○"}
_NAMES = {
    "python": "Python",
    "numpy": "NumPy",
    "sympy": "SymPy",
    "torch": "PyTorch",
    "cuda": "CUDA",
    "cudnn": "cuDNN",
}


def tools(record: Record) -> str:
    """What a record was made with, each with its version."""
    return escape(", ".join(f"{_NAMES.get(n, n)} {v}" for n, v in record.versions.items()))


def badge(pieces: Pieces, formula: Formula) -> str:
    """The badge."""
    verdict = pieces.evidence.verdict(formula)
    lines = [
        _line(pieces, finding.state, finding.route, _found(pieces, finding))
        for finding in pieces.evidence.findings(formula)
    ]
    if formula.numpy:
        mutants = pieces.evidence.mutants(pieces.ledger.homes[formula.home])
        lines.append(_line(pieces, mutants.state, "mutants", _mutants(pieces, mutants)))
    run = pieces.evidence.run
    when = pieces.say("note", created=date(run.created)) if run.present else ""
    about = f'<a href="page:verification.md">{pieces.say("about")}</a>'
    return (
        f'<details class="eq-badge {verdict}"><summary><span class="eq-mark">'
        f'{_VERDICTS[verdict]}</span> <span class="eq-verdict">{pieces.say(verdict)}</span>'
        f'</summary><div class="eq-evidence"><ul>{"".join(lines)}</ul>'
        f"<p>{when} {about}</p></div></details>"
    )


def _line(pieces: Pieces, state: str, route: str, text: str) -> str:
    title = next(r.title for r in pieces.evidence.routes if r.id == route)[pieces.lang]
    return (
        f'<li class="{state}"><span class="eq-mark">{MARKS[state]}</span>'
        f"<span><b>{escape(title)}</b> {text}</span></li>"
    )


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
