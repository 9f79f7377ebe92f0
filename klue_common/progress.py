"""What long work shows: a bar on a terminal, plain lines elsewhere, always on stderr."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

PLAIN_EVERY = 15.0  # seconds between two plain lines
TOLD_EVERY = 0.5  # between two that a listener hears
# Hears a line, and whether the next one of its kind takes its place.
Listener = Callable[[str, bool], None]
_listeners: list[Listener] = []  # none or one


def console() -> Console:
    """Return the console for everything that is not a result."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def first_process() -> bool:
    """Return whether this process speaks for a run: of several, the first one does."""
    return os.environ.get("RANK", "0") == "0"


def speak_to(listener: Listener) -> None:
    """Let a function hear what this process would print from now on: it stands among others."""
    _listeners[:] = [listener]


def note(text: str) -> None:
    """Print one line for people, on stderr."""
    if _listeners:
        _listeners[0](text, False)
    elif first_process():
        # In one piece: several threads may speak at once.
        print(f"{text}\n", end="", file=sys.stderr, flush=True)


class Meter:
    """Count work and show it.

    On a terminal that is a bar with examples per second and the time left; elsewhere a line every
    `PLAIN_EVERY` seconds.
    """

    def __init__(self, label: str, total: int, unit: str = "examples", before: int = 0) -> None:
        """Begin to count.

        Args:
            label: what stands before the numbers.
            total: how many there are to do; 0 where that is not known.
            unit: what is counted.
            before: how many an earlier process has done.
        """
        self.label, self.total, self.unit, self.done = label, total, unit, before
        self.before = before
        self.began = self.shown = time.monotonic()
        self.extra = ""
        self.bar: Progress | None = None
        if sys.stderr.isatty() and first_process() and not _listeners:
            self.bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[extra]}"),
                TimeRemainingColumn(),
                console=console(),
                transient=True,
            )
            self.bar.start()
            self.row = self.bar.add_task(label, total=total or None, extra="")

    @property
    def rate(self) -> float:
        """The examples per second since the start, those of an earlier process aside."""
        return (self.done - self.before) / max(time.monotonic() - self.began, 1e-9)

    def advance(self, examples: int) -> None:
        """Count further examples."""
        self.done += examples
        text = f"{self.rate:.1f} {self.unit}/s{self.extra}"
        now = time.monotonic()
        if self.bar is not None:
            done = min(self.done, self.total) if self.total else self.done
            self.bar.update(self.row, completed=done, extra=text)
        elif now - self.shown >= (TOLD_EVERY if _listeners else PLAIN_EVERY):
            self.shown = now
            line = self.line(text)
            if _listeners:
                _listeners[0](line, True)
            else:
                note(line)

    def line(self, text: str) -> str:
        """Return how far the work is, with its rate in words."""
        if not self.total:
            return f"{self.label}: {self.done} {self.unit}, {text}"
        left = (self.total - self.done) / max(self.rate, 1e-9)
        return f"{self.label}: {self.done}/{self.total} {self.unit}, {text}, {left:.0f} s left"

    def close(self) -> None:
        """Remove the bar."""
        if self.bar is not None:
            self.bar.stop()


@contextlib.contextmanager
def meter(
    label: str, total: int, unit: str = "examples", before: int = 0
) -> Iterator[Callable[[int], None]]:
    """Show a loop's progress.

    Args:
        label: what stands before the numbers.
        total: how many there are to do; 0 where that is not known.
        unit: what is counted.
        before: how many an earlier process has done.

    Yields:
        The function that counts: it takes how many more are done.

    Example:
        >>> with meter("doctest", 2) as advance:
        ...     advance(2)
    """
    shown = Meter(label, total, unit, before)
    try:
        yield shown.advance
    finally:
        shown.close()


def table_of(title: str, rows: Iterable[Sequence[str]]) -> Table:
    """Return rows of texts under a title, for a terminal."""
    table = Table(box=None, show_header=False, pad_edge=False, title=title)
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def live_table(content: Callable[[], tuple[str, Iterable[Sequence[str]]]]) -> Live | None:
    """Return what keeps a table on a terminal while it is entered; None where there is none.

    Args:
        content: the title and the rows as they are now.
    """
    if not sys.stderr.isatty():
        return None
    return Live(
        console=console(),
        get_renderable=lambda: table_of(*content()),
        transient=True,
        refresh_per_second=2,
    )


def quiet_libraries() -> None:
    """Turn off the libraries' own progress bars, which would interleave with this package's."""
    import datasets
    import transformers

    datasets.disable_progress_bars()
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
