"""The tables that pages insert: symbols, works, checks, results, versions. Knows no Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import katex
from badges import tools
from evidence import Finding, Mutants
from formulas import Home
from listing import code_html
from pieces import Pieces, bullets, date, power
from words import ROLES


def symbols(pieces: Pieces, home: Home) -> str:
    """The table of the symbols of a cell or loss, grouped by the part they play."""
    rows = []
    for name in ROLES:
        group = [s for s in home.symbols if s.role == name]
        if not group:
            continue
        title = escape(ROLES[name][pieces.lang])
        rows.append(f'<tr><th colspan="4" scope="colgroup" class="group">{title}</th></tr>')
        rows += (
            row(
                katex.html(symbol.latex),
                pieces.space(symbol.shape),
                pieces.rich(symbol.title[pieces.lang]),
                f"<code>{escape(symbol.name)}</code>",
            )
            for symbol in group
        )
    heads = [pieces.say(h) for h in ("symbol", "shape", "meaning", "in_code")]
    return table("symbols", heads, rows)


def cite(pieces: Pieces, home: Home) -> str:
    """The list of works that the definition of a cell or loss comes from."""
    return pieces.works(home.cite)


def code(pieces: Pieces, home: Home) -> str:
    """The generated module of a cell or loss."""
    return code_html(pieces, home)


def routes(pieces: Pieces) -> str:
    """The table of checks: what each sees and what it cannot see."""
    rows = [
        f'<tr id="check-{route.id.replace("_", "-")}">'
        f'<th scope="row">{escape(route.title[pieces.lang])}</th>'
        f'<td data-head="{pieces.say("sees")}">{pieces.rich(route.sees[pieces.lang])}</td>'
        f'<td data-head="{pieces.say("cannot_see")}">'
        f"{pieces.rich(route.cannot_see[pieces.lang])}</td></tr>"
        for route in pieces.evidence.routes
    ]
    return table("checks", [pieces.say(h) for h in ("route", "sees", "cannot_see")], rows)


def results(pieces: Pieces) -> str:
    """For each check and each home: how many formulas, and the largest error."""
    homes = list(pieces.ledger.homes.values())
    of = {h.id: [f for f in pieces.ledger.formulas.values() if f.home == h.id] for h in homes}
    verdicts = {h: [pieces.evidence.verdict(f) for f in formulas] for h, formulas in of.items()}
    rows = [
        headed(pieces.say("formulas"), (len(of[h.id]) for h in homes)),
        headed(pieces.say("verified"), (verdicts[h.id].count("verified") for h in homes)),
    ]
    for route in pieces.evidence.routes:
        if route.id == "mutants":
            found = [_mutants_short(pieces, pieces.evidence.mutants(h)) for h in homes]
        else:
            found = [
                _sum(pieces, [pieces.evidence.finding(f, route.id) for f in of[h.id]])
                for h in homes
            ]
        rows.append(headed(escape(route.title[pieces.lang]), found))
    heads = [pieces.say("route"), *(escape(h.number_prefix) for h in homes)]
    return table("results", heads, rows)


def versions(pieces: Pieces) -> str:
    """When, and with which versions, the results were made; and for which code."""
    items = []
    for record, ran, absent in (
        (pieces.evidence.run, "this_run", "no_run"),
        (pieces.evidence.gpu, "gpu_run", "no_gpu"),
    ):
        if not record.present:
            items.append(pieces.say(absent))
            continue
        title = pieces.say(ran, created=date(record.created), device=record.device)
        items.append(title + tools(pieces, record))
    rows = [
        row(
            escape(home.number_prefix),
            escape(home.title[pieces.lang]),
            f"<code>{escape(home.code)}</code>",
            f"<code>{escape(home.code_hash[:16])}</code>",
        )
        for home in pieces.ledger.homes.values()
    ]
    heads = [pieces.say(h) for h in ("numbers", "home", "module", "hash")]
    return bullets(items) + table("modules", heads, rows)


def _sum(pieces: Pieces, found: Sequence[Finding]) -> str:
    """One cell of the table of results: how many formulas, and the largest error."""
    ran = [f for f in found if f.state in ("passed", "failed")]
    if not ran:
        stale = any(f.state == "stale" for f in found)
        return f"<span>{pieces.say('stale_short' if stale else 'absent_short')}</span>"
    worst = max(ran, key=lambda f: f.error)
    passed = sum(f.state == "passed" for f in ran)
    count = str(passed) if passed == len(ran) else f"{passed}/{len(ran)}"
    if worst.error == 0 and worst.symbolic:
        return f"{count}<span>≡ 0</span>"
    return f"{count}<span>≤ {power(worst.error)}</span>"


def _mutants_short(pieces: Pieces, mutants: Mutants) -> str:
    if mutants.state in ("stale", "absent"):
        return f"<span>{pieces.say(mutants.state + '_short')}</span>"
    return f"{mutants.killed}/{mutants.total - mutants.equivalent}"


def table(name: str, heads: Iterable[str], rows: Iterable[str]) -> str:
    """A table of rows, which scrolls sideways where it must."""
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    return (
        f'<div class="wide" tabindex="0"><table class="{name}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def row(*cells: str) -> str:
    """A row of a table."""
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def headed(head: str, found: Iterable[object]) -> str:
    """A row of a table that begins with a head of its own."""
    cells = "".join(f"<td>{each}</td>" for each in found)
    return f'<tr><th scope="row">{head}</th>{cells}</tr>'
