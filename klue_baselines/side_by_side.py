"""The runs of a bench, one by one or several at once, and a board that shows them."""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from rich.live import Live
from rich.table import Table

from klue_common.progress import PLAIN_EVERY, console, note

from .apart import Place, places, run_apart
from .training.settings import Run

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"


def one_by_one(runs: Mapping[str, Run]) -> dict[str, str]:
    """Do runs in turn, by their titles; returns why each failed, "" where it did not."""
    failures = {}
    for title, run in runs.items():
        note(title)
        failures[title] = run_apart(run)
        if failures[title]:
            note(f"{title}: failed, {failures[title]}")
    return failures


def side_by_side(runs: Mapping[str, Run], at_once: int) -> dict[str, str]:
    """Do runs several at once, by their titles; returns why each failed, "" where it did not."""
    free: queue.SimpleQueue[Place] = queue.SimpleQueue()
    for place in places(at_once):
        free.put(place)

    def do(title: str) -> str:
        place, run = free.get(), runs[title]
        own = f"{run.task} seed {run.seed}: "  # stands in the title already
        board.tell(title, RUNNING)
        try:
            failure = run_apart(
                run,
                lambda line, passing: board.hear(title, line.removeprefix(own), passing),
                place,
            )
        finally:
            free.put(place)
        board.tell(title, FAILED if failure else DONE, failure)
        return failure

    pool = ThreadPoolExecutor(at_once)
    board = Board(runs)
    with board.shown():
        futures = {title: pool.submit(do, title) for title in runs}
        try:
            return {title: future.result() for title, future in futures.items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()
            raise


class Board:
    """What is waiting, running, done and failed: a line a run on a terminal, else as it changes."""

    def __init__(self, titles: Iterable[str]) -> None:
        self.states = dict.fromkeys(titles, WAITING)
        self.lines = dict.fromkeys(self.states, "")
        self.lock = threading.Lock()  # each run has a thread that tells of it
        self.said = time.monotonic()
        self.live: Live | None = None
        if sys.stderr.isatty():
            self.live = Live(
                console=console(), get_renderable=self.table, transient=True, refresh_per_second=2
            )

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Keep the table on the screen for a while, where there is one."""
        with self.live or contextlib.nullcontext():
            yield

    def tell(self, title: str, state: str, why: str = "") -> None:
        """Take down what has become of a run."""
        with self.lock:
            self.states[title], self.lines[title] = state, ""
        line = f"{title}: {state}{why and ', '}{why}"
        if not self.live:
            note(f"{line} ({self.counts()})")
        elif why:
            self.live.console.print(line, markup=False)

    def hear(self, title: str, line: str, passing: bool) -> None:
        """Take down what a run says; what the next line replaces is shown while it is true."""
        if passing:
            self.lines[title] = line
            self.say_now_and_then()
        elif self.live:
            self.live.console.print(f"{title}: {line}", markup=False)
        else:
            note(f"{title}: {line}")

    def say_now_and_then(self) -> None:
        """Print the running runs' last lines, where no table shows them."""
        with self.lock:
            due = not self.live and time.monotonic() - self.said >= PLAIN_EVERY
            if due:
                self.said = time.monotonic()
        for title, line in list(self.lines.items()) if due else ():
            if line:
                note(f"{title}: {line}")

    def counts(self) -> str:
        """Return how many runs are in each state.

        >>> Board(["a", "b"]).counts()
        '2 waiting'
        """
        found = Counter(self.states.values())
        return ", ".join(
            f"{found[state]} {state}" for state in (WAITING, RUNNING, DONE, FAILED) if found[state]
        )

    def table(self) -> Table:
        """Return a line a run."""
        table = Table(box=None, show_header=False, pad_edge=False, title=self.counts())
        for title, state in self.states.items():
            table.add_row(title, state, self.lines[title])
        return table
