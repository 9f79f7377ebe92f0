"""What is screened, as rows: people's files and datasets, and KLUE's own texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from klue_baselines.labelling.answers import AnswerColumns
from klue_baselines.labelling.readers import Rows, Source
from klue_baselines.labelling.rows import Asked, Bad, Question, Row
from klue_baselines.labelling.sources import PIPE, source_of, there
from klue_baselines.screening.classifier import CLASSIFIER
from klue_baselines.screening.labels import KINDS
from klue_common.errors import InputError
from klue_datasets import TASKS
from klue_datasets.notes import Notes
from klue_datasets.schema import Schema, Value
from klue_datasets.sources import DataDir, of_tasks
from klue_datasets.splits import read_split
from klue_datasets.task import DatasetTask
from klue_text.normal_forms import check_text

from .verdicts import KEEP, REASONS

ALL = "all"
KLUE_COLUMNS = ("task", "split", "source", "text")


def row(*texts: str) -> dict[str, Any]:
    """Return the texts of a row as an example.

    Raises:
        InputError: one is no text.
    """
    return {"guid": "", "texts": [check_text("text", text) for text in texts]}


ROWS = replace(
    CLASSIFIER,
    row=row,
    expected="a text, or several (--text-column says which columns hold them)",
    fields=(
        ("context", "question"),
        ("premise", "hypothesis"),
        ("sentence1", "sentence2"),
        ("title",),
        ("sentence",),
        ("comments",),
        ("text",),
    ),
    answer=Schema(
        {
            KEEP: Value("bool"),
            REASONS: Value("string"),
            **dict.fromkeys(KINDS, Value("float64")),
        }
    ),
)


class Texts(Question):
    """Finds the texts of rows, in any number of columns."""

    def __post_init__(self) -> None:
        """Let any number of columns be named."""


class Numbered(Texts):
    """Finds the texts of rows, and puts the number of the row before them."""

    def ask(self, row: Row) -> Asked:
        """Return a row's number and its texts, or what is wrong with the row."""
        asked = super().ask(row)
        if isinstance(asked.parts, Bad):
            return asked
        return Asked(row, (row.number, *asked.parts))


@dataclass(frozen=True)
class Verdicts(AnswerColumns):
    """The columns that a screened file has beside its own."""

    def check(self, columns: Sequence[str], place: str) -> None:
        """See that none of the input's columns has the name of one of these.

        Raises:
            InputError: one has.
        """
        both = next((name for name in self.schema if name in columns), None)
        if both is not None:
            raise InputError(
                f"{place}: found the column {both!r}, expected a file that was not screened "
                f"before: what is written has {', '.join(self.schema)} of its own"
            )


def source_to_screen(
    given: str,
    names: tuple[str, ...] | None,
    split: str | None,
    data_dir: DataDir | None = None,
    sample: bool = False,
) -> Source:
    """Return what rows are read from.

    Args:
        given: a file, a dataset's folder or Hub id, the name of a task of KLUE, or "all".
        names: the columns of the texts, where somebody named them.
        split: of a dataset (default: train), or of KLUE (default: all that there are files for).
        data_dir, sample: where KLUE's files are.

    Raises:
        InputError: there is no such thing, it is a pipe, or holds no texts.
        DataError: KLUE's files are not there.
    """
    if given == PIPE:
        raise InputError("-: found a pipe, expected a file: rows are compared with each other")
    if is_klue(given):
        return klue_source(given, split, data_dir, sample)
    return source_of(given, ROWS, names, split)


def is_klue(given: str) -> bool:
    """Return whether what somebody named is a task of KLUE, or all of them, and no file.

    >>> is_klue("ynat"), is_klue("all"), is_klue("ynat.csv")
    (True, True, False)
    """
    return (given == ALL or given in TASKS) and not there(Path(given))


def klue_source(
    given: str, split: str | None, data_dir: DataDir | None = None, sample: bool = False
) -> Source:
    """Return KLUE's own texts as rows, each text once a task: task, split, source, text."""
    found = list(of_tasks(None if given == ALL else [given], data_dir, sample))
    for _, source in found:
        source.fetch()
    files = [
        (task, name, path)
        for task, source in found
        for name, path in source.files.items()
        if split in (None, name)
    ]
    if not files:
        raise InputError(f"--split: found {split!r} for {given}, expected train or validation")

    def rows() -> Rows:
        number, seen = 0, set()
        for task, name, path in files:
            notes = Notes(path.name)
            for table in read_split(task, name, path, full=True, errata=False, notes=notes):
                for source, text in sourced_texts(task, table):
                    if (task.name, text) not in seen:
                        seen.add((task.name, text))
                        number += 1
                        values = (task.name, name, source, text)
                        place = f"{path.name}: text {number}"
                        yield Row(place, number, dict(zip(KLUE_COLUMNS, values, strict=True)))

    def identity() -> Any:
        return [split, *(source.digest for _, source in found)]

    return Source(given, rows, KLUE_COLUMNS, of_texts=True, identity=identity)


def sourced_texts(task: DatasetTask, table: pa.Table) -> Iterator[tuple[str, str]]:
    """Yield where each text of a table is from, "" where nothing says so, and the text."""
    for at, source in enumerate(task.sources_of(table)):
        for text in task.each_text(table.slice(at, 1)):
            yield source, text
