"""`klue predict`: a model's predictions for a split."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klue_common.errors import InputError

from .doors import a_file
from .options import (
    Constrain,
    DataDir,
    Decoding,
    FineTuned,
    Sample,
    Split,
    Task,
    TrustRemoteCode,
    known_task,
)

if TYPE_CHECKING:
    from klue_baselines.task import BaselineTask, Format


def predict(
    task: Task,
    model: FineTuned,
    output: Annotated[
        Path, typer.Option(help="The prediction file (JSON Lines).", callback=a_file)
    ],
    split: Split = "validation",
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="What is written instead of a prediction file: conllu or svg, for dp.",
        ),
    ] = None,
    batch_size: Annotated[int, typer.Option(help="Examples a forward pass.")] = 64,
    constrain: Constrain = None,
    decoding: Decoding = None,
    data_dir: DataDir = None,
    sample: Sample = False,
    trust_remote_code: TrustRemoteCode = False,
) -> None:
    """Write a model's predictions for a split, in the format that `klue score` reads."""
    from klue_baselines import prediction
    from klue_baselines.tasks import baseline_of
    from klue_common.progress import first_process, meter, note, quiet_libraries
    from klue_datasets import load
    from klue_datasets.files import write_text
    from klue_metrics import METRICS

    quiet_libraries()
    record = baseline_of(known_task(task))
    asked = prediction.given_decoding(record, decoding, constrain)
    written = known_format(record, format_)
    # The model first: a split may take long to be fetched and read.
    opened = prediction.open_fine_tuned(task, model, trust_remote_code)
    rows = load(task, split, data_dir=data_dir, sample=sample, full=True)
    title = f"{task}: {split}"
    records = prediction.predict(
        task, opened, rows, batch_size, asked, progress=lambda total: meter(title, total)
    )
    if first_process():
        if written is None:
            METRICS[task].write_predictions(output, records)
        else:
            write_text(output, "".join(written(zip(rows.to_list(), records, strict=True))))
    note(f"{output}: {len(records)} predictions")


def known_format(task: BaselineTask, name: str | None) -> Format | None:
    """Return how predictions are written, None for a prediction file.

    Raises:
        InputError: the task has no format of the name; the message lists those that it has.
    """
    if name is not None and name not in task.formats:
        expected = " or ".join(map(repr, task.formats)) or "none"
        raise InputError(f"format: found {name!r}, expected {expected} for {task.name}")
    return None if name is None else task.formats[name]
