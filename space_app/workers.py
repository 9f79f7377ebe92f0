"""Scoring in processes of their own: a file may cost time and memory, but not the page's."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import threading
import traceback
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from queue import LifoQueue
from typing import Any

from klue_common.errors import InputError
from klue_common.processes import end_with_parent

from .board.entries import ENCODER, LANGUAGE_MODEL
from .scoring import Records, Report, Scorer
from .settings import MEGABYTE, Settings

KEPT = 700 * MEGABYTE  # a worker that holds more after its job gives way to a new one
OPENING = 120.0  # seconds in which a worker has to start and to read a task's references
Job = tuple[str, str, tuple[Any, ...]]  # method of `Scorer`, task, the other arguments
Word = tuple[str, Any]  # "begun", "done", "refused", "memory" or "failed", and its content


class Worker:
    """A process that works on one job at a time, started for the first one."""

    def __init__(self, settings: Settings, niceness: int = 0) -> None:
        self.settings, self.niceness = settings, niceness
        self.lock = threading.Lock()
        self.process: Any = None
        self.line: Connection | None = None

    def work(self, job: Job) -> Any:
        """Return what a method of `Scorer` returns.

        Raises:
            InputError: what it raises, or the job costs too much time or memory.
        """
        with self.lock:
            line = self.line if self.process and self.process.is_alive() else self.start()
            assert line is not None
            try:
                line.send(job)
                kind, content = self.wait(line, OPENING)
                if kind == "begun":
                    kind, content = self.wait(line, self.settings.limits.score_seconds)
            except (EOFError, OSError):
                self.stop()
                raise costly(self.settings) from None
            if kind == "memory" or resident(self.process.pid) > KEPT:
                self.stop()
        if kind == "memory":
            raise costly(self.settings)
        if kind == "refused":
            raise InputError(content)
        if kind == "failed":
            raise RuntimeError(content)
        return content

    def wait(self, line: Connection, seconds: float) -> Word:
        """Return the worker's next word; whoever has none in time is ended."""
        if not line.poll(seconds):
            self.stop()
            raise costly(self.settings)
        word: Word = line.recv()
        return word

    def start(self) -> Connection:
        """Start the process; a server that has imported everything makes each in no time."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self.line, other = context.Pipe()
        about = (other, self.settings, self.niceness)
        self.process = context.Process(target=serve, args=about, daemon=True)
        self.process.start()
        other.close()
        return self.line

    def stop(self) -> None:
        """End the process at once."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
        if self.line is not None:
            self.line.close()
        self.process = self.line = None


def prepare() -> None:
    """Start the server that makes workers, which takes seconds, before the first file comes."""
    multiprocessing.get_context("forkserver").set_forkserver_preload([__name__])
    forkserver.ensure_running()


class Workers:
    """A few workers; whoever holds a turn of `Services.scoring` finds one free."""

    def __init__(self, settings: Settings) -> None:
        self.workers = [Worker(settings) for _ in range(settings.limits.score_places)]
        self.free: LifoQueue[Worker] = LifoQueue()
        for worker in self.workers:
            self.free.put(worker)

    def report(self, task: str, path: Path, as_wrong: bool, by: str | None) -> Report:
        """See `Scorer.report`.

        Raises:
            InputError: as there, or the file costs too much time or memory.
        """
        report: Report = self.work(("report", task, (path, as_wrong, by)))
        return report

    def submission(self, task: str, path: Path, kind: str = ENCODER) -> Report:
        """See `Scorer.submission`."""
        report: Report = self.work(("submission", task, (path, kind)))
        return report

    def difference(self, task: str, a: Records, b: Records) -> dict[str, dict[str, Any]]:
        """See `Scorer.difference`."""
        found: dict[str, dict[str, Any]] = self.work(("difference", task, (a, b)))
        return found

    def work(self, job: Job) -> Any:
        """Let a free worker do a job, the one that was free last: it has read something already."""
        worker = self.free.get()
        try:
            return worker.work(job)
        finally:
            self.free.put(worker)

    def close(self) -> None:
        """End all processes."""
        for worker in self.workers:
            worker.stop()


def costly(settings: Settings) -> InputError:
    """Return what a person is told whose file costs too much."""
    limits = settings.limits
    return InputError(
        f"found a file that takes more than {limits.score_seconds:g} s or "
        f"{limits.score_bytes // MEGABYTE:,} MB to score: `klue score` has no such limit"
    )


def serve(line: Connection, settings: Settings, niceness: int = 0) -> None:
    """Work on jobs until the page ends."""
    end_with_parent()
    os.nice(niceness)
    limit_memory(settings.limits.score_bytes)
    scorer = Scorer(settings)
    with suppress(EOFError, OSError):
        while True:
            line.send(answer(scorer, line, line.recv()))


def answer(scorer: Scorer, line: Connection, job: Job) -> Word:
    """Return (kind, content): what a job gives, or why it gives nothing."""
    method, task, arguments = job
    try:
        with suppress(InputError):  # what a file of its own does not cost
            scorer.gold(task)
            if method == "submission" and LANGUAGE_MODEL in arguments:
                scorer.trivial(task)
        line.send(("begun", None))
        return "done", getattr(scorer, method)(task, *arguments)
    except InputError as error:
        return "refused", str(error)
    except MemoryError:
        return "memory", None
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        return "failed", type(error).__name__


def limit_memory(more: int) -> None:
    """Let this process have so many bytes of addresses more than it has now."""
    has = memory("self", 0)
    if has:
        resource.setrlimit(resource.RLIMIT_AS, (has + more, has + more))


def resident(pid: int) -> int:
    """Return how many bytes of memory a process holds, 0 where the system does not say."""
    return memory(str(pid), 1)


def memory(process: str, column: int) -> int:
    """Return a number of /proc/<process>/statm in bytes, 0 where there is none."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[column])
    except OSError:
        return 0
    return pages * resource.getpagesize()
