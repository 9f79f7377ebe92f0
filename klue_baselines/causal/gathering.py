"""Work that several threads ask for, done together by whichever of them comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class Gathering(Generic[Job, Result]):
    """Calls `work` with all jobs that wait, one call at a time.

    >>> Gathering(lambda jobs: [job + 1 for job in jobs], threading.Lock())(1)
    2
    """

    def __init__(
        self, work: Callable[[Sequence[Job]], Sequence[Result]], lock: Any, most: int = 64
    ) -> None:
        """Take what does the work.

        Args:
            work: jobs -> their results, in the same order.
            lock: held while `work` runs.
            most: jobs of one call.
        """
        self.work, self.lock, self.most = work, lock, most
        self.waiting: list[tuple[Job, Future[Result]]] = []
        self.door = threading.Lock()

    def __call__(self, job: Job) -> Result:
        """Return the result of a job; an error of a call is that of all its jobs."""
        future: Future[Result] = Future()
        with self.door:
            self.waiting.append((job, future))
        with self.lock:
            while not future.done():
                self.do_some()
        return future.result()

    def do_some(self) -> None:
        """Do the work that has waited longest."""
        with self.door:
            some, self.waiting = self.waiting[: self.most], self.waiting[self.most :]
        try:
            results = self.work([job for job, _ in some])
        except BaseException as error:
            for _, future in some:
                future.set_exception(error)
            return
        for (_, future), result in zip(some, results, strict=True):
            future.set_result(result)
