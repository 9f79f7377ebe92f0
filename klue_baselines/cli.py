"""The `klue` command.

Results go to stdout, everything else to stderr. Exit code 0: done, 1: a run failed, 2: wrong input.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from .doors import a_file, a_folder, data_folders

INTERRUPTED = 130  # the shell's number for Ctrl-C
PIPE_WIDTH = 1000  # columns; nothing is cut off for a program or a file

app = typer.Typer(
    name="klue",
    help="KLUE, the Korean Language Understanding Evaluation: data, metrics and baselines.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

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
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


def known_task(task: str) -> str:
    """The task, if there is one of the name."""
    from klue_datasets import TASKS

    from .errors import InputError

    if task not in TASKS:
        raise InputError(f"TASK: found {task!r}, expected one of {', '.join(TASKS)}")
    return task


@app.command()
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
    max_length: Annotated[int | None, typer.Option(help="Pieces.")] = None,
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
    select_on: Annotated[
        str, typer.Option(help="held-out: a tenth of train; dev: the original protocol, marked so.")
    ] = "held-out",
    train_split: Annotated[str, typer.Option(help='Like "train" or "validation[:80%]".')] = "train",
    eval_split: Annotated[
        str, typer.Option(help='Like "validation" or "validation[80%:]".')
    ] = "validation",
    max_train_examples: Annotated[
        int | None, typer.Option(help="Train on a part of this size.")
    ] = None,
    head: Annotated[
        str | None, typer.Option(help='"original": the published head, with its lower ceiling.')
    ] = None,
    constrain: Constrain = None,
    precision: Annotated[str, typer.Option(help="fp32 or bf16")] = "fp32",
    compile_: Annotated[bool, typer.Option("--compile", help="torch.compile the model.")] = False,
    results: Annotated[
        Path, typer.Option(help="The folder that collects results.", callback=a_folder)
    ] = Path("results"),
    name: Annotated[
        str | None,
        typer.Option(
            help="What results call the encoder. Default: its Hub id, or its folder's last two "
            "parts."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Forget what the folder holds.")
    ] = False,
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Fine-tune an encoder on a task, score it on dev, write model, predictions and result."""
    from . import training
    from .progress import note
    from .tables import intervals_note, result_rows, result_table

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
    result = training.train(
        training.Run(
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
            precision=precision,
            compile=compile_,
            results=results,
            overwrite=overwrite,
            name=name,
        )
    )
    show(result_table([result]), asdict(result), as_json)
    if as_json and (remark := intervals_note(result_rows([result]))):
        note(remark)


@app.command()
def predict(
    task: Task,
    model: Annotated[
        str, typer.Option(help="A model that `klue train` made: a folder or a Hub id.")
    ],
    output: Annotated[
        Path, typer.Option(help="The prediction file (JSON Lines).", callback=a_file)
    ],
    split: Annotated[
        str, typer.Option(help='Like "validation" or "validation[80%:]".')
    ] = "validation",
    batch_size: Annotated[int, typer.Option(help="Examples a forward pass.")] = 64,
    constrain: Constrain = None,
    data_dir: DataDir = None,
    sample: Sample = False,
) -> None:
    """Write a model's predictions for a split, in the format that `klue score` reads."""
    from klue_datasets import load
    from klue_metrics import METRICS

    from . import prediction
    from .progress import first_process, meter, note

    quiet_libraries()
    # The model first: a split may take long to be fetched and read.
    opened = prediction.open_fine_tuned(known_task(task), model)
    rows = load(task, split, data_dir=data_dir, sample=sample, full=True)
    records = prediction.predict(
        task,
        opened,
        rows,
        batch_size,
        constrain,
        progress=lambda total: meter(f"{task}: {split}", total),
    )
    if first_process():
        METRICS[task].write_predictions(output, records)
    note(f"{output}: {len(records)} predictions")


@app.command()
def report(
    folder: Annotated[
        Path, typer.Argument(help="The folder that collects results.", callback=a_folder)
    ] = Path("results"),
    markdown: Annotated[bool, typer.Option("--markdown", help="For a document.")] = False,
    as_json: Json = False,
) -> None:
    """Print the table of all results: mean and deviation over the seeds."""
    from .results import read_results
    from .tables import markdown_table, result_rows, result_table

    found = list(read_results(folder))
    if markdown:
        print(markdown_table(found))
    else:
        show(result_table(found), result_rows(found), as_json)


def show(table: Any, content: Any, as_json: bool) -> None:
    """Print a result: a table for people, or JSON; once, however many processes there are."""
    from rich.console import Console

    from .progress import first_process

    if not first_process():
        return
    if as_json:
        print(json.dumps(content, ensure_ascii=False, indent=2))
    elif sys.stdout.isatty():
        Console().print(table)
    else:
        console = Console(width=PIPE_WIDTH)
        with console.capture() as rendered:
            console.print(table)
        print("\n".join(line.rstrip() for line in rendered.get().splitlines()))


def mount() -> None:
    """Add the commands of the other rooms."""
    # The one place that looks up to the Space, when a command runs; the import is a light one.
    from space_app.command import space

    from .cli_bench import bench
    from .cli_data import app as data
    from .cli_pretrain import app as pretrain
    from .cli_push import app as push
    from .cli_push import leaderboard
    from .cli_score import compare, score

    app.add_typer(data, name="data")
    app.add_typer(push, name="push")
    app.command()(leaderboard)
    app.command()(bench)
    app.add_typer(pretrain, name="pretrain")
    app.command()(score)
    app.command()(compare)
    app.command()(space)


def quiet_libraries() -> None:
    """Leave progress to this package: the libraries' bars interleave with it."""
    import datasets
    import transformers

    datasets.disable_progress_bars()
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()


def exit_code(error: Exception) -> int | None:
    """2 where what came from outside is wrong, 1 where a run failed, None for a bug of ours."""
    from klue_datasets import DataError
    from klue_metrics import MetricError

    from .errors import InputError, RunError

    if isinstance(error, DataError | MetricError | InputError):
        return 2
    return 1 if isinstance(error, RunError) else None


def main() -> None:
    """Run the command and turn what goes wrong into one line and an exit code."""
    # Quiet and local unless asked otherwise; read by the libraries when they are imported.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    mount()
    code: Any = 0
    try:
        # Typer prints what is wrong with the arguments itself, and exits: 2, or 130 for Ctrl-C.
        app()
    except SystemExit as end:
        code = end.code
        if code == INTERRUPTED and os.environ.get("RANK", "0") == "0":
            print("klue: interrupted", file=sys.stderr)
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise
        if os.environ.get("RANK", "0") == "0":  # under `accelerate launch` once, not once a process
            print(f"klue: error: {error}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
