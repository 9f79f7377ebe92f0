"""The `klue annotate` commands: forms and tasks for Label Studio, gold and agreement from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from klue_common.progress import note

from .annotate_screening import screen_command, train_screen_command
from .annotate_splitting import split_command
from .annotate_tables import estimate_table, import_table, report_tables
from .doors import a_file, a_folder
from .options import Json, Task
from .terminal import print_json, show

app = typer.Typer(
    no_args_is_help=True,
    help="Annotate texts as KLUE did, in Label Studio: forms, tasks, gold, agreement.",
)
app.command("screen")(screen_command)
app.command("train-screen")(train_screen_command)
app.command("split")(split_command)
Exports = Annotated[
    list[Path],
    typer.Argument(
        help="What Label Studio exports as JSON; of several passes each, the first one first.",
        metavar="EXPORT...",
        callback=a_file,
    ),
]
TasksFile = Annotated[
    Path, typer.Option(help="The file that Label Studio imports.", callback=a_file)
]
SplitName = Annotated[str, typer.Option(help="train or validation.")]


@app.command("form")
def form_command(task: Task) -> None:
    """Print the labelling configuration, which a project of Label Studio takes as code."""
    from klue_annotation.tasks import annotation_task

    print(annotation_task(task).form())


@app.command("export")
def export_command(
    task: Task,
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN",
            help="What to annotate: .jsonl, .json (a list), .csv, .tsv or .parquet with KLUE's "
            "column names, for ynat, ner and dp a text a line; or a folder in KLUE's layout.",
        ),
    ],
    out: TasksFile,
    split: SplitName = "train",
) -> None:
    """Write the tasks of a project, which people annotate."""
    from klue_annotation.incoming import items_of
    from klue_annotation.label_studio import tasks_to_annotate, write_tasks
    from klue_annotation.tasks import annotation_task

    record = annotation_task(task)
    known_split(split)
    items = items_of(source, record, split)
    note(f"{out}: {write_tasks(out, tasks_to_annotate(record, items)):,} tasks")


@app.command("review")
def review_command(task: Task, exports: Exports, out: TasksFile) -> None:
    """Write the tasks of a further pass (ner, re, dp, wos): each with the last answer to it."""
    from klue_annotation.label_studio import tasks_to_review, write_tasks
    from klue_annotation.tasks import annotation_task

    made = tasks_to_review(annotation_task(task), exports)
    note(f"{out}: {write_tasks(out, made):,} tasks to review")


@app.command("import")
def import_command(
    task: Task,
    exports: Exports,
    out: Annotated[
        Path, typer.Option(help="Folder of files in KLUE's raw layout.", callback=a_folder)
    ],
    split: SplitName = "train",
    as_json: Json = False,
) -> None:
    """Decide gold by the task's rule and write it, with everybody's answers, in KLUE's layout.

    Each item without gold is a line on stderr.
    """
    from klue_annotation.adjudication import import_exports
    from klue_annotation.tasks import annotation_task

    record = annotation_task(task)
    known_split(split)
    imported = import_exports(record, exports, out, split)
    for guid, why in imported.undecided:
        note(f"{exports[-1]}: item {guid}: found {why.found}, expected {why.expected}: no gold")
    show(import_table(task, out, imported), imported.to_json(), as_json)


@app.command("agreement")
def agreement_command(
    task: Task,
    exports: Exports,
    below: Annotated[
        float,
        typer.Option(help="List items on which two people agree in less than so many percent."),
    ] = 0,
    dawid_skene: Annotated[
        bool,
        typer.Option(
            "--dawid-skene",
            help="Also estimate the labels of ynat, nli, mrc from who errs how, and list where "
            "they differ from gold.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Print how far people agree: over all, by source and label, by person, item by item."""
    from klue_annotation.adjudication import adjudicate
    from klue_annotation.agreement import report_on
    from klue_annotation.estimates import estimate
    from klue_annotation.label_studio import read_exports
    from klue_annotation.tasks import annotation_task

    record = annotation_task(task)
    items = adjudicate(record, read_exports(record, exports))
    report = report_on(record, items, below)
    estimates = estimate(record, items) if dawid_skene else None
    if as_json:
        found = {"dawid_skene": estimates.to_json()} if estimates else {}
        print_json({**report.to_json(), **found})
        return
    show(report_tables(report), None, as_json=False)
    if estimates:
        show(estimate_table(estimates), None, as_json=False)


def known_split(split: str) -> None:
    """Let the name of a split pass.

    Raises:
        InputError: there is no such split.
    """
    from klue_common.errors import InputError

    if split not in ("train", "validation"):
        raise InputError(f"--split: found {split!r}, expected train or validation")
