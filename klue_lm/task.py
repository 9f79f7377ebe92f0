"""What a language model is asked: one frozen record, filled in by each task's module."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from .forms import Form

Row = Mapping[str, Any]
Fields = dict[str, Any]

ANSWERED, OUTSIDE, UNREADABLE = "answered", "outside", "unreadable"
RANK, GENERATE, CONSTRAINED = "rank", "generate", "constrained"


@dataclass(frozen=True)
class Wording:
    """What a task says in one language.

    Attributes:
        instructions: the same instruction in three ways; the first is the main one.
        words: what the parts of a question and of an answer are called.
        labels: label -> what the model is to write for it, in the order of the label set; empty
            where an answer is no label.
    """

    instructions: tuple[str, str, str]
    words: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One thing that a model is asked.

    Attributes:
        guid: of the record that the answer makes; a dialogue has a question for each user turn.
        text: the question, up to where the answer begins.
        longest: characters of the longest answer that can be right.
        about: what the answer is read by (the characters of a sentence), None where nothing is.
    """

    guid: str
    text: str
    longest: int
    about: Any = None


class Reading(NamedTuple):
    """What became of a reply.

    Attributes:
        fields: those of the prediction file's record; what was not answered is None.
        kind: "answered"; "outside": there is an answer, and it is, or holds, what the task does
            not have; "unreadable": no answer was found.
    """

    fields: Fields
    kind: str = ANSWERED


def one_group(_: Row) -> Iterable[Hashable]:
    """Return nothing: any row is as good an example as any other."""
    return ()


def as_written(wording: Wording, variant: int, _: Any) -> str:
    """Return the instruction as it stands in the task's module."""
    return wording.instructions[variant]


@dataclass(frozen=True, kw_only=True)
class LMTask:
    """How a language model is asked one of KLUE's tasks, as data.

    Attributes:
        name: the task's id, e.g. "dp".
        version: of all that the model reads; any edit of it is a new version.
        wordings: language ("ko", "en") -> what the task says in it.
        given: row -> the part of it that a question may be made of, without anything of the gold
            answer; `ask` sees nothing else.
        ask: (given row, wording) -> its questions.
        show: (row, wording) -> the gold answer of each of its questions, as a model should write
            it.
        read: (question, reply) -> what it says. The reply is clean: no reasoning, no fence.
        modes: how the task can be asked, the main way first: "rank", "generate", "constrained".
        nothing: the fields of a record where there is no answer.
        trivial: (given row) -> the records' fields of an answer without a model.
        trivial_name: what that answer is, in words.
        lead: what stands between a question and its answer, " " or a line break.
        stop: where an answer that goes on as plain text has ended.
        kinds: row -> what it is an example of, so that the shots show different things.
        instruct: (wording, variant, context) -> the instruction.
        context: what `instruct` needs beside the rows, loaded by (data_dir, sample), or None.
        weigh: probabilities of the labels, in the wording's order -> the record's fields; None
            where answers cannot be ranked.
        wanted: row -> the probabilities that `weigh` makes the gold answer of.
        blank: a text -> a given row that holds it in place of every text of its own, which shows
            what a model answers without a question; None where answers cannot be ranked.
        form: (question, wording) -> what an answer can look like; None where it is open.
        inspect_scorer: which of inspect-ai's own scorers comes nearest where answers are no labels.
    """

    name: str
    version: int
    wordings: Mapping[str, Wording]
    given: Callable[[Row], Row]
    ask: Callable[[Row, Wording], list[Question]]
    show: Callable[[Row, Wording], list[str]]
    read: Callable[[Question, str], Reading]
    modes: tuple[str, ...]
    nothing: Fields
    trivial: Callable[[Row], list[Fields]]
    trivial_name: str
    lead: str = " "
    stop: str = "\n"
    kinds: Callable[[Row], Iterable[Hashable]] = one_group
    instruct: Callable[[Wording, int, Any], str] = as_written
    context: Callable[[Any, bool], Any] | None = None
    weigh: Callable[[np.ndarray], Fields] | None = None
    wanted: Callable[[Row], np.ndarray] | None = None
    blank: Callable[[str], Row] | None = None
    form: Callable[[Question, Wording], Form] | None = None
    inspect_scorer: str = "exact"

    @property
    def main_mode(self) -> str:
        """The way of asking whose score is the task's."""
        return self.modes[0]

    def questions(self, row: Row, language: str) -> list[Question]:
        """Return what is asked about a row, made of what `given` leaves of it."""
        return self.ask(self.given(row), self.wordings[language])

    def answers(self, row: Row, language: str) -> list[str]:
        """Return the gold answer of each question of a row, in the same order."""
        return self.show(row, self.wordings[language])


@dataclass(frozen=True)
class Columns:
    """The `given` of a task whose questions are made of whole columns."""

    names: tuple[str, ...]

    def __call__(self, row: Row) -> Row:
        """Return those columns of a row."""
        return {name: row[name] for name in self.names}


def columns(*names: str) -> Columns:
    """Name the columns that a question may be made of.

    >>> columns("guid", "title")({"guid": "a", "title": "비", "label": 3})
    {'guid': 'a', 'title': '비'}
    """
    return Columns(names)


def one_hot(at: int, size: int) -> np.ndarray:
    """Return the probabilities of a model that is sure, float64 [size].

    >>> one_hot(1, 3)
    array([0., 1., 0.])
    """
    return np.eye(size)[at]


def blocks(parts: Sequence[tuple[str, str]]) -> str:
    """Return the parts of a question, a line each.

    >>> blocks([("제목", "비 온다"), ("주제", "")])
    '제목: 비 온다\\n주제:'
    """
    return "\n".join(f"{name}: {text}".rstrip() for name, text in parts)
