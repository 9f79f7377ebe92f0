"""`klue annotate split`: annotated rows to train and validation, and to a card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from klue_common.progress import note

from .data_tables import part
from .doors import a_file, a_folder
from .options import Json, Seed, Tasks
from .terminal import numbers, show

if TYPE_CHECKING:
    from klue_annotation.splitting.report import TaskSplit


def split_command(
    folder: Annotated[
        Path,
        typer.Argument(
            help="What `klue annotate import` wrote, or another folder in KLUE's raw layout with "
            "one file a task.",
            callback=a_folder,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(help="New folder: both files of each task, and a card.", callback=a_folder),
    ],
    validation: Annotated[float, typer.Option(help="Share of the rows.")] = 0.1,
    name: Annotated[
        str | None,
        typer.Option(help="The dataset's name, like klue-law. Default: the name of the folder."),
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option(
            "--license", help="The Hub's name of its licence, like cc-by-sa-4.0; for the card."
        ),
    ] = None,
    screened: Annotated[
        Path | None,
        typer.Option(help="What `klue annotate screen` wrote; for the card.", callback=a_file),
    ] = None,
    task: Tasks = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Divide annotated rows into train and validation: no text of one is in the other.

    Rows that share a text, exactly or nearly, stay together; labels and sources are balanced.
    """
    from klue_annotation.splitting.running import Splitting, split_folder

    wanted = Splitting(
        folder=folder,
        share=validation,
        seed=seed,
        name=out.resolve().name if name is None else name,
        licence=licence,
        tasks=tuple(task) if task else None,
        screened=screened,
    )
    splits = split_folder(wanted, out)
    for line in (line for one in splits for line in one.too_small()):
        note(line)
    if licence is None:
        note(f"{out}: no licence is named in the card (--license): `klue push data` asks for one")
    show(split_tables(out, splits), {one.task: one.to_json() for one in splits}, as_json)


def split_tables(out: Path, splits: list[TaskSplit]) -> Group:
    """Return the tables of sizes, overlap and balance."""
    columns = ("train", "validation", "%", "units", "exactly", "nearly")
    rows = (
        [
            one.task,
            f"{one.train.rows:,}",
            f"{one.validation.rows:,}",
            f"{100 * one.share:.1f}",
            f"{one.train.units + one.validation.units:,}",
            f"{one.overlap.exact:,}",
            f"{one.overlap.near:,}",
        ]
        for one in splits
    )
    title = f"{out}: rows, and texts of validation that are in train too"
    parts: list[RenderableType] = part(title, ["task", *map(numbers, columns)], rows)
    for one in splits:
        balance = [
            [kind, label or "unknown", f"{train:,}", f"{there:,}", share(there, train + there)]
            for kind, label, train, there in one.balance()
        ]
        if balance:
            heads = map(numbers, ("train", "validation", "%"))
            parts += part(f"{one.task}: balance", ["", "name", *heads], balance)
    return Group(*parts[:-1], Text())


def share(part: int, whole: int) -> str:
    """Return a share in percent.

    >>> share(1, 8)
    '12.5'
    """
    return f"{100 * part / whole:.1f}"
