"""The `klue data` commands: build, check and stats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from klue_common.progress import note

from .data_tables import build_table, check_lines, stats_tables
from .doors import a_folder
from .options import DataDir, Errata, Full, Json, Sample, Tasks
from .terminal import print_json, show

app = typer.Typer(no_args_is_help=True, help="Build, check and describe the data.")


@app.command("build")
def build_command(
    out: Annotated[Path, typer.Option(help="Folder to write.", callback=a_folder)] = Path("klue"),
    task: Tasks = None,
    data_dir: DataDir = None,
    sample: Sample = False,
    full: Full = False,
    errata: Errata = False,
    prompts: Annotated[
        bool,
        typer.Option(
            "--prompts", help="Also write dev as questions for a language model: TASK_prompts."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Write Parquet files and a card that `load_dataset` reads."""
    from klue_datasets import build

    extra = None
    if prompts:
        from klue_lm.prompt_rows import prompts as prompts_of

        extra = prompts_of(data_dir, sample)
    report = build(
        out,
        task or None,
        data_dir=data_dir,
        sample=sample,
        full=full,
        errata=errata,
        progress=note,
        extra=extra,
    )
    for built in report.tasks:
        for split in built.splits:
            for line in split.notes.lines():
                note(line)
    show(build_table(report), report.to_json(), as_json)


@app.command("check")
def check_command(
    task: Tasks = None, data_dir: DataDir = None, sample: Sample = False, as_json: Json = False
) -> None:
    """Report all that is wrong or odd in the raw files; exit code 1 if a promise is broken."""
    from klue_datasets.report.check import check

    checked = []
    for file in check(task or None, data_dir=data_dir, sample=sample):
        checked.append(file)
        if not as_json:
            print(*check_lines(file), sep="\n")
    broken = sum(report.broken for file in checked for report in file.reports)
    remarks = sum(not report.broken for file in checked for report in file.reports)
    if as_json:
        print_json([file.to_json() for file in checked])
    else:
        print(f"{len(checked)} files: {broken:,} broken promises, {remarks:,} remarks")
    if broken:
        raise typer.Exit(1)


@app.command("stats")
def stats_command(
    task: Tasks = None,
    data_dir: DataDir = None,
    sample: Sample = False,
    plots: Annotated[
        Path | None, typer.Option(help="Folder for pictures (SVG).", callback=a_folder)
    ] = None,
    as_json: Json = False,
) -> None:
    """Print sizes, labels, lengths, agreement and overlap between the splits."""
    from klue_datasets.report.plots import write_plots
    from klue_datasets.report.stats import stats

    every = []
    for of_task in stats(task or None, data_dir=data_dir, sample=sample):
        every.append(of_task)
        if plots is not None:
            for path in write_plots(plots, of_task):
                note(f"wrote {path}")
        if not as_json:
            show(stats_tables(of_task), None, as_json=False)
    if as_json:
        print_json([of_task.to_json() for of_task in every])
