"""How people annotate a task: one frozen record, filled in by each task's module."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from .form_results import Results
from .form_tags import field_names
from .measures import EntryMeasure, UnitMeasure

Fields = dict[str, Any]
Item = Mapping[str, Any]
"""What is annotated, as JSON holds it: `guid` and what the raw file is to have of it."""

AUTHOR = "author"
"""Who wrote the item, where the raw row says what the author answered."""


@dataclass(frozen=True)
class Vote:
    """What one person answered about an item.

    Attributes:
        annotator: the person's number in Label Studio as text, or "author".
        answer: as JSON holds it; None where there is none that counts.
        why_not: of an answer that does not count, the reason in words.
        seconds: that the person took; None where nobody measured.
    """

    annotator: str
    answer: Any
    why_not: str = ""
    seconds: float | None = None


class Gold(NamedTuple):
    """What counts as right for an item, as JSON holds it."""

    answer: Any


class Undecided(NamedTuple):
    """Why an item has no gold: what was found, and what the rule asks for."""

    found: str
    expected: str


@dataclass(frozen=True, kw_only=True)
class AnnotationTask:
    """How people annotate one of KLUE's tasks, as data.

    Attributes:
        name: the task's id, e.g. "dp".
        form: makes Label Studio's labelling configuration (XML).
        item: raw row -> the item; MisfitError where it is none. It gives the item no guid.
        show: item -> what the form shows of it, by the names that the form has.
        answer: (item, Label Studio's results) -> one person's answer. MisfitError for what the form
            cannot give, SlipError for what it lets pass and the task does not.
        results: (item, answer) -> Label Studio's results: the way back, for work to be reviewed.
        author: item -> the author's answer, None where the item has none.
        votes: how many answers that count an item needs, at least and at most, the author's among
            them.
        reviewed: whether each person sees the answer before and corrects it.
        decide: (item, answers in their order) -> gold. It is asked where there are enough of them.
        raw: (item, gold, votes) -> the row in KLUE's raw layout.
        write: such rows -> the text of the raw file.
        read: a raw file -> such rows, each with all that it holds: `write` undone. DataError where
            it is none.
        rule: how gold is decided, in words.
        measures: how agreement is measured, the main way first.
        label: an answer's label, for counts and for estimates from several answers; None where an
            answer is no label.
        row_label: such a row -> the label of its gold; None where an answer is no label.
        further: (rows, the folder that they go into) -> the texts of the task's other files, by
            their names in KLUE's layout.
        text_column: the column that the lines of a text file are; "" where an item is more.
    """

    name: str
    form: Callable[[], str]
    item: Callable[[Item], Fields]
    show: Callable[[Item], Fields]
    answer: Callable[[Item, Results], Any]
    results: Callable[[Item, Any], list[Fields]]
    votes: tuple[int, int]
    decide: Callable[[Item, Sequence[Any]], Gold | Undecided]
    raw: Callable[[Item, Any, Sequence[Vote]], Fields]
    write: Callable[[Sequence[Fields]], str]
    read: Callable[[Path], list[Fields]]
    rule: str
    measures: tuple[UnitMeasure | EntryMeasure, ...]
    reviewed: bool = False
    author: Callable[[Item], Any] = lambda _: None
    label: Callable[[Any], Hashable] | None = None
    row_label: Callable[[Fields], str] | None = None
    further: Callable[[Sequence[Fields], Path], Mapping[str, str]] = lambda rows, folder: {}
    text_column: str = ""

    @cached_property
    def fields(self) -> re.Pattern[str]:
        """What the names of the form's fields look like."""
        return field_names(self.form())

    def gold(self, item: Item, votes: Sequence[Vote]) -> Gold | Undecided:
        """Decide what is right for an item, or say why nothing is.

        Args:
            item: the item.
            votes: in the order in which they were given, the author's first.
        """
        counted = [vote.answer for vote in votes if vote.answer is not None]
        least, most = self.votes
        if not least <= len(counted) <= most:
            expected = f"{least}" if least == most else f"{least} to {most}"
            return Undecided(_counts(votes), f"{expected} that count")
        if self.reviewed and votes[-1].answer is None:
            return Undecided(f"no answer in the last pass ({votes[-1].why_not})", "one that counts")
        return self.decide(item, counted)


def _counts(votes: Sequence[Vote]) -> str:
    answers = f"{len(votes)} answer{'' if len(votes) == 1 else 's'}"
    without = [f"{vote.annotator}: {vote.why_not}" for vote in votes if vote.answer is None]
    return f"{answers}, without {'; '.join(without)}" if without else answers
