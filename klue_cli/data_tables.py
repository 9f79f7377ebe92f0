"""What the `klue data` commands show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Column
from rich.text import Text

from .terminal import heading, numbers, plain_table

if TYPE_CHECKING:
    from klue_datasets.build_report import BuildReport
    from klue_datasets.report.check import CheckedFile
    from klue_datasets.report.stats import SplitStats, TaskStats

Rows = Iterable[Iterable[str]]


def build_table(report: BuildReport) -> Group:
    """Return the table of the files that a build wrote."""
    whose = f"{report.own.name}, " if report.own else ""
    sample = ", sample" if report.is_sample else ""
    rows = [
        [
            built.task.name,
            split.split,
            f"{split.rows:,}",
            f"{split.file_bytes / 1000:,.0f}",
            split.file,
        ]
        for built in report.tasks
        for split in built.splits
    ]
    rows += [
        [
            extra.config,
            extra.split,
            f"{extra.rows:,}",
            f"{extra.file_bytes / 1000:,.0f}",
            extra.file,
        ]
        for extra in report.extras
    ]
    return Group(
        heading(f"{report.out} ({whose}version {report.version_name}{sample})"),
        plain_table(["task", "split", numbers("examples"), numbers("kB"), "file"], rows),
        Text(f"{report.seconds:.1f} s"),
    )


def check_lines(file: CheckedFile) -> Iterator[str]:
    """Yield the line of a checked file and one for each thing that was found in it."""
    kind = {True: "the official file", False: "not the official file", None: ""}[file.official]
    rows = "" if file.rows is None else f"{file.rows:,} examples"
    yield ": ".join(filter(None, (file.file, ", ".join(filter(None, (rows, kind))))))
    yield from (f"  {report.line()}" for report in file.reports)


def stats_tables(of_task: TaskStats) -> Group:
    """Return the tables of a task: labels, lengths, agreement, overlap."""
    name = f"{of_task.task} (sample)" if of_task.source == "sample" else of_task.task
    parts = [*label_part(name, of_task), *length_part(name, of_task.splits)]
    measures = [
        [split, measure, f"{value:.3f}"]
        for split, of_split in of_task.splits.items()
        for measure, value in of_split.agreement.items()
    ]
    if measures:
        parts += part(f"{name}: agreement", ["split", "measure", numbers("value")], measures)
    if of_task.overlap:
        columns: list[str | Column] = ["text", *map(numbers, ("of", "exactly", "normalised"))]
        rows = (
            [one.of, *(f"{n:,}" for n in (one.count, one.exact, one.normalised))]
            for one in of_task.overlap
        )
        parts += part(f"{name}: validation in train", columns, rows)
    return Group(*parts)


def part(title: str, columns: Iterable[str | Column], rows: Rows) -> list[RenderableType]:
    """Return a table with a line above it and an empty one below."""
    return [heading(title), plain_table(columns, rows), Text()]


def label_part(name: str, of_task: TaskStats) -> list[RenderableType]:
    """Return the table of how often each label stands in each split."""
    splits = of_task.splits
    labels = dict.fromkeys(label for split in splits.values() for label in split.labels)
    rows = [
        [label, *(f"{split.labels.get(label, 0):,}" for split in splits.values())]
        for label in labels
    ]
    rows.append(["examples", *(f"{split.rows:,}" for split in splits.values())])
    return part(f"{name}: labels", [of_task.label_column, *map(numbers, splits)], rows)


def length_part(name: str, splits: Mapping[str, SplitStats]) -> list[RenderableType]:
    """Return the table of how long the texts are."""
    columns = ("texts", "repeated", "mean", "5 %", "median", "95 %", "longest")
    rows = (
        [
            split,
            lengths.of,
            lengths.unit,
            f"{lengths.count:,}",
            f"{of_split.repeated[lengths.of]:,}",
            *(
                f"{number:,.1f}"
                for number in (lengths.mean, lengths.low, lengths.median, lengths.high)
            ),
            f"{lengths.longest:,}",
        ]
        for split, of_split in splits.items()
        for lengths in of_split.lengths
    )
    return part(f"{name}: lengths", ["split", "text", "unit", *map(numbers, columns)], rows)
