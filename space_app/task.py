"""What a task is in this room: one record that says how a person tries it and reads its data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .texts import Language, Texts

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """A model's answer: `html` to look at, with every text in it escaped, and `text` to copy."""

    html: str
    text: str


@dataclass(frozen=True)
class Shown:
    """An example of the data.

    Attributes:
        html: the example with its gold annotation, every text in it escaped.
        annotators: what each annotator said, by a name for the annotator; empty where the file
            does not say.
    """

    html: str
    annotators: Mapping[str, str] = field(default_factory=dict)


def own_source(row: Row) -> str:
    """Return the corpus that a row names, "" if it names none."""
    return row.get("source") or ""


@dataclass(frozen=True)
class TextsIn:
    """The columns of a row whose texts are searched.

    >>> TextsIn(("premise", "hypothesis"))({"premise": "비가 온다.", "hypothesis": "춥다."})
    ['비가 온다.', '춥다.']
    """

    columns: tuple[str, ...]

    def __call__(self, row: Row) -> list[str]:
        """Return the texts of a row."""
        return [row[column] for column in self.columns]


@dataclass(frozen=True, kw_only=True)
class RowView:
    """How the Data tab reads a dataset row.

    Attributes:
        show: (row, language) -> how it is shown.
        labels: row -> what it is filtered and counted by.
        texts: row -> what is searched.
        source: row -> its corpus, "" where that is not told.
    """

    show: Callable[[Row, Language], Shown]
    labels: Callable[[Row], Sequence[str]]
    texts: Callable[[Row], Sequence[str]]
    source: Callable[[Row], str] = own_source


@dataclass(frozen=True)
class Controls:
    """The inputs of a task on the page, one for each of its fields, and what starts an answer."""

    inputs: Sequence[Any]
    triggers: Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class TaskDemo:
    """All that the page knows of one task.

    Every `language` that a function of the record gets is `Language.of(texts)`.

    Attributes:
        name: the task's id, the same in every room.
        texts: what the page says of the task: "name" is what it is called, "field.<name>" what a
            field is called, and whatever the functions below say.
        fields: the names of the texts that a person gives, in order.
        examples: texts to begin with, written for this page; one text for each field.
        answer: (pipeline, language, *texts) -> the answer. Raises InputError if a text is no such
            thing.
        rows: how the Data tab reads its rows.
        controls: (demo, language) -> the inputs, where they are more than a box for each text.
        lines: how many lines a text's box has.
        optional: the fields that may be left empty.
        groupings: what its scores can be broken down by, as its metric names them.
        style: CSS for what `answer` and `rows` draw.
    """

    name: str
    texts: Texts
    fields: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]
    answer: Callable[..., Answer]
    rows: RowView
    controls: Callable[[TaskDemo, Language], Controls] | None = None
    lines: int = 2
    optional: frozenset[str] = frozenset()
    groupings: tuple[str, ...]
    style: str = ""


def record_text(record: Mapping[str, Any]) -> str:
    """Return a record as in a prediction file, without the guid, which a typed text lacks."""
    kept = {name: value for name, value in record.items() if name != "guid"}
    return json.dumps(kept, ensure_ascii=False)
