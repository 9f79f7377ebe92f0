"""`klue compare`: two prediction files to differences, intervals and p-values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from .doors import a_file
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
from .score import load_gold, note_forms, note_left_out, rest_of
from .score_tables import comparison_table, unknown_note
from .terminal import show


def compare(
    task: Task,
    a: Annotated[
        Path,
        typer.Argument(help="The prediction file of system A.", metavar="A", callback=a_file),
    ],
    b: Annotated[
        Path,
        typer.Argument(help="The prediction file of system B.", metavar="B", callback=a_file),
    ],
    split: Split = "validation",
    confidence: Confidence = 0.95,
    n_resamples: Resamples = 1000,
    seed: ResamplingSeed = 0,
    unknown_label: UnknownLabel = "error",
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Compare two prediction files: the difference, its interval, and whether it is one."""
    from klue_metrics import METRICS
    from klue_metrics.comparison import compare as compared
    from klue_metrics.comparison import difference_estimates
    from klue_metrics.interval_notes import interval_note

    metric = METRICS[known_task(task)]
    gold = load_gold(task, split, data_dir, sample)
    rest = rest_of(task, split, data_dir, sample)
    first, second = (metric.read_predictions(path, gold, unknown_label, rest) for path in (a, b))
    found = compared(metric, gold, first, second, confidence, n_resamples, seed, unknown_label)
    for path, records in ((a, first), (b, second)):
        note_forms(metric, gold, records, path)
    note_left_out(metric, found, "compared")
    about: dict[str, Any] = {"task": task, "split": split, "sample": sample, "examples": len(gold)}
    names = {"a": str(a), "b": str(b)}
    content = {**about, **names, "confidence": confidence, "scores": found}
    parts: list[Any] = [comparison_table(metric, found, about, names, confidence)]
    if note := interval_note(difference_estimates(found)):
        parts.append(Text(note))
        content["notes"] = [note]
    if unknown_label == "wrong" and metric.unknown is not None:
        sides = {"a": first, "b": second}
        unknown = {side: metric.unknown_labels(gold, records) for side, records in sides.items()}
        content["unknown_labels"] = unknown
        parts += [Text(f"{side.upper()}: {unknown_note(n)}") for side, n in unknown.items()]
    show(Group(*parts), content, as_json)
