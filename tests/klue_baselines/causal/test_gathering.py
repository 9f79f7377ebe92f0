"""Work that threads do together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from klue_baselines.causal.gathering import Gathering


def test_each_gets_its_own_and_calls_are_shared() -> None:
    calls: list[int] = []
    begun, go = threading.Event(), threading.Event()

    def work(jobs: Sequence[int]) -> list[int]:
        calls.append(len(jobs))
        begun.set()
        go.wait(10)
        return [job * job for job in jobs]

    gathering = Gathering(work, threading.Lock(), most=8)
    with ThreadPoolExecutor(13) as pool:
        first = pool.submit(gathering, 100)
        begun.wait(10)
        others = [pool.submit(gathering, number) for number in range(12)]
        while len(gathering.waiting) < 12:
            pass
        go.set()
        assert [other.result() for other in others] == [number * number for number in range(12)]
        assert first.result() == 10_000
    assert calls == [1, 8, 4]


def test_an_error_is_everybodys_and_the_next_call_is_made() -> None:
    def work(jobs: Sequence[int]) -> list[int]:
        return [10 // job for job in jobs]

    gathering = Gathering(work, threading.Lock())
    with pytest.raises(ZeroDivisionError):
        gathering(0)
    assert gathering(5) == 2
