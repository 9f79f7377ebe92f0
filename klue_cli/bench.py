"""`klue bench`: all tasks, several seeds, one table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from klue_common.progress import quiet_libraries

from .doors import a_file, a_folder
from .launching import CpusPerRun, DryRun, GpusPerRun, Launcher, Launching, Parallel, Ray, Slurm
from .options import (
    Compile,
    DataDir,
    GradientCheckpointing,
    Json,
    Overwrite,
    Peft,
    Precision,
    ReportTo,
    Results,
    Sample,
    SelectOn,
    known_task,
)
from .terminal import show


def bench(
    model: Annotated[
        list[str], typer.Option(help="An encoder: a folder or a Hub id; several: again.")
    ],
    name: Annotated[
        list[str] | None,
        typer.Option(
            help="What results call the encoder; of several, one for each. Default: its Hub id, or "
            "its folder's last two parts."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="The folder for models, table and picture; of several encoders, of a folder for "
            "each. Default: runs/bench/NAME.",
            callback=a_folder,
        ),
    ] = None,
    seeds: Annotated[str, typer.Option(help="Like 1,2,3.")] = "1,2,3",
    tasks: Annotated[str, typer.Option(help="Like dp,ner. Default: all eight.")] = "",
    settings: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file, a table a task, of settings that replace published ones.",
            callback=a_file,
        ),
    ] = None,
    parallel: Parallel = 1,
    ray: Ray = None,
    cpus_per_run: CpusPerRun = None,
    gpus_per_run: GpusPerRun = None,
    launcher: Launcher = None,
    slurm: Slurm = None,
    dry_run: DryRun = False,
    select_on: SelectOn = "held-out",
    precision: Precision = "fp32",
    compile_: Compile = False,
    gradient_checkpointing: GradientCheckpointing = False,
    peft: Peft = None,
    report_to: ReportTo = None,
    results: Results = Path("results"),
    overwrite: Overwrite = False,
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Fine-tune and score every task with several seeds; done runs are kept, failed ones named."""
    from rich.console import Group

    from klue_baselines import bench as room
    from klue_baselines.training.run import Run
    from klue_datasets import TASKS
    from klue_results.bench_tables import bench_rows
    from klue_results.published import PUBLISHED

    from .result_tables import shown_bench

    quiet_libraries()
    where = Launching(parallel, ray, launcher, cpus_per_run, gpus_per_run, slurm, dry_run)
    launch = where.launch((output or room.OUTPUT) / "slurm")
    chosen = [known_task(task.strip()) for task in tasks.split(",")] if tasks else [*TASKS]
    base = Run(
        task=chosen[0],
        model=model[0],
        output=room.OUTPUT,
        data_dir=data_dir,
        sample=sample,
        select_on=select_on,
        precision=precision,
        compile=compile_,
        gradient_checkpointing=gradient_checkpointing,
        peft=peft,
        report_to=report_to,
        results=results,
        overwrite=overwrite,
    )
    own = room.read_settings(settings, TASKS) if settings else {}
    encoders = room.bases(base, model, name or [], output)
    plans = [room.plan(encoder, chosen, known_seeds(seeds), own) for encoder in encoders]
    runs = [run for plan in plans for run in plan]
    room.check_folders(runs)
    outcomes = room.bench(runs, launch)
    if dry_run:
        return
    tables, rows = [], []
    for encoder, plan in zip(encoders, plans, strict=True):
        done = [one.result for one in outcomes if one.result is not None and one.run in plan]
        if done:
            room.write_report(encoder.output, done, PUBLISHED)
            tables.append(shown_bench(done, PUBLISHED))
            rows += bench_rows(done, PUBLISHED)
    if tables:
        show(Group(*tables), rows, as_json)
    room.failed(outcomes)


def known_seeds(text: str) -> list[int]:
    """Return the seeds of a list like 1,2,3.

    Raises:
        InputError: something else, a seed twice, or one below 0.

    Example:
        >>> known_seeds("1, 2")
        [1, 2]
    """
    from klue_common.errors import InputError

    try:
        seeds = [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"seeds: found {text!r}, expected whole numbers like 1,2,3") from None
    if len(set(seeds)) < len(seeds) or min(seeds) < 0:
        raise InputError(f"seeds: found {text!r}, expected different numbers from 0 on")
    return seeds
