"""Rows in parts: so many at a time from a file, as many as are there from a pipe."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from queue import Empty, Queue
from typing import Any, TypeVar

from .rows import Asked, Bad

PART = 512  # rows that are asked about and written together, at most
CHARACTERS = 1 << 17  # of their texts, about: memory does not follow the texts' length

Thing = TypeVar("Thing")


def in_parts(rows: Iterable[Asked | Bad], most: int = PART) -> Iterator[list[Asked | Bad]]:
    """Yield rows in lists whose borders depend on nothing before them, so that a run can go on.

    Args:
        rows: any number of them; they are taken as they are needed.
        most: in a list.
    """
    part: list[Asked | Bad] = []
    size = 0
    for row in rows:
        part.append(row)
        size += characters(row)
        if len(part) == most or size >= CHARACTERS:
            yield part
            part, size = [], 0
    if part:
        yield part


def characters(row: Asked | Bad) -> int:
    """Return about how long a row is."""
    if isinstance(row, Bad):
        return 0
    if isinstance(row.row.given, str):
        return len(row.row.given)
    parts = () if isinstance(row.parts, Bad) else row.parts
    return sum(len(part) if isinstance(part, str) else len(str(part)) for part in parts)


def as_they_come(things: Iterable[Thing], most: int = PART) -> Iterator[list[Thing]]:
    """Yield things in lists of what has come by the time that the next list is asked for.

    What comes slowly is yielded one by one, each at once; what comes fast in lists of `most`.

    Args:
        things: what to wait for; another thread does.
        most: in a list, and waiting.
    """
    coming: Queue[Any] = Queue(most)
    end = object()

    def wait() -> None:
        last: Any = end
        try:
            for thing in things:
                coming.put(thing)
        except BaseException as error:  # raised where the things are asked for
            last = error
        coming.put(last)

    threading.Thread(target=wait, daemon=True).start()
    while True:
        here = [coming.get()]
        with suppress(Empty):
            while len(here) < most and here[-1] is not end:
                here.append(coming.get_nowait())
        last = here.pop() if here[-1] is end or isinstance(here[-1], BaseException) else None
        if here:
            yield here
        if last is end:
            return
        if last is not None:
            raise last
