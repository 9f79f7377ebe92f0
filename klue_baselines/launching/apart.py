"""A run in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from typing import Any

from klue_common.processes import end_with_parent
from klue_common.progress import Listener

from ..training.run import train
from ..training.settings import Run

# A server that has imported torch once, and forks a process a run from there, saves seconds a run.
START_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
PRELOADED = ["klue_baselines.training.run"]


@dataclass(frozen=True)
class Place:
    """What of the machine a run may take; None where it may take all.

    threads: of PyTorch. gpu: as CUDA_VISIBLE_DEVICES names it.
    """

    threads: int | None = None
    gpu: str | None = None


def places(count: int, threads: int | None = None) -> list[Place]:
    """Share this machine among runs: its GPUs in turn, its cores in equal parts.

    A run's numbers may depend on its threads in the last digits, since sums are added up in another
    order.

    Args:
        count: how many run at once.
        threads: of each; None for OMP_NUM_THREADS where it is set, else for an equal part.
    """
    import torch

    gpus = gpu_names(torch.cuda.device_count(), os.environ.get("CUDA_VISIBLE_DEVICES"))
    if threads is None and "OMP_NUM_THREADS" not in os.environ:
        threads = max(torch.get_num_threads() // count, 1)
    return [Place(threads, gpus[at % len(gpus)] if gpus else None) for at in range(count)]


def gpu_names(count: int, visible: str | None) -> list[str]:
    """Return what CUDA_VISIBLE_DEVICES calls each of the GPUs that this process sees.

    >>> gpu_names(2, None), gpu_names(2, "3,5"), gpu_names(0, "")
    (['0', '1'], ['3', '5'], [])
    """
    return visible.split(",")[:count] if visible else [str(at) for at in range(count)]


def run_apart(run: Run, listener: Listener | None = None, place: Place | None = None) -> str:
    """Do a run in a process of its own; returns why it failed, "" if it did not.

    A process of its own gives its memory back, is measured by itself, and may be killed for lack
    of memory without taking the other runs along.

    Args:
        run: the run.
        listener: hears what the run has to say; None lets it print.
        place: what of the machine it takes.
    """
    context: Any = multiprocessing.get_context(START_METHOD)
    if START_METHOD == "forkserver":
        context.set_forkserver_preload(PRELOADED)
    channel, end = context.Pipe(duplex=False)
    process = context.Process(
        target=_child, args=(run, end, place or Place(), listener is not None)
    )
    process.start()
    end.close()
    failure = "it ended without a word"
    try:
        while True:
            said, passing = channel.recv()
            if passing is None:
                failure = said
            elif listener:
                listener(said, passing)
    except EOFError:
        pass
    finally:
        process.join()
    code = process.exitcode or 0
    return f"killed by {signal.Signals(-code).name}" if code < 0 else failure


def _child(run: Run, end: Any, place: Place, heard: bool) -> None:
    """Do a run; sends (a line, whether the next replaces it), and (why it failed, None)."""
    end_with_parent()  # nobody else may write where the next bench will
    take(place)
    try:
        failure, code = do(run, (lambda *said: end.send(said)) if heard else None)
    except KeyboardInterrupt:
        sys.exit(1)
    end.send((failure, None))
    sys.exit(code)


def do(run: Run, listener: Listener | None = None) -> tuple[str, int]:
    """Do a run in this process, which is its own.

    Args:
        run: the run.
        listener: hears what the run has to say; None lets it print.

    Returns:
        Why it failed, "" if it did not, and the exit code that belongs to it.
    """
    from klue_common.errors import exit_code, of_the_disk
    from klue_common.progress import quiet_libraries, speak_to

    quiet_libraries()
    if listener:
        speak_to(listener)
    try:
        train(run)
    except Exception as error:
        seen = error if exit_code(error) else of_the_disk(error, str(run.output))
        if seen is None:
            traceback.print_exc()  # a bug of ours
            return f"{type(error).__name__}: {error}", 1
        return str(seen), exit_code(seen) or 1
    return "", 0


def take(place: Place) -> None:
    """Let this process use no more of the machine than a place has."""
    import torch

    if place.gpu is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = place.gpu  # read when CUDA is first used
    if place.threads is not None:
        torch.set_num_threads(place.threads)
