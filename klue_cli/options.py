"""The options that several commands have, each written once."""

from __future__ import annotations

from typing import Annotated

import typer

from klue_common.errors import InputError

from .doors import data_folders

Task = Annotated[
    str, typer.Argument(help="ynat, sts, nli, ner, re, dp, mrc or wos", metavar="TASK")
]
DataDir = Annotated[
    str | None,
    typer.Option(
        help="Folders in the official layout, joined with the system's path separator. "
        "Default: KLUE_DATA_DIR, else the official files are downloaded.",
        callback=data_folders,
    ),
]
Sample = Annotated[bool, typer.Option("--sample", help="Use the bundled sample; no KLUE score.")]
Constrain = Annotated[
    bool | None,
    typer.Option(
        help="Decode in the most or the least constrained way. Default: as did best on held-out "
        "examples."
    ),
]
Decoding = Annotated[
    str | None,
    typer.Option(
        help="How answers become records, by name; a wrong name lists those of the task. Default: "
        "as did best on held-out examples."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


def known_task(task: str) -> str:
    """The task, if there is one of the name."""
    from klue_datasets import TASKS

    if task not in TASKS:
        raise InputError(f"TASK: found {task!r}, expected one of {', '.join(TASKS)}")
    return task
