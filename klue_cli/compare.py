"""`klue compare`: prediction files to differences, intervals and p-values; to ranks where many."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from klue_common.errors import InputError

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
from .score_tables import comparison_table, order_tables, unknown_note
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
    more: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Those of further systems: which of all of them cannot be told apart.",
            metavar="[C]...",
            callback=a_file,
        ),
    ] = None,
    split: Split = "validation",
    confidence: Confidence = 0.95,
    n_resamples: Resamples = 1000,
    seed: ResamplingSeed = 0,
    unknown_label: UnknownLabel = "error",
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Compare prediction files: the difference and its interval; of several, which are tied."""
    from klue_metrics import METRICS
    from klue_metrics.comparison import compare as compared
    from klue_metrics.comparison import difference_estimates
    from klue_metrics.interval_notes import interval_note

    metric = METRICS[known_task(task)]
    gold = load_gold(task, split, data_dir, sample)
    rest = rest_of(task, split, data_dir, sample)
    about: dict[str, Any] = {"task": task, "split": split, "sample": sample, "examples": len(gold)}
    if more:
        refuse_twice([a, b, *more])
    systems = {
        str(path): metric.read_predictions(path, gold, unknown_label, rest)
        for path in (a, b, *(more or []))
    }
    for path, records in systems.items():
        note_forms(metric, gold, records, Path(path))
    options = (confidence, n_resamples, seed, unknown_label)
    if more:
        show(*order_of(metric, gold, systems, about, options), as_json)
        return
    first, second = systems[str(a)], systems[str(b)]
    found = compared(metric, gold, first, second, *options)
    note_left_out(metric, found, "compared")
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


def refuse_twice(files: list[Path]) -> None:
    """Refuse a file that is named twice, which would be tied with itself.

    Raises:
        InputError: one is.
    """
    twice = [path for at, path in enumerate(files) if path in files[:at]]
    if twice:
        raise InputError(f"compare: found {twice[0]} twice, expected each file once")


def order_of(
    metric: Any,
    gold: Any,
    systems: dict[str, Any],
    about: dict[str, Any],
    options: tuple[float, int, int, str],
) -> tuple[Group, dict[str, Any]]:
    """Return what is known about the order of several systems, for people and for programs.

    Args:
        metric: of the task.
        gold: the references.
        systems: file -> its records.
        about: task, split, sample and examples.
        options: confidence, resamples, seed and what an unknown label is.
    """
    from klue_metrics.ties import ties

    found = ties(metric, gold, systems, *options)
    note_left_out(metric, found, "compared")
    content = {
        **about,
        "confidence": options[0],
        "scores": {name: order.as_dict() for name, order in found.items()},
    }
    return order_tables(metric, found, about), content
