"""Sequences of different lengths in one batch: the laws they must keep.

That they agree with PyTorch's packed sequences is in `test_networks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.agreement import assert_all_close
from oracles.layers import Run
from oracles.networks import MODULES, Arrays, Case, Network, draw, networks
from oracles.torch_definition import one_thread
from rnnref.spans import backwards, joined, spans

every_cell = pytest.mark.parametrize("cell", MODULES)
few = settings(deadline=None, max_examples=10)


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


@st.composite
def padded(draw: st.DrawFn, cell: str) -> Network:
    """A network over a batch in which at least one sequence ends early."""
    network = draw(networks(cell).filter(lambda n: n.T > 1))
    some = st.lists(st.integers(1, network.T), min_size=network.B, max_size=network.B)
    lengths = draw(some.filter(lambda n: min(n) < network.T))
    return replace(network, lengths=tuple(lengths))


def after_the_end(network: Network) -> np.ndarray:
    """Where (T, B) a sequence has ended."""
    return np.arange(network.T)[:, None] >= np.array(network.lengths)


def everything(run: Run, case: Case) -> list[np.ndarray]:
    return [*run.gave, *run.gradients(case.upstream), *run.tangents(case.along)]


@every_cell
@few
@given(data=st.data())
def test_each_sequence_is_as_if_it_were_alone(cell: str, data: st.DataObject) -> None:
    """Cut at its length and run by itself; gradients of the parameters add up."""
    network = data.draw(padded(cell))
    case = draw(network)
    run = Run(network, case.at)
    grads, tangents = run.gradients(case.upstream), run.tangents(case.along)
    states = len(case.at.states)
    sums: list[Any] = [0] * len(case.at.params)
    for b, length in enumerate(network.lengths or ()):
        alone = replace(network, T=length, B=1, lengths=None)

        def cut(arrays: list[np.ndarray], b: int = b, length: int = length) -> list[np.ndarray]:
            x, *rest = arrays
            return [x[:length, b : b + 1], *(s[:, b : b + 1] for s in rest)]

        def part(of: Arrays) -> Arrays:
            x, *starts = cut([of.x, *of.states])
            return Arrays(x, starts, of.params)

        one = Run(alone, part(case.at))
        assert_all_close(one.gave, cut(run.gave))
        found = one.gradients(cut(case.upstream))
        assert_all_close(found[: 1 + states], cut(grads[: 1 + states]))
        assert_all_close(one.tangents(part(case.along)), cut(tangents))
        sums = [s + d for s, d in zip(sums, found[1 + states :], strict=True)]
    assert_all_close(sums, grads[1 + states :])


@every_cell
@few
@given(data=st.data())
def test_padding_has_no_say(cell: str, data: st.DataObject) -> None:
    """Whatever stands after the end, of the input, its tangent and the output's gradient."""
    network = data.draw(padded(cell))
    case, other = draw(network), draw(replace(network, seed=network.seed + 1))
    over = after_the_end(network)[:, :, None]

    def spoilt(one: np.ndarray, two: np.ndarray) -> np.ndarray:
        return np.where(over, 100 * two, one)

    changed = Case(
        case.at._replace(x=spoilt(case.at.x, other.at.x)),
        case.along._replace(x=spoilt(case.along.x, other.along.x)),
        [spoilt(case.upstream[0], other.upstream[0]), *case.upstream[1:]],
        case.upstream_dot,
    )
    one, two = Run(network, case.at), Run(network, changed.at)
    pairs = zip(everything(one, case), everything(two, changed), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    for a, b in zip(one.tape.layers, two.tape.layers, strict=True):
        assert all(np.array_equal(v, w) for v, w in zip(a, b, strict=True))


WITH_KINKS = {"rnn_relu", *(cell for cell in MODULES if "general" in cell)}
"""Here a number that counts can be 0: off a relu, beyond a clip."""


@every_cell
@few
@given(data=st.data())
def test_padding_is_zero(cell: str, data: st.DataObject) -> None:
    network = data.draw(padded(cell))
    case = draw(network)
    run = Run(network, case.at)
    over = after_the_end(network)
    y_dot, d_x = run.tangents(case.along)[0], run.gradients(case.upstream)[0]
    taped = [array for cell_tape in run.tape.layers for array in cell_tape]
    for array in (run.gave[0], y_dot, d_x, *taped):
        assert not array[over].any()
        assert array[~over].all() or cell in WITH_KINKS


@every_cell
def test_full_lengths_are_no_lengths(cell: str) -> None:
    network = Network(cell, T=5, B=3, D=2, H=4, proj=3 * ("proj" in cell), bidirectional=True)
    case = draw(network)
    full = Run(replace(network, lengths=(5, 5, 5)), case.at)
    pairs = zip(everything(full, case), everything(Run(network, case.at), case), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    assert np.array_equal(full.tape.lengths, [5, 5, 5])


@pytest.mark.parametrize("kind", [tuple, list, np.array, lambda n: np.array(n, np.uint8)])
def test_lengths_may_be_any_integers(kind: Any) -> None:
    network = Network("lstm", T=5, B=3, D=2, H=4, lengths=(2, 5, 3))
    case = draw(network)
    given_as = Run(replace(network, lengths=kind((2, 5, 3))), case.at)
    assert_all_close(given_as.gave, Run(network, case.at).gave, 0)


def test_the_order_of_the_batch_does_not_matter() -> None:
    network = Network("gru_reset_after", T=5, B=4, D=2, H=3, lengths=(2, 5, 1, 4), layers=2)
    case = draw(network)
    order = [3, 1, 0, 2]
    turned = replace(network, lengths=tuple(network.lengths[b] for b in order))
    at = Arrays(case.at.x[:, order], [s[:, order] for s in case.at.states], case.at.params)
    y, h = Run(network, case.at).gave
    assert_all_close(Run(turned, at).gave, [y[:, order], h[:, order]])


@settings(deadline=None)
@given(
    T=st.integers(1, 9),
    every=st.one_of(st.none(), st.integers(1, 10)),
    part=st.lists(st.integers(1, 9), min_size=1, max_size=5),
)
def test_spans_cover_each_sequence_once(T: int, every: int | None, part: list[int]) -> None:
    """Forwards and backwards: every step of every sequence, in the order of its run, no other."""
    lengths = np.array([min(n, T) for n in part])
    grid = np.arange(T * len(lengths)).reshape(T, len(lengths), 1)
    found = spans(T, lengths, every)
    for way, turn in ((found, 1), (backwards(found), -1)):
        for b, length in enumerate(lengths):
            taken = [span.of(grid)[..., 0].T for span in way]
            mine = [n for rows in taken for row in rows for n in row if n % len(lengths) == b]
            assert mine == list(grid[:length, b, 0])[::turn]
        whole = joined(way, [span.of(grid) for span in way], T, len(lengths))
        assert np.array_equal(
            whole, np.where(np.arange(T)[:, None] < lengths, grid[..., 0], 0)[..., None]
        )
    cuts = {span.times.start for span in found}
    assert every is None or set(range(0, max(lengths), every)) <= cuts


def test_without_lengths_nothing_is_copied() -> None:
    x = np.zeros((7, 2, 3))
    for way in (spans(7), backwards(spans(7))):
        (span,) = way
        assert np.shares_memory(joined(way, [span.of(x)], 7, 2), x)
