"""The HTML of what the pages insert: formula cards, badges and tables. Knows no Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from evidence import Evidence, Finding, Mutants
from formulas import Cite, Formula, Home, Ledger
from katex import Katex
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from words import ROLES, say

LONG = 4
"""From so many lines of NumPy on, a card shows them folded."""

MARKS = {"passed": "✓", "failed": "✗", "absent": "–", "stale": "–"}
_VERDICTS = {"verified": "✓", "partly": "◐", "failed": "✗", "unverified": "○"}
_NAMES = {
    "python": "Python",
    "numpy": "NumPy",
    "sympy": "SymPy",
    "torch": "PyTorch",
    "cuda": "CUDA",
    "cudnn": "cuDNN",
}
_INLINE = re.compile(r"\$(?P<tex>[^$]+)\$|`(?P<code>[^`]+)`")


@dataclass(frozen=True)
class Pieces:
    """Makes the HTML for one language. Every method may raise ``MathError``."""

    lang: str
    katex: Katex
    ledger: Ledger
    evidence: Evidence

    def say(self, name: str, **values: object) -> str:
        """The site's own words, escaped."""
        return escape(say(self.lang, name, **values))

    def rich(self, text: str) -> str:
        """Text of the data files, in which ``$...$`` is mathematics and backticks are code."""
        parts, end = [], 0
        for found in _INLINE.finditer(text):
            parts.append(escape(text[end : found.start()]))
            if found["tex"]:
                parts.append(self.katex.html(found["tex"]))
            else:
                parts.append(f"<code>{escape(found['code'])}</code>")
            end = found.end()
        return "".join(parts) + escape(text[end:])

    def card(self, formula: Formula, brief: bool = False) -> str:
        """The inside of a card: title, badge, formula, NumPy, shape and derivation.

        A brief derivation refers to other formulas instead of deriving them once more.

        Links are written ``eq:lstm.c`` and ``page:bptt.md``; the hooks turn them into URLs.
        """
        parts = (self._head(formula), self._body(formula), self._code(formula))
        return _indexed(formula, "".join(parts) + self._steps(formula, brief))

    def display(self, tex: str, reason: str) -> str:
        """A displayed formula that is not in the ledger, with the reason."""
        shown = self._display(tex)
        note = f"{self.say('not_in_ledger')}: {self.rich(reason)}"
        return f'<div class="eq-body">{shown}</div><p class="eq-outside">{note}</p>'

    def symbols(self, home: Home) -> str:
        """The table of the symbols of a cell or loss, grouped by the part they play."""
        rows = []
        for name in ROLES:
            group = [s for s in home.symbols if s.role == name]
            if not group:
                continue
            title = escape(ROLES[name][self.lang])
            rows.append(f'<tr><th colspan="4" scope="colgroup" class="group">{title}</th></tr>')
            rows += (
                _row(
                    self.katex.html(symbol.latex),
                    self._space(symbol.shape),
                    self.rich(symbol.title[self.lang]),
                    f"<code>{escape(symbol.name)}</code>",
                )
                for symbol in group
            )
        heads = [self.say(h) for h in ("symbol", "shape", "meaning", "in_code")]
        return _table("symbols", heads, rows)

    def cite(self, home: Home) -> str:
        """The list of works that the definition of a cell or loss comes from."""
        return self.works(home.cite)

    def works(self, works: Iterable[Cite]) -> str:
        """A list of works, each with its link."""
        return rich_list(map(self.work, works))

    def work(self, cite: Cite) -> str:
        """One work with its link."""
        link = escape(cite.link)
        shown = escape(cite.link.removeprefix("https://").removeprefix("doi.org/"))
        return f'{escape(cite.text)} <a href="{link}">{shown}</a>' if link else escape(cite.text)

    def routes(self) -> str:
        """The table of checks: what each sees and what it cannot see."""
        rows = [
            f'<tr id="check-{route.id.replace("_", "-")}">'
            f'<th scope="row">{escape(route.title[self.lang])}</th>'
            f'<td data-head="{self.say("sees")}">{self.rich(route.sees[self.lang])}</td>'
            f'<td data-head="{self.say("cannot_see")}">'
            f"{self.rich(route.cannot_see[self.lang])}</td></tr>"
            for route in self.evidence.routes
        ]
        return _table("checks", [self.say(h) for h in ("route", "sees", "cannot_see")], rows)

    def results(self) -> str:
        """For each check and each home: how many formulas, and the largest error."""
        homes = list(self.ledger.homes.values())
        of = {h.id: [f for f in self.ledger.formulas.values() if f.home == h.id] for h in homes}
        verdicts = {h: [self.evidence.verdict(f) for f in formulas] for h, formulas in of.items()}
        rows = [
            self._results_row(self.say("formulas"), (len(of[h.id]) for h in homes)),
            self._results_row(
                self.say("verified"), (verdicts[h.id].count("verified") for h in homes)
            ),
        ]
        for route in self.evidence.routes:
            if route.id == "mutants":
                found = [self._mutants_short(self.evidence.mutants(h)) for h in homes]
            else:
                found = [
                    self._sum(self.evidence.finding(f, route.id) for f in of[h.id]) for h in homes
                ]
            rows.append(self._results_row(escape(route.title[self.lang]), found))
        heads = [self.say("route"), *(escape(h.number_prefix) for h in homes)]
        return _table("results", heads, rows)

    def versions(self) -> str:
        """When, and with which versions, the results were made; and for which code."""
        items = []
        for record, ran, absent in (
            (self.evidence.run, "this_run", "no_run"),
            (self.evidence.gpu, "gpu_run", "no_gpu"),
        ):
            if not record.present:
                items.append(self.say(absent))
                continue
            versions = (f"{_NAMES.get(n, n)} {number}" for n, number in record.versions.items())
            title = self.say(ran, created=_date(record.created), device=record.device)
            items.append(title + escape(", ".join(versions)))
        rows = [
            _row(
                escape(home.number_prefix),
                escape(home.title[self.lang]),
                f"<code>{escape(home.code)}</code>",
                f"<code>{escape(home.code_hash[:16])}</code>",
            )
            for home in self.ledger.homes.values()
        ]
        heads = [self.say(h) for h in ("numbers", "home", "module", "hash")]
        return rich_list(items) + _table("modules", heads, rows)

    def _head(self, formula: Formula) -> str:
        title = escape(formula.title[self.lang])
        tools = self._badge(formula) + self._copy("TeX", "copy_tex", formula.latex)
        if formula.numpy:
            tools += self._copy("NumPy", "copy_numpy", "\n".join(formula.numpy))
        return (
            f'<div class="eq-head"><a class="eq-title" href="{formula.anchor}">{title}</a>'
            f'<div class="eq-tools">{tools}</div></div>'
        )

    def _copy(self, label: str, what: str, text: str) -> str:
        return (
            f'<button class="eq-copy" type="button" aria-label="{self.say(what)}" '
            f'data-copied="{self.say("copied")}" data-copy="{escape(text)}">{label}</button>'
        )

    def _body(self, formula: Formula) -> str:
        shown = self._display(formula.latex)
        return (
            f'<div class="eq-body">{shown}<a class="eq-number" href="{formula.anchor}">'
            f"({escape(formula.number)})</a></div>"
        )

    def _code(self, formula: Formula) -> str:
        if not formula.numpy:
            shape = self._shape(formula)
            return f'<div class="eq-foot">{shape}</div>' if shape else ""
        lines = len(formula.numpy)
        code = highlight("\n".join(formula.numpy), PythonLexer(), HtmlFormatter(nowrap=True))
        block = f'<pre class="eq-numpy highlight no-copy"><code>{code.rstrip()}</code></pre>'
        if lines >= LONG:
            foot = f'<div class="eq-foot">{self._shape(formula)}</div>' if formula.shape else ""
            return foot + fold(self.say("numpy_lines", count=lines), block)
        return f'<div class="eq-foot">{block}{self._shape(formula)}</div>'

    def _display(self, tex: str) -> str:
        return self.katex.html(tex, display=True)

    def _shape(self, formula: Formula) -> str:
        if not formula.shape:
            return ""
        return f'<span class="eq-shape">{self.say("shape")} {self._space(formula.shape)}</span>'

    def _space(self, shape: Sequence[str]) -> str:
        return self.katex.html(r" \times ".join(shape) if shape else "1")

    def _steps(self, formula: Formula, brief: bool) -> str:
        if not formula.steps:
            return ""
        steps, used = list(formula.steps), []
        if brief:
            derived = self.ledger.derived(formula.home)
            used = [derived[s.latex] for s in steps[:-1] if s.latex in derived]
            steps = [s for s in steps[:-1] if s.latex not in derived] + steps[-1:]
        items = [
            f"<li><p>{self.rich(step.why[self.lang])}</p>"
            + ("" if brief and step.latex == formula.latex else self._display(step.latex))
            + "</li>"
            for step in steps
        ]
        uses = ", ".join(f'<a href="{f.anchor}">({f.number})</a>' for f in used)
        if used:
            items.insert(0, f"<li><p>{self.say('uses')} {uses}</p></li>")
        kind = "proof" if formula.kind == "bptt" else "steps"
        title = self.say(kind if len(items) > 1 else f"{kind}_one", count=len(items))
        return fold(title, f'<ol class="eq-steps">{"".join(items)}</ol>')

    def _badge(self, formula: Formula) -> str:
        verdict = self.evidence.verdict(formula)
        lines = [
            self._line(finding.state, finding.route, self._found(finding))
            for finding in self.evidence.findings(formula)
        ]
        if formula.numpy:
            mutants = self.evidence.mutants(self.ledger.homes[formula.home])
            lines.append(self._line(mutants.state, "mutants", self._mutants(mutants)))
        run = self.evidence.run
        when = self.say("note", created=_date(run.created)) if run.present else ""
        about = f'<a href="page:verification.md">{self.say("about")}</a>'
        return (
            f'<details class="eq-badge {verdict}"><summary><span class="eq-mark">'
            f'{_VERDICTS[verdict]}</span> <span class="eq-verdict">{self.say(verdict)}</span>'
            f'</summary><div class="eq-evidence"><ul>{"".join(lines)}</ul>'
            f"<p>{when} {about}</p></div></details>"
        )

    def _line(self, state: str, route: str, text: str) -> str:
        title = next(r.title for r in self.evidence.routes if r.id == route)[self.lang]
        return (
            f'<li class="{state}"><span class="eq-mark">{MARKS[state]}</span>'
            f"<span><b>{escape(title)}</b> {text}</span></li>"
        )

    def _found(self, finding: Finding) -> str:
        if finding.state == "stale":
            return self.say("stale")
        if finding.state == "absent":
            if finding.route == "torch_gpu" and not self.evidence.gpu.present:
                return self.say("absent_gpu")
            ran = self.evidence.run.present or finding.route == "torch_gpu"
            return self.say("absent" if ran else "absent_run")
        cases = self.say("cases" if finding.cases != 1 else "one_case", count=finding.cases)
        if finding.symbolic and finding.error == 0:
            return f"{self.say('zero')} · {cases}"
        parts = [f"{self.say('error')} {_power(finding.error)}"]
        if finding.bound is not None:
            parts.append(f"{self.say('bound')} {_power(finding.bound)}")
        parts.append(cases)
        if finding.route == "torch_gpu":
            gpu = self.evidence.gpu
            parts += [escape(gpu.device), _date(gpu.created)]
        return " · ".join(parts)

    def _mutants(self, mutants: Mutants) -> str:
        if mutants.state == "stale":
            return self.say("stale")
        if mutants.state == "absent":
            return self.say("absent_run")
        return self.say(
            "mutants",
            killed=mutants.killed,
            total=mutants.total,
            equivalent=mutants.equivalent,
        )

    def _mutants_short(self, mutants: Mutants) -> str:
        if mutants.state in ("stale", "absent"):
            return f"<span>{self.say(mutants.state + '_short')}</span>"
        return f"{mutants.killed}/{mutants.total - mutants.equivalent}"

    def _results_row(self, head: str, found: Iterable[object]) -> str:
        cells = "".join(f"<td>{each}</td>" for each in found)
        return f'<tr><th scope="row">{head}</th>{cells}</tr>'

    def _sum(self, findings: Iterable[Finding]) -> str:
        """One cell of the table of results: how many formulas, and the largest error."""
        found = list(findings)
        ran = [f for f in found if f.state in ("passed", "failed")]
        if not ran:
            stale = any(f.state == "stale" for f in found)
            return f"<span>{self.say('stale_short' if stale else 'absent_short')}</span>"
        worst = max(ran, key=lambda f: f.error)
        passed = sum(f.state == "passed" for f in ran)
        count = str(passed) if passed == len(ran) else f"{passed}/{len(ran)}"
        if worst.error == 0 and worst.symbolic:
            return f"{count}<span>≡ 0</span>"
        return f"{count}<span>≤ {_power(worst.error)}</span>"


def _indexed(formula: Formula, html: str) -> str:
    """Mark where a formula begins and ends, for the search index."""
    return f"<!--{formula.anchor}-->{html}<!--/{formula.anchor}-->"


def fold(title: str, html: str) -> str:
    """HTML that is hidden under a title until it is opened."""
    return f'<details class="eq-fold"><summary>{title}</summary>{html}</details>'


def _table(name: str, heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    return (
        f'<div class="wide" tabindex="0"><table class="{name}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def rich_list(items: Iterable[str]) -> str:
    """A list of items that are HTML."""
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _date(created: str) -> str:
    return created.partition("T")[0]


def _power(number: float) -> str:
    """``3.1e-16`` as 3.1 × 10⁻¹⁶, in HTML."""
    if number == 0:
        return "0"
    digits, _, exponent = f"{number:.1e}".partition("e")
    digits = digits.removesuffix(".0")
    power = f"10<sup>{int(exponent)}</sup>".replace("-", "−")
    return power if digits == "1" else f"{digits} × {power}"
