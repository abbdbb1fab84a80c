"""What the examples found, from the records in docs/data/examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Any

from drawings.chart import Chart, powers, ticks
from drawings.kit import Kit
from drawings.svg import Drawing

PANELS = (
    ("rnn", "h", 0.0),
    ("gru", "h", 0.0),
    ("lstm", "h", 0.0),
    ("lstm", "h", 4.0),
    ("lstm", "c", 0.0),
    ("lstm", "c", 4.0),
)
"""Cell, state and forget bias of the panels of ``gradient_norms``."""


def gradient_norms(kit: Kit) -> list[Drawing]:
    """Norms over T - t: measured, with the product of the norms of single steps as their bound."""
    found = kit.read("examples/gradient_norms")["results"]
    lags = found["lags"]
    panels: list[Drawing] = []
    for cell, state, bias in PANELS:
        own = (cell, state, bias)
        curves = [c for c in found["curves"] if (c["cell"], c["state"], c["forget_bias"]) == own]
        norm = rf"$∥\partial {state}_T / \partial {state}_t∥$"
        held = f"$b_f = {bias:g}$" if cell == "lstm" else ""
        chart = Chart(
            "  ".join(filter(None, (cell.upper(), norm, held))),
            kit.say("gradient_norms.about"),
            x=ticks(*range(0, lags[-1] + 1, 12)),
            y=powers(-16, -8, 0, 8),
            over="$T - t$",
            log=True,
            right=44,
        )
        ends = []
        for k, curve in enumerate(curves, 1):
            chart.line(lags, curve["one_step"]["high"], f"dashed thin c{k}")
            last = chart.line(lags, curve["measured"]["mean"], f"c{k}")
            ends.append((last, f"{curve['scale']:g}", f"t{k}"))
        chart.at_ends(ends)
        if own == PANELS[0]:
            chart.label((lags[-1], 1e8), r"$\sigma_{\max}$", "note", "start", (8, 4))
            chart.label((13, 3e5), kit.say("bound"), "note", "end")
            chart.label((13, 3e-15), kit.say("measured"), "note", "end")
        panels.append(chart)
    return panels


def language_model(kit: Kit) -> list[Drawing]:
    """Bits over the epochs, and on the test text beside those of the n-grams."""
    found = kit.read("examples/language_model")["results"]
    epochs = range(1, len(found["curve"]) + 1)
    learning = Chart(
        kit.say("bits learning"),
        kit.say("language_model.about"),
        x={1: "1", **ticks(8, 16, 24, 32)},
        y=ticks(2, 3, 4),
        span=(1.9, 4.7),
        over=kit.say("epoch"),
    )
    for name, style, shift in (("train", "1", (0, -24)), ("validation", "2", (0, -10))):
        values = [row[name] for row in found["curve"]]
        learning.line(epochs, values, f"c{style}")
        learning.label((epochs[-1], values[-1]), kit.say(name), f"t{style}", "end", shift)
    against = Chart(
        kit.say("bits test"),
        kit.say("language_model.about"),
        x={0.3: "", len(found["ngrams"]) + 1.7: ""},
        y=ticks(0, 1, 2, 3, 4),
        span=(0, 4.8),
        over=kit.say("model"),
    )
    bars = [(f"{row['n']}", row["test"], "quiet") for row in found["ngrams"]]
    for k, (name, bits, style) in enumerate([*bars, ("LSTM", found["lstm"]["test"], "c1")], 1):
        against.bar(k, bits, 0.36, style)
        against.label((k, bits), f"{bits:.2f}", "note", "middle", (0, -5))
        against.label((k, 0), name, "tick", "middle", (0, 17))
    return [learning, against]


def encoder_decoder(kit: Kit) -> list[Drawing]:
    """Exactly right answers over the steps of training: each seed, and their mean."""
    found = kit.read("examples/encoder_decoder")["results"]
    panels: list[Drawing] = []
    for k, given in enumerate(dict.fromkeys(run["handed_over"] for run in found["runs"]), 1):
        curves = [run["curve"] for run in found["runs"] if run["handed_over"] == given]
        steps = [row["step"] for row in curves[0]]
        right = [[100 * row["held_out"] for row in curve] for curve in curves]
        chart = Chart(
            kit.say(given),
            kit.say("encoder_decoder.about"),
            x=ticks(0, 100, 200, 300, 400, 500),
            y={v: f"{v} %" for v in (0, 50, 100)},
            over=kit.say("training steps"),
        )
        for curve in right:
            chart.line(steps, curve, f"faint c{k}")
        mean = _mean(right)
        chart.line(steps, mean, f"c{k}")
        place = (steps[-1], mean[-1])
        chart.label(
            place,
            kit.say("mean at the end").format(value=mean[-1]),
            f"t{k}",
            "end",
            (0, 22 if mean[-1] > 90 else -40),
        )
        panels.append(chart)
    return panels


def sunspots(kit: Kit) -> list[Drawing]:
    """Forecasts of the test years one year ahead; errors over the years ahead."""
    found = kit.read("examples/sunspots")["results"]
    return [*_next_year(kit, found), _years_ahead(kit, found["years_ahead"])]


def _next_year(kit: Kit, found: dict[str, Any]) -> Iterable[Drawing]:
    task = found["next_year"]
    years = [origin + 1 for origin in task["origins"]["test"]]
    series = dict(zip(found["series"]["years"], found["series"]["values"], strict=True))
    gru = task["forecasts"]["gru"]
    rivals = (
        ("autoregression", [task["forecasts"]["autoregression"]], "2"),
        ("GRU", gru, "1"),
    )
    for name, forecasts, style in rivals:
        chart = Chart(
            kit.say("one year ahead").format(model=kit.say(name)),
            kit.say("sunspots.about"),
            x=ticks(*range(1955, 2009, 1), every=15),
            y=ticks(0, 100, 200),
            span=(0, 235),
            over=kit.say("year"),
        )
        observed = [series[year] for year in years]
        for year, value in zip(years, observed, strict=True):
            x, y = chart.at(year, value)
            chart.add("circle", "point", cx=x, cy=y, r=1.9)
        if len(forecasts) > 1:
            lowest, highest = zip(
                *((min(v), max(v)) for v in zip(*forecasts, strict=True)), strict=True
            )
            chart.band(years, lowest, highest, f"c{style}")
        chart.line(years, _mean(forecasts), f"c{style}")
        chart.label((1958, 190), kit.say("observed"), "note", "start", (9, 3))
        yield chart


def _years_ahead(kit: Kit, task: dict[str, Any]) -> Drawing:
    chart = Chart(
        kit.say("errors ahead"),
        kit.say("sunspots.about"),
        x=ticks(*range(1, 12), every=2),
        y=ticks(0, 40, 80, 120),
        over=kit.say("years ahead"),
        right=104 if kit.lang == "en" else 84,
    )
    gru = [errors["test"]["rmse"] for errors in task["gru"]]
    curves = {name: errors["test"]["rmse"] for name, errors in task["baselines"].items()}
    curves["GRU"] = _mean(gru)
    ahead = range(1, len(curves["GRU"]) + 1)
    styles = {"last value": "3", "11 years ago": "4", "autoregression": "2", "GRU": "1"}
    lowest, highest = zip(*((min(v), max(v)) for v in zip(*gru, strict=True)), strict=True)
    chart.band(ahead, lowest, highest, "c1")
    ends = []
    for name, style in styles.items():
        last = chart.line(ahead, curves[name], f"c{style}")
        ends.append((last, kit.say(name), f"t{style}"))
    chart.at_ends(ends)
    return chart


def _mean(curves: Sequence[Sequence[float]]) -> list[float]:
    return [fmean(values) for values in zip(*curves, strict=True)]
