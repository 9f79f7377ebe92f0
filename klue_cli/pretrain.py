"""The `klue pretrain` commands: a corpus, a tokenizer and an encoder from raw Korean text."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from klue_common.errors import InputError

from .doors import a_file, a_file_or_folder, a_folder
from .options import DataDir, Json, Precision, Sample, Seed
from .terminal import show

if TYPE_CHECKING:
    from klue_pretraining.corpus_report import Report
    from klue_pretraining.tokenizer import Coverage

Corpus = Annotated[
    Path,
    typer.Argument(
        help="What `klue pretrain corpus` made: a file, or a folder.", callback=a_file_or_folder
    ),
]
app = typer.Typer(
    no_args_is_help=True, help="From raw Korean text to an encoder: corpus, tokenizer, model."
)


@app.command()
def corpus(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Text (a document a line), JSON Lines or Parquet, also packed or at an address "
            "(s3://, hf://), a dataset's folder or Hub id (ID or ID:CONFIGURATION, streamed).",
            metavar="IN...",
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            help="The corpus: a JSON Lines file, or without an ending or at an address a folder "
            "of such files.",
            callback=a_file_or_folder,
        ),
    ],
    sentences: Annotated[
        str, typer.Option(help="How they are split: rules, or analyser where nobody punctuates.")
    ] = "rules",
    shortest: Annotated[
        int, typer.Option(help="Characters of a sentence; KLUE took 200 for web crawls.")
    ] = 8,
    near_duplicates: Annotated[
        bool, typer.Option(help="Find them; takes 0.7 kB of disk a document meanwhile.")
    ] = True,
    benchmark: Annotated[
        list[str],
        typer.Option(help="The splits of KLUE whose sentences go: train, validation, none."),
    ] = ["train", "validation"],  # noqa: B006 - typer reads it, nobody changes it
    field: Annotated[str, typer.Option(help="Of JSON Lines, Parquet and datasets.")] = "text",
    workers: Annotated[
        int, typer.Option(min=0, help="Tasks at a time; default: one for each core.")
    ] = 0,
    executor: Annotated[
        str, typer.Option(help="Where tasks run: local, ray, slurm or hf-jobs.")
    ] = "local",
    executor_settings: Annotated[
        Path | None,
        typer.Option(help="Settings of ray, slurm or hf-jobs (TOML).", callback=a_file),
    ] = None,
    seed: Seed = 0,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out and count lines that cannot be read.")
    ] = False,
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Clean raw text: filters, sentences, duplicates, benchmark sentences, personal data.

    A run that was stopped goes on by the same command.
    """
    needs_datatrove()
    from klue_common.progress import quiet_libraries
    from klue_pretraining.cleaning import Settings
    from klue_pretraining.corpus import make_corpus
    from klue_pretraining.executor_settings import options_of
    from klue_pretraining.executors import EXECUTORS, Execution
    from klue_text.sentences import SPLITTERS

    quiet_libraries()
    one_of("--sentences", sentences, SPLITTERS)
    for split in benchmark:
        one_of("--benchmark", split, ("train", "validation", "none"))
    one_of("--executor", executor, EXECUTORS)
    options = options_of(executor, executor_settings)
    settings = Settings(
        sentences=sentences,
        shortest=shortest,
        near_duplicates=near_duplicates,
        benchmark=() if "none" in benchmark else tuple(benchmark),
        field=field,
        seed=seed,
        workers=workers or os.cpu_count() or 1,
    )
    report = make_corpus(
        sources,
        out,
        settings,
        skip_bad=skip_bad,
        data_dir=data_dir,
        sample=sample,
        execution=Execution(executor, settings.workers, options),
    )
    show(report_table(report), report.to_json(), as_json)


def needs_datatrove() -> None:
    """Say how to get datatrove where it is not installed.

    Raises:
        InputError: it is not.
    """
    if find_spec("datatrove") is None:
        raise InputError(
            "datatrove: not installed, expected it for a corpus (pip install 'klue-hub[pretrain]')"
        )


def report_table(report: Report) -> Table:
    """Lay out what each step of the cleaning removed."""
    table = Table(box=None, pad_edge=False, header_style="bold", caption=report.summary())
    table.add_column("step", no_wrap=True)
    for heading in ("removed", "characters"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("what, and the first of them", no_wrap=True, overflow="ellipsis")
    for row in report.rows():
        table.add_row(*row)
    return table


def one_of(option: str, found: str, expected: object) -> None:
    """Refuse a value that is none of those there are."""
    names = tuple(expected)  # type: ignore[arg-type, var-annotated]
    if found not in names:
        raise InputError(f"{option}: found {found!r}, expected one of {', '.join(names)}")


@app.command()
def tokenizer(
    corpus: Corpus,
    out: Annotated[Path, typer.Option(help="The tokenizer's folder.", callback=a_folder)],
    size: Annotated[int, typer.Option(help="Tokens, the special ones included.")] = 32_000,
    analysed: Annotated[
        bool, typer.Option("--analyser/--no-analyser", help="Let no token cross morphemes.")
    ] = True,
    compare: Annotated[
        Path | None,
        typer.Option(help="A vocab.txt to measure beside the new vocabulary.", callback=a_file),
    ] = None,
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Learn a WordPiece vocabulary and measure it on KLUE's dev texts."""
    from klue_common.progress import meter, quiet_libraries
    from klue_pretraining import tokenizer as wordpiece
    from klue_pretraining.benchmark_texts import benchmark_texts
    from klue_pretraining.corpus_file import corpus_texts
    from klue_text.morphemes import Morphemes, WholeWords

    quiet_libraries()
    # Read first: what is wrong with them is better known before the long part.
    other = None if compare is None else wordpiece.open_vocabulary(compare)
    dev = list(benchmark_texts(["validation"], data_dir, sample))
    with meter("tokenizer", 0, "documents") as advance:
        morphemes = Morphemes() if analysed else WholeWords()
        vocabulary = wordpiece.learn(corpus_texts(corpus), size, morphemes, advance)
    made = wordpiece.bert_tokenizer(vocabulary)
    wordpiece.save(made, out)
    rows = {str(out): wordpiece.coverage(made, dev)}
    if other is not None:
        rows[str(compare)] = wordpiece.coverage(other, dev)
    show(coverage_table(rows), wordpiece.coverage_json(rows), as_json)


def coverage_table(rows: Mapping[str, Coverage]) -> Table:
    """Lay out how vocabularies serve texts, a vocabulary a row."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("vocabulary")
    for heading in ("tokens", "% characters covered", "tokens per eojeol", "% eojeol unknown"):
        table.add_column(heading, justify="right")
    for name, row in rows.items():
        table.add_row(
            name,
            f"{row.pieces:,}",
            f"{row.characters:.3f}",
            f"{row.pieces_per_word:.3f}",
            f"{row.unknown:.3f}",
        )
    return table


@app.command()
def model(
    corpus: Corpus,
    tokenizer: Annotated[
        Path, typer.Option(help="What `klue pretrain tokenizer` made.", callback=a_folder)
    ],
    out: Annotated[
        Path, typer.Option(help="The model's folder; a run there goes on.", callback=a_folder)
    ],
    preset: Annotated[
        str, typer.Option(help="bert-base, roberta-small, roberta-base, roberta-large or tiny")
    ],
    steps: Annotated[int | None, typer.Option(min=1, help="Default: the preset's.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Rows a step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Peak.")] = None,
    length: Annotated[int | None, typer.Option(help="Tokens a row.")] = None,
    save_every: Annotated[int, typer.Option(help="Steps between checkpoints.")] = 1000,
    precision: Precision = "fp32",
    licence: Annotated[str | None, typer.Option(help="Of the weights, for the card.")] = None,
    seed: Seed = 0,
) -> None:
    """Train an encoder by masked language modelling, or go on where it stopped."""
    from klue_common.progress import note, quiet_libraries
    from klue_pretraining import training

    quiet_libraries()
    one_of("--preset", preset, training.PRESETS)
    one_of("--precision", precision, ("fp32", "bf16"))
    given = {
        "steps": steps,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "length": length,
    }
    record = training.pretrain(
        training.Run(
            corpus,
            tokenizer,
            out,
            preset,
            tuple((name, value) for name, value in given.items() if value is not None),
            seed=seed,
            save_every=save_every,
            precision=precision,
            licence=licence,
        )
    )
    note(f"{out}: {record['parameters']:,} weights, {record['seconds']:.0f} s")
