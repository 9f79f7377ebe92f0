"""What records may hold beside their answer: how sure the model is, spans, what was cut off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from klue_common.errors import InputError

from ..task import Answers, AskedTask, Record, Scored


@dataclass(frozen=True)
class Details:
    """What is wanted of a task's records beside the answer.

    scores: "scores" and, of tasks that cut long texts, "cut". spans: "spans".

    Raises:
        InputError: the task's records have no spans.
    """

    task: AskedTask
    scores: bool = False
    spans: bool = False

    def __post_init__(self) -> None:
        if self.spans and self.task.spans is None:
            raise InputError(
                f"spans: found True, expected none: records of {self.task.name} name no spans"
            )

    @property
    def scored(self) -> Scored | None:
        """The way to ask the model where `predict` would leave out what is wanted."""
        return self.task.scored if self.scores else None

    def add(self, records: Sequence[Record], answers: Answers, decoding: str) -> None:
        """Add what is wanted to records, in place.

        Args:
            records: those that the decoding made of the answers.
            answers: what the model said.
            decoding: its name.
        """
        task = self.task
        added: dict[str, Sequence[Any]] = {}
        if self.scores:
            added["scores"] = task.scores(answers, records, decoding)
        if self.scores and task.cut:
            added["cut"] = task.cut(answers)
        if self.spans and task.spans:
            added["spans"] = task.spans(answers, records)
        for name, values in added.items():
            for record, value in zip(records, values, strict=True):
                record[name] = value
