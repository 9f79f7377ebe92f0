"""Typed models from the page's side: which are open, which are on their way, who may ask."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from klue_common.errors import InputError

from .fetching import HUB_ID, fetch
from .limits import MEGABYTE, TypedLimits
from .nursery import Nursery

START_SECONDS = 300.0  # for the libraries, where this is the first model on a busy machine
GRACE = 1.0  # seconds between the alarm in a child and giving it up here
FAILURES = 1000  # that are remembered
Key = tuple[str, str]
"""A task and an id of the Hub."""


@dataclass
class Lodger:
    """A model that was asked for: on its way, open, or gone.

    Attributes:
        connection: to its process, once it is open.
        refused: why it cannot be used; "" while nothing is known against it.
        known: set when it is open or refused.
        lock: held by whoever asks it.
        last: when it was asked last, in seconds of `time.monotonic`.
    """

    connection: Connection | None = None
    refused: str = ""
    known: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    last: float = field(default_factory=time.monotonic)

    def end(self, refused: str) -> None:
        """Close the connection, with which the process ends; those who wait are told why."""
        self.refused = self.refused or refused
        if self.connection is not None:
            self.connection.close()
        self.known.set()


class TypedModels:
    """Fetches, opens and asks the models whose ids visitors type."""

    def __init__(self, limits: TypedLimits, endpoint: str) -> None:
        self.limits, self.endpoint = limits, endpoint
        self.nursery = Nursery()
        self.lock = threading.Lock()
        self.lodgers: OrderedDict[Key, Lodger] = OrderedDict()
        self.failed: OrderedDict[Key, tuple[str, float]] = OrderedDict()
        self.places = threading.BoundedSemaphore(limits.at_once)
        self.opening = threading.BoundedSemaphore(limits.opening)

    def answer(self, task: str, repo: str, language: str, texts: list[str]) -> tuple[str, str]:
        """Return a model's answer to texts as HTML and as text, within `wait_seconds` twice.

        Args:
            task: the task's id.
            repo: what the visitor typed.
            language: "ko" or "en".
            texts: one for each field of the task.

        Raises:
            InputError: it is no id; there is no such model; it is refused, busy or on its way.
        """
        if not HUB_ID.fullmatch(repo):
            raise InputError(f"model: found {repo[:60]!r}, expected an id of the Hub like org/name")
        until = time.monotonic() + self.limits.wait_seconds
        with self.place():
            lodger = self.lodger((task, repo))
            if not lodger.known.wait(until - time.monotonic()):
                minutes = (self.limits.fetch_seconds + self.limits.open_seconds) / 60
                raise InputError(
                    f"{repo}: is being fetched and opened, which may take up to {minutes:.0f} "
                    "minutes; ask again in a moment"
                )
            if not lodger.lock.acquire(timeout=max(0.0, until - time.monotonic())):
                raise InputError(f"{repo}: is answering others; ask again in a moment")
            try:
                return self.ask((task, repo), lodger, {"language": language, "texts": texts})
            finally:
                lodger.lock.release()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take one of the places for requests of typed models; the others of Try stay free."""
        if not self.places.acquire(blocking=False):
            raise InputError("model: typed models are busy with others; ask again in a moment")
        try:
            yield
        finally:
            self.places.release()

    def lodger(self, key: Key) -> Lodger:
        """Return a model, setting out to fetch it if nobody has.

        Raises:
            InputError: it was refused a moment ago, or no other one can be taken in now.
        """
        with self.lock:
            line, when = self.failed.get(key, ("", 0.0))
            if line and time.monotonic() - when < self.limits.failed_seconds:
                raise InputError(line)
            known = self.lodgers.get(key)
            if known is not None and not self.is_stale(known):
                self.lodgers.move_to_end(key)
                known.last = time.monotonic()
                return known
            self.lodgers.pop(key, None)
            self.make_room()
            if not self.opening.acquire(blocking=False):
                raise InputError("model: others' models are being opened; ask again in a moment")
            lodger = self.lodgers[key] = Lodger()
            threading.Thread(target=self.take_in, args=(key, lodger), daemon=True).start()
            return lodger

    def is_stale(self, lodger: Lodger) -> bool:
        """Return whether a model is refused, or its process has let itself go by now."""
        idle = time.monotonic() - lodger.last > self.limits.idle_seconds - GRACE
        return bool(lodger.refused) or (lodger.known.is_set() and idle)

    def make_room(self) -> None:
        """Let the model go that was not asked for longest, if there is no room for another one.

        Raises:
            InputError: all are busy or on their way.
        """
        if len(self.lodgers) < self.limits.kept:
            return
        for key, lodger in self.lodgers.items():
            if lodger.known.is_set() and lodger.lock.acquire(blocking=False):
                try:
                    del self.lodgers[key]
                    lodger.end(f"{key[1]}: was let go for another model; ask again")
                    return
                finally:
                    lodger.lock.release()
        raise InputError("model: others' models are in use; ask again in a moment")

    def take_in(self, key: Key, lodger: Lodger) -> None:
        """Fetch and open a model; its files are gone from the disk once it is open."""
        task, repo = key
        try:
            with tempfile.TemporaryDirectory(prefix="klue-typed-") as folder:
                fetch(repo, Path(folder), self.limits, self.endpoint)
                lodger.connection = self.nursery.new()
                limits = asdict(self.limits)
                order = {"task": task, "repo": repo, "folder": folder, "limits": limits}
                self.say(repo, lodger, order, self.limits.open_seconds, START_SECONDS)
            lodger.last = time.monotonic()
            lodger.known.set()
        except InputError as error:
            self.let_go(key, lodger, str(error))
        except Exception as error:  # ours, but whoever waits has to hear of it
            self.let_go(key, lodger, f"{repo}: cannot be opened here ({type(error).__name__})")
            raise
        finally:
            self.opening.release()

    def ask(self, key: Key, lodger: Lodger, asked: dict[str, Any]) -> tuple[str, str]:
        """Return a model's answer; a model that fails at a text is let go."""
        if lodger.refused:
            raise InputError(lodger.refused)
        try:
            reply = self.say(key[1], lodger, asked, self.limits.answer_seconds)
        except InputError as error:
            self.let_go(key, lodger, str(error))
            raise
        if "wrong" in reply:
            raise InputError(reply["wrong"])
        return reply["html"], reply["text"]

    def say(
        self, repo: str, lodger: Lodger, said: Any, seconds: float, more: float = 0.0
    ) -> dict[str, Any]:
        """Send something to a model's process and return its reply.

        Args:
            repo: the model, for the errors.
            lodger: whose process it is.
            said: what to send.
            seconds: after which the process ends itself.
            more: seconds that may pass before the process begins.

        Raises:
            InputError: it refuses, has ended, or has not replied in time.
        """
        connection = lodger.connection
        assert connection is not None
        began = time.monotonic()
        try:
            connection.send_bytes(json.dumps(said).encode())
            if not connection.poll(seconds + more + GRACE):
                raise InputError(f"{repo}: gave no answer in {seconds:.0f} s, and was stopped")
            reply: dict[str, Any] = json.loads(connection.recv_bytes(self.limits.answer_bytes))
        except (EOFError, OSError):
            if time.monotonic() - began >= seconds:
                raise InputError(f"{repo}: took too long, and was stopped") from None
            most = self.limits.memory_bytes // MEGABYTE
            raise InputError(f"{repo}: needs more than {most:,} MB, and was stopped") from None
        if "refused" in reply:
            raise InputError(reply["refused"])
        return reply

    def let_go(self, key: Key, lodger: Lodger, refused: str) -> None:
        """Forget a model, and remember for a while why."""
        with self.lock:
            lodger.end(refused)
            if self.lodgers.get(key) is lodger:
                del self.lodgers[key]
            self.failed[key] = (refused, time.monotonic())
            self.failed.move_to_end(key)
            while len(self.failed) > FAILURES:
                self.failed.popitem(last=False)

    def close(self) -> None:
        """Let all models and their processes go."""
        with self.lock:
            for (_, repo), lodger in self.lodgers.items():
                lodger.end(f"{repo}: the page is closed")
            self.lodgers.clear()
        self.nursery.close()
