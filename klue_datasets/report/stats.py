"""Statistics of raw files: sizes, labels, lengths, agreement, overlap between the splits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from .. import sources
from ..notes import Notes
from ..sources import DataDir
from ..task import DatasetTask
from .counts import class_names, count_labels, in_order

PERCENTILES = (5, 50, 95)
BINS = 30
"""Bars of a length histogram, at most about."""


@dataclass(frozen=True)
class Lengths:
    """How long some texts are, in one unit.

    Attributes:
        of: what is measured, like "title".
        unit: "characters" or "eojeol".
        count: how many texts.
        mean, low, median, high, longest: their lengths; low and high leave 5 % on either side.
        edges, bars: a histogram: the bounds of the bars (one more) and how many texts are within.
    """

    of: str
    unit: str
    count: int
    mean: float
    low: float
    median: float
    high: float
    longest: int
    edges: list[float]
    bars: list[int]


@dataclass(frozen=True)
class SplitStats:
    """Statistics of one split.

    Attributes:
        rows: its examples.
        labels: how often each label occurs.
        lengths: of each kind of text, in characters and in eojeol.
        agreement: measures between annotators, by name; empty where there are no annotations.
        repeated: for each kind of text how many are in the split more than once, beyond the first.
    """

    rows: int
    labels: Mapping[str, int]
    lengths: Sequence[Lengths]
    agreement: Mapping[str, float]
    repeated: Mapping[str, int]


@dataclass(frozen=True)
class Overlap:
    """How many texts of the validation split are in the train split too.

    Attributes:
        of: what is compared, like "premise", or "both" texts of a pair together.
        count: texts of the validation split.
        exact: those that are in train as they are.
        normalised: those that are in train but for case, punctuation, spaces and width.
    """

    of: str
    count: int
    exact: int
    normalised: int


@dataclass(frozen=True)
class TaskStats:
    """Statistics of one task: by split, and between the splits where there are both."""

    task: str
    label_column: str
    source: str
    splits: Mapping[str, SplitStats]
    overlap: Sequence[Overlap] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Turn into plain JSON values."""
        return asdict(self)


def stats(
    tasks: Iterable[str] | None = None,
    *,
    data_dir: DataDir | None = None,
    sample: bool = False,
) -> Iterator[TaskStats]:
    """Compute the statistics of some or all tasks, one at a time.

    Args:
        tasks: which ones; default all that there are files for, which must be one at least.
        data_dir, sample: as in `load`.

    Raises:
        DataError: an unknown task, no data, or a broken file.

    Example:
        >>> [sts] = stats(["sts"], sample=True)
        >>> list(sts.splits["train"].labels), [overlap.exact for overlap in sts.overlap]
        (['negative', 'positive'], [0, 0, 0])
    """
    for task, source in sources.of_tasks(tasks, data_dir, sample):
        source.fetch()
        tables = {
            split: pa.concat_tables(
                [
                    task.full_schema.arrow.empty_table(),
                    *task.read(path, full=True, notes=Notes(path.name)),
                ]
            )
            for split, path in source.files.items()
        }
        splits = {split: _of_split(task, table) for split, table in tables.items()}
        overlap = list(_overlap(task, tables)) if len(tables) > 1 else []
        column = ".".join(task.label_column)
        yield TaskStats(task.name, column, source.kind, splits, overlap)


def _of_split(task: DatasetTask, table: pa.Table) -> SplitStats:
    features, path = task.full_features, task.label_column
    labels = in_order(count_labels(table, features, path), class_names(features, path))
    texts = task.texts(table)
    return SplitStats(
        rows=table.num_rows,
        labels=labels,
        lengths=[
            lengths
            for name, values in texts.items()
            if values
            for lengths in (
                _lengths(name, "characters", [len(text) for text in values]),
                _lengths(name, "eojeol", [len(text.split()) for text in values]),
            )
        ],
        agreement=task.agreement(table) if task.agreement else {},
        repeated={name: len(values) - len(set(values)) for name, values in texts.items()},
    )


def _lengths(of: str, unit: str, values: Sequence[int]) -> Lengths:
    low, median, high = np.percentile(values, PERCENTILES)
    # Bars of a whole number of characters each: others would hold now more of them, now fewer.
    step = -(-(max(values) - min(values) + 1) // BINS)
    bars, edges = np.histogram(values, np.arange(min(values), max(values) + step + 1, step))
    return Lengths(
        of=of,
        unit=unit,
        count=len(values),
        mean=float(np.mean(values)),
        low=float(low),
        median=float(median),
        high=float(high),
        longest=max(values),
        edges=edges.tolist(),
        bars=bars.tolist(),
    )


def _overlap(task: DatasetTask, tables: Mapping[str, pa.Table]) -> Iterator[Overlap]:
    train, validation = (task.texts(tables[split]) for split in ("train", "validation"))
    for name, values in validation.items():
        seen = set(train[name])
        seen_normalised = set(map(normalised, seen))
        yield Overlap(
            of=name,
            count=len(values),
            exact=sum(text in seen for text in values),
            normalised=sum(normalised(text) in seen_normalised for text in values),
        )


def normalised(text: str) -> str:
    """Reduce a text to its letters and digits, in lower case and NFKC.

    Example:
        >>> normalised("서울，좋아요 ! ") == normalised("서울 좋아요")
        True
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()
