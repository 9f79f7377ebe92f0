"""`klue annotate screen` and `train-screen`: what is removed before people annotate, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from klue_common.errors import InputError
from klue_common.progress import note

from .doors import a_file, a_folder
from .ending import told_to_end
from .options import DataDir, Device, Json, Overwrite, Sample, Seed
from .terminal import show


def screen_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN",
            help="A text file (a text a line), .csv, .tsv, .jsonl or .parquet; a folder or Hub id "
            "of a dataset; a task of KLUE, or all for its own texts.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="The rows with keep, reasons and probabilities: .jsonl, .csv, .tsv or .parquet. "
            "Change keep by hand where it is wrong.",
            callback=a_file,
        ),
    ],
    text_column: Annotated[
        list[str] | None,
        typer.Option(help="A column of text; may be given several times. Default: KLUE's names."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="What `klue annotate train-screen` made, or any text classifier with --label: a "
            "folder or a Hub id; none for no classifier. Default: the one that ships."
        ),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(
            help="What a label of another classifier means: LABEL=toxicity or LABEL=bias; may be "
            "given several times."
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Probability from which a text is flagged. Default: the model's own."),
    ] = None,
    shortest: Annotated[int, typer.Option(min=1, help="Characters of a text at least.")] = 8,
    longest: Annotated[int, typer.Option(min=1, help="Characters of a text at most.")] = 2048,
    near_duplicates: Annotated[
        bool, typer.Option(help="Find them; takes 1.5 kB of memory a row.")
    ] = True,
    benchmark: Annotated[
        list[str],
        typer.Option(help="The splits of KLUE whose sentences go: train, validation, none."),
    ] = ["train", "validation"],  # noqa: B006 - typer reads it, nobody changes it
    keep_flagged: Annotated[
        bool, typer.Option("--keep-flagged", help="Say the reasons, and keep the rows.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Also write the report as HTML.", callback=a_file)
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(help="Of a dataset (default: train), or of KLUE (default: both)."),
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Go on where a row holds no text.")
    ] = False,
    overwrite: Overwrite = False,
    device: Device = None,
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Keep or remove each row of a table of texts, with the reasons against it.

    Reasons: personal data, toxicity and social bias, duplicates and near ones, sentences of the
    benchmark, not Korean, too short or long. A run that was cut off goes on by the same command.
    """
    from klue_annotation.screening.page import page
    from klue_annotation.screening.running import Screening, screen
    from klue_baselines.screening.screen import SHIPPED
    from klue_common.progress import quiet_libraries
    from klue_datasets.files import write_text

    from .screening_tables import report_table

    quiet_libraries()
    for name in benchmark:
        if name not in ("train", "validation", "none"):
            raise InputError(f"--benchmark: found {name!r}, expected train, validation, none")
    wanted = Screening(
        given=source,
        names=tuple(text_column) if text_column else None,
        split=split,
        model=str(SHIPPED) if model is None else model,
        labels=meanings(label or []),
        threshold=threshold,
        shortest=shortest,
        longest=longest,
        near_duplicates=near_duplicates,
        benchmark=() if "none" in benchmark else tuple(benchmark),
        keep_flagged=keep_flagged,
        data_dir=data_dir,
        sample=sample,
    )
    with told_to_end():
        found = screen(wanted, out, skip_bad, overwrite, device)
    if report is not None:
        write_text(report, page(found))
        note(f"{report}: the report")
    show(report_table(found), found.to_json(), as_json)


def train_screen_command(
    encoder: Annotated[str, typer.Option(help="A folder or Hub id of an encoder.")],
    data: Annotated[
        Path,
        typer.Option(help="The folder of BEEP!'s train.tsv and dev.tsv.", callback=a_folder),
    ],
    out: Annotated[Path, typer.Option(help="The folder of the run.", callback=a_folder)],
    seed: Seed = 0,
    recall: Annotated[
        float,
        typer.Option(help="Of harmful comments of the held-out part, the share to be flagged."),
    ] = 0.7,
    others: Annotated[
        int,
        typer.Option(
            min=0, help="Texts of KLUE's train parts that are learned as harmless beside them."
        ),
    ] = 2000,
    learning_rate: Annotated[
        float | None, typer.Option(help="Peak of a linear schedule. Default: 5e-5.")
    ] = None,
    epochs: Annotated[
        float | None, typer.Option(help="Passes over the training part. Default: 3.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What results call the encoder.")] = None,
    overwrite: Overwrite = False,
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Fine-tune a classifier of social bias and toxicity on the comments of BEEP!.

    Checkpoint and thresholds are chosen on a tenth of train that is held out, dev is scored once,
    and false alarms are counted on KLUE's dev texts. A run that was cut off goes on.
    """
    from klue_baselines.screening.training import ScreenRun, train_screen
    from klue_common.progress import quiet_libraries
    from klue_pretraining.benchmark_texts import benchmark_texts

    from .screening_tables import screen_table

    quiet_libraries()
    run = ScreenRun(
        encoder, data, out, seed, recall, others, learning_rate, epochs, overwrite, name
    )

    def texts_of(split: str) -> list[str]:
        return list(benchmark_texts([split], data_dir, sample))

    with told_to_end():
        result = train_screen(run, texts_of)
    show(screen_table(result), result.to_json(), as_json)


def meanings(given: list[str]) -> dict[str, str]:
    """Return which kind each label means.

    Raises:
        InputError: one is not of the form LABEL=KIND.

    Example:
        >>> meanings(["LABEL_1=toxicity"])
        {'LABEL_1': 'toxicity'}
    """
    found = {}
    for one in given:
        label, equals, kind = one.rpartition("=")
        if not equals or not label:
            raise InputError(f"--label: found {one!r}, expected LABEL=toxicity or LABEL=bias")
        found[label] = kind
    return found
