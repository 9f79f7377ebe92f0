"""Rows of a table as people have it, and the examples of a task that stand in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from klue_common.errors import InputError

from ..own_texts.given import fields_of

if TYPE_CHECKING:
    from ..task import BaselineTask

NAMED = 5  # bad rows whose places are said; the others are counted
EXPECTED = "a row of the task"
ADVICE = "(--skip-bad goes on without it)"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    place: where it stands, for messages: "in.csv:17". number: its line, or its number from 1.
    fields: what it holds, by column. given: the row in its file's own form, where another file of
    the form takes it as it is: a line of JSON, a batch of Arrow and the row's place there.
    """

    place: str
    number: int
    fields: Mapping[str, Any]
    given: Any = None


@dataclass(frozen=True, slots=True)
class Bad:
    """What is no row at all, or no example of the task; the message begins with its place."""

    message: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A row and the example in it: the arguments of the task's `row`, or what is wrong with it."""

    row: Row
    parts: tuple[Any, ...] | Bad


@dataclass
class Tally:
    """How many rows there were, and how many of them were bad.

    empty: rows that are no example, which keep their place and get no answer. left_out: lines that
    are no row. named: the first messages about either.
    """

    rows: int = 0
    empty: int = 0
    left_out: int = 0
    named: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """Both kinds together."""
        return self.empty + self.left_out

    def count(self, found: Asked | Bad) -> None:
        """Count a row."""
        self.rows += 1
        bad = found if isinstance(found, Bad) else found.parts
        if isinstance(bad, Bad):
            self.empty += isinstance(found, Asked)
            self.left_out += isinstance(found, Bad)
            self.named += [bad.message] if len(self.named) < NAMED else []


@dataclass(frozen=True)
class Question:
    """How a task's examples are found in rows.

    names: the columns of an example's parts in the order of the task's `row`; None for the fields
    of KLUE's own files. of_texts: whether cells hold nothing but text, as in CSV: an empty one is
    then none at all, and a list or an object stands in it as JSON.
    """

    task: BaselineTask
    names: tuple[str, ...] | None
    of_texts: bool = False

    def __post_init__(self) -> None:
        counts = {len(names) for names in self.task.fields}
        if self.names is not None and len(self.names) not in counts:
            raise InputError(
                f"columns: found {', '.join(map(repr, self.names))}, expected "
                f"{' or '.join(map(str, sorted(counts)))} for {self.task.name}: "
                f"{self.task.expected}"
            )

    def check(self, columns: Sequence[str], place: str) -> None:
        """See that columns hold an example.

        Raises:
            InputError: one is missing; the line names those that there are.
        """
        self.values(dict.fromkeys(columns), place)

    def ask(self, row: Row) -> Asked:
        """Return the example of a row, or what is wrong with the row."""
        try:
            names, values = self.values(row.fields, row.place)
        except InputError as error:
            return Asked(row, Bad(str(error)))
        parts = [None if blank(value) else value for value in values]
        empty = next((name for name, value in zip(names, values, strict=True) if blank(value)), "")
        try:
            return Asked(row, self.example(parts))
        except InputError as error:
            why = f"{empty}: found no text, expected {self.task.expected}" if empty else error
            return Asked(row, Bad(f"{row.place}: {why}"))

    def values(self, fields: Mapping[str, Any], place: str) -> tuple[Sequence[str], Sequence[Any]]:
        """Return the names of the columns that hold an example, and what they hold."""
        if self.names is None:
            return next(
                (names for names in self.task.fields if all(name in fields for name in names)), ()
            ), fields_of(self.task, fields, place)
        missing = [name for name in self.names if name not in fields]
        if missing:
            found = ", ".join(f"{name!r:.30}" for name in [*fields][:5]) or "none"
            raise InputError(f"{place}: found the columns {found}, expected {missing[0]!r}")
        return self.names, [fields[name] for name in self.names]

    def example(self, parts: Sequence[Any]) -> tuple[Any, ...]:
        """Return the parts of an example, once the task takes them.

        Raises:
            InputError: it does not.
        """
        opened = [opened_cell(part) for part in parts] if self.of_texts else parts
        if opened != parts:
            try:
                self.task.row(*opened)
                return tuple(opened)
            except InputError as error:
                refused = error
            try:
                self.task.row(*parts)  # a text that looks like JSON
            except InputError:
                raise refused from None
        else:
            self.task.row(*parts)
        return tuple(parts)


def blank(value: Any) -> bool:
    """Return whether a value is a text without a letter.

    >>> blank(" "), blank("a"), blank(None)
    (True, False, False)
    """
    return isinstance(value, str) and not value.strip()


def opened_cell(text: Any) -> Any:
    """Return the list or object that a cell holds as JSON; anything else as it is.

    >>> opened_cell("[0, 4]"), opened_cell("[속보] 비"), opened_cell("5")
    ([0, 4], '[속보] 비', '5')
    """
    if not isinstance(text, str) or text.lstrip()[:1] not in ("[", "{"):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
