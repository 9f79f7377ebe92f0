"""A board that shows what is waiting, running, done and failed of a bench."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator

from klue_common.progress import PLAIN_EVERY, Listener, live_table, note

from ..training.settings import Run

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"


class Board:
    """What is waiting, running, done and failed: a line a run on a terminal, else as it changes."""

    def __init__(self, titles: Iterable[str]) -> None:
        self.states = dict.fromkeys(titles, WAITING)
        self.lines = dict.fromkeys(self.states, "")
        self.lock = threading.Lock()  # each run has a thread that tells of it
        self.said = time.monotonic()
        self.closed = False
        self.live = live_table(self.content)

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Keep the table on the screen for a while, where there is one."""
        with self.live or contextlib.nullcontext():
            yield

    def close(self) -> None:
        """Take down nothing more."""
        self.closed = True

    def listener(self, title: str, run: Run) -> Listener:
        """Return what hears a run's lines for the board."""
        own = f"{run.task} seed {run.seed}: "  # stands in the title already
        return lambda line, passing: self.hear(title, line.removeprefix(own), passing)

    def tell(self, title: str, state: str, why: str = "") -> None:
        """Take down what has become of a run, and why or where."""
        if self.closed:
            return
        with self.lock:
            self.states[title], self.lines[title] = state, ""
            line = f"{title}: {state}{why and ', '}{why}"
            if not self.live:  # with the counts of this very moment
                note(f"{line} ({self.counts()})")
        if self.live and why:
            self.live.console.print(line, markup=False)

    def hear(self, title: str, line: str, passing: bool) -> None:
        """Take down what a run says; what the next line replaces is shown while it is true."""
        if self.closed:
            return
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

    def content(self) -> tuple[str, list[tuple[str, str, str]]]:
        """Return the counts, and a row a run: its title, its state and what it said last."""
        rows = [(title, state, self.lines[title]) for title, state in self.states.items()]
        return self.counts(), rows
