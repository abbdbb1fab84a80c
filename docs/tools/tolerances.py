"""What the tolerances of `rnnref.testing` are worth, as HTML from docs/data/tolerances.json."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from formulas import UnknownNameError, suggest
from lookups import read
from pieces import Pieces
from tables import headed, row, table
from words import LANGUAGES

WORDS = {
    "precision": ("precision", "精度"),
    "implementation": ("implementation", "实现"),
    "runs": ("runs", "运行次数"),
    "alarms": ("false alarms", "误报"),
    "largest": ("largest error / tolerance", "最大误差 / 容差"),
    "planted": ("mistakes planted", "埋入的错误"),
    "caught": ("caught", "查出"),
    "missed": ("missed", "漏过"),
    "smallest": ("smallest error / tolerance", "最小误差 / 容差"),
    "torch.nn": ("`torch.nn` and autograd", "`torch.nn` 与自动微分"),
    "torch, equation by equation": (
        "PyTorch, equation by equation, and autograd",
        "PyTorch 逐式计算与自动微分",
    ),
    "rnnref itself": ("`rnnref` in that precision", "该精度下的 `rnnref`"),
    "NumPy, sums in order": ("textbook code, sums in order", "教科书式代码，依次求和"),
    "NumPy, sums in a random order": (
        "textbook code, sums in a random order",
        "教科书式代码，随机次序求和",
    ),
    "NumPy, sums in float32": (
        "textbook code, sums in float32",
        "教科书式代码，以 float32 求和",
    ),
}
"""In English and in Chinese."""

QUANTITIES = ("y", "d_x", "d_weight_hh_l0", "d_bias_ih_l0")
Rows = list[dict[str, Any]]


def tolerances(pieces: Pieces, name: str) -> str:
    """The table of that name."""
    if name not in _TABLES:
        raise UnknownNameError(f"no table of tolerances is called {name!r}{suggest(name, _TABLES)}")
    return _TABLES[name](pieces, read("tolerances")[name])


def _sizes(pieces: Pieces, rows: Rows) -> str:
    """How large the tolerances of an LSTM are."""
    heads = [_say(pieces, "precision"), pieces.rich("$T$")]
    shown = (
        row(f"<code>{r['precision']}</code>", str(r["T"]), *(f"{r[q]:.1e}" for q in QUANTITIES))
        for r in rows
    )
    return table("record", [*heads, *(f"<code>{q}</code>" for q in QUANTITIES)], shown)


def _right(pieces: Pieces, rows: Rows) -> str:
    """How close right implementations come."""
    names = ("precision", "implementation", "runs", "alarms", "largest")
    shown = (
        row(
            f"<code>{r['precision']}</code>",
            _say(pieces, r["implementation"]),
            str(r["runs"]),
            str(r["alarms"]),
            f"{r['largest']:.2f}",
        )
        for r in rows
    )
    return table("record", [_say(pieces, name) for name in names], shown)


def _mistakes(pieces: Pieces, rows: Rows) -> str:
    """How many mistakes are caught, by precision, and which are not."""
    names = ("precision", "planted", "caught", "smallest", "missed")
    return table(
        "record",
        [_say(pieces, name) for name in names],
        (headed(f"<code>{name}</code>", cells) for name, cells in _by_precision(rows)),
    )


def _by_precision(rows: Rows) -> Iterator[tuple[str, list[str]]]:
    grouped: dict[str, Rows] = defaultdict(list)
    for r in rows:
        grouped[r["precision"]].append(r)
    for precision, group in grouped.items():
        missed = [f"{id}, {r['layer']}" for r in group for id in r["missed"]]
        yield (
            precision,
            [
                *(str(sum(r[name] for r in group)) for name in ("planted", "caught")),
                f"{min(r['smallest'] for r in group):.2g}",
                "<br>".join(f"<code>{escape(each)}</code>" for each in missed) or "0",
            ],
        )


_TABLES: dict[str, Callable[[Pieces, Rows], str]] = {
    "sizes": _sizes,
    "right": _right,
    "mistakes": _mistakes,
}


def _say(pieces: Pieces, name: str) -> str:
    return pieces.rich(WORDS[name][LANGUAGES.index(pieces.lang)])
