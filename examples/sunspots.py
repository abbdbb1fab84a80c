"""`python -m examples.sunspots`: a GRU forecasts the yearly sunspot numbers.

Many-to-one: the last ``window`` years give the next one. Many-to-many: run over the whole series,
each year gives the next ``ahead`` ones. The series is cut by time: the network and the
autoregression are fitted to the first part, the number of training steps and the order of the
autoregression are chosen by the second, errors are those of the third. Mean and variance for the
normalisation are the first part's. Imports rnnref.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
import rnnref
from rich.table import Table
from rnnref import ManyToMany, ManyToOne

from . import command, forecasts, training
from .adam import Arrays
from .forecasts import Array
from .sunspot_series import sunspots
from .training import Training

LOSS = rnnref.MeanSquaredError()
PERIOD = 11


@dataclass(frozen=True)
class Settings:
    """What can be chosen. Years ``fit_until`` and ``choose_until`` are the last of their parts."""

    hidden_size: int = 16
    window: int = 33
    ahead: int = 11
    fit_until: int = 1919
    choose_until: int = 1954
    orders: int = 22
    steps: int = 250
    every: int = 5
    rate: float = 5e-3
    max_norm: float = 1.0
    seeds: int = 5


FULL = Settings()
QUICK = Settings(hidden_size=4, window=11, orders=9, steps=4, every=2, seeds=1)


class Task(NamedTuple):
    """A network, what it is trained on, and how it forecasts from years of origin."""

    model: ManyToOne | ManyToMany
    inputs: Array
    targets: Array
    forecast: Callable[[Arrays, Sequence[int]], Array]


def next_year(z: Array, fitted: int, settings: Settings) -> Task:
    """Many-to-one on the normalised series z, whose first ``fitted`` years are trained on."""
    gru, output = rnnref.GRU(1, settings.hidden_size), rnnref.Output(settings.hidden_size, 1)
    model = ManyToOne(gru, output)

    def windows(origins: Sequence[int]) -> Array:
        cut = [z[t + 1 - settings.window : t + 1] for t in origins]
        return np.stack(cut, axis=1)[:, :, None]

    def forecast(params: Arrays, origins: Sequence[int]) -> Array:
        return model.forward(params, windows(origins))[0][0]

    origins = np.arange(settings.window - 1, fitted - 1)
    return Task(model, windows(origins), z[None, origins + 1, None], forecast)


def years_ahead(z: Array, fitted: int, settings: Settings) -> Task:
    """Many-to-many: one sequence, at each year the next ``ahead`` ones."""
    gru = rnnref.GRU(1, settings.hidden_size)
    model = ManyToMany(gru, rnnref.Output(settings.hidden_size, settings.ahead))

    def forecast(params: Arrays, origins: Sequence[int]) -> Array:
        return model.forward(params, z[: max(origins) + 1, None, None])[0][origins, 0]

    origins = np.arange(fitted - settings.ahead)
    return Task(
        model, z[origins, None, None], _after(z, origins, settings.ahead)[:, None], forecast
    )


TASKS = {"next_year": next_year, "years_ahead": years_ahead}


def steps(task: Task, now: Training, settings: Settings) -> Iterator[tuple[float, Training]]:
    """Train on everything at once, without end; gives the loss and what came of it."""
    while True:
        y, _, tape = task.model.forward(now.params, task.inputs)
        loss, seen = LOSS.forward(y, task.targets)
        grads = task.model.backward(tape, LOSS.backward(seen))
        now = training.step(now, grads.params, settings.rate, settings.max_norm)
        yield float(loss), now


def compute(settings: Settings, track: command.Track) -> dict[str, Any]:
    """Both tasks with every seed, beside the baselines."""
    years, x = sunspots()
    fitted, chosen = (int(np.sum(years <= y)) for y in (settings.fit_until, settings.choose_until))
    results: dict[str, Any] = {
        "series": {
            "package": "statsmodels",
            "version": version("statsmodels"),
            "years": years.tolist(),
            "values": x.tolist(),
        }
    }
    for name, ahead in {"next_year": 1, "years_ahead": settings.ahead}.items():
        origins = {
            "validation": range(fitted - 1, chosen - ahead),
            "test": range(chosen - 1, len(x) - ahead),
        }
        found = _baselines(x, fitted, ahead, origins, settings)
        networks = [
            _network(TASKS[name], x, fitted, origins, settings, seed, track)
            for seed in range(settings.seeds)
        ]
        results[name] = {
            "origins": {part: years[t].tolist() for part, t in origins.items()},
            "baselines": {kind: _errors(x, f, origins) for kind, f in found.items()},
            "gru": [_errors(x, n.forecasts, origins) | {"steps": n.steps} for n in networks],
            "forecasts": {
                "autoregression": _first(found["autoregression"]["test"]),
                "gru": [_first(n.forecasts["test"]) for n in networks],
            },
        }
    return results


Origins = dict[str, range]
Forecasts = dict[str, Array]


class Trained(NamedTuple):
    """The forecasts of a network after the number of steps that was chosen."""

    forecasts: Forecasts
    steps: int


def _baselines(
    x: Array, fitted: int, ahead: int, origins: Origins, settings: Settings
) -> dict[str, Forecasts]:
    def autoregression(order: int, part: str) -> Array:
        coefficients = forecasts.fit_autoregression(x[:fitted], order)
        return forecasts.autoregression(x, origins[part], ahead, coefficients)

    def error(order: int) -> float:
        return _rmse(x, autoregression(order, "validation"), origins["validation"])

    order = min(range(1, settings.orders + 1), key=error)
    kinds: dict[str, Callable[[str], Array]] = {
        "last value": lambda part: forecasts.last_value(x, origins[part], ahead),
        "11 years ago": lambda part: forecasts.a_period_ago(x, origins[part], ahead, PERIOD),
        "autoregression": partial(autoregression, order),
    }
    return {name: {part: kind(part) for part in origins} for name, kind in kinds.items()}


def _network(
    task: Callable[[Array, int, Settings], Task],
    x: Array,
    fitted: int,
    origins: Origins,
    settings: Settings,
    seed: int,
    track: command.Track,
) -> Trained:
    mean, deviation = x[:fitted].mean(), x[:fitted].std()
    made = task((x - mean) / deviation, fitted, settings)
    run = steps(made, training.start(made.model.init_params(np.random.default_rng(seed))), settings)
    best, least = Trained({}, 0), np.inf
    for step in track(range(1, settings.steps + 1), f"{task.__name__}, seed {seed}"):
        _, now = next(run)
        if step % settings.every == 0:
            given = {p: made.forecast(now.params, t) * deviation + mean for p, t in origins.items()}
            error = _rmse(x, given["validation"], origins["validation"])
            if error < least:
                best, least = Trained(given, step), error
    return best


def _after(x: Array, origins: Sequence[int], ahead: int) -> Array:
    """What came: x[t + 1] ... x[t + ahead] for each origin t."""
    return np.stack([x[t + 1 : t + 1 + ahead] for t in origins])


def _rmse(x: Array, given: Array, origins: Sequence[int]) -> float:
    return float(np.sqrt(np.mean((given - _after(x, origins, given.shape[1])) ** 2)))


def _errors(x: Array, given: Forecasts, origins: Origins) -> dict[str, dict[str, list[float]]]:
    """Root mean squared and mean absolute error for each number of years ahead."""
    found = {}
    for part, t in origins.items():
        off = given[part] - _after(x, t, given[part].shape[1])
        rmse, mae = np.sqrt((off**2).mean(axis=0)), np.abs(off).mean(axis=0)
        found[part] = {"rmse": rmse.tolist(), "mae": mae.tolist()}
    return found


def _first(given: Array) -> list[float]:
    """The forecasts of the year after each origin."""
    return given[:, 0].round(2).tolist()


def table(results: dict[str, Any]) -> Table:
    """Errors on the test years: one year ahead, then the mean over all years ahead."""
    columns = [
        f"{kind}, {years}" for years in ("1 year", "to 11 years") for kind in ("RMSE", "MAE")
    ]
    shown = Table("test error", *columns)
    tasks = [results[name] for name in TASKS]
    rows = {name: [task["baselines"][name] for task in tasks] for name in tasks[0]["baselines"]}
    for seed, pair in enumerate(zip(*(task["gru"] for task in tasks), strict=True)):
        rows[f"GRU, seed {seed}"] = list(pair)
    for name, errors in rows.items():
        means = (np.mean(e["test"][kind]) for e in errors for kind in ("rmse", "mae"))
        shown.add_row(name, *(f"{mean:.1f}" for mean in means))
    return shown


EXAMPLE = command.Example("sunspots", FULL, QUICK, compute, table)

if __name__ == "__main__":
    sys.exit(command.run(EXAMPLE))
