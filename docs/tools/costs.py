"""Tables of what cells cost, from ``docs/data/costs.json``, as HTML. Knows no Markdown."""

from __future__ import annotations

import json
from pathlib import Path

from formulas import UnknownNameError
from pieces import Pieces

FILE = Path(__file__).parents[1] / "data/costs.json"


def costs_html(name: str, pieces: Pieces) -> str:
    """The table of that name: a row of heads, then rows that begin with what is counted."""
    tables = json.loads(FILE.read_text(encoding="utf-8"))["tables"]
    if name not in tables:
        raise UnknownNameError(f"unknown table of counts: {name!r}; there are {', '.join(tables)}")
    heads, *rows = ([pieces.rich(text[pieces.lang]) for text in row] for row in tables[name])
    head = "".join(f'<th scope="col">{cell}</th>' for cell in heads)
    body = "".join(
        f'<tr><th scope="row">{what}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for what, *cells in rows
    )
    return (
        f'<div class="wide" tabindex="0"><table class="counts"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
