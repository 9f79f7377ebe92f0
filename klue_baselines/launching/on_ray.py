"""The runs of a bench on a Ray cluster: a task a run, taken up elsewhere when its node dies."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Mapping
from typing import Any

from filelock import FileLock, Timeout

from klue_common.errors import one_line

from ..run_folder import LOCK
from ..training.settings import Run
from .apart import Place, do, take
from .board import DONE, FAILED, RUNNING, Board
from .ray_cluster import Needs, check_nodes, installed, joined, needs_of
from .shared_folders import Shared, shared_by

RETRIES = 5  # of a run whose node or process died
EVERY = 0.5  # seconds between two looks at what the runs have said
# Of the lock of a run whose node died: file servers keep it until they miss the node.
HELD_AT_MOST = 120.0


def on_ray(
    runs: Mapping[str, Run], address: str, cpus: int | None = None, gpus: float | None = None
) -> dict[str, str]:
    """Do runs on a Ray cluster, by their titles; returns why each failed, "" where it did not.

    Ray decides which run is done where and when. A run whose node dies begins again on another one,
    at its last checkpoint, since all nodes share the folders of runs.

    Args:
        runs: by their titles.
        address: HOST:PORT of the cluster's head, "auto", or "local" to start one here.
        cpus: cores a run, which are its threads; None for one.
        gpus: GPUs a run, or a fraction of one; None for one where there are some.

    Raises:
        InputError: the cluster does not answer, or lacks something.
    """
    if not runs:
        return {}
    with joined(address) as nodes, shared_by(runs.values()) as shared:
        needs = needs_of(nodes, cpus, gpus)
        check_nodes(nodes, shared)
        return follow(runs, shared, needs)


def follow(runs: Mapping[str, Run], shared: Shared, needs: Needs) -> dict[str, str]:
    """Give all runs to Ray and show what becomes of them, until none is left."""
    ray = installed()
    ears = mailbox()
    # A process a run, which gives its memory back and is measured by itself.
    task = ray.remote(max_calls=1, max_retries=RETRIES)(do_there).options(
        num_cpus=needs.cpus, num_gpus=needs.gpus
    )
    board, failures = Board(runs), dict.fromkeys(runs, "")
    with board.shown():
        titles = {
            task.remote(title, run, shared, needs, ears): title for title, run in runs.items()
        }
        left = [*titles]
        while left:
            done, left = ray.wait(left, timeout=EVERY)
            for title, line, passing in ears.get_nowait_batch(ears.qsize()):
                if passing is None:
                    again = "again " if board.states[title] == RUNNING else ""
                    board.tell(title, RUNNING, f"{again}on {line}")
                else:
                    board.listener(title, runs[title])(line, passing)
            for one in done:
                title = titles[one]
                failures[title] = failure = failure_of(one)
                board.tell(title, FAILED if failure else DONE, failure)
    return failures


def mailbox() -> Any:
    """Return a queue on this machine, which dies no sooner than who reads it."""
    ray = installed()
    from ray.util.queue import Queue
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    return Queue(actor_options={"num_cpus": 0, "scheduling_strategy": here})


def failure_of(task: Any) -> str:
    """Return why a task that has ended failed, "" if it did not."""
    ray = installed()
    try:
        return str(ray.get(task))
    except ray.exceptions.RayError as error:  # its process or its node died once too often
        return f"{type(error).__name__}: {one_line(error)}"


def do_there(title: str, run: Run, shared: Shared, needs: Needs, ears: Any) -> str:
    """Do a run on the node that this process is on; returns why it failed, "" if it did not."""
    ears.put((title, platform.node(), None))
    if missing := shared.missing():
        return f"{platform.node()} {missing}"
    take(Place(needs.cpus))
    wait_for_the_dead(run)
    return do(run, lambda line, passing: ears.put((title, line, passing)))[0]


def wait_for_the_dead(run: Run) -> None:
    """Wait until a run's folder is free, as that of a node that died may not be yet."""
    lock = FileLock(run.output / LOCK)
    if (run.output / LOCK).exists():
        with contextlib.suppress(OSError, Timeout), lock.acquire(timeout=HELD_AT_MOST):
            pass
