"""The results of the examples, as HTML from their records in docs/data/examples.

Each function makes what ``/// record | name`` shows; the name has the record before its dot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from statistics import fmean
from typing import Any

from formulas import UnknownNameError, suggest
from lookups import read
from pieces import Pieces
from tables import row, table
from words import LANGUAGES

Results = dict[str, Any]
_ERRORS = (("validation", "rmse"), ("test", "rmse"), ("test", "mae"))
PARTS = ("train", "validation", "test")
WORDS = {
    "hidden_size": ("hidden size $H$", "隐状态维数 $H$"),
    "lanes": ("pieces of the text side by side", "文本分成并排的段数"),
    "steps": ("training steps", "训练步数"),
    "language_model.steps": ("characters through which a gradient goes", "梯度回传的字符数"),
    "epochs": ("epochs", "训练轮数"),
    "rate": ("rate of Adam", "Adam 的学习率"),
    "max_norm": ("gradient clipped to the norm", "梯度范数裁剪到"),
    "part": (
        "of so many paragraphs one for validation, one for the test",
        "每多少段取一段验证、一段测试",
    ),
    "orders": ("longest baseline", "基线的最高阶数"),
    "sample": ("characters drawn", "抽取的字符数"),
    "seed": ("seed", "随机种子"),
    "seeds": ("seeds", "随机种子数"),
    "digits": ("digits at most", "最多位数"),
    "trained_on": ("numbers trained on", "训练所用的数"),
    "held_out": ("numbers held out", "留出的数"),
    "batch": ("batch", "批的大小"),
    "every": ("steps between two evaluations", "每多少步评估一次"),
    "window": ("years read", "读入的年数"),
    "ahead": ("years ahead", "预测的年数"),
    "fit_until": ("fitted to the years until", "拟合用到哪一年"),
    "choose_until": ("chosen by the years until", "挑选用到哪一年"),
    "h and c": ("$h$ and $c$", "$h$ 与 $c$"),
    "h alone": ("$h$ alone", "仅 $h$"),
    "c alone": ("$c$ alone", "仅 $c$"),
    "last value": ("last value", "取最近一年"),
    "11 years ago": ("11 years ago", "取十一年前"),
    "autoregression": ("autoregression", "自回归"),
    "train": ("training", "训练集"),
    "validation": ("validation", "验证集"),
    "test": ("test", "测试集"),
    "characters": ("characters", "字符数"),
    "model": ("model", "模型"),
    "handed over": ("handed over", "交接"),
    "trained on": ("right on numbers trained on", "训练过的数，全对"),
    "held out": ("right on numbers held out", "留出的数，全对"),
    "validation rmse": ("RMSE, validation", "均方根误差，验证"),
    "test rmse": ("RMSE, test", "均方根误差，测试"),
    "test mae": ("mean absolute error, test", "平均绝对误差，测试"),
    "setting": ("setting", "设置"),
    "value": ("value", "取值"),
}
"""In English and in Chinese, what the records call by a short name."""


def record(pieces: Pieces, name: str) -> str:
    """The table of that name."""
    if name not in _TABLES:
        raise UnknownNameError(f"no table is called {name!r}{suggest(name, _TABLES)}")
    example = name.partition(".")[0]
    return _TABLES[name](pieces, example, read(f"examples/{example}"))


def _settings(pieces: Pieces, example: str, found: Results) -> str:
    """What was chosen, and what it took."""
    about = found["about"]
    own = {name: f"{example}.{name}" for name in about["settings"]}
    rows = (
        (_say(pieces, own[name] if own[name] in WORDS else name), f"<code>{value}</code>")
        for name, value in about["settings"].items()
    )
    note = pieces.say(
        "took", **{n: about[n] for n in ("command", "cpu_seconds", "python", "numpy")}
    )
    return _table(pieces, ("setting", "value"), rows) + f"<p>{note}</p>"


def _text(pieces: Pieces, example: str, found: Results) -> str:
    """How long the parts of the text are."""
    count = found["results"]["text"]["characters"]
    return _table(pieces, ("characters", *PARTS), [["", *(f"{count[p]}" for p in PARTS)]])


def _bits(pieces: Pieces, example: str, found: Results) -> str:
    """Bits for each character."""
    models = {f"{row['n']}-gram": row for row in found["results"]["ngrams"]}
    models["LSTM"] = found["results"]["lstm"]
    rows = ((name, *(f"{bits[p]:.3f}" for p in PARTS)) for name, bits in models.items())
    return _table(pieces, ("model", *PARTS), rows)


def _sample(pieces: Pieces, example: str, found: Results) -> str:
    """What the network writes."""
    return f'<pre class="sample" tabindex="0">{escape(found["results"]["sample"])}</pre>'


def _right(pieces: Pieces, example: str, found: Results) -> str:
    """The share of numbers that are right to the last digit."""
    order = list(dict.fromkeys(run["handed_over"] for run in found["results"]["runs"]))
    runs = sorted(found["results"]["runs"], key=lambda run: order.index(run["handed_over"]))
    rows = (
        (
            _say(pieces, run["handed_over"]),
            str(run["seed"]),
            f"{run['trained_on']:.1%}",
            f"{run['curve'][-1]['held_out']:.1%}",
        )
        for run in runs
    )
    return _table(pieces, ("handed over", "seed", "trained on", "held out"), rows)


def _errors(task: str) -> Callable[[Pieces, str, Results], str]:
    """The errors of a task, as means over the years ahead."""

    def made(pieces: Pieces, example: str, found: Results) -> str:
        of = found["results"][task]
        models = {_say(pieces, name): errors for name, errors in of["baselines"].items()}
        seed = _say(pieces, "seed")
        models |= {f"GRU, {seed} {k}": errors for k, errors in enumerate(of["gru"])}
        rows = (
            (name, *(f"{fmean(errors[part][kind]):.1f}" for part, kind in _ERRORS))
            for name, errors in models.items()
        )
        return _table(pieces, ("model", *(f"{part} {kind}" for part, kind in _ERRORS)), rows)

    return made


_TABLES: dict[str, Callable[[Pieces, str, Results], str]] = {
    "language_model.settings": _settings,
    "language_model.text": _text,
    "language_model.bits": _bits,
    "language_model.sample": _sample,
    "encoder_decoder.settings": _settings,
    "encoder_decoder.right": _right,
    "sunspots.settings": _settings,
    "sunspots.next_year": _errors("next_year"),
    "sunspots.years_ahead": _errors("years_ahead"),
}


def _say(pieces: Pieces, name: str) -> str:
    return pieces.rich(WORDS[name][LANGUAGES.index(pieces.lang)])


def _table(pieces: Pieces, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return table("record", [_say(pieces, head) for head in heads], (row(*each) for each in rows))
