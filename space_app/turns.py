"""Turns at what only few can have at once: whoever has asked least is next."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from klue_common.errors import InputError


@dataclass(eq=False)
class Waiter:
    """One who waits; `thing` is what nobody else may have meanwhile, None for nothing."""

    address: str
    thing: Hashable
    called: threading.Event = field(default_factory=threading.Event)


class Turns:
    """Hands out places: the first in line goes first whose address and thing are free.

    An address has at most half of the places, so that whoever does its worst leaves the others
    some, and no more than a few in the line.

    Args:
        places: how many may be busy at once.
        waiting: how many may wait, in all and of one address.
        seconds: how long they may.
    """

    def __init__(self, places: int, waiting: tuple[int, int], seconds: float) -> None:
        self.places, self.waiting, self.seconds = places, waiting, seconds
        self.lock = threading.Lock()
        self.line: list[Waiter] = []
        self.busy: list[Waiter] = []

    @contextmanager
    def of(self, address: str, thing: Hashable = None) -> Iterator[None]:
        """Wait for a turn and hold it.

        Raises:
            InputError: too many wait already, or the turn does not come in time.
        """
        waiter = Waiter(address, thing)
        with self.lock:
            self.check_line(address)
            self.line.append(waiter)
            self.call()
        try:
            if not waiter.called.wait(self.seconds):
                raise InputError(f"found no free place within {self.seconds:g} s: try again later")
            yield
        finally:
            with self.lock:
                for waiters in (self.line, self.busy):
                    if waiter in waiters:
                        waiters.remove(waiter)
                self.call()

    def check_line(self, address: str) -> None:
        """Raise InputError if no more may wait, of this address or in all."""
        in_all, of_one = self.waiting
        own = sum(waiter.address == address for waiter in self.line)
        if own >= of_one:
            raise InputError(
                f"found {own} requests of this address that wait, expected fewer: wait for them"
            )
        if len(self.line) >= in_all:
            raise InputError(f"found {len(self.line)} requests that wait: try again later")

    def call(self) -> None:
        """Give free places to those who may have them, under the lock."""
        share = max(1, self.places // 2)
        for waiter in list(self.line):
            if len(self.busy) >= self.places:
                return
            of_address = Counter(other.address for other in self.busy)
            things = {other.thing for other in self.busy} - {None}
            if of_address[waiter.address] < share and waiter.thing not in things:
                self.line.remove(waiter)
                self.busy.append(waiter)
                waiter.called.set()
