"""What is measured of a task on a GPU, and what follows for whole runs and three seeds."""

from __future__ import annotations

import heapq
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from klue_baselines.launching.side_by_side import side_by_side
from klue_baselines.training.settings import Run

from .runs import Seconds, Workload, runs_of, timed, timed_plainly
from .use import GpuUse, watched

SEEDS = (1, 2, 3)


@dataclass(frozen=True)
class Measured:
    """What was seen of a task: its runs one after the other, its plain loop, both GPUs' use."""

    work: Workload
    times: float
    ours: Seconds
    plain: Seconds
    used: GpuUse
    used_plainly: GpuUse

    @property
    def run(self) -> float:
        """Seconds of a whole run."""
        return self.ours.whole(self.times)

    @property
    def plain_run(self) -> float:
        """Seconds of a whole run by the plain loop."""
        return self.plain.whole(self.times)


@dataclass(frozen=True)
class Plan:
    """What is measured. share: of each run; below 1 one seed stands for all. parallel: runs at
    once, 1 for none."""

    tasks: Sequence[str]
    share: float
    parallel: int

    @property
    def seeds(self) -> Sequence[int]:
        """The seeds that are run."""
        return SEEDS if self.share == 1 else SEEDS[:1]


def mean(runs: Sequence[Seconds]) -> Seconds:
    """Return the seconds of a run, the mean over seeds."""
    columns = zip(*(asdict(run).values() for run in runs), strict=True)
    return Seconds(*(sum(column) / len(runs) for column in columns))


def measure(work: Workload, base: Run, plan: Plan) -> Measured:
    """Time the runs of a task one after the other, and its plain loop with the first seed."""
    ours = []
    runs, times = runs_of(work, base, plan.seeds, plan.share)
    with watched() as used:
        for run in runs:
            ours += timed([run])
            shutil.rmtree(run.output)
    with watched() as used_plainly:
        plain = timed_plainly(runs[0])
        shutil.rmtree(runs[0].output)
    return Measured(work, times, mean(ours), plain, used, used_plainly)


def makespan(seconds: Iterable[float], places: int) -> float:
    """Return how long runs take that begin in their order, each at the first place that is free.

    >>> makespan([3, 1, 1, 2], 2)
    4.0
    """
    ends = [0.0] * places
    for one in seconds:
        heapq.heapreplace(ends, ends[0] + one)
    return max(ends)


def measure_parallel(done: Sequence[Measured], base: Run, plan: Plan) -> dict[str, Any]:
    """Time the runs of all tasks several at once; parts of runs are put together to whole ones."""
    runs, of_run = [], []
    for one in done:
        some, _ = runs_of(one.work, base, plan.seeds, plan.share)
        runs += some
        of_run += [one] * len(some)
    began = time.monotonic()
    with watched() as used:
        found = timed(runs, partial(side_by_side, at_once=plan.parallel))
    wall = time.monotonic() - began
    seconds = wall
    if plan.share < 1:
        # What a run does beside training and predicting was seen where it was alone.
        whole = [
            run.whole(one.times) + one.ours.rest for run, one in zip(found, of_run, strict=True)
        ]
        # In the order of the bench: a task's seeds one after the other.
        seconds = makespan((each for each in whole for _ in SEEDS), plan.parallel)
    return {"measured": wall, "seconds": seconds, "used": asdict(used)}
