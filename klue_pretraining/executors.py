"""Where the tasks of a pipeline run: processes here, Ray, Slurm or Hugging Face Jobs.

datatrove's executors, each with what a command needs beside it (0.10): an error of a task ends the
command with that error, which Ray, Slurm and Jobs leave to their logs; each task begins with
statistics of its own, which Slurm adds up within a job; what a log holds is not on the terminal.
Steps are not timed, and statistics are sums: both took a tenth of all time.
"""

from __future__ import annotations

import contextlib
import copy
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from datatrove.executor.base import PipelineExecutor
from datatrove.executor.jobs import JobsPipelineExecutor
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.executor.ray import RayPipelineExecutor
from datatrove.executor.slurm import SlurmPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.utils.stats import MetricStats, TimingStats

from klue_common.errors import InputError, RunError, exit_code, one_line
from klue_common.processes import end_with_parent

from .library_internals import quiet_datatrove

FILES = 8192  # that a task may have open: of each task before it one
LOOK_EVERY = 0.5  # seconds between two looks at how far tasks are
POLL = 15.0  # seconds between two looks at a cluster's queue
AGAIN = "the same command again goes on where it stopped"


@dataclass(frozen=True)
class Execution:
    """How tasks run.

    name: a key of EXECUTORS. workers: tasks at a time. options: for datatrove's executor, and for
    ray `address`.
    """

    name: str = "local"
    workers: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)


class Untimed(TimingStats):  # type: ignore[misc, unused-ignore]
    """A clock that stands still: datatrove looks at one twice a document in each step."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


class Total(MetricStats):  # type: ignore[misc, unused-ignore]
    """A sum: datatrove keeps least, most and variance of each of them, document by document."""

    def update(self, x: float, unit: str | None = None) -> None:
        """Add to it."""
        self.total += x
        self.n += 1


class Told(PipelineExecutor):  # type: ignore[misc, unused-ignore]
    """Runs each task with steps of its own, and writes down what goes wrong in one."""

    pipeline: list[PipelineStep]

    def _run_for_rank(self, rank: int, local_rank: int = 0, node_rank: int = -1) -> Any:
        quiet_datatrove()
        allow_files()
        pipeline = self.pipeline
        self.pipeline = copy.deepcopy(pipeline)
        for step in self.pipeline:
            step.stats.time_stats = Untimed()
            step.stats.stats.default_factory = Total
        try:
            return super()._run_for_rank(rank, local_rank, node_rank)
        except Exception as error:
            told = {"error": one_line(error), "input": exit_code(error) == 2}
            with (
                contextlib.suppress(OSError),
                self.logging_dir.open(f"errors/{rank:05d}", "w") as f,
            ):
                json.dump(told, f)
            raise
        finally:
            self.pipeline = pipeline


class Here(Told, LocalPipelineExecutor):  # type: ignore[misc, unused-ignore]
    """Runs tasks in processes of this machine.

    Processes are forked, so no other thread may be at work then: a lock that it holds would stay
    held in them. What is to be done meanwhile, `meanwhile`, this process does while it waits.

    datatrove's own pool waits forever for a task whose process the system has killed, as it does
    where memory runs out; and its processes and its manager's temporary folder outlive a command
    that is killed.
    """

    meanwhile: Callable[[], None] | None = None

    def run(self) -> None:
        """Run the tasks that are not done.

        Raises:
            RunError: a process was killed.
        """
        ranks = self.get_incomplete_ranks()
        self.save_executor_as_json()
        if min(self.workers, len(ranks)) <= 1:
            for rank in ranks:
                self._run_for_rank(rank)
            return
        with ProcessPoolExecutor(
            min(self.workers, len(ranks)), initializer=end_with_parent
        ) as pool:
            running = [pool.submit(self._run_for_rank, rank) for rank in ranks]
            try:
                self.wait(set(running))
            except BrokenProcessPool:
                found = "a process that was killed, perhaps for want of memory"
                raise RunError(
                    f"corpus: found {found}; {AGAIN}, --workers makes it fewer"
                ) from None
            finally:
                pool.shutdown(cancel_futures=True)

    def wait(self, running: set[Future[Any]]) -> None:
        """Wait for tasks; the first error of one is raised at once."""
        while running:
            done, running = wait(running, LOOK_EVERY, return_when=FIRST_EXCEPTION)
            for task in done:
                task.result()
            if self.meanwhile is not None:
                self.meanwhile()


class OnRay(Told, RayPipelineExecutor):  # type: ignore[misc, unused-ignore]
    """Runs tasks on a Ray cluster."""


class OnSlurm(Told, SlurmPipelineExecutor):  # type: ignore[misc, unused-ignore]
    """Submits tasks to Slurm, and waits for them."""

    def launch_job(self) -> None:
        """Submit the tasks that are not done, and wait.

        Raises:
            InputError: there is no Slurm here.
        """
        if shutil.which("sbatch") is None:
            raise InputError("--executor: found no sbatch, expected slurm to be installed here")
        super().launch_job()
        while self.get_incomplete_ranks() and self.queued():
            time.sleep(POLL)

    def queued(self) -> bool:
        """Return whether the job is still in Slurm's queue."""
        ask = ["squeue", "--noheader", "--jobs", str(self.job_id)]
        return bool(subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip())


class OnJobs(Told, JobsPipelineExecutor):  # type: ignore[misc, unused-ignore]
    """Runs tasks as Hugging Face Jobs."""


EXECUTORS: dict[str, type[Told]] = {
    "local": Here,
    "ray": OnRay,
    "slurm": OnSlurm,
    "hf-jobs": OnJobs,
}


def run(
    execution: Execution,
    steps: Sequence[PipelineStep],
    tasks: int,
    logs: str,
    label: str,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """Run a pipeline's tasks that are not done yet.

    Args:
        execution: how.
        steps: of the pipeline.
        tasks: how many there are.
        logs: the folder of the pipeline's logs, statistics and completion markers.
        label: what to call it.
        meanwhile: to be done again and again while tasks run.

    Raises:
        InputError: a task met wrong input.
        RunError: a task failed otherwise.
    """
    options = {key: value for key, value in execution.options.items() if key != "address"}
    if execution.name == "slurm":
        options.setdefault("job_name", f"klue-corpus-{label}")
    kind: Any = EXECUTORS[execution.name]
    executor = kind(
        list(steps), tasks=tasks, workers=execution.workers, logging_dir=logs, **options
    )
    place = executor.logging_dir
    for old in place.list_files("errors") if place.isdir("errors") else ():
        place.rm(old)
    if not executor.get_incomplete_ranks():
        return
    with during(executor, meanwhile):
        executor.run()
    place.fs.invalidate_cache()
    if missing := executor.get_incomplete_ranks():
        for name in place.list_files("errors") if place.isdir("errors") else ():
            with place.open(name, "r") as file:
                told = json.load(file)
            raise (InputError if told["input"] else RunError)(told["error"])
        found = f"{len(missing)} of {tasks} tasks that did not come to their end"
        why = f"{logs}/logs says why"
        if not any(place.isfile(f"logs/task_{rank:05d}.log") for rank in missing):
            why = f"nothing of theirs is in {logs}, which all machines must share"
        raise RunError(f"corpus, {label}: found {found}; {why}; {AGAIN}")


@contextlib.contextmanager
def during(executor: Told, meanwhile: Callable[[], None] | None) -> Iterator[None]:
    """Let something be done again and again until the block ends."""
    if meanwhile is None:
        yield
        return
    if isinstance(executor, Here) and executor.workers > 1:
        executor.meanwhile = meanwhile
        yield
        return
    over = threading.Event()

    def again() -> None:
        while not over.wait(LOOK_EVERY):
            meanwhile()

    thread = threading.Thread(target=again, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def allow_files() -> None:
    """Let this process open as many files as there are tasks, as far as the system lets us."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
