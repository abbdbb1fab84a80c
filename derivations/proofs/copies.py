"""The sum over time, whatever the cell: parameters as one copy for each step.

Imports SymPy only. A step takes two states ``(h, c)`` to ``(F, G)(h, c, x, theta)``; F, G and the
losses are arbitrary smooth functions, of which only the names of their partial derivatives are
known. Three steps; what holds for three holds for any number, by the recursion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import sympy

from derivations.proofs.results import Checked

STEPS = 3


def smooth(name: str) -> type[sympy.Function]:
    """A function of which nothing is known but that its partial derivatives exist.

    The derivative of ``F`` with respect to its second argument is called ``F_2``.
    """

    def fdiff(self: sympy.Function, argindex: int = 1) -> sympy.Expr:
        return sympy.Function(f"{name}_{argindex}")(*self.args)

    made: type[sympy.Function] = type(sympy.Function)(name, (sympy.Function,), {"fdiff": fdiff})
    return made


F, G = smooth("F"), smooth("G")
END = smooth("l_end")
LOSS = {t: smooth(f"l_{t}") for t in range(1, STEPS + 1)}
X = {t: sympy.Symbol(f"x_{t}") for t in LOSS}
THETA = sympy.Symbol("theta")
COPY = {t: sympy.Symbol(f"theta_{t}") for t in LOSS}
H, C = sympy.symbols("h c")

Pair: TypeAlias = tuple[sympy.Expr, sympy.Expr]
Parameters: TypeAlias = dict[int, sympy.Expr]


def step(t: int, states: Pair, parameters: Parameters) -> Pair:
    """The states that step t leaves."""
    arguments = (*states, X[t], parameters[t])
    return F(*arguments), G(*arguments)


def remaining(t: int, states: Pair, parameters: Parameters) -> sympy.Expr:
    """What of the loss the states at t still influence; at 0, all of it."""
    own = LOSS[t](states[0]) if t else sympy.S.Zero
    if t == STEPS:
        return own + END(*states)
    return own + remaining(t + 1, step(t + 1, states, parameters), parameters)


def trajectory(parameters: Parameters) -> dict[int, Pair]:
    """The states at 0, 1, ..., T."""
    states = {0: sympy.symbols("h_0 c_0")}
    for t in LOSS:
        states[t] = step(t, states[t - 1], parameters)
    return states


def adjoints(parameters: Parameters) -> dict[int, Pair]:
    """The adjoints of both states at T, ..., 1, by the recursion."""
    states = trajectory(parameters)
    last = states[STEPS]
    found = {STEPS: (_partial(END, 1, *last), _partial(END, 2, *last))}
    for t in reversed(LOSS):
        if t < STEPS:
            arguments = (*states[t], X[t + 1], parameters[t + 1])
            found[t] = (_back(1, arguments, found[t + 1]), _back(2, arguments, found[t + 1]))
        h, c = found[t]
        found[t] = (_partial(LOSS[t], 1, states[t][0]) + h, c)
    return found


def immediate(t: int, parameters: Parameters) -> sympy.Expr:
    """What step t adds to the gradient: its own copy varies, the states that enter it do not."""
    arguments = (*trajectory(parameters)[t - 1], X[t], parameters[t])
    return _back(4, arguments, adjoints(parameters)[t])


def recursion() -> list[Checked]:
    """At every step the recursion gives what remains differentiated with respect to both states."""
    states, found = trajectory(COPY), adjoints(COPY)
    return [
        Checked(
            "bptt",
            sympy.expand(
                found[t][which]
                - remaining(t, (H, C), COPY)
                .diff((H, C)[which])
                .xreplace({H: states[t][0], C: states[t][1]})
            ),
        )
        for t in LOSS
        for which in (0, 1)
    ]


def each_copy() -> list[Checked]:
    """The derivative of the loss with respect to the copy of step t alone is what step t adds."""
    loss = remaining(0, trajectory(COPY)[0], COPY)
    return [Checked("bptt", sympy.expand(loss.diff(COPY[t]) - immediate(t, COPY))) for t in LOSS]


def shared() -> list[Checked]:
    """With one parameter at every step, the gradient is the sum of what the steps add."""
    same: Parameters = dict.fromkeys(LOSS, THETA)
    loss = remaining(0, trajectory(same)[0], same)
    total = sympy.Add(*(immediate(t, same) for t in LOSS))
    return [Checked("bptt", sympy.expand(loss.diff(THETA) - total))]


def _back(position: int, arguments: tuple[sympy.Expr, ...], later: Pair) -> sympy.Expr:
    """The transposed derivative with respect to an argument of a step, times the later adjoints."""
    h, c = later
    return _partial(F, position, *arguments) * h + _partial(G, position, *arguments) * c


def _partial(f: type[sympy.Function], position: int, *arguments: sympy.Expr) -> sympy.Expr:
    slots = sympy.symbols(f"slot:{len(arguments)}")
    derivative = f(*slots).diff(slots[position - 1])
    return derivative.xreplace(dict(zip(slots, arguments, strict=True)))


@dataclass(frozen=True)
class DoubleCount:
    """The gradient, and what the sum gives with total derivatives in place of immediate ones."""

    gradient: sympy.Expr
    with_immediate: sympy.Expr
    with_total: sympy.Expr

    @property
    def excess(self) -> sympy.Expr:
        """By how much the sum with total derivatives is wrong."""
        return sympy.expand(self.with_total - self.gradient)


def double_count(steps: int = 2) -> DoubleCount:
    """The linear recurrence ``h_t = w h_(t-1) + x_t`` with loss ``h_T``, all scalars.

    The adjoint of ``h_t`` is ``w**(T - t)``, and the immediate derivative is ``h_(t-1)``.
    """
    w, h = sympy.symbols("w h_0")
    states = [h]
    for t in range(1, steps + 1):
        states.append(w * states[-1] + sympy.Symbol(f"x_{t}"))
    back = [w ** (steps - t) for t in range(steps + 1)]
    every = range(1, steps + 1)
    return DoubleCount(
        sympy.expand(states[-1].diff(w)),
        sympy.expand(sympy.Add(*(back[t] * states[t - 1] for t in every))),
        sympy.expand(sympy.Add(*(back[t] * states[t].diff(w) for t in every))),
    )
