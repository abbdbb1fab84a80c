"""Which known mistakes explain what an implementation computes. Imports NumPy and rnnref.

The outputs come first: they say which forward mistakes were made. Each of these has gradients of
its own, the exact ones of the mistaken forward pass; held against them, the gradients say which
backward mistakes were made besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from rnnref.arrays import Array
from rnnref.testing.cases import Case, Results
from rnnref.testing.faulty import network
from rnnref.testing.mistakes import Mistake, mistakes_of

TOLERANCE = 1e-9
SLACK = 4.0
"""By how much a tolerance may be exceeded: it is that of right results, and those of a mistake may
be larger or worse conditioned."""

Mistakes = tuple[Mistake, ...]
Compute = Callable[[dict[str, Any]], Results]


@dataclass(frozen=True)
class Diagnosis:
    """An explanation of results that are not right.

    Attributes:
        mistakes: what was done wrong, forward mistakes first; all of them together.
        explains: the results that these mistakes give, by name.
        unexplained: the results that they do not give.
    """

    mistakes: Mistakes
    explains: tuple[str, ...]
    unexplained: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """What the implementation computes instead."""
        said = "; and ".join(mistake.says for mistake in self.mistakes)
        rest = f"; this does not explain {', '.join(self.unexplained)}" if self.unexplained else ""
        return said + rest

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "; and ".join(mistake.fix for mistake in self.mistakes)


def diagnose(
    case: Case, results: Results, tolerance: float | Mapping[str, float] = TOLERANCE
) -> list[Diagnosis]:
    """The known mistakes, or pairs of them, that explain results.

    Args:
        case: what was computed.
        results: what came, by the names of `rnnref.testing.reference`; some may be missing.
        tolerance: how far a result may be off, by its largest entry: one number, or one for each.

    Returns:
        Explanations with as few mistakes as explain the results; several if the case cannot tell
        them apart. If forward mistakes explain the outputs and nothing the gradients, that is said.
        Empty if the results are right, or if no explanation is known.

    >>> import numpy as np, rnnref
    >>> from rnnref.testing import Case, diagnose
    >>> layer, rng = rnnref.RNN(3, 5), np.random.default_rng(0)
    >>> x, y, state = rng.normal(size=(7, 2, 3)), np.ones((7, 2, 5)), layer.init_state(2)
    >>> params = layer.init_params(rng)
    >>> case = Case("drawn", layer, params, x, state, y, state)
    >>> y, end, _ = layer.forward(params | {"bias_hh_l0": 0 * params["bias_hh_l0"]}, x)
    >>> [found] = diagnose(case, {"y": y, "h_n": end.h})
    >>> print(found.says)
    b_hh is not added
    """
    allowed = tolerance if isinstance(tolerance, Mapping) else dict.fromkeys(results, tolerance)
    with np.errstate(all="ignore"):  # a mistaken forward pass may overflow
        found = _diagnoses(case, results, allowed)
    complete = [diagnosis for diagnosis in found if not diagnosis.unexplained]
    least = min((len(diagnosis.mistakes) for diagnosis in complete or found), default=0)
    return [d for d in complete or found if len(d.mistakes) == least > 0]


def _diagnoses(case: Case, results: Results, allowed: Mapping[str, float]) -> list[Diagnosis]:
    """Everything that explains the outputs, each with what explains the gradients besides."""
    known = mistakes_of(case)
    outputs = tuple(name for name in results if not name.startswith("d_"))
    gradients = tuple(name for name in results if name.startswith("d_"))
    if not outputs:
        run = partial(network.run, case)
        alone = _explanations(known, (), 2, run, _part(results, gradients), allowed)
        return [Diagnosis(mistakes, gradients) for mistakes in alone]
    ahead = [mistake for mistake in known if mistake.direction == "forward"]
    behind = [mistake for mistake in known if mistake.direction == "backward"]
    forward = lambda switches: network.forward(case, switches).results  # noqa: E731
    found = []
    for made in _explanations(ahead, (), 2, forward, _part(results, outputs), allowed):
        runs = network.forward(case, _switches(made)).runs
        backward = partial(network.backward, case, runs=runs)
        most = 1 if made else 2
        more = _explanations(behind, made, most, backward, _part(results, gradients), allowed)
        found += [Diagnosis(mistakes, outputs + gradients) for mistakes in more]
        if not more:
            found.append(Diagnosis(made, outputs, gradients))
    return found


def _explanations(
    known: Sequence[Mistake],
    made: Mistakes,
    most: int,
    compute: Compute,
    wanted: Results,
    allowed: Mapping[str, float],
) -> list[Mistakes]:
    """Those already made with as few more as explain what is wanted, at most ``most``."""
    for count in range(most + 1):
        found = [
            (*made, *more)
            for more in combinations(known, count)
            if _go_together((*made, *more))
            and _agree(compute(_switches((*made, *more))), wanted, allowed)
        ]
        if found:
            return found
    return []


def _go_together(mistakes: Mistakes) -> bool:
    """Whether no two mistakes want the same switch."""
    return len(_switches(mistakes)) == sum(len(mistake.switches) for mistake in mistakes)


def _switches(mistakes: Iterable[Mistake]) -> dict[str, Any]:
    return {name: value for mistake in mistakes for name, value in mistake.switches.items()}


def _agree(computed: Results, wanted: Results, allowed: Mapping[str, float]) -> bool:
    """Whether everything that is wanted was computed."""
    return all(
        np.shape(value) == computed[name].shape
        and _error(computed[name], value) <= SLACK * allowed[name]
        for name, value in wanted.items()
    )


def _error(computed: Array, wanted: Array) -> float:
    """The largest error by the largest entry; nan, which is no agreement, where one is nan."""
    return float(np.abs(computed - wanted).max()) / (float(np.abs(computed).max()) or 1.0)


def _part(results: Results, names: Iterable[str]) -> Results:
    return {name: results[name] for name in names}
