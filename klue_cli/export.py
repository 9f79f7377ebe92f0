"""`klue export`: a fine-tuned model as files that need no torch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .doors import a_folder
from .options import Json, Task, known_task
from .terminal import numbers, plain_table, show

MEGABYTE = 1e6


def export(
    task: Task,
    model: Annotated[
        str,
        typer.Argument(
            help="A model that `klue train` made: a folder or a Hub id.", metavar="MODEL"
        ),
    ],
    onnx: Annotated[
        Path, typer.Option(help="The new folder for the ONNX files.", callback=a_folder)
    ],
    trust_remote_code: Annotated[
        bool,
        typer.Option("--trust-remote-code", help="Let code that lies beside the model run."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a model as ONNX, in float32 and with 8-bit weights, with tokenizer and configuration.

    KluePipeline.from_pretrained(TASK, FOLDER, runtime="onnx") opens it; dtype="int8" the small one.
    """
    from klue_baselines.serving.writing import export as write
    from klue_common.progress import quiet_libraries

    quiet_libraries()
    sizes = write(known_task(task), model, onnx, trust_remote_code)
    rows = [[str(onnx / name), f"{size / MEGABYTE:,.1f}"] for name, size in sizes.items()]
    files = [
        {"file": str(onnx / name), "megabytes": size / MEGABYTE} for name, size in sizes.items()
    ]
    show(plain_table(["file", numbers("MB")], rows), files, as_json)
