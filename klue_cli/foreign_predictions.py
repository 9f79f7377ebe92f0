"""Predictions that others published, as `klue score --format` reads them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from klue_common.errors import InputError
from klue_common.progress import note

from .doors import a_file

Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="Of a file that others published: csv, json, datasets, lines, probabilities, conll, "
        "lm-eval or inspect. Default: a prediction file.",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="With --format: the column of the predictions, one for each of the task's fields in "
        "their order; conll's are numbered from 1. Default: found by their names.",
    ),
]
Labels = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,C",
        help="With --format: the labels in the order in which the file counts them. Default: the "
        "Hub's.",
    ),
]
Save = Annotated[
    Path | None,
    typer.Option(
        help="With --format: write what was read as a prediction file, for `klue compare`.",
        callback=a_file,
    ),
]


@dataclass(frozen=True)
class Said:
    """What a person says about a file: the options of this module."""

    form: str | None = None
    columns: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    save: Path | None = None

    def __post_init__(self) -> None:
        given = {"--column": self.columns, "--labels": self.labels, "--save": self.save}
        alone = next((name for name, value in given.items() if value), None)
        if self.form is None and alone is not None:
            raise InputError(f"{alone}: found without --format, expected both or none")


def said(
    form: str | None, columns: list[str] | None, labels: str | None, save: Path | None
) -> Said:
    """Return what the options say.

    Raises:
        InputError: one stands there without the format that it is about.
    """
    order = () if labels is None else tuple(name.strip() for name in labels.split(","))
    return Said(form, tuple(columns or ()), order, save)


def records_of(
    metric: Any,
    path: Path,
    gold: Any,
    unknown_label: str,
    beside: Collection[str],
    about: Said,
) -> Any:
    """Return the records of a prediction file, or of a file that others published.

    Args:
        metric: of the task.
        path: the file.
        gold: KLUE's references.
        unknown_label: "error" or "wrong".
        beside: guids that it may hold too: those of the rest of the split.
        about: what a person says about it.

    Raises:
        InputError: it has another form; the line names those that would fit.
        MetricError: it is damaged, or its answers are none of the task's.
    """
    from klue_metrics import MetricError

    if about.form is None:
        try:
            return metric.read_predictions(path, gold, unknown_label, beside)
        except MetricError:
            if path.is_file():
                from klue_formats import Asked, refuse_other_formats

                refuse_other_formats(Asked(path, metric, gold), None)
            raise
    from klue_formats import Asked, read_as

    asked = Asked(path, metric, gold, beside, about.columns, about.labels)
    read = read_as(about.form, asked, unknown_label)
    for line in read.notes:
        note(f"{path}: {line}")
    if about.save is not None:
        save(metric, read.records, about.save, path)
    return read.records


def save(metric: Any, records: Any, output: Path, source: Path) -> None:
    """Write records as a prediction file, without those that were merely missing.

    Raises:
        InputError: it would take the place of the file that was read.
    """
    from klue_metrics.prediction_files import MissingRecord

    if output.exists() and output.samefile(source):
        raise InputError(f"--save: found {output}, which is being read, expected another file")
    metric.write_predictions(output, [one for one in records if not isinstance(one, MissingRecord)])
