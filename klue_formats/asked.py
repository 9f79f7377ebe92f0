"""What a converter is asked to read, and what it gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from klue_metrics import Gold, TaskMetric
from klue_metrics.prediction_files import Field
from klue_metrics.task import ColumnType


@dataclass(frozen=True)
class Asked:
    """A file that somebody wants read, and what they say about it.

    Attributes:
        path: the file, or the folder of a dataset.
        metric: of the task.
        gold: KLUE's references.
        beside: guids that the file may hold too: those of the rest of the split.
        columns: the columns of the predictions in the order of the task's fields; empty where they
            are to be found by their names.
        labels: the labels in the order in which the file counts them; empty for the label set's.
    """

    path: Path
    metric: TaskMetric
    gold: Gold
    beside: Collection[str] = ()
    columns: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, ...]:
        """The labels in the order in which the file counts them; empty for a task without any."""
        return self.labels or (self.metric.labels.names if self.metric.labels else ())

    @property
    def required(self) -> tuple[Field, ...]:
        """The fields that every record has."""
        return tuple(one for one in self.metric.fields if one.required)

    @cached_property
    def kinds(self) -> dict[str, ColumnType]:
        """The type of each field, as `TaskMetric.columns` has it: "label", ["int32"], "string"."""
        return kinds_of(self.metric)

    @cached_property
    def guids(self) -> frozenset[str]:
        """The guids that the file may name."""
        return frozenset(self.gold.guids) | frozenset(self.beside)


def kinds_of(metric: TaskMetric) -> dict[str, ColumnType]:
    """Return the type of each field of a task's records.

    >>> from klue_metrics import METRICS
    >>> kinds_of(METRICS["dp"]), kinds_of(METRICS["re"])
    ({'head': ['int32'], 'deprel': ['label']}, {'label': 'label', 'probabilities': ['float64']})
    """
    answer = metric.columns["predictions"]
    parts = answer if isinstance(answer, dict) else {metric.fields[0].name: answer}
    return {one.name: parts.get(one.name) or metric.columns[one.name] for one in metric.fields}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it stands in a file.

    Attributes:
        place: where it stands, for messages.
        cells: field -> what stands there: a text, a number, a list, None for nothing.
        guid: of its example, where the file names one.
        beside: what else stands in its row, by column.
    """

    place: str
    cells: Mapping[str, Any]
    guid: Any = None
    beside: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """The answers of a file.

    Attributes:
        found: one after the other, as they stand there.
        keyed: whether they name the guids of their examples; else they stand in KLUE's order.
        said_in: field -> the column that it was read from, where columns have names.
        notes: what a person is to be told.
    """

    found: Sequence[Answer]
    keyed: bool = False
    said_in: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
