"""The options that several commands have, each written once, and the checks of their values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from klue_common.errors import InputError

from .doors import a_folder, data_folders

# Data
Task = Annotated[
    str, typer.Argument(help="ynat, sts, nli, ner, re, dp, mrc or wos", metavar="TASK")
]
Tasks = Annotated[
    list[str] | None, typer.Option("--task", help="Only this task; may be given several times.")
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
Split = Annotated[str, typer.Option(help='Like "validation" or "validation[80%:]".')]
Full = Annotated[bool, typer.Option("--full", help="Keep all columns.")]
Errata = Annotated[bool, typer.Option("--errata", help="Correct known defects.")]

# Output
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]

# Runs
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
Seed = Annotated[int, typer.Option(help="The same seed gives the same again.")]
SelectOn = Annotated[
    str, typer.Option(help="held-out: a tenth of train; dev: the original protocol, marked so.")
]
FineTuned = Annotated[
    str, typer.Option(help="A model that `klue train` made: a folder or a Hub id.")
]
TrustRemoteCode = Annotated[
    bool, typer.Option("--trust-remote-code", help="Let code that lies beside the model run.")
]
BatchSize = Annotated[
    int, typer.Option(help="Texts a forward pass; of a long text each window counts.")
]
Device = Annotated[
    str | None, typer.Option(help="cpu (the default), cuda, cuda:1, mps, or the number of a GPU.")
]
Dtype = Annotated[
    str | None,
    typer.Option(
        help="What the model computes in: float32 (the default), bfloat16 or float16; with "
        "--runtime onnx float32 or int8."
    ),
]
Runtime = Annotated[str, typer.Option(help="torch, or onnx for a model that `klue export` wrote.")]
Precision = Annotated[
    str, typer.Option(help="fp32 or bf16; fine-tuning on a GPU can be in fp16 too.")
]
GradientCheckpointing = Annotated[
    bool,
    typer.Option(
        "--gradient-checkpointing",
        help="Compute layers twice rather than keep what they gave: less memory, the same numbers, "
        "about a third slower.",
    ),
]
ReportTo = Annotated[
    str | None, typer.Option(help="tensorboard, wandb or trackio: losses and scores as they come.")
]
Peft = Annotated[
    str | None,
    typer.Option(
        help="lora: learn adapters of the encoder instead of its weights; what is saved has them "
        "merged."
    ),
]
Compile = Annotated[bool, typer.Option("--compile", help="torch.compile the model.")]
Results = Annotated[Path, typer.Option(help="The folder that collects results.", callback=a_folder)]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Forget what the folder holds.")]

# Scores
Confidence = Annotated[float, typer.Option(help="Of the bootstrap intervals, e.g. 0.95.")]
Resamples = Annotated[int, typer.Option(help="Resamples behind an interval or p-value.")]
ResamplingSeed = Annotated[int, typer.Option(help="Of the resampling.")]
UnknownLabel = Annotated[
    str,
    typer.Option(
        help='"error", or "wrong": labels outside the label set, null and missing answers count '
        "as wrong."
    ),
]

# The Hub
Org = Annotated[str, typer.Option(help="The organisation or user that is to own it.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change and stop.")]
To = Annotated[
    Path | None,
    typer.Option(help="Write the files to this new folder instead of pushing.", callback=a_folder),
]
Revision = Annotated[str, typer.Option(help="The branch; it is made if need be.")]
CreatePr = Annotated[bool, typer.Option("--create-pr", help="Open a pull request.")]
Private = Annotated[bool, typer.Option("--private", help="Make a new repository private.")]
EvalYaml = Annotated[
    bool,
    typer.Option(
        "--eval-yaml", help="Add eval.yaml, for a benchmark that Hugging Face has listed."
    ),
]
MoreResults = Annotated[
    Path | None,
    typer.Option(
        "--results",
        help="Results of more seeds for the card; default: the model's own alone.",
        callback=a_folder,
    ),
]


def known_task(task: str) -> str:
    """Return the name of a task.

    Raises:
        InputError: there is no task of the name.
    """
    from klue_datasets import TASKS

    if task not in TASKS:
        raise InputError(f"TASK: found {task!r}, expected one of {', '.join(TASKS)}")
    return task
