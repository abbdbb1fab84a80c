"""Time several things in turns, so that what slows the machine for a while slows all of them.

Imports NumPy, threadpoolctl and torch, to give NumPy's BLAS and PyTorch the same number of threads.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from .problems import Run

SAMPLE_SECONDS = 0.01
REST_SECONDS = 0.03
"""Threads of the one library keep a core busy for a while after their work is done."""


def settle() -> None:
    """Free one large block, as a process that has run for a while has done.

    Until then glibc hands memory back to the system after each call and fetches it anew in the
    next, and what is measured depends on which problem came first.
    """
    np.empty(31 << 20, np.uint8)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """The same number of threads for NumPy's matrix products and for PyTorch."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        with threadpool_limits(count):
            yield
    finally:
        torch.set_num_threads(before)


def medians(contenders: dict[str, Run], rounds: int) -> dict[str, float]:
    """Seconds for one call of each, the median over rounds in which each has its turn."""
    calls = {name: _calls_a_sample(run) for name, run in contenders.items()}
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            samples[name].append(_sample(run, calls[name]))
    return {name: statistics.median(times) for name, times in samples.items()}


def _sample(run: Run, calls: int) -> float:
    time.sleep(REST_SECONDS)
    run()  # wakes its threads and fills caches after the others' turn
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def _calls_a_sample(run: Run) -> int:
    return max(1, round(SAMPLE_SECONDS / min(_sample(run, 1) for _ in range(3))))
