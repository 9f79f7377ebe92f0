"""The options that say where the runs of a bench are done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from klue_common.errors import InputError

if TYPE_CHECKING:
    from klue_baselines.launching.side_by_side import Launch

Parallel = Annotated[
    int, typer.Option(help="Runs at once, which share this machine's cores and GPUs.")
]
Ray = Annotated[
    str | None,
    typer.Option(
        help="Do the runs on a Ray cluster: HOST:PORT of its head, auto for the one that this "
        "machine belongs to, local to start one here. All nodes have to share the folders."
    ),
]
CpusPerRun = Annotated[
    int | None,
    typer.Option(
        help="Cores a run, which are its threads; the same number gives the same digits on any "
        "number of runs at once. Default: all of this machine in equal parts; on Ray 1."
    ),
]
GpusPerRun = Annotated[
    float | None,
    typer.Option(
        help="With --ray: GPUs a run, like 0.25 for four runs on each. Default: 1 where there are "
        "some."
    ),
]


def launch_of(
    parallel: int, ray: str | None, cpus_per_run: int | None, gpus_per_run: float | None
) -> Launch:
    """Return what does the runs of a bench.

    Raises:
        InputError: an option that cannot be, or two that do not go together.
    """
    from klue_baselines.launching.on_ray import on_ray
    from klue_baselines.launching.side_by_side import check_parallel, one_by_one, side_by_side

    if gpus_per_run is not None and not 0 <= gpus_per_run <= 1:
        raise InputError(
            f"--gpus-per-run: found {gpus_per_run:g}, expected from 0 to 1: a run uses one GPU"
        )
    if cpus_per_run is not None and cpus_per_run < 1:
        raise InputError(f"--cpus-per-run: found {cpus_per_run}, expected a number from 1 on")
    if ray is not None:
        if parallel != 1:
            raise InputError("--parallel: found it beside --ray, which decides it by itself")
        return partial(on_ray, address=ray, cpus=cpus_per_run, gpus=gpus_per_run)
    if gpus_per_run is not None:
        raise InputError("--gpus-per-run: found it without --ray, expected both")
    check_parallel(parallel, cpus_per_run)
    if parallel > 1:
        return partial(side_by_side, at_once=parallel, threads=cpus_per_run)
    return partial(one_by_one, threads=cpus_per_run)
