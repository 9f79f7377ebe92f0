"""How often one session and one address may ask, and how much an address may send."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

from klue_common.errors import InputError

from .callers import Caller

REMEMBERED = 10_000  # sessions, and addresses


class RateLimit:
    """A sliding window for each kind of request and caller.

    >>> limit = RateLimit({"try": (1, 60.0)}, clock=lambda: 0.0)
    >>> limit.check("try", Caller("a"))
    >>> limit.check("try", Caller("a"))
    Traceback (most recent call last):
        ...
    klue_common.errors.InputError: found 2 requests within 60 s, expected at most 1: wait 60 s
    """

    def __init__(
        self,
        calls: Mapping[str, tuple[int, float]],
        clock: Callable[[], float] = time.monotonic,
        address_calls: int = 3,
    ) -> None:
        self.calls, self.clock, self.address_calls = calls, clock, address_calls
        self.sessions, self.addresses = Windows(clock), Windows(clock)

    def check(self, kind: str, caller: Caller) -> None:
        """Count a request.

        Raises:
            InputError: the session or the address has used up what it may ask for.
        """
        most, seconds = self.calls[kind]
        # The session first: what it is refused is not its address's.
        self.sessions.add(f"{kind} {caller.session}", 1, most, seconds, "requests")
        most *= self.address_calls
        self.addresses.add(f"{kind} {caller.address}", 1, most, seconds, "requests")


class Windows:
    """What each of many has taken within the last seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.lock = clock, threading.Lock()
        self.taken: dict[str, deque[tuple[float, int]]] = {}

    def add(self, who: str, amount: int, most: int, seconds: float, what: str) -> None:
        """Count an amount.

        Raises:
            InputError: it is more than is left.
        """
        now = self.clock()
        with self.lock:
            # Taken out and put back: the dictionary stays in the order of the last request.
            times = self.taken.pop(who, deque())
            self.taken[who] = times
            while len(self.taken) > REMEMBERED:
                self.taken.pop(next(iter(self.taken)))
            while times and now - times[0][0] >= seconds:
                times.popleft()
            found = amount + sum(count for _, count in times)
            if found > most:
                wait = f": wait {seconds - now + times[0][0]:.0f} s" if times else ""
                raise InputError(
                    f"found {found:,} {what} within {seconds:g} s, expected at most {most:,}{wait}"
                )
            times.append((now, amount))
