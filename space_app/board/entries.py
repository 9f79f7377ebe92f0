"""A submission, and what a place for submissions can do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Protocol


@dataclass(frozen=True)
class Entry:
    """One submission, a line of the store.

    id: of task, model and predictions. parameters: in millions, None if not told. data: digest of
    the references. predictions: sha256 of the predictions, which the store keeps beside.
    """

    id: str
    created: str
    task: str
    model: str
    link: str
    parameters: float | None
    trained_on: str
    selected_on: str
    scores: Mapping[str, float]
    intervals: Mapping[str, list[float]]
    split: str
    examples: int
    data: str
    sample: bool
    predictions: str

    def line(self) -> bytes:
        """The entry as a line of JSON."""
        text = json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)
        return text.encode() + b"\n"

    @classmethod
    def of_line(cls, line: bytes) -> Entry:
        """Read a line that `line` has written."""
        content = json.loads(line)
        return cls(**{field.name: content[field.name] for field in fields(cls)})


class Store(Protocol):
    """Where submissions live: a folder or a repository of the Hub, with the same layout.

    `submissions.jsonl` holds an entry a line and only ever grows; `predictions/<id>.jsonl.gz` holds
    what an entry was scored from. The page never gives the latter back.
    """

    def append(self, entry: Entry, predictions: bytes) -> None:
        """Keep an entry for good; a return means that it is there.

        Raises:
            InputError: an entry of this id is there already.
        """
        ...

    def read(self) -> list[Entry]:
        """All entries in the order in which they were accepted."""
        ...

    def predictions(self, entry: str) -> bytes:
        """The predictions (JSON Lines) behind the entry of an id."""
        ...
