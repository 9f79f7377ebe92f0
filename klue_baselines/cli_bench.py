"""`klue bench`: all tasks, several seeds, one table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .cli import DataDir, Json, Sample, known_task, quiet_libraries, show
from .doors import a_file, a_folder


def bench(
    model: Annotated[str, typer.Option(help="An encoder: a folder or a Hub id.")],
    output: Annotated[
        Path, typer.Option(help="The folder for models, table and picture.", callback=a_folder)
    ] = Path("runs/bench"),
    seeds: Annotated[str, typer.Option(help="Like 1,2,3.")] = "1,2,3",
    tasks: Annotated[str, typer.Option(help="Like dp,ner. Default: all eight.")] = "",
    settings: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file, a table a task, of settings that replace published ones.",
            callback=a_file,
        ),
    ] = None,
    select_on: Annotated[
        str, typer.Option(help="held-out: a tenth of train; dev: the original protocol, marked so.")
    ] = "held-out",
    precision: Annotated[str, typer.Option(help="fp32 or bf16")] = "fp32",
    compile_: Annotated[bool, typer.Option("--compile", help="torch.compile the model.")] = False,
    results: Annotated[
        Path, typer.Option(help="The folder that collects results.", callback=a_folder)
    ] = Path("results"),
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Fine-tune and score every task with several seeds; done runs are kept, failed ones named."""
    from klue_datasets import TASKS

    from . import bench as room
    from .published import PUBLISHED
    from .tables import bench_rows, bench_table
    from .training import Run

    quiet_libraries()
    chosen = [known_task(task.strip()) for task in tasks.split(",")] if tasks else [*TASKS]
    base = Run(
        task=chosen[0],
        model=model,
        output=output,
        data_dir=data_dir,
        sample=sample,
        select_on=select_on,
        precision=precision,
        compile=compile_,
        results=results,
    )
    own = room.read_settings(settings, TASKS) if settings else {}
    outcomes = room.bench(room.plan(base, chosen, known_seeds(seeds), own))
    found = [one.result for one in outcomes if one.result is not None]
    if found:
        room.write_report(output, found, PUBLISHED)
        show(bench_table(found, PUBLISHED), bench_rows(found, PUBLISHED), as_json)
    room.failed(outcomes)


def known_seeds(text: str) -> list[int]:
    """The seeds of a list like 1,2,3.

    >>> known_seeds("1, 2")
    [1, 2]
    """
    from .errors import InputError

    try:
        seeds = [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"seeds: found {text!r}, expected whole numbers like 1,2,3") from None
    if len(set(seeds)) < len(seeds) or min(seeds) < 0:
        raise InputError(f"seeds: found {text!r}, expected different numbers from 0 on")
    return seeds
