"""Which known mistakes explain what an implementation computes. Imports NumPy and rnnref.

The outputs come first: they say which forward mistakes were made. Each of these has gradients of
its own, the exact ones of the mistaken forward pass; held against them, the gradients say which
backward mistakes were made besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from rnnref.arrays import Array
from rnnref.testing.cases import Case, Results
from rnnref.testing.faulty import network
from rnnref.testing.mistakes import Mistake, can_be_made, mistakes_of

TOLERANCE = 1e-9
SLACK = 4.0
"""By how much a tolerance may be exceeded: it is that of right results, and those of a mistake may
be larger or worse conditioned."""

STEPS = 2
"""How many steps a short run has."""

Mistakes = tuple[Mistake, ...]
Switches = Mapping[str, Any]
Compute = Callable[[Switches], Results]


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
        them apart. Where forward mistakes explain the outputs, and not all gradients, they name the
        gradients that are left. Empty if the results are right, or if no explanation is known.

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


@dataclass(frozen=True, eq=False)
class WrongCase:
    """A case whose results are not right, and how far each may be off, by its largest entry."""

    case: Case
    results: Results
    allowed: Mapping[str, float]

    def is_explained(self, diagnosis: Diagnosis) -> bool:
        """Whether the mistakes give these results too, but for those that they leave open.

        At least one of them has to be wrong.
        """
        names = tuple(n for n in self.results if n not in diagnosis.unexplained)
        wanted = _Wanted(names, self.results, self.allowed)
        made = [m for m in diagnosis.mistakes if can_be_made(m, self.case)]
        with np.errstate(all="ignore"):
            right, wrong = (network.run(self.case, s) for s in ({}, _switches(made)))
            return wanted.given_by(wrong) and not wanted.given_by(right)


def diagnose_all(
    wrong: Sequence[WrongCase], tries: int
) -> tuple[tuple[Diagnosis, ...], tuple[str, ...]]:
    """The explanations of as many wrong cases as one explanation can hold in, and their ids.

    Of explanations that hold in as many other cases, the first counts.

    Args:
        wrong: the cases, the most telling first.
        tries: how many of them are searched for known mistakes.
    """
    best: tuple[tuple[Diagnosis, ...], tuple[str, ...]] = (), ()
    left = list(wrong)
    for _ in range(tries):
        if not left:
            break
        here = left.pop(0)
        explained = {
            diagnosis: tuple(w.case.id for w in wrong if w is here or w.is_explained(diagnosis))
            for diagnosis in diagnose(here.case, here.results, here.allowed)
        }
        most = max(explained.values(), key=len, default=())
        if len(most) > len(best[1]):
            best = tuple(d for d, ids in explained.items() if ids == most), most
            left = [w for w in left if w.case.id not in most]
    return best


def _diagnoses(case: Case, results: Results, allowed: Mapping[str, float]) -> list[Diagnosis]:
    """Everything that explains the outputs, each with what explains the gradients besides."""
    known = mistakes_of(case)
    outputs = tuple(name for name in results if not name.startswith("d_"))
    gradients = tuple(name for name in results if name.startswith("d_"))
    of = partial(_Wanted, results=results, allowed=allowed)
    if not outputs:
        alone = _explanations(known, (), 2, of(gradients), partial(network.run, case))
        return [Diagnosis(mistakes, gradients) for mistakes in alone]
    ahead = [mistake for mistake in known if mistake.direction == "forward"]
    behind = [mistake for mistake in known if mistake.direction == "backward"]
    begins, ends = _first_steps(case, of(("y",))), _last_steps(case, of(("d_x",)))
    found = []
    for made in _explanations(ahead, (), 2, of(outputs), partial(_outputs, case), begins):
        runs = network.forward(case, _switches(made)).runs
        backward = partial(network.backward, case, runs=runs)
        more = _explanations(behind, made, 1 if made else 2, of(gradients), backward, ends)
        found += [Diagnosis(mistakes, outputs + gradients) for mistakes in more]
        if not more:
            computed = backward(_switches(made))
            given = tuple(n for n in gradients if of((n,)).given_by(computed))
            open_ = tuple(n for n in gradients if n not in given)
            found.append(Diagnosis(made, outputs + given, open_))
    return found


@dataclass(frozen=True)
class _Wanted:
    """The results that an explanation must give, and how closely; maybe at some steps alone."""

    names: tuple[str, ...]
    results: Results
    allowed: Mapping[str, float]
    steps: slice | None = None

    def given_by(self, computed: Results) -> bool:
        """Whether all of them were computed."""
        return all(self._error(computed[n], n) <= SLACK * self._allowed(n) for n in self.names)

    def _allowed(self, name: str) -> float:
        """What is allowed for one: 0 where the right result is exact, which a wrong one is not;
        there it is the largest of the others.
        """
        return self.allowed[name] or max(self.allowed.values())

    def _error(self, computed: Array, name: str) -> float:
        """The largest error by the largest entry; nan, which is no agreement, where one is nan."""
        whole = self.results[name]
        wanted = whole if self.steps is None else whole[self.steps]
        if np.shape(wanted) != computed.shape:
            return np.inf
        return float(np.abs(computed - wanted).max()) / (float(np.abs(whole).max()) or 1.0)


def _explanations(
    known: Sequence[Mistake],
    made: Mistakes,
    most: int,
    wanted: _Wanted,
    compute: Compute,
    likely: Callable[[Switches], bool] = lambda switches: True,
) -> list[Mistakes]:
    """Those already made with as few more as explain what is wanted, at most ``most``.

    Two more are only tried where that is likely.
    """
    for count in range(most + 1):
        found = []
        for more in combinations(known, count):
            mistakes = (*made, *more)
            switches = _switches(mistakes)
            if len(switches) < sum(len(mistake.switches) for mistake in mistakes):
                continue  # two of them want the same switch
            if (count < 2 or likely(switches)) and wanted.given_by(compute(switches)):
                found.append(mistakes)
        if found:
            return found
    return []


def _first_steps(case: Case, wanted: _Wanted) -> Callable[[Switches], bool]:
    """Whether switches give the first outputs right: a short run that spares most long ones."""
    whole = len(case.x) if case.lengths is None else int(case.lengths.min())
    if case.layer.bidirectional or whole <= STEPS or "y" not in wanted.results:
        return lambda switches: True
    steps = slice(STEPS)
    part = replace(case, x=case.x[steps], d_y=case.d_y[steps], lengths=None)
    first = replace(wanted, steps=steps)
    mixing = {"x_reshaped", "y_reshaped"}  # with these no step stands alone
    return lambda switches: (
        bool(mixing & switches.keys()) or first.given_by(_outputs(part, switches))
    )


def _last_steps(case: Case, wanted: _Wanted) -> Callable[[Switches], bool]:
    """The same for the gradients of the last inputs, where the outputs are right."""
    if (
        case.layer.bidirectional
        or case.lengths is not None
        or len(case.x) <= STEPS
        or "d_x" not in wanted.results
    ):
        return lambda switches: True
    before = [run.states[-STEPS - 1] for run in network.forward(case, {}).runs]
    state = type(case.state)(*map(np.stack, zip(*before, strict=True)))
    steps = slice(-STEPS, None)
    part = replace(case, x=case.x[steps], d_y=case.d_y[steps], state=state)
    last, runs = replace(wanted, steps=steps), network.forward(part, {}).runs
    return lambda switches: last.given_by(network.backward(part, switches, runs))


def _outputs(case: Case, switches: Switches) -> Results:
    return network.forward(case, switches).results


def _switches(mistakes: Iterable[Mistake]) -> dict[str, Any]:
    return {name: value for mistake in mistakes for name, value in mistake.switches.items()}
