"""Answers as columns: named so that they never meet the columns of the input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from klue_common.errors import InputError
from klue_datasets.schema import List, Schema

from ..task import BaselineTask


@dataclass(frozen=True)
class AnswerColumns:
    """The columns that a task's answers have in a file.

    prefix: what their names begin with.

    Example:
        >>> from klue_baselines.tasks import BASELINES
        >>> list(AnswerColumns(BASELINES["mrc"], "predicted_").schema)
        ['predicted_prediction_text', 'predicted_scores']
    """

    task: BaselineTask
    prefix: str

    @cached_property
    def schema(self) -> Schema:
        """Names and types; of a dialogue each column is a list, with a place for each turn."""
        lists = self.task.record_a_row
        return Schema(
            {
                f"{self.prefix}{name}": List(column) if lists else column
                for name, column in self.task.answer.items()
            }
        )

    def of(self, answer: Any) -> dict[str, Any]:
        """Return an answer by column: a record, a dialogue's records, or None for no answer."""
        if answer is None:
            return dict.fromkeys(self.schema)
        if self.task.record_a_row:
            values = [[record.get(name) for record in answer] for name in self.task.answer]
        else:
            values = [answer.get(name) for name in self.task.answer]
        return dict(zip(self.schema, values, strict=True))

    def check(self, columns: Sequence[str], place: str) -> None:
        """See that none of the input's columns has the name of one of these.

        Raises:
            InputError: one has.
        """
        both = next((name for name in self.schema if name in columns), None)
        if both is not None:
            raise InputError(
                f"{place}: found the column {both!r}, expected none of the answer's names: "
                "--prefix gives them others"
            )
