"""The `klue data` commands: build, check and stats."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from .doors import a_folder, data_folders

if TYPE_CHECKING:
    from klue_datasets.build_report import BuildReport
    from klue_datasets.report.check import CheckedFile
    from klue_datasets.report.stats import SplitStats, TaskStats

app = typer.Typer(no_args_is_help=True, help="Build, check and describe the data.")

Tasks = Annotated[
    list[str] | None, typer.Option("--task", help="Only this task; may be given several times.")
]
DataDir = Annotated[
    str | None,
    typer.Option(
        help="Folders in the official layout, joined with the system's path separator. Default: "
        "KLUE_DATA_DIR, else the official files are downloaded.",
        callback=data_folders,
    ),
]
Sample = Annotated[bool, typer.Option("--sample", help="The bundled sample, which is not KLUE.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command("build")
def build_command(
    out: Annotated[Path, typer.Option(help="Folder to write.", callback=a_folder)] = Path("klue"),
    task: Tasks = None,
    data_dir: DataDir = None,
    sample: Sample = False,
    full: Annotated[bool, typer.Option("--full", help="Keep all columns.")] = False,
    errata: Annotated[bool, typer.Option("--errata", help="Correct known defects.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write Parquet files and a card that `load_dataset` reads."""
    from klue_datasets import build

    report = build(
        out,
        task or None,
        data_dir=data_dir,
        sample=sample,
        full=full,
        errata=errata,
        progress=_say,
    )
    for built in report.tasks:
        for split in built.splits:
            for line in split.notes.lines():
                _say(line)
    if as_json:
        _print_json(report.to_json())
    else:
        _console().print(_build_table(report))


@app.command("check")
def check_command(
    task: Tasks = None, data_dir: DataDir = None, sample: Sample = False, as_json: AsJson = False
) -> None:
    """Report all that is wrong or odd in the raw files; exit code 1 if a promise is broken."""
    from klue_datasets.report.check import check

    checked = []
    for file in check(task or None, data_dir=data_dir, sample=sample):
        checked.append(file)
        if not as_json:
            print(*_check_lines(file), sep="\n")
    broken = sum(report.broken for file in checked for report in file.reports)
    remarks = sum(not report.broken for file in checked for report in file.reports)
    if as_json:
        _print_json([file.to_json() for file in checked])
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
    as_json: AsJson = False,
) -> None:
    """Print sizes, labels, lengths, agreement and overlap between the splits."""
    from klue_datasets.report.plots import write_plots
    from klue_datasets.report.stats import stats

    every = []
    for of_task in stats(task or None, data_dir=data_dir, sample=sample):
        every.append(of_task)
        if plots is not None:
            for path in write_plots(plots, of_task):
                _say(f"wrote {path}")
        if not as_json:
            for table in _stats_tables(of_task):
                _console().print(table)
    if as_json:
        _print_json([of_task.to_json() for of_task in every])


def _build_table(report: BuildReport) -> Table:
    title = f"{report.out} (version {report.version_name}{', sample' if report.is_sample else ''})"
    table = Table("task", "split", _right("examples"), _right("kB"), "file", title=title)
    for built in report.tasks:
        for split in built.splits:
            size = f"{split.file_bytes / 1000:,.0f}"
            table.add_row(built.task.name, split.split, f"{split.rows:,}", size, split.file)
    table.caption = f"{report.seconds:.1f} s"
    return table


def _check_lines(file: CheckedFile) -> Iterable[str]:
    kind = {True: "the official file", False: "not the official file", None: ""}[file.official]
    rows = "" if file.rows is None else f"{file.rows:,} examples"
    yield ": ".join(filter(None, (file.file, ", ".join(filter(None, (rows, kind))))))
    yield from (f"  {report.line()}" for report in file.reports)


def _stats_tables(of_task: TaskStats) -> Iterable[Table]:
    splits = of_task.splits
    marked = f"{of_task.task} (sample)" if of_task.source == "sample" else of_task.task
    labels = Table(of_task.label_column, *map(_right, splits), title=f"{marked}: labels")
    for name in dict.fromkeys(name for split in splits.values() for name in split.labels):
        labels.add_row(name, *(f"{split.labels.get(name, 0):,}" for split in splits.values()))
    labels.add_row("examples", *(f"{split.rows:,}" for split in splits.values()))
    yield labels
    yield _length_table(marked, splits)
    measures = [(s, name, value) for s in splits for name, value in splits[s].agreement.items()]
    if measures:
        table = Table("split", "measure", _right("value"), title=f"{marked}: agreement")
        for split, name, value in measures:
            table.add_row(split, name, f"{value:.3f}")
        yield table
    if of_task.overlap:
        title = f"{marked}: validation in train"
        table = Table("text", *map(_right, ("of", "exactly", "normalised")), title=title)
        for one in of_task.overlap:
            table.add_row(one.of, *(f"{n:,}" for n in (one.count, one.exact, one.normalised)))
        yield table


def _length_table(marked: str, splits: Mapping[str, SplitStats]) -> Table:
    heads = ("texts", "repeated", "mean", "5 %", "median", "95 %", "longest")
    table = Table("split", "text", "unit", *map(_right, heads), title=f"{marked}: lengths")
    for split, of_split in splits.items():
        for lengths in of_split.lengths:
            numbers = (lengths.mean, lengths.low, lengths.median, lengths.high)
            table.add_row(
                split,
                lengths.of,
                lengths.unit,
                f"{lengths.count:,}",
                f"{of_split.repeated[lengths.of]:,}",
                *(f"{number:,.1f}" for number in numbers),
                f"{lengths.longest:,}",
            )
    return table


def _right(name: str) -> Column:

    return Column(name, justify="right")


def _console() -> Console:
    # A pipe has no width of its own; tables are not to be cut there.
    return Console() if sys.stdout.isatty() else Console(width=160)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
