"""`klue score`: a prediction file to scores, intervals and an error analysis."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from klue_datasets.files import write_text

from .doors import a_file, a_file_or_folder
from .foreign_predictions import Columns, Format, Labels, Save, records_of, said
from .options import (
    Confidence,
    DataDir,
    Json,
    Resamples,
    ResamplingSeed,
    Sample,
    Split,
    Task,
    UnknownLabel,
    known_task,
)
from .score_tables import breakdown_table, score_table, title_of, unknown_note
from .terminal import heading, show


def score(
    task: Task,
    predictions: Annotated[
        Path,
        typer.Argument(
            help="A prediction file (JSON Lines), or with --format one of another form.",
            callback=a_file_or_folder,
        ),
    ],
    split: Split = "validation",
    confidence: Confidence = 0.95,
    intervals: Annotated[bool, typer.Option(help="Bootstrap intervals.")] = True,
    n_resamples: Resamples = 1000,
    seed: ResamplingSeed = 0,
    by: Annotated[
        str | None,
        typer.Option(help="A breakdown: source, domain, question_type, label or length."),
    ] = None,
    textbook: Annotated[
        bool, typer.Option("--textbook", "--detail", help="Add the textbook scores.")
    ] = False,
    errors: Annotated[int, typer.Option(min=0, help="Show this many examples that cost most.")] = 0,
    html: Annotated[
        Path | None,
        typer.Option(help="Write the error analysis as a page to this file.", callback=a_file),
    ] = None,
    unknown_label: UnknownLabel = "error",
    form: Format = None,
    column: Columns = None,
    labels: Labels = None,
    save: Save = None,
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Score a prediction file: official scores with bootstrap intervals."""
    from klue_metrics import METRICS
    from klue_metrics.interval_notes import estimates_of, interval_note

    metric = METRICS[known_task(task)]
    about_file = said(form, column, labels, save)
    gold = load_gold(task, split, data_dir, sample)
    rest = rest_of(task, split, data_dir, sample)
    records = records_of(metric, predictions, gold, unknown_label, rest, about_file)
    scores = metric.score(
        gold,
        records,
        confidence=confidence if intervals else None,
        n_resamples=n_resamples,
        seed=seed,
        by=by,
        textbook=textbook,
        unknown_label=unknown_label,
    )
    about: dict[str, Any] = {"task": task, "split": split, "sample": sample, "examples": len(gold)}
    groups, unknown = scores.pop("by", {}), scores.pop("unknown_labels", {})
    note_forms(metric, gold, records, predictions)
    note_left_out(metric, scores, "scored")
    note = interval_note(estimates_of(scores))
    of_groups = interval_note(
        {
            f"{group} {name}": estimate
            for group, part in groups.items()
            for name, estimate in estimates_of(part).items()
        }
    )
    notes = [text for text in (note, of_groups) if text]
    further = {"unknown_labels": unknown, "by": groups, "notes": notes}
    content = {**about, "scores": scores, **{name: part for name, part in further.items() if part}}
    title = title_of(metric, about)
    parts: list[Any] = [heading(title), score_table(scores, confidence if intervals else None)]
    if unknown:
        parts.append(Text(unknown_note(unknown)))
    if note:
        parts.append(Text(note))
    if by is not None:
        parts += [heading(f"\nby {by}"), breakdown_table(metric, groups, by)]
    if of_groups:
        parts.append(Text(of_groups))
    if errors or html:
        from klue_metrics.error_analysis import analyse
        from klue_metrics.error_pages import page

        from .error_tables import rendered

        analysis = analyse(metric, gold, records, errors or 20, unknown_label)
        if html:
            write_text(html, page(analysis, title))
        if errors:
            parts.append(rendered(analysis))
            content["errors"] = analysis.as_dict()
    show(Group(*parts), content, as_json)


def note_forms(metric: Any, gold: Any, records: Any, path: Path) -> None:
    """Say on stderr how many texts of a file are wrong for their Unicode form alone."""
    if count := metric.in_form_only(gold, records):
        typer.echo(
            f"{path}: {count:,} of its texts differ from the reference in their Unicode form only "
            "(NFC and NFD), and count as different, as officially defined",
            err=True,
        )


def note_left_out(metric: Any, scores: dict[str, Any], done: str) -> None:
    """Say on stderr which official scores could not be made."""
    if left_out := [name for name in metric.scores if name not in scores]:
        reason = f"not {done}, since a file lacks what it is made from"
        typer.echo(f"{', '.join(left_out)}: {reason}", err=True)


def load_gold(task: str, split: str, data_dir: str | None, sample: bool) -> Any:
    """Return the references of a split.

    Args:
        task: the task's id.
        split: like "validation" or "validation[80%:]".
        data_dir: folders in the official layout, None for the default.
        sample: whether to read the bundled sample.
    """
    from klue_datasets import read_rows
    from klue_metrics import METRICS

    rows = read_rows(task, split, data_dir=data_dir, sample=sample, full=True)
    return METRICS[task].gold(rows)


def rest_of(task: str, split: str, data_dir: str | None, sample: bool) -> frozenset[str]:
    """Return the guids that a prediction file may hold beside those of a part of a split.

    Those of the whole split: a model that answered all of dev stands beside one that was asked
    about its first 200 examples.
    """
    whole, bracket, _ = split.partition("[")
    if not bracket:
        return frozenset()
    return frozenset(load_gold(task, whole, data_dir, sample).guids)
