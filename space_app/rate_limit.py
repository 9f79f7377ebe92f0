"""How often one session may ask."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

from klue_common.errors import InputError

REMEMBERED = 10_000  # sessions


class RateLimit:
    """A sliding window for each kind of request and session.

    >>> limit = RateLimit({"try": (1, 60.0)}, clock=lambda: 0.0)
    >>> limit.check("try", "a")
    >>> limit.check("try", "a")
    Traceback (most recent call last):
        ...
    klue_common.errors.InputError: found 2 requests within 60 s, expected at most 1: wait 60 s
    """

    def __init__(
        self,
        calls: Mapping[str, tuple[int, float]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.calls, self.clock = calls, clock
        self.lock = threading.Lock()
        self.seen: dict[tuple[str, str], deque[float]] = {}

    def check(self, kind: str, session: str | None) -> None:
        """Count a request.

        Raises:
            InputError: the session has used up what it may ask for.
        """
        most, seconds = self.calls[kind]
        now = self.clock()
        with self.lock:
            # Taken out and put back: the dictionary stays in the order of the last request.
            times = self.seen.pop((kind, session or ""), deque())
            self.seen[kind, session or ""] = times
            while len(self.seen) > REMEMBERED:
                self.seen.pop(next(iter(self.seen)))
            while times and now - times[0] >= seconds:
                times.popleft()
            if len(times) >= most:
                raise InputError(
                    f"found {most + 1} requests within {seconds:g} s, expected at most {most}: "
                    f"wait {seconds - now + times[0]:.0f} s"
                )
            times.append(now)
