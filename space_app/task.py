"""What a task is in this room: one record that says how a person tries it and reads its data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from klue_baselines.pipeline import KluePipeline
from klue_baselines.task import Answers

from .texts import Language

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """A model's answer: `html` to look at, with every text in it escaped, and `text` to copy."""

    html: str
    text: str


@dataclass(frozen=True)
class Shown:
    """An example of the data: `html` with its gold annotation, and what its annotators said.

    annotators: what each annotator said, by a name for the annotator; empty where the file does
    not say.
    """

    html: str
    annotators: Mapping[str, str] = field(default_factory=dict)


def own_source(row: Row) -> str:
    """The corpus that a row names, "" if it names none."""
    return row.get("source") or ""


def guid_source(row: Row) -> str:
    """The corpus at the end of a guid: "-wikitree" in dev, "_wikitree" in train.

    >>> guid_source({"guid": "klue-ner-v1_dev_00000-wikitree"})
    'wikitree'
    """
    return str(row["guid"]).replace("-", "_").rpartition("_")[2]


@dataclass(frozen=True)
class TextsIn:
    """Takes the texts that are searched out of some columns of a row.

    >>> TextsIn(("premise", "hypothesis"))({"premise": "비가 온다.", "hypothesis": "춥다."})
    ['비가 온다.', '춥다.']
    """

    columns: tuple[str, ...]

    def __call__(self, row: Row) -> list[str]:
        """The texts of a row."""
        return [row[column] for column in self.columns]


@dataclass(frozen=True, kw_only=True)
class RowView:
    """How the Data tab reads a dataset row.

    show: (row, language) -> how it is shown. labels: what it is filtered and counted by.
    texts: what is searched. source: its corpus, "" where that is not told.
    """

    show: Callable[[Row, Language], Shown]
    labels: Callable[[Row], Sequence[str]]
    texts: Callable[[Row], Sequence[str]]
    source: Callable[[Row], str] = own_source


@dataclass(frozen=True, kw_only=True)
class TaskDemo:
    """How one task is tried, and how its data is read.

    name: the task's id, the same in every room.
    fields: the names of the texts that a person gives, in order; `texts.py` has their labels.
    examples: texts to begin with, written for this page; one text for each field.
    answer: (pipeline, language, *texts) -> the answer. Raises InputError if a text is no such
        thing.
    rows: how the Data tab reads its rows.
    controls: (demo, language) -> the inputs, where they are more than a box for each text.
    lines: how many lines a text's box has. optional: the fields that may be left empty.
    """

    name: str
    fields: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]
    answer: Callable[..., Answer]
    rows: RowView
    controls: Callable[[TaskDemo, Language], Controls] | None = None
    lines: int = 2
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Controls:
    """The inputs of a task on the page, one for each of its fields, and what starts an answer."""

    inputs: Sequence[Any]
    triggers: Sequence[Any]


def ask(pipeline: KluePipeline, row: dict[str, Any]) -> tuple[list[dict[str, Any]], Answers]:
    """The records for one example, and what the model said before it was made records of."""
    return pipeline.answer([row])


def record_text(record: Mapping[str, Any]) -> str:
    """A record as it stands in a prediction file, without the guid that a typed text lacks."""
    kept = {name: value for name, value in record.items() if name != "guid"}
    return json.dumps(kept, ensure_ascii=False)
