"""The runs of a bench on this machine, one by one or several at once."""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from klue_common.errors import InputError
from klue_common.processes import cores
from klue_common.progress import note

from ..training.settings import Run
from .apart import Place, places, run_apart
from .board import DONE, FAILED, RUNNING, Board

# Does runs, by their titles; returns why each failed, "" where it did not.
Launch = Callable[[Mapping[str, Run]], dict[str, str]]


def one_by_one(runs: Mapping[str, Run], threads: int | None = None) -> dict[str, str]:
    """Do runs in turn, by their titles; returns why each failed, "" where it did not."""
    failures = {}
    for title, run in runs.items():
        note(title)
        failures[title] = run_apart(run, place=Place(threads))
        if failures[title]:
            note(f"{title}: failed, {failures[title]}")
    return failures


def side_by_side(
    runs: Mapping[str, Run], at_once: int, threads: int | None = None
) -> dict[str, str]:
    """Do runs several at once, by their titles; returns why each failed, "" where it did not.

    Args:
        runs: by their titles.
        at_once: how many, in processes of their own.
        threads: of PyTorch a run; None for an equal part of the cores.
    """
    at_once = min(at_once, len(runs))
    if at_once == 0:
        return {}
    board = Board(runs)
    free: queue.SimpleQueue[Place] = queue.SimpleQueue()
    for place in places(at_once, threads):
        free.put(place)

    def do(title: str) -> str:
        place = free.get()
        board.tell(title, RUNNING)
        try:
            failure = run_apart(runs[title], board.listener(title, runs[title]), place)
        finally:
            free.put(place)
        board.tell(title, FAILED if failure else DONE, failure)
        return failure

    pool = ThreadPoolExecutor(at_once)
    with board.shown():
        futures = {title: pool.submit(do, title) for title in runs}
        with ended_together(pool, futures, board):
            return {title: future.result() for title, future in futures.items()}


@contextlib.contextmanager
def ended_together(
    pool: ThreadPoolExecutor, futures: Mapping[str, Future[str]], board: Board
) -> Iterator[None]:
    """End the processes of all runs where the block ends early: Ctrl-C, or a bug of ours."""
    try:
        yield
    except BaseException:
        board.close()  # that they were killed is no news
        pool.shutdown(wait=False, cancel_futures=True)
        # Again and again: a thread may just be starting one.
        while not all(future.done() for future in futures.values()):
            for child in multiprocessing.active_children():
                child.terminate()
            time.sleep(0.05)
        raise


def check_parallel(at_once: int, threads: int | None) -> None:
    """Refuse more runs at once, or more threads a run, than this machine has cores.

    Raises:
        InputError: it names the option.

    >>> check_parallel(0, None)
    Traceback (most recent call last):
    ...
    klue_common.errors.InputError: --parallel: found 0, expected a number from 1 on
    """
    if at_once < 1:
        raise InputError(f"--parallel: found {at_once}, expected a number from 1 on")
    if at_once > cores():
        raise InputError(
            f"--parallel: found {at_once}, expected at most {cores()}, a run a core of this machine"
        )
    if threads is not None and not 1 <= threads <= cores():
        raise InputError(
            f"--cpus-per-run: found {threads}, expected from 1 to {cores()}, the cores of this "
            "machine"
        )
