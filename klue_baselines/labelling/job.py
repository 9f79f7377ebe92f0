"""What there is to do: all that can be wrong is found before the model is asked anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from klue_common.errors import InputError

from .answers import AnswerColumns
from .arriving import PART
from .readers import Source
from .rows import ADVICE, Asked, Bad, Question, Tally
from .tables import common_types, types_of
from .writers import Format, Layout


@dataclass(frozen=True)
class Job:
    """Rows that are to be answered, and the form of what is written.

    tally: of all rows where they were read before (`total` is not 0), else of those read by now.
    total: how many rows there are; 0 where that is not known.
    """

    source: Source
    question: Question
    layout: Layout
    format: Format
    skip_bad: bool
    tally: Tally = field(default_factory=Tally)
    total: int = 0

    def rows(self) -> Iterator[Asked | Bad]:
        """Yield the rows.

        Raises:
            InputError: one is bad, and bad ones are not to be skipped.
        """
        tally = Tally() if self.total else self.tally
        yield from checked(self.source, self.question, self.skip_bad, tally)


def prepare(
    source: Source, question: Question, answers: AnswerColumns, form: Format, skip_bad: bool
) -> Job:
    """Read a source that can be read twice, see that it can be answered and written.

    Raises:
        InputError: a row is bad (of all of them, where bad ones are to be skipped); columns are
            missing, or have the answers' names, or cannot be written in the format.
    """
    if source.columns is not None:
        question.check(source.columns, source.name)
        answers.check(source.columns, source.name)
    if form.no_tabs and not source.no_tabs:
        raise InputError(
            f"{source.name}: found cells that may hold tabs, expected a .tsv file for one: --out "
            "to .csv holds them"
        )
    tally = Tally()
    if not source.again:
        columns, schema = source.columns, known_types(source)
        if (form.columns and columns is None) or (form.types and schema is None):
            raise InputError(
                f"{source.name}: found rows whose columns are not known before they are read, "
                "expected a file, or --out to .jsonl"
            )
        return Job(source, question, Layout(answers, columns, schema, source.bom), form, skip_bad)
    columns, schema = survey(source, question, answers, form, skip_bad, tally)
    if tally.rows and tally.bad == tally.rows:
        raise InputError(f"{tally.named[0]} (and no row is better)")
    layout = Layout(answers, columns, schema, source.bom)
    return Job(source, question, layout, form, skip_bad, tally, tally.rows)


def survey(
    source: Source,
    question: Question,
    answers: AnswerColumns,
    form: Format,
    skip_bad: bool,
    tally: Tally,
) -> tuple[tuple[str, ...] | None, Any]:
    """Read all rows; return the columns' names and, where the format needs them, their types."""
    seen: dict[str, None] = {}
    kept: list[dict[str, Any]] = []
    schema = known_types(source)
    types = form.types and schema is None
    for one in checked(source, question, skip_bad, tally):
        if source.columns is None and isinstance(one, Asked):
            answers.check([*one.row.fields], one.row.place)
            seen |= dict.fromkeys(one.row.fields)
            kept += [dict(one.row.fields)] if types else []
            if len(kept) == PART:
                schema, kept = with_types(schema, kept, source.name), []
    if types:
        schema = with_types(schema, kept, source.name)
    return tuple(seen) if source.columns is None else source.columns, schema


def checked(
    source: Source, question: Question, skip_bad: bool, tally: Tally
) -> Iterator[Asked | Bad]:
    """Yield a source's rows with their examples, counted.

    Raises:
        InputError: one is bad, and bad ones are not to be skipped.
    """
    for row in source.rows():
        one = row if isinstance(row, Bad) else question.ask(row)
        tally.count(one)
        if tally.bad and not skip_bad:
            raise InputError(f"{tally.named[0]} {ADVICE}")
        yield one


def known_types(source: Source) -> Any:
    """Return Arrow's types of a source's columns: texts in files that hold nothing else."""
    import pyarrow as pa

    if source.schema is not None or source.columns is None:
        return source.schema
    return pa.schema([(name, pa.string()) for name in source.columns])


def with_types(schema: Any, rows: list[dict[str, Any]], name: str) -> Any:
    """Return a schema that holds further rows too."""
    more = types_of(rows, name)
    return more if schema is None else common_types([schema, more], name)
