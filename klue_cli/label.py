"""`klue label`: a model's answers to the rows of a file, a pipe or a dataset."""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klue_common.errors import InputError

from .doors import a_file
from .ending import told_to_end
from .options import (
    BatchSize,
    Compile,
    Device,
    Dtype,
    FineTuned,
    Overwrite,
    Runtime,
    Task,
    TrustRemoteCode,
    known_task,
)

if TYPE_CHECKING:
    from klue_baselines.labelling.job import Job


def label(
    task: Task,
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN",
            help="A text file (an example a line), .csv, .tsv, .jsonl or .parquet; - for a pipe: "
            "of text, or of JSON Lines where columns are named or an example is more than a "
            "text; a folder or Hub id of a dataset, which is streamed.",
        ),
    ],
    model: FineTuned,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file, in the format of its ending: .jsonl, .csv, .tsv, .parquet, for dp "
            ".conllu or .svg. Default: JSON Lines on stdout.",
            callback=a_file,
        ),
    ] = None,
    text_column: Annotated[
        str | None,
        typer.Option(
            help="The column of the text. Default: KLUE's own name, like title or dialogue."
        ),
    ] = None,
    pair_columns: Annotated[
        str | None,
        typer.Option(
            help="The columns of an example's parts, with commas between them: two sentences, "
            "question and passage, sentence and subject and object, sentence and tags. Default: "
            "KLUE's own names."
        ),
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Of a dataset. Default: train.", show_default=False)
    ] = None,
    prefix: Annotated[
        str, typer.Option(help="What the names of the answer's columns begin with.")
    ] = "predicted_",
    skip_bad: Annotated[
        bool,
        typer.Option(
            "--skip-bad",
            help="Go on where a row is bad: one that is no example is written with an empty "
            "answer, a line that is no row is left out; both are counted.",
        ),
    ] = False,
    overwrite: Overwrite = False,
    batch_size: BatchSize = 32,
    device: Device = None,
    dtype: Dtype = None,
    compile_: Compile = False,
    runtime: Runtime = "torch",
    trust_remote_code: TrustRemoteCode = False,
) -> None:
    """Write the rows of a file with a model's answers; a run that was cut off goes on.

    The same command goes on behind the last rows that are done, and ends in the same file. What
    the input holds stays as it is; the answer's columns come behind it.
    """
    known_task(task)
    out = None if out == Path("-") else out
    if out is not None and out.exists() and not out.is_file():
        raise InputError(f"--out: found {out}, which is no file, expected a file")
    job = job_of(task, source, out, named(text_column, pair_columns), split, prefix, skip_bad)
    number = int(device) if device and device.isdecimal() else device
    placed = {"device": number, "dtype": dtype, "compile": compile_, "runtime": runtime}
    placed["batch_size"] = batch_size
    with told_to_end():
        answer_all(job, model, out, overwrite, placed, trust_remote_code)


def job_of(
    task: str,
    given: str,
    out: Path | None,
    names: tuple[str, ...] | None,
    split: str | None,
    prefix: str,
    skip_bad: bool,
) -> Job:
    """Return what there is to do, once all that can be wrong with it has been looked at.

    Raises:
        InputError: something is.
    """
    from klue_baselines.labelling.answers import AnswerColumns
    from klue_baselines.labelling.job import prepare
    from klue_baselines.labelling.rows import Question
    from klue_baselines.labelling.sources import source_of
    from klue_baselines.labelling.writers import format_of
    from klue_baselines.tasks import baseline_of

    record = baseline_of(task)
    form = format_of(out, record)
    source = source_of(given, record, names, split)
    if out is not None and source.path is not None and out.exists() and out.samefile(source.path):
        raise InputError(f"--out: found {out}, which is the input, expected another file")
    question = Question(record, names, source.of_texts)
    return prepare(source, question, AnswerColumns(record, prefix), form, skip_bad)


def answer_all(
    job: Job,
    model: str,
    out: Path | None,
    overwrite: bool,
    placed: dict[str, Any],
    trust_remote_code: bool,
) -> None:
    """Ask the model and write; then say how much that was."""
    import hashlib
    from dataclasses import asdict

    from klue_baselines.labelling.running import stream, write_file
    from klue_baselines.pipeline import KluePipeline
    from klue_common.progress import note, quiet_libraries
    from klue_results.naming import identify

    quiet_libraries()
    task = job.question.task
    pipeline = KluePipeline.from_pretrained(task.name, model, trust_remote_code, **placed)

    def ask(examples: Any) -> Any:
        return pipeline(list(examples), scores=True, spans=task.spans is not None)

    began = time.monotonic()
    if out is None:
        stream(job, ask, sys.stdout.buffer)
    else:
        config = pipeline.model.config.to_json_string(use_diff=False)
        digest = hashlib.sha256(config.encode()).hexdigest()
        run = {"task": task.name, "model": {**asdict(identify(model)), "config": digest}, **placed}
        run |= {"columns": job.question.names, "prefix": job.layout.answers.prefix}
        write_file(job, ask, out, run, overwrite)
    tally = job.tally
    for line in tally.named:
        note(f"skipped: {line}")
    words = f"{out or 'stdout'}: {tally.rows - tally.left_out:,} rows"
    words += f", {tally.empty:,} of them without an answer" if tally.empty else ""
    left_out = "1 line" if tally.left_out == 1 else f"{tally.left_out:,} lines"
    words += f", {left_out} left out" if tally.left_out else ""
    note(f"{words}, {time.monotonic() - began:.1f} s")


def named(text_column: str | None, pair_columns: str | None) -> tuple[str, ...] | None:
    """Return the names of an example's columns, None where nobody gave any.

    A name with a comma in it stands between quotation marks, as in CSV.

    Raises:
        InputError: both options were given.

    Example:
        >>> named(None, 'a,"b, c"')
        ('a', 'b, c')
    """
    if text_column is not None and pair_columns is not None:
        raise InputError(
            f"--text-column: found {text_column!r} beside --pair-columns, expected one of them"
        )
    if pair_columns is not None:
        return tuple(next(csv.reader([pair_columns]), ()))
    return None if text_column is None else (text_column,)
