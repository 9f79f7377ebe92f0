"""The options that say where the runs of a bench are done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klue_common.errors import InputError
from klue_common.settings_files import read_toml

from .doors import a_file

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
        "number of runs at once. Default: all of this machine in equal parts; elsewhere 1."
    ),
]
GpusPerRun = Annotated[
    float | None,
    typer.Option(
        help="With --ray: GPUs a run, like 0.25 for four runs on each; with Slurm 0 or 1. Default: "
        "1; on Ray only where there are some."
    ),
]


Launcher = Annotated[
    str | None, typer.Option(help="slurm: submit the runs as an array job, and wait for none.")
]
Slurm = Annotated[
    Path | None,
    typer.Option(
        help="With --launcher slurm: a TOML file of submitit's settings, like partition, account, "
        "qos, mem, and time in minutes (default: a day).",
        callback=a_file,
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="With --launcher slurm: print the job and stop.")
]


@dataclass(frozen=True)
class Launching:
    """What was said about where the runs are done; the fields are the options."""

    parallel: int = 1
    ray: str | None = None
    launcher: str | None = None
    cpus_per_run: int | None = None
    gpus_per_run: float | None = None
    slurm: Path | None = None
    dry_run: bool = False

    def launch(self, folder: Path) -> Launch:
        """Return what does the runs of a bench.

        Args:
            folder: for what a launcher keeps.

        Raises:
            InputError: an option that cannot be, or two that do not go together.
        """
        self.check()
        if self.launcher is not None:
            from klue_baselines.launching.on_slurm import on_slurm

            settings = self.of_slurm()
            return partial(on_slurm, folder=folder, settings=settings, dry_run=self.dry_run)
        if self.ray is not None:
            from klue_baselines.launching.on_ray import on_ray

            return partial(on_ray, address=self.ray, cpus=self.cpus_per_run, gpus=self.gpus_per_run)
        from klue_baselines.launching.side_by_side import check_parallel, one_by_one, side_by_side

        check_parallel(self.parallel, self.cpus_per_run)
        if self.parallel > 1:
            return partial(side_by_side, at_once=self.parallel, threads=self.cpus_per_run)
        return partial(one_by_one, threads=self.cpus_per_run)

    def check(self) -> None:
        """Refuse what cannot be, whatever does the runs.

        Raises:
            InputError: it names the option.
        """
        cpus, gpus = self.cpus_per_run, self.gpus_per_run
        if gpus is not None and not 0 <= gpus <= 1:
            raise InputError(
                f"--gpus-per-run: found {gpus:g}, expected from 0 to 1: a run uses one GPU"
            )
        if cpus is not None and cpus < 1:
            raise InputError(f"--cpus-per-run: found {cpus}, expected a number from 1 on")
        if self.launcher not in (None, "slurm"):
            raise InputError(f"--launcher: found {self.launcher!r}, expected slurm")
        places = {"--parallel": self.parallel != 1, "--ray": self.ray, "--launcher": self.launcher}
        given = [name for name, value in places.items() if value]
        if len(given) > 1:
            raise InputError(f"{given[0]}: found it beside {given[1]}, expected one of them")
        if gpus is not None and not (self.ray or self.launcher):
            raise InputError("--gpus-per-run: found it alone, expected --ray or --launcher too")
        if (self.slurm or self.dry_run) and not self.launcher:
            name = "--slurm" if self.slurm else "--dry-run"
            raise InputError(f"{name}: found it alone, expected --launcher slurm too")

    def of_slurm(self) -> dict[str, Any]:
        """Return the settings of the job.

        Raises:
            InputError: no such file, no TOML, or a part of a GPU.
        """
        if self.gpus_per_run not in (None, 0, 1):
            raise InputError(
                f"--gpus-per-run: found {self.gpus_per_run:g}, expected 0 or 1: Slurm gives whole "
                "ones"
            )
        gpus = 1 if self.gpus_per_run is None else int(self.gpus_per_run)
        own = {"cpus_per_task": self.cpus_per_run or 1, **({"gpus_per_node": 1} if gpus else {})}
        return {**own, **(read_toml(self.slurm) if self.slurm else {})}
