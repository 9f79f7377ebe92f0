"""Who is next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from klue_common.errors import InputError
from space_app.turns import Turns


def until(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.001)


def test_one_address_leaves_the_others_a_place() -> None:
    turns = Turns(places=2, waiting=(10, 10), seconds=60)
    over, order = threading.Event(), []

    def hold(address: str) -> None:
        with turns.of(address):
            order.append(address)
            over.wait(60)

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(hold, "greedy") for _ in range(3)]
        until(lambda: len(turns.line) == 2)
        jobs.append(pool.submit(hold, "other"))
        until(lambda: order == ["greedy", "other"])
        over.set()
        for job in jobs:
            job.result()
    assert order == ["greedy", "other", "greedy", "greedy"]
    assert not turns.line and not turns.busy


def test_a_thing_serves_one_at_a_time_and_others_pass() -> None:
    turns = Turns(places=3, waiting=(10, 10), seconds=0.01)
    with turns.of("a", "model"):
        with (
            pytest.raises(InputError, match=r"no free place within 0\.01 s"),
            turns.of("b", "model"),
        ):
            pass
        with turns.of("b", "another model"):
            pass
    with turns.of("b", "model"):
        pass


def test_the_line_is_short_for_one_and_for_all() -> None:
    turns = Turns(places=1, waiting=(2, 1), seconds=60)
    over = threading.Event()

    def wait(address: str) -> None:
        with turns.of(address):
            over.wait(60)

    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(wait, "a")]
        until(lambda: len(turns.busy) == 1)
        jobs.append(pool.submit(wait, "b"))
        until(lambda: len(turns.line) == 1)
        with pytest.raises(InputError, match="found 1 requests of this address"), turns.of("b"):
            pass
        jobs.append(pool.submit(wait, "c"))
        until(lambda: len(turns.line) == 2)
        with pytest.raises(InputError, match="found 2 requests that wait"), turns.of("d"):
            pass
        over.set()
        for job in jobs:
            job.result()


def test_whoever_fails_gives_the_place_back() -> None:
    turns = Turns(places=1, waiting=(1, 1), seconds=1)
    with pytest.raises(ZeroDivisionError), turns.of("a"):
        _ = 1 / 0
    with turns.of("a"):
        pass
