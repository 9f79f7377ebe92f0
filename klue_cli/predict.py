"""`klue predict`: a model's predictions for a split."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .doors import a_file
from .options import Constrain, DataDir, Decoding, Sample, Split, Task, known_task


def predict(
    task: Task,
    model: Annotated[
        str, typer.Option(help="A model that `klue train` made: a folder or a Hub id.")
    ],
    output: Annotated[
        Path, typer.Option(help="The prediction file (JSON Lines).", callback=a_file)
    ],
    split: Split = "validation",
    batch_size: Annotated[int, typer.Option(help="Examples a forward pass.")] = 64,
    constrain: Constrain = None,
    decoding: Decoding = None,
    data_dir: DataDir = None,
    sample: Sample = False,
    trust_remote_code: Annotated[
        bool,
        typer.Option("--trust-remote-code", help="Let code that lies beside the model run."),
    ] = False,
) -> None:
    """Write a model's predictions for a split, in the format that `klue score` reads."""
    from klue_baselines import prediction
    from klue_baselines.tasks import baseline_of
    from klue_common.progress import first_process, meter, note, quiet_libraries
    from klue_datasets import load
    from klue_metrics import METRICS

    quiet_libraries()
    asked = prediction.given_decoding(baseline_of(known_task(task)), decoding, constrain)
    # The model first: a split may take long to be fetched and read.
    opened = prediction.open_fine_tuned(task, model, trust_remote_code)
    rows = load(task, split, data_dir=data_dir, sample=sample, full=True)
    records = prediction.predict(
        task,
        opened,
        rows,
        batch_size,
        asked,
        progress=lambda total: meter(f"{task}: {split}", total),
    )
    if first_process():
        METRICS[task].write_predictions(output, records)
    note(f"{output}: {len(records)} predictions")
