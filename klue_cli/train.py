"""`klue train`: one encoder, one task, one result."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .doors import a_folder
from .options import (
    Compile,
    Constrain,
    DataDir,
    Decoding,
    GradientCheckpointing,
    Json,
    Overwrite,
    Peft,
    Precision,
    ReportTo,
    Results,
    Sample,
    SelectOn,
    Split,
    Task,
    known_task,
)
from .terminal import show


def train(
    task: Task,
    model: Annotated[str, typer.Option(help="An encoder: a folder or a Hub id.")],
    output: Annotated[
        Path, typer.Option(help="The folder for the fine-tuned model.", callback=a_folder)
    ],
    seed: Annotated[int, typer.Option(help="Of the head, the order and the dropout.")] = 0,
    learning_rate: Annotated[
        float | None, typer.Option(help="Peak; default: the published one.")
    ] = None,
    head_learning_rate: Annotated[
        float | None,
        typer.Option(help="Peak for what stands on the encoder; default: the same."),
    ] = None,
    epochs: Annotated[float | None, typer.Option(help="Default: the published number.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Examples a step.")] = None,
    eval_batch_size: Annotated[int | None, typer.Option(help="Examples a forward pass.")] = None,
    accumulation: Annotated[int | None, typer.Option(help="Batches a step.")] = None,
    warmup: Annotated[float | None, typer.Option(help="Fraction of all steps.")] = None,
    weight_decay: Annotated[float | None, typer.Option()] = None,
    max_length: Annotated[int | None, typer.Option(help="Tokens.")] = None,
    attention_dropout: Annotated[
        float | None,
        typer.Option(help="Default: the encoder's; 0 is fastest for long texts on a CPU."),
    ] = None,
    evaluations: Annotated[
        int | None, typer.Option(help="Of the held-out part, per epoch.")
    ] = None,
    patience: Annotated[int | None, typer.Option(help="Evaluations without a new best.")] = None,
    select_by: Annotated[
        str | None, typer.Option(help="The score a checkpoint is chosen by.")
    ] = None,
    select_on: SelectOn = "held-out",
    train_split: Annotated[str, typer.Option(help='Like "train" or "validation[:80%]".')] = "train",
    eval_split: Split = "validation",
    max_train_examples: Annotated[
        int | None, typer.Option(help="Train on a part of this size.")
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(
            help='"original": the published head, with its lower ceiling; for dp "untagged": one '
            "that reads words alone and needs no parts of speech."
        ),
    ] = None,
    constrain: Constrain = None,
    decoding: Decoding = None,
    precision: Precision = "fp32",
    compile_: Compile = False,
    gradient_checkpointing: GradientCheckpointing = False,
    peft: Peft = None,
    report_to: ReportTo = None,
    results: Results = Path("results"),
    name: Annotated[
        str | None,
        typer.Option(
            help="What results call the encoder. Default: its Hub id, or its folder's last two "
            "parts."
        ),
    ] = None,
    overwrite: Overwrite = False,
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Fine-tune an encoder on a task, score it on dev, write model, predictions and result."""
    from klue_baselines import Run
    from klue_baselines import train as fine_tune
    from klue_common.progress import note, quiet_libraries
    from klue_results.tables import notes_on

    from .result_tables import shown_results

    quiet_libraries()
    settings = {
        "learning_rate": learning_rate,
        "head_learning_rate": head_learning_rate,
        "epochs": epochs,
        "batch_size": batch_size,
        "eval_batch_size": eval_batch_size,
        "accumulation": accumulation,
        "warmup": warmup,
        "weight_decay": weight_decay,
        "max_length": max_length,
        "attention_dropout": attention_dropout,
        "evaluations": evaluations,
        "patience": patience,
        "select_by": select_by,
    }
    result = fine_tune(
        Run(
            task=known_task(task),
            model=model,
            output=output,
            seed=seed,
            overrides={name: value for name, value in settings.items() if value is not None},
            data_dir=data_dir,
            sample=sample,
            train_split=train_split,
            eval_split=eval_split,
            max_train_examples=max_train_examples,
            select_on=select_on,
            head=head,
            constrain=constrain,
            decoding=decoding,
            precision=precision,
            compile=compile_,
            gradient_checkpointing=gradient_checkpointing,
            peft=peft,
            report_to=report_to,
            results=results,
            overwrite=overwrite,
            name=name,
        )
    )
    show(shown_results([result]), result.as_dict(), as_json)
    for remark in notes_on([result]) if as_json else ():
        note(remark)
